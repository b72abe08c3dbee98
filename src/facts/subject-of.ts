import type { Subject } from '../model/finding.js';
import type { Cluster, OidcProvider, Role } from '../model/inventory.js';
import type { Facts, RoleFacts } from './facts.js';

export function clusterSubject(cluster: Cluster): Subject {
  return { type: 'cluster', id: cluster.name, arn: cluster.arn, region: cluster.region };
}

export function providerSubject(provider: Pick<OidcProvider, 'arn'>): Subject {
  return { type: 'provider', id: provider.arn, arn: provider.arn, region: null };
}

export function roleSubject(role: Role): Subject {
  return { type: 'role', id: role.arn, arn: role.arn, region: null };
}

/** The roles that trust rules look at, as entries: every role with a web-identity statement that its owner can edit. */
export function webIdentityRoles(facts: Facts): { readonly subject: Subject; readonly of: RoleFacts }[] {
  return facts.roles.filter(({ statements, serviceLinked }) => statements.length > 0 && !serviceLinked).map((of) => ({ subject: roleSubject(of.role), of }));
}
