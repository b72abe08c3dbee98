import { isPermissionUnread } from '../../facts/account/administrative.js';
import { partsOfServiceAccount } from '../../facts/account/service-account-key.js';
import type { Facts, RoleFacts } from '../../facts/account/facts.js';
import { namedIn } from '../../facts/trust/named-accounts.js';
import { ROLE_ANNOTATION } from '../../model/inventory/annotations.js';
import type { Patch } from '../../model/report/finding.js';
import { annotationsIn } from './commands.js';

/** The role that a patch makes a service account ask for; null where it changes nothing of that. */
function roleAskedFor({ kind, before, after }: Patch, facts: Facts): RoleFacts | null {
  const role = kind === 'service-account' ? annotationsIn(after)[ROLE_ANNOTATION] : undefined;
  return typeof role !== 'string' || role === annotationsIn(before)[ROLE_ANNOTATION] ? null : facts.role(role);
}

/**
 * Whether patches would have a service account ask for an administrative role that does not name it. The trust policy may
 * allow it by a pattern, so that nobody is newly allowed; but an annotation is a request, and no owner has granted this one.
 */
export function asksForAdministrativeRole(patches: readonly Patch[], facts: Facts): boolean {
  return patches.some((patch) => {
    const role = roleAskedFor(patch, facts);
    if (role === null || (role.administrative === null && !isPermissionUnread(role.role, facts.inventory))) return false;
    const { cluster, namespace, name } = partsOfServiceAccount(patch.resource);
    const url = facts.clusterNamed(patch.region ?? '', cluster)?.url;
    return url === undefined || !namedIn(role.statements, url).some((one) => one.namespace === namespace && one.name === name);
  });
}
