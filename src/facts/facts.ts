import type { Cluster, ClusterDetail, Inventory, OidcProvider, Role, ServiceAccount } from '../model/inventory.js';
import { whatArrived } from '../model/observed.js';
import { evaluateParsed, type WebIdentityRequest } from '../policy/evaluate.js';
import { issuerUrl, urlOfProviderArn } from '../policy/federated.js';
import { parseTrustPolicy, type TrustPolicy } from '../policy/parse.js';
import { administrativeBecause } from './administrative.js';
import { webIdentityStatements, type WebIdentityStatement } from './web-identity.js';

export const ROLE_ANNOTATION = 'eks.amazonaws.com/role-arn';
export const AUDIENCE_ANNOTATION = 'eks.amazonaws.com/audience';
/** The webhook's default for a token's audience, in every partition. */
export const DEFAULT_AUDIENCE = 'sts.amazonaws.com';

/** A cluster whose DescribeCluster was read and that has an issuer. */
export interface IssuingCluster {
  readonly cluster: Cluster;
  readonly detail: ClusterDetail;
  readonly issuer: string;
  /** Issuer without `https://`. */
  readonly url: string;
}

/** A service account that carries a role's ARN in its annotation. */
export interface RoleUser {
  readonly cluster: Cluster;
  readonly serviceAccount: ServiceAccount;
  /** `cluster/namespace/name` */
  readonly id: string;
  /** `system:serviceaccount:namespace:name` */
  readonly subject: string;
  /** Of its token: the annotation's, else the webhook's default. */
  readonly audience: string;
  /** Its cluster's issuer without `https://`; null where unread or absent. */
  readonly url: string | null;
}

export type Usage = 'used' | 'unknown' | 'unused';

export interface RoleFacts {
  readonly role: Role;
  readonly policy: TrustPolicy;
  readonly statements: readonly WebIdentityStatement[];
  readonly users: readonly RoleUser[];
  readonly usage: Usage;
  /** Has a Pod Identity association among those that were read. */
  readonly associated: boolean;
  /** Why it is administrative; null = it is not, as far as its policies were read. */
  readonly administrative: string | null;
  /** Made for AWS services by AWS: cannot be edited, never reported. */
  readonly serviceLinked: boolean;
}

/** All that rules share, derived once a run from one inventory. Pure. */
export interface Facts {
  readonly inventory: Inventory;
  readonly issuingClusters: readonly IssuingCluster[];
  /** By issuer without `https://`, exactly as written. */
  clusterOf(url: string): IssuingCluster | null;
  /** By host and path of the ARN, exactly as written, among the providers that arrived. */
  providerOf(url: string): OidcProvider | null;
  readonly providers: readonly OidcProvider[];
  readonly roles: readonly RoleFacts[];
  role(arn: string): RoleFacts | null;
  /** Roles with a statement for this issuer, by what they name or mean. Without case. */
  rolesTrusting(url: string): readonly RoleFacts[];
  /** Service accounts of a cluster that carry any role, as far as read. */
  usersOf(cluster: Cluster): readonly RoleUser[];
  /** Whether a role lets this identity in. */
  admits(role: RoleFacts, request: WebIdentityRequest): 'allowed' | 'denied' | 'undecided';
}

/** Groups a list by a key, keeping order. */
function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

function roleUsers(clusters: readonly Cluster[]): RoleUser[] {
  return clusters.flatMap((cluster) =>
    whatArrived(cluster.serviceAccounts).flatMap((serviceAccount): RoleUser[] => {
      if (serviceAccount.annotations[ROLE_ANNOTATION] === undefined) return [];
      const { namespace, name, annotations } = serviceAccount;
      const issuer = cluster.detail.known ? cluster.detail.value.issuer : null;
      return [
        {
          cluster,
          serviceAccount,
          id: `${cluster.name}/${namespace}/${name}`,
          subject: `system:serviceaccount:${namespace}:${name}`,
          audience: annotations[AUDIENCE_ANNOTATION] ?? DEFAULT_AUDIENCE,
          url: issuer === null ? null : issuerUrl(issuer),
        },
      ];
    }),
  );
}

/** Whether all service accounts of every cluster that was asked for were read: only then is "nobody uses it" a fact. */
function serviceAccountsComplete(inventory: Inventory): boolean {
  return inventory.regions.every(({ clusters }) => clusters.known && clusters.value.every(({ serviceAccounts }) => serviceAccounts.known));
}

/** Derives the facts of an inventory. Never throws, whatever the inventory holds. */
export function deriveFacts(inventory: Inventory): Facts {
  const clusters = inventory.regions.flatMap((region) => whatArrived(region.clusters));
  const issuingClusters = clusters.flatMap((cluster): IssuingCluster[] => {
    if (!cluster.detail.known || cluster.detail.value.issuer === null) return [];
    const { issuer } = cluster.detail.value;
    return [{ cluster, detail: cluster.detail.value, issuer, url: issuerUrl(issuer) }];
  });
  const byIssuer = new Map(issuingClusters.map((entry) => [entry.url, entry]));
  const providers = whatArrived(inventory.providers);
  const byUrl = new Map(providers.flatMap((provider): [string, OidcProvider][] => {
    const url = urlOfProviderArn(provider.arn);
    return url === null ? [] : [[url, provider]];
  }));
  const users = roleUsers(clusters);
  const usersByRole = groupBy(users, ({ serviceAccount }) => serviceAccount.annotations[ROLE_ANNOTATION] ?? '');
  const usersByCluster = groupBy(users, ({ cluster }) => cluster.arn);
  const associated = new Set(clusters.flatMap((cluster) => whatArrived(cluster.podIdentityAssociations).flatMap(({ roleArn }) => (roleArn === null ? [] : [roleArn]))));
  const complete = serviceAccountsComplete(inventory);

  const roles = whatArrived(inventory.roles).map((role): RoleFacts => {
    const policy = parseTrustPolicy(role.trustPolicy);
    const carriers = usersByRole.get(role.arn) ?? [];
    const isAssociated = associated.has(role.arn);
    let administrative: string | null | undefined;
    return {
      role,
      policy,
      statements: webIdentityStatements(policy),
      users: carriers,
      usage: carriers.length > 0 || isAssociated ? 'used' : complete ? 'unused' : 'unknown',
      associated: isAssociated,
      get administrative() {
        if (administrative === undefined) administrative = administrativeBecause(role, inventory);
        return administrative;
      },
      serviceLinked: role.path.startsWith('/aws-service-role/'),
    };
  });
  const byArn = new Map(roles.map((entry) => [entry.role.arn, entry]));
  const trusting = groupBy(
    roles.flatMap((role) => [...new Set(role.statements.flatMap(({ federated }) => federated.flatMap(({ url }) => (url === null ? [] : [url.toLowerCase()]))))].map((url) => ({ url, role }))),
    ({ url }) => url,
  );
  return {
    inventory,
    issuingClusters,
    clusterOf: (url) => byIssuer.get(url) ?? null,
    providerOf: (url) => byUrl.get(url) ?? null,
    providers,
    roles,
    role: (arn) => byArn.get(arn) ?? null,
    rolesTrusting: (url) => (trusting.get(url.toLowerCase()) ?? []).map(({ role }) => role),
    usersOf: (cluster) => usersByCluster.get(cluster.arn) ?? [],
    admits: (role, request) => evaluateParsed(role.policy, request).verdict,
  };
}
