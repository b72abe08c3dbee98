import { memo } from '../lib/memo.js';
import type { Cluster, ClusterDetail, Inventory, Json, OidcProvider, Role, ServiceAccount } from '../model/inventory.js';
import { whatArrived } from '../model/observed.js';
import { evaluateParsed, type WebIdentityRequest } from '../policy/evaluate.js';
import { issuerUrl, urlOfProviderArn } from '../policy/federated.js';
import { parseTrustPolicy, type TrustPolicy } from '../policy/parse.js';
import { accountKey, associationsByAccount } from './account-key.js';
import { administrativeReasons } from './administrative.js';
import { groupBy } from '../lib/group-by.js';
import { IssuerIndex } from './issuer-index.js';
import { rolesInUse, tellsEveryUse } from './role-usage.js';
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

/** A service account that carries a role's ARN in its annotation, and has no Pod Identity association, which would win. */
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

/** A provider with the host and path of its ARN. */
export interface NamedProvider {
  readonly provider: OidcProvider;
  readonly url: string;
}

export type Usage = 'used' | 'unknown' | 'unused';

export interface RoleFacts {
  readonly role: Role;
  readonly policy: TrustPolicy;
  readonly statements: readonly WebIdentityStatement[];
  readonly users: readonly RoleUser[];
  readonly usage: Usage;
  /** The clusters with a Pod Identity association for it, among those that were read. */
  readonly associatedIn: readonly Cluster[];
  /** The clusters with an association that goes on to it as its target role. */
  readonly targetedIn: readonly Cluster[];
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
  /** By region and name. */
  clusterNamed(region: string, name: string): IssuingCluster | null;
  /** Those with this issuer and those with what is plainly another spelling of it. */
  clustersNear(url: string): readonly IssuingCluster[];
  /** Likewise. */
  providersNear(url: string): readonly NamedProvider[];
  /** By host and path of the ARN, exactly as written, among the providers that arrived. */
  providerOf(url: string): OidcProvider | null;
  readonly providers: readonly OidcProvider[];
  /** Those of them whose ARN holds an issuer. */
  readonly namedProviders: readonly NamedProvider[];
  readonly roles: readonly RoleFacts[];
  role(arn: string): RoleFacts | null;
  /** Roles with a statement for this issuer, by what they name or mean. Without case. */
  rolesTrusting(url: string): readonly RoleFacts[];
  /** Service accounts of a cluster that carry any role, as far as read. */
  usersOf(cluster: Cluster): readonly RoleUser[];
  /** Whether a role lets this identity in. */
  admits(role: RoleFacts, request: WebIdentityRequest): 'allowed' | 'denied' | 'undecided';
}

const NONE: readonly never[] = [];

function roleUsers(clusters: readonly Cluster[]): RoleUser[] {
  return clusters.flatMap((cluster) => {
    const associated = associationsByAccount(cluster);
    return whatArrived(cluster.serviceAccounts).flatMap((serviceAccount): RoleUser[] => {
      const { namespace, name, annotations } = serviceAccount;
      if (annotations[ROLE_ANNOTATION] === undefined || associated.has(accountKey(namespace, name))) return [];
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
    });
  });
}

/** Each cluster once, in the order in which it comes. */
function clustersOf(entries: readonly { readonly cluster: Cluster }[] | undefined): readonly Cluster[] {
  return entries === undefined ? NONE : [...new Set(entries.map(({ cluster }) => cluster))];
}

/** The issuers of all statements, each once, without case. */
function trustedIssuers(statements: readonly WebIdentityStatement[]): readonly string[] {
  return statements.length === 0 ? NONE : [...new Set(statements.flatMap(({ issuers }) => issuers.map((url) => url.toLowerCase())))];
}

type Trust = Pick<RoleFacts, 'policy' | 'statements'>;

function readTrust(document: Json): Trust {
  const policy = parseTrustPolicy(document);
  return { policy, statements: webIdentityStatements(policy) };
}

/** Each proof of a repair derives the facts of what it leaves as it is again. */
const trustReadOnce = memo((document: Json & object): Trust => readTrust(document));

const trustOf = (document: Json): Trust =>
  typeof document === 'object' && document !== null ? trustReadOnce(document) : readTrust(document);

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
  const named = providers.flatMap((provider): NamedProvider[] => {
    const url = urlOfProviderArn(provider.arn);
    return url === null ? [] : [{ provider, url }];
  });
  const byUrl = new Map(named.map(({ url, provider }) => [url, provider]));
  const byName = new Map(issuingClusters.map((entry) => [`${entry.cluster.region}/${entry.cluster.name}`, entry]));
  const clusterIndex = new IssuerIndex(issuingClusters);
  const providerIndex = new IssuerIndex(named);
  const administrativeBecause = administrativeReasons(inventory);
  const users = roleUsers(clusters);
  const usersByRole = groupBy(users, ({ serviceAccount }) => serviceAccount.annotations[ROLE_ANNOTATION] ?? '');
  const usersByCluster = groupBy(users, ({ cluster }) => cluster.arn);
  const associations = groupBy(
    clusters.flatMap((cluster) =>
      whatArrived(cluster.podIdentityAssociations).flatMap(({ roleArn }) => (roleArn === null ? [] : [{ cluster, roleArn }])),
    ),
    ({ roleArn }) => roleArn,
  );
  const targets = groupBy(
    clusters.flatMap((cluster) =>
      whatArrived(cluster.podIdentityAssociations).flatMap(({ targetRoleArn }) =>
        targetRoleArn == null ? [] : [{ cluster, targetRoleArn }],
      ),
    ),
    ({ targetRoleArn }) => targetRoleArn,
  );
  const inUse = rolesInUse(clusters);
  const complete = tellsEveryUse(inventory);

  const roles = whatArrived(inventory.roles).map((role): RoleFacts => {
    const { policy, statements } = trustOf(role.trustPolicy);
    const carriers = usersByRole.get(role.arn) ?? NONE;
    const associatedIn = clustersOf(associations.get(role.arn));
    const targetedIn = clustersOf(targets.get(role.arn));
    const isUsed = carriers.length > 0 || inUse.has(role.arn);
    let administrative: string | null | undefined;
    return {
      role,
      policy,
      statements,
      users: carriers,
      usage: isUsed ? 'used' : complete ? 'unused' : 'unknown',
      associatedIn,
      targetedIn,
      get administrative() {
        if (administrative === undefined) administrative = administrativeBecause(role);
        return administrative;
      },
      serviceLinked: role.path.startsWith('/aws-service-role/'),
    };
  });
  const byArn = new Map(roles.map((entry) => [entry.role.arn, entry]));
  const trusting = groupBy(
    roles.flatMap((role) => trustedIssuers(role.statements).map((url) => ({ url, role }))),
    ({ url }) => url,
  );
  return {
    inventory,
    issuingClusters,
    clusterOf: (url) => byIssuer.get(url) ?? null,
    clusterNamed: (region, name) => byName.get(`${region}/${name}`) ?? null,
    clustersNear: (url) => clusterIndex.near(url),
    providersNear: (url) => providerIndex.near(url),
    providerOf: (url) => byUrl.get(url) ?? null,
    providers,
    namedProviders: named,
    roles,
    role: (arn) => byArn.get(arn) ?? null,
    rolesTrusting: (url) => (trusting.get(url.toLowerCase()) ?? []).map(({ role }) => role),
    usersOf: (cluster) => usersByCluster.get(cluster.arn) ?? [],
    admits: (role, request) => evaluateParsed(role.policy, request).verdict,
  };
}
