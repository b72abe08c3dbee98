import { groupBy } from '../../lib/group-by.js';
import { memo } from '../../lib/memo.js';
import { seen } from '../../model/inventory/observed.js';
import { serviceAccountKey, associationsByServiceAccount } from '../account/service-account-key.js';
import { addonServiceAccounts } from '../account/addon-accounts.js';
import type { Facts, IssuingHas, RoleFacts, RoleHas, RoleIndex, ShowsAssociations } from '../account/facts.js';

/** An add-on that EKS gave a role of this account. */
export interface RoleOfAddon<R = RoleHas> {
  readonly role: R;
  readonly addon: string;
  readonly cluster: IssuingHas<'addons' | ShowsAssociations>;
  /** `system:serviceaccount:…` of those that it runs as. */
  readonly subjects: readonly string[];
}

/** The add-ons of a cluster that EKS gave a role of this account, and no association. Who did that had to be allowed to pass the role. */
export function rolesOfAddons<R extends RoleHas>(cluster: RoleOfAddon['cluster'], facts: RoleIndex<R>): readonly RoleOfAddon<R>[] {
  const associated = associationsByServiceAccount(cluster.cluster);
  return seen(cluster.cluster.addons).flatMap((one): RoleOfAddon<R>[] => {
    const addon = addonServiceAccounts(one);
    const role = facts.role(addon?.detail.serviceAccountRoleArn ?? '');
    if (addon === null || role === null) return [];
    const names = addon.wants.map(({ serviceAccount }) => serviceAccount);
    if (names.some((name) => associated.has(serviceAccountKey(addon.namespace, name)))) return [];
    return [{ role, addon: addon.name, cluster, subjects: names.map((name) => `system:serviceaccount:${addon.namespace}:${name}`) }];
  });
}

const byRole = memo((facts: Facts): ReadonlyMap<RoleFacts, readonly RoleOfAddon[]> =>
  groupBy(
    facts.issuingClusters.flatMap((cluster) => rolesOfAddons(cluster, facts)),
    ({ role }) => role,
  ),
);

/** The add-ons of all clusters that EKS gave one role, and no association. */
export const addonsWith = (role: RoleFacts, facts: Facts): readonly RoleOfAddon[] => byRole(facts).get(role) ?? [];
