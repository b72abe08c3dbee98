import { associatedAccounts, associatedId, associatedRoles, clusterIn, type AssociatedRole } from '../../facts/associations.js';
import type { Facts } from '../../facts/facts.js';
import { admitsSession, isSessionTag } from '../../facts/session-of-association.js';
import { roleSubject } from '../../facts/subject-of.js';
import type { PodIdentityAssociation, Cluster } from '../../model/inventory.js';
import { whatArrived } from '../../model/observed.js';
import type { ConditionEntry } from '../../policy/parse.js';
import { ASSUME_ROLE } from '../../policy/pod-identity.js';
import { defineRule, type Raised, type Repair } from '../define-rule.js';

/** AWS documents the session tags; source ARN and account are in wide use, and on no page of it. */
const isDocumented = (unmet: readonly ConditionEntry[]): boolean => unmet.every(isSessionTag);

const written = ({ operator, key, values }: ConditionEntry): string =>
  `${operator} ${key} ${values.map(({ value }) => value).join(' or ') || 'nothing'}`;

/** The association that the role takes, in this cluster or another. */
function servedBy({ role }: AssociatedRole, account: string): string | null {
  const all = role.associatedIn.flatMap((cluster): readonly (readonly [Cluster, PodIdentityAssociation])[] =>
    whatArrived(cluster.podIdentityAssociations)
      .filter(({ roleArn }) => roleArn === role.role.arn)
      .map((association) => [cluster, association]),
  );
  const served = all.find(([cluster, one]) => admitsSession(role.policy, ASSUME_ROLE, cluster, one, account).outcome !== 'no');
  return served === undefined ? null : associatedId(...served);
}

function repair(cluster: Cluster, shut: readonly PodIdentityAssociation[], unmet: readonly ConditionEntry[]): Repair {
  const untagged = shut.filter(({ disableSessionTags }) => disableSessionTags === true);
  if (untagged.length === shut.length && unmet.every(isSessionTag))
    return {
      summary: 'Enable session tags for the association: the conditions rely on them.',
      patches: untagged.map((association) => {
        const { namespace, serviceAccount, roleArn, id } = association;
        const before = { namespace, serviceAccount, roleArn, disableSessionTags: true, ...(id === undefined ? {} : { id }) };
        return {
          resource: associatedId(cluster, association),
          region: cluster.region,
          kind: 'pod-identity-association',
          before,
          after: { ...before, disableSessionTags: false },
        };
      }),
    };
  return {
    summary: `Let the conditions take in ${shut.map((one) => associatedId(cluster, one)).join(' and ')}, or associate it with a role of its own.`,
  };
}

function evaluate({ role, cluster, associations }: AssociatedRole, { inventory }: Facts): readonly Raised[] {
  const { policy } = role;
  if (policy.problems.length > 0) return [];
  const judged = associations.map((association) => ({
    association,
    ...admitsSession(policy, ASSUME_ROLE, cluster, association, inventory.account),
  }));
  // Without any condition that fails it is the statement that is missing, which another rule tells.
  const shut = judged.filter(({ outcome, unmet }) => outcome === 'no' && unmet.length > 0);
  if (shut.length === 0) return [];
  const unmet = [...new Set(shut.flatMap((one) => one.unmet))];
  const served = servedBy({ role, cluster, associations }, inventory.account);
  const accounts = shut.map(({ association }) => association);
  return [
    {
      message: served === null ? 'none' : 'some',
      data: {
        accounts: accounts.map((one) => associatedId(cluster, one)).join(' and '),
        conditions: unmet.map(written).join('; '),
        served: served ?? '',
      },
      ...(served === null ? {} : { severity: 'medium' }),
      ...(isDocumented(unmet) ? {} : { confidence: 'likely' }),
      evidence: unmet.map(({ key, path, values }) => ({
        what: `condition ${key}`,
        path,
        found: values.map(({ value }) => value),
        expected: null,
      })),
      related: associatedAccounts({ cluster, associations: accounts }, 'its pods get no credentials by their association'),
      fix: repair(cluster, accounts, unmet),
    } satisfies Raised,
  ];
}

/** The trust policy lets EKS Pod Identity in under conditions that an association of the role does not meet. */
export const podIdentityConditionUnmet = defineRule<AssociatedRole>({
  id: 'pod-identity-condition-unmet',
  cause: 'podid-trust-missing',
  since: '0.1.0',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  needs: ['roles', 'pod-identity-associations'],
  uses: [],
  title: 'The conditions of the role shut out its Pod Identity association',
  why: 'EKS Pod Identity tags its sessions with cluster, namespace, service account and pod, and a trust policy may demand any of them. An association whose session tags are disabled carries none.',
  error: null,
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html',
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html',
  ],
  messages: {
    none: 'The trust policy demands {conditions}, which the Pod Identity association of {accounts} does not meet: no association of the role gets in.',
    some: 'The trust policy demands {conditions}, which the Pod Identity association of {accounts} does not meet, and that of {served} does.',
  },
  subjects: (facts, scope) => {
    const cluster = clusterIn(facts, scope);
    return cluster === null ? [] : associatedRoles(cluster, facts).map((of) => ({ subject: roleSubject(of.role.role), of }));
  },
  evaluate,
});
