import type { Facts, RoleFacts } from '../facts/facts.js';
import { eksIssuer } from '../facts/issuer.js';
import { groupBy } from '../lib/group-by.js';
import { workloadsByAccount } from '../facts/pods-of.js';
import { accountKey, partsOfAccount } from '../facts/account-key.js';
import { isReadForUsage } from '../facts/role-usage.js';
import { accountAt } from '../facts/service-accounts.js';
import { webIdentityStatements, type WebIdentityStatement } from '../facts/web-identity.js';
import { memo } from '../lib/memo.js';
import { ROLE_ANNOTATION } from '../model/annotations.js';
import type { Patch } from '../model/finding.js';
import type { Cluster, Inventory, Json, OidcProvider, PodIdentityAssociation, ServiceAccount } from '../model/inventory.js';
import { known, unknown, whatArrived, type Observed } from '../model/observed.js';
import { CLUSTER_SECTIONS, missing } from '../model/sections.js';
import { urlOfProviderArn } from '../policy/federated.js';
import { parseTrustPolicy } from '../policy/parse.js';
import { accountsAround, associationsAround, roleCarriedBy, rolesOfAccounts, standIns } from './slice-accounts.js';

/** The same list with each item kept, changed or left out; what is unknown stays unknown. */
function mapList<T>(observed: Observed<readonly T[]>, change: (items: readonly T[]) => readonly T[]): Observed<readonly T[]> {
  if (observed.known) return known(change(observed.value));
  return observed.partial === undefined ? observed : unknown(observed.reason, observed.detail, change(observed.partial));
}

function providerAfter(providers: readonly OidcProvider[], { resource, after }: Patch): readonly OidcProvider[] {
  const value = after as { readonly url?: Json; readonly clientIds?: Json } | null;
  const clientIds = Array.isArray(value?.clientIds) ? value.clientIds.map(String) : [];
  const url = urlOfProviderArn(resource) ?? '';
  const fresh = { url, clientIds, thumbprints: [], createdAt: null, tags: {} };
  const existing = providers.find(({ arn }) => arn === resource);
  if (existing === undefined) return [...providers, { arn: resource, detail: known(fresh) }];
  return providers.map((one) =>
    one === existing ? { arn: resource, detail: known(one.detail.known ? { ...one.detail.value, clientIds } : fresh) } : one,
  );
}

/** Patches of service accounts or associations, by the `namespace/name` that each is about. */
type ByAccount = ReadonlyMap<string, Patch>;

function accountsAfter(accounts: readonly ServiceAccount[], patches: ByAccount): readonly ServiceAccount[] {
  const there = new Set(accounts.map(({ namespace, name }) => accountKey(namespace, name)));
  const after = (account: Pick<ServiceAccount, 'namespace' | 'name'>, patch: Patch): ServiceAccount => {
    const value = patch.after as { readonly annotations?: Json } | null;
    const annotations = Object.entries(value?.annotations ?? {}).map(([key, text]) => [key, String(text)]);
    return { ...account, annotations: Object.fromEntries(annotations) as ServiceAccount['annotations'] };
  };
  const made = [...patches].filter(([key]) => !there.has(key));
  return [
    ...accounts.map((one) => {
      const patch = patches.get(accountKey(one.namespace, one.name));
      return patch === undefined ? one : after(one, patch);
    }),
    ...made.map(([, patch]) => {
      const { namespace, name } = partsOfAccount(patch.resource);
      return after({ namespace, name }, patch);
    }),
  ];
}

function associationsAfter(associations: readonly PodIdentityAssociation[], patches: ByAccount): readonly PodIdentityAssociation[] {
  const keyOf = (one: PodIdentityAssociation): string => accountKey(one.namespace, one.serviceAccount);
  const before = new Map(associations.map((one) => [keyOf(one), one]));
  const made = [...patches].flatMap(([key, { resource, after }]): readonly PodIdentityAssociation[] => {
    if (after === null) return [];
    const { namespace, name: serviceAccount } = partsOfAccount(resource);
    return [{ ...before.get(key), roleArn: null, ...(after as Partial<PodIdentityAssociation>), namespace, serviceAccount }];
  });
  return [...associations.filter((one) => !patches.has(keyOf(one))), ...made];
}

function clusterAfter(cluster: Cluster, patches: readonly Patch[]): Cluster {
  const keyOf = ({ resource }: Patch): string => {
    const { namespace, name } = partsOfAccount(resource);
    return accountKey(namespace, name);
  };
  const of = (kind: Patch['kind']): ByAccount =>
    new Map(patches.filter((patch) => patch.kind === kind).map((patch) => [keyOf(patch), patch]));
  const accounts = of('service-account');
  const associations = of('pod-identity-association');
  return {
    ...cluster,
    serviceAccounts: mapList(cluster.serviceAccounts, (before) => accountsAfter(before, accounts)),
    podIdentityAssociations: mapList(cluster.podIdentityAssociations, (before) => associationsAfter(before, associations)),
    // Pods of these are made anew, and how they come out the webhook decides.
    workloads: mapList(cluster.workloads, (workloads) =>
      workloads.filter(({ namespace, serviceAccount }) => {
        const key = accountKey(namespace, serviceAccount);
        return !accounts.has(key) && !associations.has(key);
      }),
    ),
  };
}

/** Where the patches of things inside a cluster belong: `region/cluster`. */
const placeOf = ({ resource, region }: Patch): string => `${region ?? ''}/${partsOfAccount(resource).cluster}`;

/** The inventory as it would be read after somebody applied the patches; of two of one thing the last counts. */
export function patched(inventory: Inventory, patches: readonly Patch[]): Inventory {
  const byKind = groupBy(patches, ({ kind }) => kind);
  const policies = new Map((byKind.get('trust-policy') ?? []).map(({ resource, after }) => [resource, after]));
  const inside = groupBy([...(byKind.get('service-account') ?? []), ...(byKind.get('pod-identity-association') ?? [])], placeOf);
  const within = (region: string, clusters: readonly Cluster[]): readonly Cluster[] =>
    clusters.map((cluster) => {
      const own = inside.get(`${region}/${cluster.name}`);
      return own === undefined ? cluster : clusterAfter(cluster, own);
    });
  return {
    ...inventory,
    roles: mapList(inventory.roles, (roles) =>
      roles.map((role) => {
        const trustPolicy = policies.get(role.arn);
        return trustPolicy === undefined ? role : { ...role, trustPolicy };
      }),
    ),
    providers: mapList(inventory.providers, (providers) => (byKind.get('provider') ?? []).reduce(providerAfter, providers)),
    regions: inventory.regions.map((one) => ({ ...one, clusters: mapList(one.clusters, (clusters) => within(one.region, clusters)) })),
  };
}

function urlsOf(statements: readonly WebIdentityStatement[]): string[] {
  return statements.flatMap(({ federated }) => federated.flatMap(({ url }) => (url === null ? [] : [url])));
}

const issuersOf = (roles: readonly RoleFacts[]): readonly string[] =>
  roles.flatMap(({ statements }) => statements.flatMap(({ issuers }) => issuers));

/**
 * Clusters of which something was not read, one for each kind of gap that a rule or a role's usage hangs on: without them
 * a slice would look more complete than the account.
 */
const gapsOf = memo((inventory: Inventory): readonly Cluster[] => {
  const regions = inventory.regions.map(({ clusters }) => whatArrived(clusters));
  const all = regions.flat();
  return [
    ...regions.map((clusters) => clusters.find(({ detail }) => !detail.known)),
    all.find((cluster) => !isReadForUsage(cluster)),
    ...CLUSTER_SECTIONS.map((section) => all.find((cluster) => missing(section, cluster[section.at]) !== null)),
  ].filter((cluster) => cluster !== undefined);
});

/**
 * The part of an inventory that a set of patches can touch: the roles patched, trusting a patched provider or meant for a
 * patched service account, the providers and clusters of their issuers (near misses included), and the service accounts that
 * carry these roles or are named by them, with the roles that those carry.
 * Auditing it gives, for these subjects, what auditing the whole account gives.
 */
export function sliceFor(facts: Facts, patches: readonly Patch[]): Inventory {
  const { inventory } = facts;
  const patchedUrls = patches.flatMap((patch) => (patch.kind === 'provider' ? (urlOfProviderArn(patch.resource) ?? []) : []));
  const patchedRoles = patches.flatMap(({ kind, resource }) => (kind === 'trust-policy' ? (facts.role(resource) ?? []) : []));
  const touched = [
    ...new Set([...patchedUrls.flatMap((url) => facts.rolesTrusting(url)), ...patchedRoles, ...rolesOfAccounts(patches, facts)]),
  ];
  const written = patches.flatMap((patch) => (patch.kind === 'trust-policy' ? webIdentityStatements(parseTrustPolicy(patch.after)) : []));
  const kept = accountsAround(touched, written, patches, facts);
  // What a kept service account carries has to be there, or its annotation would seem to name nothing.
  const carried = [...kept.values()].flatMap((accounts) => [...accounts.values()].flatMap((account) => roleCarriedBy(account, facts)));
  const roles = [...new Set([...touched, ...carried])];
  const users = touched.flatMap((role) => role.users);
  const afters = urlsOf(written);
  const urls = [...new Set([...patchedUrls, ...afters, ...issuersOf(roles), ...users.flatMap(({ url }) => url ?? [])])];
  const issuing = urls.flatMap((url) => facts.clustersNear(url).map(({ cluster }) => cluster));
  const clusters = groupBy(
    new Set([
      ...issuing,
      ...kept.keys(),
      ...roles.flatMap(({ associatedIn, targetedIn }) => [...associatedIn, ...targetedIn]),
      ...gapsOf(inventory),
    ]),
    ({ region }) => region,
  );
  // One association stands for the others: whether there is any decides how much a missing provider matters.
  const arns = new Set(roles.map(({ role }) => role.arn));
  const associations = new Map<Cluster, readonly PodIdentityAssociation[]>();
  const associationsIn = (cluster: Cluster): readonly PodIdentityAssociation[] => {
    const known = associations.get(cluster);
    if (known !== undefined) return known;
    const own = associationsAround(cluster, arns, kept.get(cluster)?.keys() ?? []);
    const all = whatArrived(cluster.podIdentityAssociations);
    // One whose role was not read may be anybody's.
    const unread = all.filter((one) => one.roleArn === null && !own.includes(one)).slice(0, 1);
    const found = own.length > 0 ? [...own, ...unread] : unread.length > 0 ? unread : all.slice(0, 1);
    associations.set(cluster, found);
    return found;
  };
  // Whether the service account of an association is there, which role it carries too, and whether pods run as it.
  const besides = (cluster: Cluster): readonly ServiceAccount[] => {
    const issuing = facts.clusterNamed(cluster.region, cluster.name);
    if (issuing === null) return [];
    return associationsIn(cluster).flatMap(({ namespace, serviceAccount }) => {
      const key = accountKey(namespace, serviceAccount);
      const account = kept.get(cluster)?.has(key) === true ? null : accountAt(issuing, key);
      if (account === null) return [];
      const role = account.annotations[ROLE_ANNOTATION];
      return [{ ...account, annotations: role === undefined ? {} : { [ROLE_ANNOTATION]: role } }];
    });
  };
  const associated = [...clusters.values()]
    .flat()
    .flatMap((cluster) => [
      ...associationsIn(cluster).flatMap(({ roleArn, targetRoleArn }) =>
        [roleArn, targetRoleArn].flatMap((arn) => facts.role(arn ?? '') ?? []),
      ),
      ...besides(cluster).flatMap((account) => roleCarriedBy(account, facts)),
    ]);
  const clusterSlice = (cluster: Cluster): Cluster => ({
    ...cluster,
    podIdentityAssociations: mapList(cluster.podIdentityAssociations, () => associationsIn(cluster)),
    serviceAccounts: mapList(cluster.serviceAccounts, () => [
      ...[...(kept.get(cluster)?.values() ?? [])].filter((account) => account !== null),
      ...besides(cluster),
      ...standIns(cluster, kept, facts),
    ]),
    workloads: mapList(cluster.workloads, () =>
      [...(kept.get(cluster)?.keys() ?? []), ...besides(cluster).map(({ namespace, name }) => accountKey(namespace, name))].flatMap(
        (key) => workloadsByAccount(cluster).get(key) ?? [],
      ),
    ),
  });
  // Without its provider a cluster or role that is here for another reason would seem to lack it.
  const ofClusters = [...clusters.values()].flat().flatMap(({ region, name }) => facts.clusterNamed(region, name)?.url ?? []);
  // A region that was read and has none of these has nothing to tell, but for providers of clusters that were there.
  const places = new Set([...clusters.keys(), ...urls.flatMap((url) => eksIssuer(url)?.region ?? [])]);
  return {
    ...inventory,
    roles: mapList(inventory.roles, () => [...new Set([...roles, ...associated])].map(({ role }) => role)),
    providers: mapList(inventory.providers, () => [
      ...new Set(
        [...urls, ...ofClusters, ...issuersOf(associated)].flatMap((url) => facts.providersNear(url).map(({ provider }) => provider)),
      ),
    ]),
    regions: inventory.regions
      .filter((region) => !region.clusters.known || places.has(region.region))
      .map((region) => ({ ...region, clusters: mapList(region.clusters, () => (clusters.get(region.region) ?? []).map(clusterSlice)) })),
  };
}
