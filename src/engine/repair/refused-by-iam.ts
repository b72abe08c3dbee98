import type { Facts } from '../../facts/account/facts.js';
import { trustOf } from '../../facts/account/role-facts.js';
import { asksForControl, sharedStatements } from '../../facts/exposure/tenant.js';
import type { Patch } from '../../model/report/finding.js';
import { isGone } from '../../policy/language/gone-principal.js';

/**
 * Why IAM would not store the trust policy of a patch, in a sentence; null where nothing speaks against it. IAM looks at the whole
 * document whatever is changed in it: at principals that are gone, and at statements for shared issuers that name no tenant (IAM
 * User Guide, "Identity-provider controls for shared OIDC providers").
 */
export function refusedByIam({ kind, resource, after }: Patch, facts: Facts): string | null {
  if (kind !== 'trust-policy' || facts.role(resource) === null) return null;
  const trust = trustOf(after);
  const gone = trust.policy.statements.flatMap(({ principals }) => principals).find(isGone);
  if (gone !== undefined) return `IAM takes no document with the principal ${gone.value}, which is gone: take it out first.`;
  const shared = sharedStatements(trust, facts);
  const open = shared.find(({ limit }) => limit === 'missing' || limit === 'vacuous');
  if (open !== undefined)
    return `IAM takes no document with a statement for ${open.shared.name} that names no tenant: repair ${open.statement.statement.path} first.`;
  const lacking = shared.find((one) => !asksForControl(one));
  return lacking === undefined
    ? null
    : `IAM takes no document with a statement for ${lacking.shared.name} that has no condition on its ${lacking.shared.control}: repair ${lacking.statement.statement.path} first.`;
}
