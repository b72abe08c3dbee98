import { canBeCarried, isPositive, passesWithoutKey } from './absent-key.js';
import { sharedIssuer, type SharedIssuer } from './issuer.js';
import { isAuxiliary } from './role-callers.js';
import type { RoleFacts } from './facts.js';
import { concerns, type Condition, type WebIdentityStatement } from './web-identity.js';
import { hasWildcard, literalStart } from '../policy/glob.js';
import type { Located } from '../policy/parse.js';
import { urlOfProviderArn } from '../policy/federated.js';

/** How far a statement tells the tenants of a shared issuer apart. `vacuous`: only by conditions that limit nothing. */
export type TenantLimit = 'limited' | 'undecided' | 'open' | 'vacuous' | 'missing';

export interface SharedStatement {
  readonly statement: WebIdentityStatement;
  readonly url: string;
  readonly shared: SharedIssuer;
  readonly limit: TenantLimit;
  /** Values that leave the tenant open. */
  readonly open: readonly Located[];
  /** Another defect keeps it shut today. */
  readonly latent: boolean;
}

/** A pattern that leaves open whose token it is: nothing fixed but the name of the first part, or a wildcard in the tenant. */
function leavesTenantOpen(pattern: string, shared: SharedIssuer): boolean {
  if (!hasWildcard(pattern)) return false;
  if (/^[a-z_]*:?$/i.test(literalStart(pattern))) return true;
  const tenant = shared.tenantOfSubject?.exec(pattern)?.[1];
  // GitHub's immutable subjects are owner@id: no name holds an "@", so the owner is fixed before it.
  return tenant !== undefined && hasWildcard(tenant) && !/^[^*?@]+@\*$/.test(tenant);
}

function openValues(condition: Condition, shared: SharedIssuer): readonly Located[] {
  if (condition.operator?.wildcards !== true) return [];
  const sub = condition.claim === 'sub';
  return condition.entry.values.filter(({ value }) => (sub ? leavesTenantOpen(value, shared) : /^[*?]*$/.test(value)));
}

function limitOf(conditions: readonly Condition[], shared: SharedIssuer): { limit: TenantLimit; open: readonly Located[] } {
  const tenant = conditions.filter((one) => shared.tenantClaims.includes(one.claim ?? ''));
  const counting = tenant.filter((one) => isPositive(one) && (canBeCarried(one, false) || !passesWithoutKey(one)));
  if (counting.some((one) => openValues(one, shared).length === 0)) return { limit: 'limited', open: [] };
  // Request tags, the caller's address and the like may limit it: configuration cannot tell.
  if (conditions.some((one) => one.key.kind === 'global' && !passesWithoutKey(one))) return { limit: 'undecided', open: [] };
  const open = counting.flatMap((one) => openValues(one, shared));
  if (open.length > 0) return { limit: 'open', open };
  return { limit: tenant.some(({ operator }) => operator?.negated === false) ? 'vacuous' : 'missing', open: [] };
}

/** The statements of a role for issuers that sign tokens for everybody. */
export function sharedStatements(role: RoleFacts, account: string): SharedStatement[] {
  return role.statements.flatMap((statement) => {
    if (isAuxiliary(statement, role)) return [];
    return statement.issuers.flatMap((url): SharedStatement[] => {
      const shared = sharedIssuer(url);
      if (shared === null) return [];
      const conditions = statement.conditions.filter((one) => concerns(one, url));
      const named = statement.federated.some(
        ({ named, entry }) =>
          named.kind === 'domain' || (named.kind === 'oidc' && named.account === account && urlOfProviderArn(entry.value) === url),
      );
      const canBeMet = conditions.every((one) => one.key.kind === 'global' || passesWithoutKey(one) || canBeCarried(one, false));
      return [{ statement, url, shared, latent: !statement.allowsWebIdentity || !named || !canBeMet, ...limitOf(conditions, shared) }];
    });
  });
}
