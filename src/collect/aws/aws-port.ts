import type { AwsPort } from '../ports.js';
import { addonPermissions, describeAddon, listAddons } from './addons.js';
import { type ClientOptions, Clients, limitsFrom } from './clients.js';
import { describeCluster, listClusters } from './eks.js';
import { eksToken } from './eks-token.js';
import { accountQuotas, getProvider, listProviders, listRoles } from './iam.js';
import { identity } from './identity.js';
import { listNodeGroups, nodeRole } from './node-groups.js';
import { describeAssociation, listAssociations } from './pod-identity.js';
import { listRegions } from './regions.js';
import { getRole, listAttachedPolicies, listInlinePolicies } from './one-role.js';

/** AWS itself, with the ambient credentials, region and endpoints. */
export function awsPort(options: ClientOptions): AwsPort {
  const clients = new Clients(options);
  return {
    limits: limitsFrom(options),
    identity: (signal) => identity(clients, signal),
    listRegions: (home, token, signal) => listRegions(clients, home, token, signal),
    listClusters: (region, token, signal) => listClusters(clients, region, token, signal),
    describeCluster: (region, name, signal) => describeCluster(clients, region, name, signal),
    listAssociations: (region, cluster, token, signal, of) => listAssociations(clients, region, cluster, token, signal, of),
    describeAssociation: (region, cluster, id, signal) => describeAssociation(clients, region, cluster, id, signal),
    listAddons: (region, cluster, token, signal) => listAddons(clients, region, cluster, token, signal),
    describeAddon: (region, cluster, name, signal) => describeAddon(clients, region, cluster, name, signal),
    addonPermissions: (region, name, version, signal) => addonPermissions(clients, region, name, version, signal),
    listNodeGroups: (region, cluster, token, signal) => listNodeGroups(clients, region, cluster, token, signal),
    nodeRole: (region, cluster, name, signal) => nodeRole(clients, region, cluster, name, signal),
    eksToken: (region, cluster) => eksToken(clients, region, cluster),
    listProviders: (home, signal) => listProviders(clients, home, signal),
    getProvider: (home, arn, signal) => getProvider(clients, home, arn, signal),
    getRole: (home, name, signal) => getRole(clients, home, name, signal),
    listAttachedPolicies: (home, role, marker, signal) => listAttachedPolicies(clients, home, role, marker, signal),
    listInlinePolicies: (home, role, marker, signal) => listInlinePolicies(clients, home, role, marker, signal),
    listRoles: (home, marker, signal) => listRoles(clients, home, marker, signal),
    accountQuotas: (home, signal) => accountQuotas(clients, home, signal),
  };
}
