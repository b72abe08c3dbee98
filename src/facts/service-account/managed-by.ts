import type { Patch } from '../../model/report/finding.js';
import { issuerIdIn } from '../../model/inventory/issuer-id.js';
import { managerByLabels, managerByTags, type Manager } from '../../model/inventory/manager.js';
import { partsOfServiceAccount, serviceAccountKey } from '../account/service-account-key.js';
import type { Facts } from '../account/facts.js';
import { serviceAccountAt } from '../account/service-accounts.js';

/** What manages the object that a patch changes; of a provider or an association that is to be made, what manages its cluster. Null = nothing says so. */
export function managerOf({ kind, resource, region, before }: Patch, facts: Facts): Manager | null {
  switch (kind) {
    case 'trust-policy':
      return managerByTags(facts.role(resource)?.role.tags ?? {});
    case 'provider': {
      const url = issuerIdIn(resource);
      if (url === null) return null;
      if (before === null) return managerByTags(facts.clusterOf(url)?.detail.tags ?? {});
      const detail = facts.providerOf(url)?.detail;
      return managerByTags(detail?.known === true ? detail.value.tags : {});
    }
    case 'service-account': {
      const { cluster, namespace, name } = partsOfServiceAccount(resource);
      const issuing = facts.clusterNamed(region ?? '', cluster);
      const serviceAccount = issuing === null ? null : serviceAccountAt(issuing, serviceAccountKey(namespace, name));
      return managerByLabels(serviceAccount?.managedBy ?? {});
    }
    case 'pod-identity-association': {
      if (before !== null) return null;
      const { cluster } = partsOfServiceAccount(resource);
      return managerByTags(facts.clusterNamed(region ?? '', cluster)?.detail.tags ?? {});
    }
  }
}

/** The patch with what manages its object, where that is known. */
export function withManager(patch: Patch, facts: Facts): Patch {
  const managedBy = managerOf(patch, facts);
  return managedBy === null ? patch : { ...patch, managedBy };
}
