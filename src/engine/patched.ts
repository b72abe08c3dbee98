import type { Facts } from '../facts/facts.js';
import { eksIssuer } from '../facts/issuer.js';
import { groupBy } from '../facts/group-by.js';
import { webIdentityStatements } from '../facts/web-identity.js';
import type { Patch } from '../model/finding.js';
import type { Cluster, Inventory, Json, OidcProvider, PodIdentityAssociation } from '../model/inventory.js';
import { known, unknown, whatArrived, type Observed } from '../model/observed.js';
import { urlOfProviderArn } from '../policy/federated.js';
import { parseTrustPolicy } from '../policy/parse.js';

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
      case 'pod-identity-association':
        return before;
    }
  }, inventory);
}

function urlsOf(document: Json): string[] {
  return webIdentityStatements(parseTrustPolicy(document)).flatMap(({ federated }) =>
    federated.flatMap(({ url }) => (url === null ? [] : [url])),
  );
}

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
  ].filter((cluster) => cluster !== undefined);
  gaps.set(inventory, found);
  return found;
}

const gaps = new WeakMap<Inventory, readonly Cluster[]>();

/**
 * The part of an inventory that a set of patches can touch: the roles patched or trusting a patched provider, the
 * providers and clusters of their issuers (near misses included), and the service accounts that carry these roles.
 * Auditing it gives, for these subjects, what auditing the whole account gives.
 */
export function sliceFor(facts: Facts, patches: readonly Patch[]): Inventory {
  const { inventory } = facts;
  const patchedUrls = patches.flatMap((patch) => (patch.kind === 'provider' ? (urlOfProviderArn(patch.resource) ?? []) : []));
  const patchedRoles = patches.flatMap(({ kind, resource }) => (kind === 'trust-policy' ? (facts.role(resource) ?? []) : []));
  const roles = [...new Set([...patchedUrls.flatMap((url) => facts.rolesTrusting(url)), ...patchedRoles])];
  const users = roles.flatMap((role) => role.users);
  const afters = patches.flatMap((patch) => (patch.kind === 'trust-policy' ? urlsOf(patch.after) : []));
  const trusted = roles.flatMap(({ statements }) => statements.flatMap(({ issuers }) => issuers));
  const urls = [...new Set([...patchedUrls, ...afters, ...trusted, ...users.flatMap(({ url }) => url ?? [])])];
  const carriers = groupBy(users, ({ cluster }) => cluster);
  const issuing = urls.flatMap((url) => facts.clustersNear(url).map(({ cluster }) => cluster));
  const clusters = groupBy(
    new Set([...issuing, ...carriers.keys(), ...roles.flatMap(({ associatedIn }) => associatedIn), ...gapsOf(inventory)]),
    ({ region }) => region,
  );
  // One association stands for the others: whether there is any decides how much a missing provider matters.
  const arns = new Set(roles.map(({ role }) => role.arn));
  const associationsIn = (cluster: Cluster): readonly PodIdentityAssociation[] => {
    const all = whatArrived(cluster.podIdentityAssociations);
    const own = all.filter(({ roleArn }) => roleArn !== null && arns.has(roleArn));
    return own.length > 0 ? own : all.slice(0, 1);
  };
  const associated = [...clusters.values()]
    .flat()
    .flatMap(associationsIn)
    .flatMap(({ roleArn }) => facts.role(roleArn ?? '') ?? []);
  const clusterSlice = (cluster: Cluster): Cluster => ({
    ...cluster,
    podIdentityAssociations: mapList(cluster.podIdentityAssociations, () => associationsIn(cluster)),
    serviceAccounts: mapList(cluster.serviceAccounts, () => (carriers.get(cluster) ?? []).map(({ serviceAccount }) => serviceAccount)),
  });
  // A region that was read and has none of these has nothing to tell, but for providers of clusters that were there.
  const places = new Set([...clusters.keys(), ...urls.flatMap((url) => eksIssuer(url)?.region ?? [])]);
  return {
    ...inventory,
    roles: mapList(inventory.roles, () => [...new Set([...roles, ...associated])].map(({ role }) => role)),
    providers: mapList(inventory.providers, () => [
      ...new Set(urls.flatMap((url) => facts.providersNear(url).map(({ provider }) => provider))),
    ]),
    regions: inventory.regions
      .filter((region) => !region.clusters.known || places.has(region.region))
      .map((region) => ({ ...region, clusters: mapList(region.clusters, () => (clusters.get(region.region) ?? []).map(clusterSlice)) })),
  };
}
