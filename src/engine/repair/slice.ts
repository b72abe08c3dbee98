import { issuerIdIn, type IssuerId } from '../../model/inventory/issuer-id.js';
import { serviceAccountKey } from '../../facts/account/service-account-key.js';
import type { Facts, RoleFacts } from '../../facts/account/facts.js';
import { eksIssuer } from '../../facts/issuer/issuer.js';
import { workloadsByServiceAccount } from '../../facts/pod/pods-of.js';
import { isReadForUsage, rolesInUse } from '../../facts/account/role-usage.js';
import { serviceAccountAt } from '../../facts/account/service-accounts.js';
import type { WebIdentityStatement } from '../../facts/statement/web-identity.js';
import { groupBy } from '../../lib/group-by.js';
import { memo } from '../../lib/memo.js';
import { ROLE_ANNOTATION } from '../../model/inventory/annotations.js';
import type { Patch } from '../../model/report/finding.js';
import type { Cluster, Inventory, OidcProvider, PodIdentityAssociation, ServiceAccount } from '../../model/inventory/inventory.js';
import { allClusters } from '../../model/inventory/all-clusters.js';
import { seen } from '../../model/inventory/observed.js';
import type { Workload } from '../../model/inventory/workload.js';
import { CLUSTER_SECTIONS, missing } from '../../model/contract/sections.js';
import { trustOf } from '../../facts/account/role-facts.js';
import { mapList } from './apply-patches.js';
import { serviceAccountsAround, associationsAround, roleCarriedBy, rolesOfServiceAccounts, standIns, type Kept } from './neighborhood.js';

function urlsOf(statements: readonly WebIdentityStatement[]): IssuerId[] {
  return statements.flatMap(({ federated }) => federated.flatMap(({ url }) => (url === null ? [] : [url])));
}

const issuersOf = (roles: readonly RoleFacts[]): readonly IssuerId[] =>
  roles.flatMap(({ statements }) => statements.flatMap(({ issuers }) => issuers));

/** What a set of patches touches, to begin with. */
interface Touched {
  readonly roles: readonly RoleFacts[];
  readonly urls: readonly IssuerId[];
  readonly kept: Kept;
}

/** The roles of the account that pods name in their variables. */
function rolesOfPods(workloads: readonly Workload[], facts: Facts): readonly RoleFacts[] {
  return workloads.flatMap(({ containers }) => containers.flatMap(({ roleArn }) => facts.role(roleArn ?? '') ?? []));
}

/** The roles that are patched, trust a patched provider, or are meant for a patched service account. */
function touchedRoles(patches: readonly Patch[], patchedUrls: readonly IssuerId[], facts: Facts): readonly RoleFacts[] {
  const patched = patches.flatMap(({ kind, resource }) => (kind === 'trust-policy' ? (facts.role(resource) ?? []) : []));
  // STS asks the provider first: a pod whose role is not for it may be told of only once the provider is right.
  const asking = patchedUrls
    .flatMap((url) => facts.clusterOf(url) ?? [])
    .flatMap(({ cluster }) => rolesOfPods(seen(cluster.workloads), facts));
  const trusting = patchedUrls.flatMap((url) => facts.rolesTrusting(url));
  return [...new Set([...trusting, ...asking, ...patched, ...rolesOfServiceAccounts(patches, facts)])];
}

function touchedBy(patches: readonly Patch[], facts: Facts): Touched {
  const patchedUrls = patches.flatMap((patch) => (patch.kind === 'provider' ? (issuerIdIn(patch.resource) ?? []) : []));
  const touched = touchedRoles(patches, patchedUrls, facts);
  const written = patches.flatMap((patch) => (patch.kind === 'trust-policy' ? trustOf(patch.after).statements : []));
  const kept = serviceAccountsAround(touched, written, patches, facts);
  // What a kept service account has has to be there, or its annotation would seem to name nothing.
  const carried = [...kept.values()].flatMap((serviceAccounts) =>
    [...serviceAccounts.values()].flatMap((serviceAccount) => roleCarriedBy(serviceAccount, facts)),
  );
  const named = [...kept].flatMap(([cluster, serviceAccounts]) =>
    [...serviceAccounts.keys()].flatMap((key) => rolesOfPods(workloadsByServiceAccount(cluster).get(key) ?? [], facts)),
  );
  const roles = [...new Set([...touched, ...carried, ...named])];
  const carriers = touched.flatMap(({ users }) => users.flatMap(({ url }) => url ?? []));
  return { roles, kept, urls: [...new Set([...patchedUrls, ...urlsOf(written), ...issuersOf(roles), ...carriers])] };
}

/**
 * Clusters of which something was not read, one for each kind of gap that a rule or a role's usage depends on: without them
 * a slice would look more complete than the account.
 */
const gapsOf = memo((inventory: Inventory): readonly Cluster[] => {
  const regions = inventory.regions.map(({ clusters }) => seen(clusters));
  const all = regions.flat();
  return [
    ...regions.map((clusters) => clusters.find(({ detail }) => !detail.known)),
    all.find((cluster) => !isReadForUsage(cluster)),
    ...CLUSTER_SECTIONS.map((section) => all.find((cluster) => missing(section, cluster[section.at]) !== null)),
  ].filter((cluster) => cluster !== undefined);
});

/** By role, a cluster whose add-ons, node groups or associations use it: without one it would seem that nothing does. */
const clusterInWhichUsed = memo((inventory: Inventory): ReadonlyMap<string, Cluster> => {
  const all = allClusters(inventory);
  return new Map(all.toReversed().flatMap((cluster) => [...rolesInUse([cluster])].map((arn) => [arn, cluster] as const)));
});

/** The clusters that a slice has, region by region. */
function touchedClusters({ roles, urls, kept }: Touched, facts: Facts): readonly Cluster[] {
  const found = new Set([
    ...urls.flatMap((url) => facts.clustersNear(url).map(({ cluster }) => cluster)),
    ...kept.keys(),
    ...roles.flatMap(({ associatedIn, targetedIn }) => [...associatedIn, ...targetedIn]),
    ...roles.flatMap(({ role }) => clusterInWhichUsed(facts.inventory).get(role.arn) ?? []),
    ...gapsOf(facts.inventory),
  ]);
  return [...groupBy(found, ({ region }) => region).values()].flat();
}

/** What a slice has of one cluster. */
interface Part {
  readonly cluster: Cluster;
  readonly associations: readonly PodIdentityAssociation[];
  /** The service accounts of these that are not kept anyway. */
  readonly besides: readonly ServiceAccount[];
}

/** One association stands for the others: whether there is any decides how much a missing provider matters. */
function keptAssociations(
  cluster: Cluster,
  arns: ReadonlySet<string>,
  serviceAccounts: Iterable<string>,
): readonly PodIdentityAssociation[] {
  const own = associationsAround(cluster, arns, serviceAccounts);
  const all = seen(cluster.podIdentityAssociations);
  // One whose role was not read may be anybody's.
  const unread = all.filter((one) => one.roleArn === null && !own.includes(one)).slice(0, 1);
  const found = [...own, ...unread];
  return found.length > 0 ? found : all.slice(0, 1);
}

/** Whether the service account of an association is there, which role it has too, and whether pods run as it. */
function serviceAccountsOf(
  associations: readonly PodIdentityAssociation[],
  cluster: Cluster,
  kept: Kept,
  facts: Facts,
): readonly ServiceAccount[] {
  const issuing = facts.clusterNamed(cluster.region, cluster.name);
  if (issuing === null) return [];
  return associations.flatMap(({ namespace, serviceAccount }) => {
    const key = serviceAccountKey(namespace, serviceAccount);
    const found = kept.get(cluster)?.has(key) === true ? null : serviceAccountAt(issuing, key);
    if (found === null) return [];
    const role = found.annotations[ROLE_ANNOTATION];
    return [{ ...found, annotations: role === undefined ? {} : { [ROLE_ANNOTATION]: role } }];
  });
}

function partOf(cluster: Cluster, arns: ReadonlySet<string>, kept: Kept, facts: Facts): Part {
  const associations = keptAssociations(cluster, arns, kept.get(cluster)?.keys() ?? []);
  return { cluster, associations, besides: serviceAccountsOf(associations, cluster, kept, facts) };
}

/** The roles that associations give, the service accounts of these have, or EKS gave to add-ons: they would seem not to exist. */
function rolesIn({ cluster, associations, besides }: Part, facts: Facts): readonly RoleFacts[] {
  return [
    ...seen(cluster.addons).flatMap(({ detail }) => (detail.known ? (facts.role(detail.value.serviceAccountRoleArn ?? '') ?? []) : [])),
    ...associations.flatMap(({ roleArn, targetRoleArn }) => [roleArn, targetRoleArn].flatMap((arn) => facts.role(arn ?? '') ?? [])),
    ...besides.flatMap((serviceAccount) => roleCarriedBy(serviceAccount, facts)),
  ];
}

function sliceOf({ cluster, associations, besides }: Part, kept: Kept, facts: Facts): Cluster {
  const own = kept.get(cluster);
  const keys = [...(own?.keys() ?? []), ...besides.map(({ namespace, name }) => serviceAccountKey(namespace, name))];
  return {
    ...cluster,
    podIdentityAssociations: mapList(cluster.podIdentityAssociations, () => associations),
    serviceAccounts: mapList(cluster.serviceAccounts, () => [
      ...[...(own?.values() ?? [])].filter((serviceAccount) => serviceAccount !== null),
      ...besides,
      ...standIns(cluster, kept, facts),
    ]),
    workloads: mapList(cluster.workloads, () => keys.flatMap((key) => workloadsByServiceAccount(cluster).get(key) ?? [])),
  };
}

/** Without its provider a cluster or role that is here for another reason would seem to lack it. */
function providersFor(urls: readonly IssuerId[], clusters: readonly Cluster[], roles: readonly RoleFacts[], facts: Facts): OidcProvider[] {
  const ofClusters = clusters.flatMap(({ region, name }) => facts.clusterNamed(region, name)?.url ?? []);
  const found = [...new Set([...urls, ...ofClusters, ...issuersOf(roles)])].flatMap((url) => facts.providersNear(url));
  return [...new Set(found.map(({ provider }) => provider))];
}

/**
 * The part of an inventory that a set of patches can touch: the roles patched, trusting a patched provider or meant for a
 * patched service account, the providers and clusters of their issuers (near misses included), and the service accounts that
 * have these roles or are named by them, with the roles that those use.
 * Auditing it gives, for these subjects, what auditing the whole account gives.
 */
export function sliceFor(facts: Facts, patches: readonly Patch[]): Inventory {
  const { inventory } = facts;
  const touched = touchedBy(patches, facts);
  const { roles, urls, kept } = touched;
  const clusters = touchedClusters(touched, facts);
  const arns = new Set(roles.map(({ role }) => role.arn));
  const parts = clusters.map((cluster) => partOf(cluster, arns, kept, facts));
  const associated = parts.flatMap((part) => rolesIn(part, facts));
  const byRegion = groupBy(parts, ({ cluster }) => cluster.region);
  // A region that was read and has none of these has nothing to tell, but for providers of clusters that were there.
  const places = new Set([...byRegion.keys(), ...urls.flatMap((url) => eksIssuer(url)?.region ?? [])]);
  return {
    ...inventory,
    roles: mapList(inventory.roles, () => [...new Set([...roles, ...associated])].map(({ role }) => role)),
    providers: mapList(inventory.providers, () => providersFor(urls, clusters, associated, facts)),
    regions: inventory.regions
      .filter(({ clusters: read, region }) => !read.known || places.has(region))
      .map((one) => ({
        ...one,
        clusters: mapList(one.clusters, () => (byRegion.get(one.region) ?? []).map((part) => sliceOf(part, kept, facts))),
      })),
  };
}
