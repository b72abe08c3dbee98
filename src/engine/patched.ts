import { ROLE_ANNOTATION, type Facts, type RoleFacts } from '../facts/facts.js';
import { eksIssuer } from '../facts/issuer.js';
import { groupBy } from '../facts/group-by.js';
import { workloadsByAccount } from '../facts/pods-of.js';
import { accountAt, accountKey } from '../facts/service-accounts.js';
import { webIdentityStatements, type WebIdentityStatement } from '../facts/web-identity.js';
import type { Patch } from '../model/finding.js';
import type { Workload } from '../model/workload.js';
import type { Cluster, Inventory, Json, OidcProvider, PodIdentityAssociation, ServiceAccount } from '../model/inventory.js';
import { known, unknown, whatArrived, type Observed } from '../model/observed.js';
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

function accountsAfter(accounts: readonly ServiceAccount[], { resource, after }: Patch): readonly ServiceAccount[] {
  const value = after as { readonly annotations?: Json } | null;
  const annotations = Object.fromEntries(Object.entries(value?.annotations ?? {}).map(([key, text]) => [key, String(text)]));
  const [, namespace = '', name = ''] = resource.split('/');
  const isMeant = (one: ServiceAccount): boolean => one.namespace === namespace && one.name === name;
  if (!accounts.some(isMeant)) return [...accounts, { namespace, name, annotations }];
  return accounts.map((one) => (isMeant(one) ? { ...one, annotations } : one));
}

function associationsAfter(associations: readonly PodIdentityAssociation[], { resource, after }: Patch): readonly PodIdentityAssociation[] {
  const [, namespace = '', serviceAccount = ''] = resource.split('/');
  const isMeant = (one: PodIdentityAssociation): boolean => one.namespace === namespace && one.serviceAccount === serviceAccount;
  const others = associations.filter((one) => !isMeant(one));
  const value = after as Partial<PodIdentityAssociation> | null;
  if (value === null) return others;
  return [...others, { ...associations.find(isMeant), roleArn: null, ...value, namespace, serviceAccount }];
}

/** Without the pods of the service account: they are made anew, and how those come out the webhook decides. */
function withoutPodsOf({ resource }: Patch, workloads: readonly Workload[]): readonly Workload[] {
  const [, namespace, name] = resource.split('/');
  return workloads.filter((one) => one.namespace !== namespace || one.serviceAccount !== name);
}

/** The regions with one cluster changed: the one that the patch is about something in. */
function withCluster(inventory: Inventory, { resource, region }: Patch, change: (cluster: Cluster) => Cluster): Inventory {
  const [name] = resource.split('/');
  const within = (clusters: readonly Cluster[]): readonly Cluster[] => clusters.map((one) => (one.name === name ? change(one) : one));
  const regions = inventory.regions.map((one) => (one.region === region ? { ...one, clusters: mapList(one.clusters, within) } : one));
  return { ...inventory, regions };
}

/** The inventory as it would be read after somebody applied the patches. */
export function patched(inventory: Inventory, patches: readonly Patch[]): Inventory {
  return patches.reduce<Inventory>((before, patch) => {
    switch (patch.kind) {
      case 'trust-policy':
        return {
          ...before,
          roles: mapList(before.roles, (roles) =>
            roles.map((role) => (role.arn === patch.resource ? { ...role, trustPolicy: patch.after } : role)),
          ),
        };
      case 'provider':
        return { ...before, providers: mapList(before.providers, (providers) => providerAfter(providers, patch)) };
      case 'service-account':
        return withCluster(before, patch, (cluster) => ({
          ...cluster,
          serviceAccounts: mapList(cluster.serviceAccounts, (accounts) => accountsAfter(accounts, patch)),
          workloads: mapList(cluster.workloads, (workloads) => withoutPodsOf(patch, workloads)),
        }));
      case 'pod-identity-association':
        return withCluster(before, patch, (cluster) => ({
          ...cluster,
          podIdentityAssociations: mapList(cluster.podIdentityAssociations, (associations) => associationsAfter(associations, patch)),
          workloads: mapList(cluster.workloads, (workloads) => withoutPodsOf(patch, workloads)),
        }));
    }
  }, inventory);
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
function gapsOf(inventory: Inventory): readonly Cluster[] {
  const known = gaps.get(inventory);
  if (known !== undefined) return known;
  const regions = inventory.regions.map(({ clusters }) => whatArrived(clusters));
  const all = regions.flat();
  const found = [
    ...regions.map((clusters) => clusters.find(({ detail }) => !detail.known)),
    all.find(({ serviceAccounts }) => !serviceAccounts.known),
    all.find(({ podIdentityAssociations }) => !podIdentityAssociations.known),
    all.find(({ workloads }) => !workloads.known),
    all.find(({ addons }) => !addons.known),
  ].filter((cluster) => cluster !== undefined);
  gaps.set(inventory, found);
  return found;
}

const gaps = new WeakMap<Inventory, readonly Cluster[]>();

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
    const found = own.length > 0 ? own : whatArrived(cluster.podIdentityAssociations).slice(0, 1);
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
