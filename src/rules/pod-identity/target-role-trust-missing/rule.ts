import { associatedServiceAccounts, associationsInWords, clusterIn, unreadAssociations } from '../../../facts/pod-identity/associations.js';
import type { NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import type { Has } from '../../../facts/account/facts.js';
import { groupBy } from '../../../lib/group-by.js';
import { inWords } from '../../../lib/list-in-words.js';
import { forWantOfTags } from '../../../facts/pod-identity/session-of-association.js';
import { roleSubject } from '../../../facts/account/subjects.js';
import {
  arnsOf,
  isPrincipalTag,
  targetsElsewhere,
  judgeChain,
  tagging,
  targetsOf,
  type JudgedChain,
  type Targeted,
  type Wrong,
} from '../../../facts/pod-identity/target-role.js';
import { oneOrList } from '../../../lib/one-or-list.js';
import type { ConditionEntry } from '../../../policy/language/parse.js';
import { ASSUME_ROLE, TAG_SESSION } from '../../../policy/actions/pod-identity.js';
import { EKS_AUTH_DENIED } from '../../../model/report/pod-identity-errors.js';
import { defineRule, type Entry, type Messages, type Raised, type Repair } from '../../contract/define-rule.js';

/** The external ids of the associations, beside those that the one condition that is not met names already. */
function naming(chains: readonly JudgedChain[]): Repair {
  const [first, other] = new Set(chains.flatMap(({ unmet }) => unmet));
  const ids = chains.flatMap(({ association }) => association.externalId ?? []);
  if (first?.key.toLowerCase() !== 'sts:externalid' || other !== undefined || ids.length < chains.length)
    return { summary: 'Have the conditions of the trust policy allow what the association is.' };
  const values = [...new Set([...first.values.map(({ value }) => value), ...ids])];
  return { summary: `Name the external id of the association, ${inWords(ids)}.`, edits: [{ kind: 'condition', path: first.path, values }] };
}

function repair(wrong: Wrong, chains: readonly JudgedChain[], { cluster, target }: Targeted, account: string): Repair {
  const arns = arnsOf(chains);
  switch (wrong) {
    case 'unnamed':
      return {
        summary: `Add a statement that lets ${inWords(arns)} assume the role; the others stay.`,
        edits: [
          {
            kind: 'add-statement',
            statement: { Effect: 'Allow', Principal: { AWS: oneOrList(arns) }, Action: [ASSUME_ROLE, TAG_SESSION] },
          },
        ],
      };
    case 'untagged':
      return { summary: `Allow ${TAG_SESSION} beside ${ASSUME_ROLE}.`, edits: [tagging(chains, cluster, target, account)] };
    case 'condition':
      return naming(chains);
    case 'denied':
      return { summary: `Have the Deny spare ${inWords(arns)}, if the association is meant.` };
  }
}

const messages = {
  unnamed: ({ account, role, principals }: { account: string; role: string; principals: string }) =>
    `The Pod Identity association of ${account} goes on to this role from ${role}, which its trust policy does not allow: it allows ${principals}.`,
  untagged: ({ account, role }: { account: string; role: string }) =>
    `The Pod Identity association of ${account} goes on to this role from ${role}, which its trust policy allows ${ASSUME_ROLE} without ${TAG_SESSION}.`,
  denied: ({ account, role, path }: { account: string; role: string; path: string }) =>
    `The Pod Identity association of ${account} goes on to this role from ${role}, which the Deny at ${path} of its trust policy denies.`,
  condition: ({ account, role, conditions, reason }: { account: string; role: string; conditions: string; reason: string }) =>
    `The Pod Identity association of ${account} goes on to this role from ${role}, which its trust policy allows under ${conditions} only, which it does not meet${reason}.`,
} satisfies Messages;

/** AWS documents the tags of a session as those of the principal for policies, and says nothing of trust policies; those of a role are not read. */
const sureness = (wrong: Wrong | 'unless tagged', unmet: readonly ConditionEntry[]): Pick<Raised, 'severity' | 'confidence'> =>
  wrong === 'unless tagged'
    ? { severity: 'medium', confidence: 'possible' }
    : wrong === 'condition' && unmet.some(isPrincipalTag)
      ? { confidence: 'likely' }
      : {};

function evaluate(of: Targeted, facts: Has & NamesOfClusters): readonly Raised[] {
  const { cluster, target, chains } = of;
  if (target.policy.problems.length > 0) return [];
  const judged = groupBy(
    chains.flatMap((one) => judgeChain(one, cluster, target, facts) ?? []),
    ({ wrong, unlessTagged }) => (unlessTagged === true ? ('unless tagged' as const) : wrong),
  );
  const principals = target.policy.statements.filter(({ effect }) => effect === 'Allow').flatMap((statement) => statement.principals);
  return [...judged].map(([key, shut]): Raised => {
    const wrong = key === 'unless tagged' ? 'condition' : key;
    const associations = shut.map(({ association }) => association);
    const unmet = [...new Set(shut.flatMap((one) => one.unmet))];
    const denies = [...new Set(shut.flatMap((one) => one.denies))];
    const ids = [...new Set(associations.flatMap(({ externalId }) => externalId ?? []))];
    return {
      ...sureness(key, unmet),
      message: messages[wrong]({
        account: associationsInWords(cluster, associations, facts),
        role: inWords(arnsOf(shut)),
        principals: inWords([...new Set(principals.map(({ kind, value }) => `${kind} ${value}`))]) || 'nobody',
        conditions: unmet.map(({ key, values }) => `${key} ${values.map(({ value }) => value).join(' or ')}`).join('; '),
        reason: key === 'unless tagged' ? ', unless that role has this tag itself' : forWantOfTags(unmet, associations),
        path: denies.map(({ path }) => path).join(' and '),
      }),
      evidence: [
        ...unmet.map(({ key, path, values }) => ({
          what: `condition ${key}`,
          path,
          found: values.map(({ value }) => value),
          expected: key.toLowerCase() === 'sts:externalid' && ids.length > 0 ? oneOrList(ids) : null,
        })),
        ...(wrong === 'condition' ? [] : principals).map(({ kind, value, path }) => ({
          what: `${kind} principal`,
          path,
          found: value,
          expected: null,
        })),
      ],
      related: [
        ...arnsOf(shut).map((id) => ({ type: 'role' as const, id, why: 'is the role of the association, and cannot take this one' })),
        ...associatedServiceAccounts({ cluster, associations }, 'its pods get no credentials of the target role'),
      ],
      fix: repair(wrong, shut, of, facts.inventory.account),
    };
  });
}

/** The target role of a Pod Identity association does not let the role of the association in. */
export const targetRoleTrustMissing = defineRule({
  id: 'target-role-trust-missing',
  cause: 'podid-trust-missing',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'target role',
  needs: ['roles', 'pod-identity-associations'],
  title: 'Target role does not trust the role',
  why: 'An association with a target role chains two roles: EKS takes the first, and with it the second. The second has to trust the first, with sts:AssumeRole and sts:TagSession; nothing checks that when the association is made.',
  error: EKS_AUTH_DENIED,
  references: ['EKS/pod-id-assign-target-role.html'],
  subjects: (facts, scope) => {
    const cluster = clusterIn(facts, scope);
    if (cluster === null) return [];
    const targets = targetsOf(cluster, facts).map((of): Entry<Targeted> => ({ subject: roleSubject(of.target.role), of }));
    return [...targets, ...targetsElsewhere(cluster, facts), ...unreadAssociations(cluster)];
  },
  evaluate,
});
