import type { AwsPort } from '../../src/collect/reading/ports.js';
import type { AddonDetail } from '../../src/model/inventory/inventory.js';
import { known } from '../../src/model/inventory/observed.js';

/** An account in memory that answers at once, so that a test alone decides when time is up. */
export function answeringAtOnce(instead: Partial<AwsPort> = {}): AwsPort {
  const absent = {
    issuer: null,
    endpoint: null,
    certificateAuthority: null,
    endpointPublicAccess: null,
    createdAt: null,
    kubernetesVersion: null,
  };
  const detail = { status: 'ACTIVE', ...absent, tags: {} };
  return {
    identity: () =>
      Promise.resolve({ arn: 'arn:aws:iam::111122223333:root', account: '111122223333', partition: 'aws', region: 'eu-west-1' }),
    listRegions: () => Promise.resolve({ items: [{ name: 'eu-west-1', enabled: true }], next: null }),
    listClusters: () => Promise.resolve({ items: ['a', 'b', 'c'], next: null }),
    describeCluster: (region, name) => Promise.resolve({ arn: `arn:aws:eks:${region}:111122223333:cluster/${name}`, detail }),
    listAssociations: () => Promise.resolve({ items: [], next: null }),
    describeAssociation: () => Promise.resolve(null),
    listAddons: () => Promise.resolve({ items: [], next: null }),
    describeAddon: () => Promise.resolve(null),
    listNodeGroups: () => Promise.resolve({ items: [], next: null }),
    nodeRole: () => Promise.resolve(null),
    eksToken: () => Promise.resolve('k8s-aws-v1.x'),
    addonPermissions: () => Promise.resolve([]),
    listProviders: () => Promise.resolve([]),
    getProvider: () => Promise.resolve(null),
    getRole: () => Promise.resolve(null),
    listAttachedPolicies: () => Promise.resolve({ items: [], next: null }),
    listInlinePolicies: () => Promise.resolve({ items: [], next: null }),
    listRoles: () => Promise.resolve({ roles: [], managedPolicies: known([]), next: null }),
    accountQuotas: () => Promise.resolve({ trustPolicyLength: 2048, roles: 1000 }),
    accountAlias: () => Promise.resolve(null),
    ...instead,
  };
}

/** An add-on of a cluster as EKS describes it: without a role, unless one is given. */
export const describedAddon = (version: string, serviceAccountRoleArn: string | null = null): AddonDetail => ({
  version,
  status: 'ACTIVE',
  issues: [],
  serviceAccountRoleArn,
  namespace: null,
  configured: false,
});
