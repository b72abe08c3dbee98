import type { IssuerId } from '../../../model/inventory/issuer-id.js';
import { canBeCarried, isPositive, meantKey } from '../../../facts/statement/condition-semantics.js';
import { exposedAt, exposuresOf, usersOfOpening, type StatementExposure } from '../../../facts/exposure/exposure.js';
import type { Carriers, Has, RoleHas } from '../../../facts/account/facts.js';
import { kubernetesIssuersOf } from '../../../facts/provider/kubernetes-issuer.js';
import { isAuxiliary } from '../../../facts/trust/service-accounts-of-role.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { sharedIssuer } from '../../../facts/issuer/shared-issuers.js';
import { mayLack, sharedAt, sharedStatements, type SharedStatement } from '../../../facts/exposure/tenant.js';
import { concerns, conditionsOn, type Condition, type WebIdentityStatement } from '../../../facts/statement/web-identity.js';
import type { Confidence, Severity } from '../../../model/report/finding.js';
import type { TrustEdit } from '../../../policy/edit/repair.js';
import { defineRule, type Messages, type Unless } from '../../contract/define-rule.js';

/** Whether a condition is met by tokens that lack its claim, and some do. */
function isMetWithoutClaim({ claim, key, operator }: Condition): boolean {
  const shared = sharedIssuer(key.issuer);
  return shared !== null && operator?.family !== 'null' && operator?.negated === false && mayLack(claim ?? '', shared);
}

/** Why a condition limits nothing; null where it limits something. */
function vacuousBecause(
  condition: Condition,
  statement: WebIdentityStatement,
  kubernetes: boolean,
): 'absent' | 'optional' | 'presence' | null {
  const { operator, key, entry } = condition;
  if (operator === null || key.kind !== 'claim') return null;
  const carried = canBeCarried(condition, kubernetes);
  if (operator.family !== 'null') {
    const passes = operator.set === 'ForAllValues' || (operator.ifExists && operator.set === null);
    return !passes ? null : !carried ? 'absent' : isMetWithoutClaim(condition) ? 'optional' : null;
  }
  if (!carried) return entry.values.some(({ value }) => /^true$/i.test(value)) ? 'absent' : null;
  const claim = condition.claim;
  // Beside a comparison of the same claim, a test of presence is a guard as AWS advises it.
  const guarded = claim !== null && conditionsOn(statement, claim).some((one) => one !== condition && isPositive(one));
  return !guarded && entry.values.some(({ value }) => /^false$/i.test(value)) ? 'presence' : null;
}

function repair(condition: Condition, statement: WebIdentityStatement, url: IssuerId, users: readonly string[]): TrustEdit[] {
  const { entry, operator, ownIssuer } = condition;
  const key = meantKey(condition, url);
  const subject = condition.claim === 'sub';
  const values = subject ? users : [];
  if (operator?.family === 'null')
    return values.length > 0 && key !== null ? [{ kind: 'condition', path: entry.path, operator: 'StringEquals', key, values }] : [];
  // The issuer is right and the claim is none that STS knows: the condition can go, unless it was meant for another claim.
  if (ownIssuer && !subject && condition.key.defects.length === 0) return [{ kind: 'remove-condition', path: entry.path }];
  // Beside one that limits the subject it is of no use; alone, who has the role today has to be known before it limits anybody.
  if (subject && conditionsOn(statement, 'sub').some((one) => concerns(one, url) && isPositive(one)))
    return [{ kind: 'remove-condition', path: entry.path }];
  if (key === null || operator === null || (subject && values.length === 0)) return [];
  return [{ kind: 'condition', path: entry.path, operator: operator.name, key }];
}

function weightOf(
  role: RoleHas<'managed-policies'>,
  open: StatementExposure | undefined,
  shared: SharedStatement | undefined,
): { readonly severity: Severity; readonly confidence?: Confidence; readonly unless?: Unless | null } {
  if (shared !== undefined) return sharedAt(shared);
  return open === undefined ? { severity: 'info' } : exposedAt(role, 'high', 'critical', open);
}

const messages = {
  absent: ({ operator, key }: { operator: string; key: string }) =>
    `${operator} on ${key} limits nothing: no token has that key, and then the condition is met.`,
  optional: ({ operator, key }: { operator: string; key: string }) =>
    `${operator} on ${key} does not limit tokens that lack that claim: then the condition is met.`,
  presence: ({ operator, key }: { operator: string; key: string }) =>
    `${operator} on ${key} limits nothing: it only asks whether the claim is there, and it always is.`,
  absentOpen: ({ issuer, operator, key }: { issuer: string; operator: string; key: string }) =>
    `Everybody at ${issuer} can assume this role: ${operator} on ${key} is met because no token has that key.`,
  optionalOpen: ({ issuer, operator, key }: { issuer: string; operator: string; key: string }) =>
    `Everybody at ${issuer} whose token lacks the claim can assume this role: ${operator} on ${key} is met then.`,
  presenceOpen: ({ issuer, operator, key }: { issuer: string; operator: string; key: string }) =>
    `Everybody at ${issuer} can assume this role: ${operator} on ${key} only asks whether the claim is there.`,
} satisfies Messages;

function evaluate(role: RoleHas<Carriers | 'managed-policies'>, facts: Has<'clusters' | 'providers' | 'workloads'>) {
  const [exposures, ofShared] = [exposuresOf(role, facts), sharedStatements(role, facts)];
  const open = exposures.filter(({ breadth, because }) => breadth === 'everybody' && because === 'vacuous');
  const shared = ofShared.filter(({ limit }) => limit === 'vacuous');
  const opened = new Set(
    [...exposures.filter(({ breadth }) => breadth === 'everybody'), ...ofShared.filter(({ limit }) => limit !== 'limited')].map(
      ({ statement }) => statement,
    ),
  );
  return role.statements.flatMap((statement) => {
    const [url] = statement.issuers;
    if (url === undefined || isAuxiliary(statement, role)) return [];
    const kubernetes = kubernetesIssuersOf(statement, facts).length > 0;
    return statement.conditions.flatMap((condition) => {
      const reason = vacuousBecause(condition, statement, kubernetes);
      if (reason === null) return [];
      const { entry } = condition;
      const subject = condition.claim === 'sub';
      const exposure = subject ? open.find((one) => one.statement === statement) : undefined;
      const tenant = shared.find((one) => one.statement === statement && one.shared.tenants[condition.claim ?? ''] !== undefined);
      // Tokens that have the claim are held to it: without the condition they are allowed as well, with a plain operator those without do not.
      // Where the statement is open, the condition is all that says who was meant: what goes in its place comes first.
      const isOpen = opened.has(statement) && !subject;
      const users = exposure === undefined ? [] : usersOfOpening(exposure, role, facts);
      const edits = reason === 'optional' || isOpen ? [] : repair(condition, statement, exposure?.url ?? url, users);
      return [
        {
          message: messages[(exposure ?? tenant)?.latent === false ? (`${reason}Open` as const) : reason]({
            key: entry.key,
            operator: entry.operator,
            issuer: exposure?.url ?? url,
          }),
          ...weightOf(role, exposure, tenant),
          evidence: [{ what: 'condition operator', path: entry.path, found: entry.operator, expected: null }],
          statement: statement.statement.index,
          issuer: exposure?.url ?? url,
          latent: exposure?.latent ?? tenant?.latent ?? false,
          fix: {
            summary: edits.some(({ kind }) => kind === 'remove-condition')
              ? `Take the condition on ${entry.key} out: it limits nothing.`
              : reason === 'optional'
                ? `Compare ${entry.key} by the plain operator, if tokens without that claim are not meant to be allowed.`
                : 'Compare a claim that the token has, by a plain operator.',
            ...(edits.length === 0 ? {} : { edits }),
          },
        },
      ];
    });
  });
}

/** A condition that every request meets. */
export const operatorVacuous = defineRule({
  id: 'operator-vacuous',
  cause: 'trust-operator-wrong',
  kind: 'exposure',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'operator without effect',
  needs: ['roles'],
  uses: ['providers'],
  looksAt: ['service-accounts', 'clusters', 'pod-identity-associations', 'managed-policies', 'addons', 'workloads'],
  title: 'Condition always met',
  why: 'ForAllValues and IfExists are met where the key is absent, and Null only asks whether it is there. On a key that no token of this issuer has, or as the only word about a claim, they limit nothing.',
  references: [
    'IAM/reference_policies_condition-single-vs-multi-valued-context-keys.html',
    'IAM/reference_policies_elements_condition_operators.html',
  ],
  subjects: (facts) => trustPolicies(facts),
  evaluate,
});
