import type { IssuerId } from '../../../model/inventory/issuer-id.js';
import { canBeCarried, isPositive, passesWithoutKey } from '../../../facts/statement/condition-semantics.js';
import { audiencesInUse, type Audiences } from '../../../facts/trust/audience-agreement.js';
import { relatedDenied } from '../../../facts/trust/denied-users.js';
import type { Carriers, Has, RoleHas } from '../../../facts/account/facts.js';
import { kubernetesIssuersOf } from '../../../facts/provider/kubernetes-issuer.js';
import { callerSubjects } from '../../../facts/trust/service-accounts-of-role.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { conditionsOn, type Condition, type WebIdentityStatement } from '../../../facts/statement/web-identity.js';
import { admitsNoToken } from '../../../policy/language/caller-conditions.js';
import { globMatcher } from '../../../policy/pattern/glob.js';
import { keysOfIssuer } from '../../../policy/language/issuer-keys.js';
import type { ConditionEntry } from '../../../policy/language/parse.js';
import type { TrustEdit } from '../../../policy/edit/repair.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../../contract/define-rule.js';

type Reason = 'empty' | 'absence' | 'excluded' | 'truth' | 'never' | 'past';

/** A namespace and a name that no pattern speaks of. */
const NOBODYS_NAME = '\u0001'.repeat(64);

/** Whether a pattern matches whatever a claim may be: of a cluster every subject is that of a service account. */
function takesAll(value: string, claim: string, kubernetes: boolean): boolean {
  if (/^\*+$/.test(value)) return true;
  return kubernetes && claim === 'sub' && globMatcher(value)(`system:serviceaccount:${NOBODYS_NAME}:${NOBODYS_NAME}`);
}

/** @param isForAll whether every token that comes to the statement is of an issuer which one of its conditions denies like this */
function neverBecause(
  condition: Condition,
  { isForAll, kubernetes }: { readonly isForAll: boolean; readonly kubernetes: boolean },
  isNeverMet: (entry: ConditionEntry) => boolean,
): Reason | null {
  const { operator, entry, key } = condition;
  if (operator !== null && key.kind === 'global' && isNeverMet(entry))
    return /^aws:(?:CurrentTime|EpochTime)$/i.test(entry.key) ? 'past' : 'never';
  if (operator === null || key.kind !== 'claim') return null;
  const values = entry.values.map(({ value }) => value.toLowerCase());
  const { subject, audience } = keysOfIssuer(key.issuer);
  const always = [subject, audience, ...(kubernetes ? ['oaud'] : [])];
  const claim = key.claim?.toLowerCase() ?? '';
  const alwaysThere = isForAll && canBeCarried(condition, kubernetes) && always.includes(claim);
  const isExclusion = operator.negated && operator.wildcards && operator.family === 'string';
  if (alwaysThere && isExclusion && entry.values.some(({ value }) => takesAll(value, claim, kubernetes))) return 'excluded';
  // A token that lacks the claim meets an empty list where it need not be there.
  const isRefused = alwaysThere || !passesWithoutKey(condition);
  if (operator.family !== 'null') return isPositive(condition) && isRefused && values.length === 0 ? 'empty' : null;
  if (!values.some((value) => value === 'true' || value === 'false')) return values.length === 0 ? 'empty' : 'truth';
  return alwaysThere && !values.includes('false') ? 'absence' : null;
}

/** The comparison that was meant, where it can be told; out with the condition where another limits the claim already. */
function repair(
  condition: Condition,
  { statement, url }: { readonly statement: WebIdentityStatement; readonly url: IssuerId },
  role: RoleHas<Carriers>,
  facts: Has<Audiences>,
): TrustEdit[] {
  const claim = condition.claim;
  const { path } = condition.entry;
  if (condition.key.kind === 'global') return [{ kind: 'remove-condition', path }];
  if (claim !== null && conditionsOn(statement, claim).some((one) => one !== condition && isPositive(one) && one.entry.values.length > 0))
    return [{ kind: 'remove-condition', path }];
  const values = claim === 'sub' ? callerSubjects(role, url) : claim === 'aud' ? audiencesInUse(role, url, facts) : [];
  return values.length === 0 ? [] : [{ kind: 'condition', path, operator: 'StringEquals', key: `${url}:${claim}`, values }];
}

const messages = {
  empty: ({ key }: { key: string }) => `The condition on ${key} has no value at all: nothing can match it.`,
  excluded: ({ operator, key }: { operator: string; key: string }) =>
    `The condition ${operator} on ${key} excludes every value: nothing is left to match it.`,
  absence: ({ key }: { key: string }) => `The condition asks that ${key} be absent, but every token has it.`,
  never: ({ operator, key }: { operator: string; key: string }) =>
    `The condition ${operator} on ${key} asks for what no call to STS has: nobody can meet it.`,
  past: ({ operator, key }: { operator: string; key: string }) =>
    `The condition ${operator} on ${key} was met in the past alone: nobody can meet it any more.`,
  truth: ({ operator, key }: { operator: string; key: string }) =>
    `The condition ${operator} on ${key} has neither "true" nor "false" as its value: nothing can match it.`,
} satisfies Messages;

/** A condition that no token can meet, whatever it holds. */
export const conditionNeverTrue = defineRule({
  id: 'condition-never-true',
  cause: 'trust-unsatisfiable',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'condition',
  deadPiece: true,
  needs: ['roles'],
  looksAt: ['service-accounts', 'clusters', 'pod-identity-associations', 'providers', 'workloads', 'addons'],
  title: 'Condition never met',
  why: 'An empty list matches nothing; Null with "true" asks that a claim be absent that every token has; a date that is past, or a call without TLS, does not come again. Such a condition denies everybody.',
  error: STS_NOT_AUTHORIZED,
  references: ['IAM/reference_policies_elements_condition_operators.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    role.statements.flatMap((statement) => {
      const [url] = statement.issuers;
      const kubernetes = kubernetesIssuersOf(statement, facts).length > 0;
      const isNeverMet = (entry: ConditionEntry): boolean =>
        admitsNoToken(entry, statement.statement, role.policy, facts.inventory.collectedAt);
      const isNever = (one: Condition): boolean => neverBecause(one, { isForAll: true, kubernetes }, isNeverMet) !== null;
      // Tokens of another issuer have none of these claims: what denies those of one leaves the others, unless each is denied so.
      const isForAll = statement.issuers.every((issuer) =>
        statement.conditions.some(
          (one) => one.key.kind === 'claim' && one.key.issuer.toLowerCase() === issuer.toLowerCase() && isNever(one),
        ),
      );
      return statement.conditions.flatMap((condition) => {
        const reason = neverBecause(condition, { isForAll, kubernetes }, isNeverMet);
        if (reason === null || url === undefined) return [];
        const { entry } = condition;
        // Access that was given until a date has ended as somebody wanted: whether it goes on is theirs to say.
        const edits = reason === 'past' ? [] : repair(condition, { statement, url }, role, facts);
        return [
          {
            message: messages[reason]({ key: entry.key, operator: entry.operator }),
            // What IAM makes of another text than these two is written nowhere.
            confidence: reason === 'truth' ? ('possible' as const) : ('certain' as const),
            evidence: [
              {
                what: 'condition',
                path: entry.path,
                found: { operator: entry.operator, values: entry.values.map(({ value }) => value) },
                expected: null,
              },
            ],
            related: relatedDenied(role, statement.issuers, facts),
            statement: statement.statement.index,
            issuer: url,
            fix: {
              summary:
                condition.key.kind === 'global'
                  ? `Take the condition on ${entry.key} out, if the statement is to allow anybody.`
                  : `Compare ${entry.key} with the value that is meant to be allowed, or take the condition out.`,
              ...(edits.length === 0 ? {} : { edits }),
            },
          },
        ];
      });
    }),
});
