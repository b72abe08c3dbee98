import type { AwsPort } from '../reading/ports.js';
import { addonPermissions, describeAddon, listAddons } from './addons.js';
import { type ClientOptions, Clients, limitsFrom } from './clients.js';
import { describeCluster, listClusters } from './eks.js';
import { eksToken } from './eks-token.js';
import { accountAlias, accountQuotas, getProvider, listProviders, listRoles } from './iam.js';
import { identity } from './identity.js';
import { listNodeGroups, nodeRole } from './node-groups.js';
import { describeAssociation, listAssociations } from './pod-identity.js';
import { getRole, listAttachedPolicies, listInlinePolicies } from './roles-by-name.js';

/** AWS itself, with the ambient credentials, region and endpoints. */
export function awsPort(options: ClientOptions): AwsPort {
  const clients = new Clients(options);
  return {
    limits: limitsFrom(options),
    identity: (signal) => identity(clients, signal),
    // Loaded where it is asked for: whoever names the regions does without its client.
    listRegions: async (home, token, signal) => (await import('./regions.js')).listRegions({ clients, region: home, signal }, token),
    listClusters: (region, token, signal) => listClusters({ clients, region, signal }, token),
    describeCluster: (region, name, signal) => describeCluster({ clients, region, signal }, name),
    listAssociations: (region, among, token, signal) => listAssociations({ clients, region, signal }, among, token),
    describeAssociation: (region, cluster, id, signal) => describeAssociation({ clients, region, signal }, cluster, id),
    listAddons: (region, cluster, token, signal) => listAddons({ clients, region, signal }, cluster, token),
    describeAddon: (region, cluster, name, signal) => describeAddon({ clients, region, signal }, cluster, name),
    addonPermissions: (region, name, version, signal) => addonPermissions({ clients, region, signal }, name, version),
    listNodeGroups: (region, cluster, token, signal) => listNodeGroups({ clients, region, signal }, cluster, token),
    nodeRole: (region, cluster, name, signal) => nodeRole({ clients, region, signal }, cluster, name),
    eksToken: (region, cluster) => eksToken(clients, region, cluster),
    listProviders: (home, signal) => listProviders({ clients, region: home, signal }),
    getProvider: (home, arn, signal) => getProvider({ clients, region: home, signal }, arn),
    getRole: (home, name, signal) => getRole({ clients, region: home, signal }, name),
    listAttachedPolicies: (home, role, marker, signal) => listAttachedPolicies({ clients, region: home, signal }, role, marker),
    listInlinePolicies: (home, role, marker, signal) => listInlinePolicies({ clients, region: home, signal }, role, marker),
    listRoles: (home, marker, signal) => listRoles({ clients, region: home, signal }, marker),
    accountQuotas: (home, signal) => accountQuotas({ clients, region: home, signal }),
    accountAlias: (home, signal) => accountAlias({ clients, region: home, signal }),
  };
}
