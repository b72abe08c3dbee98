import { memo } from '../../lib/memo.js';
import { ROLE_ANNOTATION } from '../../model/inventory/annotations.js';
import type { PodIdentityAssociation, ServiceAccount } from '../../model/inventory/inventory.js';
import { seen } from '../../model/inventory/observed.js';
import type { IssuingHas } from '../account/facts.js';
import { groupBy } from '../../lib/group-by.js';
import { serviceAccountKey } from '../account/service-account-key.js';
import { serviceAccountAt } from '../account/service-accounts.js';

/** A service account that is given a role, by annotation or association; the association may name one that is not there. */
export interface RoleBearer {
  readonly namespace: string;
  readonly name: string;
  /** null = an association whose role was not read. */
  readonly role: string | null;
  readonly isThere: boolean;
  readonly association: PodIdentityAssociation | null;
}

const annotatedRole = ({ annotations }: ServiceAccount): string => annotations[ROLE_ANNOTATION] ?? '';

/** The service accounts of a cluster that are given a role, by namespace. */
export const roleBearers = memo(
  (cluster: IssuingHas<'service-accounts' | 'pod-identity-associations'>): ReadonlyMap<string, readonly RoleBearer[]> => {
    const associated = seen(cluster.cluster.podIdentityAssociations).map((association): RoleBearer => {
      const { namespace, serviceAccount: name, roleArn } = association;
      return {
        namespace,
        name,
        role: roleArn,
        isThere: serviceAccountAt(cluster, serviceAccountKey(namespace, name)) !== null,
        association,
      };
    });
    const taken = new Set(associated.map(({ namespace, name }) => serviceAccountKey(namespace, name)));
    const annotated = seen(cluster.cluster.serviceAccounts)
      .filter(
        (serviceAccount) =>
          annotatedRole(serviceAccount) !== '' && !taken.has(serviceAccountKey(serviceAccount.namespace, serviceAccount.name)),
      )
      .map((serviceAccount): RoleBearer => {
        const { namespace, name } = serviceAccount;
        return { namespace, name, role: annotatedRole(serviceAccount), isThere: true, association: null };
      });
    return groupBy([...associated, ...annotated], ({ namespace }) => namespace);
  },
);
