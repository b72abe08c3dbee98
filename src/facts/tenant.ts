import { canBeCarried, isPositive, passesWithoutKey } from './absent-key.js';
import { sharedIssuer, type SharedIssuer } from './issuer.js';
import { isAuxiliary } from './role-callers.js';
import { isProviderAbsent } from './dead-statement.js';
import type { Facts, RoleFacts } from './facts.js';
import { concerns, readCondition, type Condition, type WebIdentityStatement } from './web-identity.js';
import { statementAlone } from './breadth.js';
import type { Confidence, Severity } from '../model/finding.js';
import { readAsStranger } from '../policy/caller-conditions.js';
import { coversWebIdentity } from '../policy/evaluate.js';
import { DEFAULT_CLAIMS } from '../policy/condition-key.js';
import { isItself } from '../policy/variables.js';
import { hasWildcard, literalStart } from '../policy/glob.js';
import type { Located, Statement } from '../policy/parse.js';
import { providerArn, urlOfProviderArn } from '../policy/federated.js';

/** How far a statement tells the tenants of a shared issuer apart. `vacuous`: only by conditions that limit nothing. */
export type TenantLimit = 'limited' | 'open' | 'vacuous' | 'missing';

export interface SharedStatement {
  readonly statement: WebIdentityStatement;
  readonly url: string;
  readonly shared: SharedIssuer;
  readonly limit: TenantLimit;
  /** Values that leave the tenant open. */
  readonly open: readonly Located[];
  /** Another defect keeps it shut today, or the account has no provider of the issuer. */
  readonly latent: boolean;
  /** `possible` where a condition that configuration cannot decide may keep strangers out; its keys stand in `undecided`. */
  readonly confidence: 'certain' | 'possible';
  readonly undecided: readonly string[];
}

/** How grave it is that strangers get in, and how sure. */
export function sharedAt({ confidence }: Pick<SharedStatement, 'confidence'>): {
  readonly severity: Severity;
  readonly confidence: Confidence;
} {
  return { severity: confidence === 'possible' ? 'high' : 'critical', confidence };
}

/** A pattern that leaves open whose token it is: nothing fixed but the name of the first part, or a wildcard in the tenant. */
function leavesTenantOpen(pattern: string, shared: SharedIssuer): boolean {
  if (!hasWildcard(pattern)) return false;
  if (/^[a-z_]*:?$/i.test(literalStart(pattern))) return true;
  const tenant = shared.tenantOfSubject?.exec(pattern)?.[1];
  // GitHub's immutable subjects are owner@id: no name holds an "@", so the owner is fixed before it.
  return tenant !== undefined && hasWildcard(tenant) && !/^[^*?@]+@\*$/.test(tenant);
}

/** Claims that name owner and repository, as subjects do behind their first part. */
const OWNER_FIRST = new Set(['repository', 'job_workflow_ref']);

/** Whether a value of a claim that tells tenants apart leaves open which one. */
function leavesOpen(claim: string, value: string, shared: SharedIssuer): boolean {
  if (claim === 'sub') return leavesTenantOpen(value, shared);
  if (!hasWildcard(value)) return false;
  if (OWNER_FIRST.has(claim)) return hasWildcard(value.split('/', 1)[0] ?? '') || !value.includes('/');
  // The domain is fixed in an address; of a number or another name, what a wildcard leaves open others have too.
  return claim !== 'email' || !/^[^@]*@[^*?]+$/.test(value);
}

function openValues(condition: Condition, shared: SharedIssuer): readonly Located[] {
  const { operator, claim, entry } = condition;
  return entry.values.filter(
    ({ value }) => isItself(entry, value) || (operator?.wildcards === true && leavesOpen(claim ?? '', value, shared)),
  );
}

/** Whether a token of the issuer can carry the key of a condition. */
function isCarried(condition: Condition, { claims }: SharedIssuer): boolean {
  const claim = condition.key.claim?.toLowerCase() ?? '';
  return canBeCarried(condition, false) && (claims === undefined || claims.includes(claim) || DEFAULT_CLAIMS.some((one) => one === claim));
}

function limitOf(conditions: readonly Condition[], shared: SharedIssuer): Pick<SharedStatement, 'limit' | 'open'> {
  const tenant = conditions.filter((one) => shared.tenantClaims.includes(one.claim ?? ''));
  const counting = tenant.filter((one) => isPositive(one) && (isCarried(one, shared) || !passesWithoutKey(one)));
  if (counting.some((one) => openValues(one, shared).length === 0)) return { limit: 'limited', open: [] };
  const open = counting.flatMap((one) => openValues(one, shared));
  if (open.length > 0) return { limit: 'open', open };
  return { limit: tenant.some(({ operator }) => operator?.negated === false) ? 'vacuous' : 'missing', open: [] };
}

const LIMITED: Pick<SharedStatement, 'limit' | 'open'> = { limit: 'limited', open: [] };

/**
 * Whether a Deny statement, as strangers meet it, keeps all tenants out but those that it names: its one condition is the
 * negation of what an Allow would have to demand.
 */
function deniesStrangers(deny: Statement, url: string, arn: string, shared: SharedIssuer): boolean {
  const isMeant = deny.principals.some(({ value }) => value === '*' || value === arn || value === url) || deny.negatedPrincipal;
  if (deny.effect !== 'Deny' || !isMeant || deny.problems.length > 0 || !coversWebIdentity(deny)) return false;
  const [only, ...others] = deny.conditions.map((entry) => readCondition(entry, [url]));
  if (only === undefined) return true;
  const { operator } = only;
  if (others.length > 0 || operator?.negated !== true || !shared.tenantClaims.includes(only.claim ?? '') || !isCarried(only, shared))
    return false;
  return openValues(only, shared).length === 0;
}

/** The statements of a role for issuers that sign tokens for everybody, as strangers meet them. */
export function sharedStatements(role: RoleFacts, facts: Facts): SharedStatement[] {
  const { partition, account, collectedAt } = facts.inventory;
  return role.statements.flatMap((statement) => {
    if (isAuxiliary(statement, role)) return [];
    return statement.issuers.flatMap((url): SharedStatement[] => {
      const shared = sharedIssuer(url);
      if (shared === null) return [];
      const { policy, unknown } = readAsStranger(statementAlone(role.policy, statement), {
        kind: 'web-identity',
        now: collectedAt,
        networkKeepsOut: null,
      });
      const read = policy.statements.find(({ index }) => index === statement.statement.index);
      const left = new Set(read?.conditions);
      const conditions = statement.conditions.filter((one) => concerns(one, url) && left.has(one.entry));
      const arn = providerArn(partition, account, url);
      const isLimited = read === undefined || policy.statements.some((deny) => deniesStrangers(deny, url, arn, shared));
      const named = statement.federated.some(
        ({ named, entry }) =>
          named.kind === 'domain' ||
          (named.kind === 'oidc' && named.account === account && urlOfProviderArn(entry.value) === url && !isProviderAbsent(url, facts)),
      );
      const canBeMet = conditions.every((one) => one.key.kind === 'global' || passesWithoutKey(one) || isCarried(one, shared));
      return [
        {
          statement,
          url,
          shared,
          latent: !statement.allowsWebIdentity || !named || !canBeMet,
          confidence: unknown.length > 0 ? 'possible' : 'certain',
          undecided: unknown,
          ...(isLimited ? LIMITED : limitOf(conditions, shared)),
        },
      ];
    });
  });
}
