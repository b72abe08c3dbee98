import { issuerDifference } from '../facts/near-issuer.js';
import { ROLE_ANNOTATION } from '../facts/facts.js';
import { webIdentityStatements } from '../facts/web-identity.js';
import type { Patch } from '../model/finding.js';
import type { Cluster, Inventory, Json, OidcProvider, Role } from '../model/inventory.js';
import { known, unknown, type Observed } from '../model/observed.js';
import { issuerUrl, urlOfProviderArn } from '../policy/federated.js';
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
  return providers.map((one) => (one === existing ? { arn: resource, detail: known(one.detail.known ? { ...one.detail.value, clientIds } : fresh) } : one));
}

/** The inventory as it would be read after somebody applied the patches. */
export function patched(inventory: Inventory, patches: readonly Patch[]): Inventory {
  return patches.reduce<Inventory>((before, patch) => {
    switch (patch.kind) {
      case 'trust-policy':
        return { ...before, roles: mapList(before.roles, (roles) => roles.map((role) => (role.arn === patch.resource ? { ...role, trustPolicy: patch.after } : role))) };
      case 'provider':
        return { ...before, providers: mapList(before.providers, (providers) => providerAfter(providers, patch)) };
      case 'service-account':
      case 'pod-identity-association':
        return before;
    }
  }, inventory);
}

function urlsOf(document: Json): string[] {
  return webIdentityStatements(parseTrustPolicy(document)).flatMap(({ federated }) => federated.flatMap(({ url }) => (url === null ? [] : [url])));
}

/**
 * The part of an inventory that a set of patches can touch: the roles patched or trusting a patched provider, the
 * providers and clusters of their issuers (near misses included), and the service accounts that carry these roles.
 * Auditing it gives, for these subjects, what auditing the whole account gives.
 */
export function sliceFor(inventory: Inventory, patches: readonly Patch[], rolesTrusting: (url: string) => readonly Role[], roleByArn: (arn: string) => Role | null): Inventory {
  const patchedUrls = patches.flatMap((patch) => (patch.kind === 'provider' ? (urlOfProviderArn(patch.resource) ?? []) : []));
  const roles = new Map<string, Role>();
  for (const role of patchedUrls.flatMap((url) => rolesTrusting(url))) roles.set(role.arn, role);
  for (const { kind, resource } of patches) {
    const role = kind === 'trust-policy' ? roleByArn(resource) : null;
    if (role !== null) roles.set(role.arn, role);
  }
  const afters = patches.flatMap((patch) => (patch.kind === 'trust-policy' ? urlsOf(patch.after) : []));
  const urls = [...new Set([...patchedUrls, ...afters, ...[...roles.values()].flatMap(({ trustPolicy }) => urlsOf(trustPolicy))])];
  const exact = new Set(urls.map((url) => url.toLowerCase()));
  const touches = (url: string): boolean => exact.has(url.toLowerCase()) || urls.some((one) => issuerDifference(one, url) !== null);
  const carries = (annotation: string | undefined): boolean => annotation !== undefined && roles.has(annotation);
  const clusterSlice = (cluster: Cluster): readonly Cluster[] => {
    const issuer = cluster.detail.known ? cluster.detail.value.issuer : null;
    const serviceAccounts = mapList(cluster.serviceAccounts, (accounts) => accounts.filter(({ annotations }) => carries(annotations[ROLE_ANNOTATION])));
    const carried = serviceAccounts.known && serviceAccounts.value.length > 0;
    return carried || (issuer !== null && touches(issuerUrl(issuer))) ? [{ ...cluster, serviceAccounts }] : [];
  };
  return {
    ...inventory,
    roles: mapList(inventory.roles, () => [...roles.values()]),
    providers: mapList(inventory.providers, (providers) => providers.filter(({ arn }) => touches(urlOfProviderArn(arn) ?? ''))),
    regions: inventory.regions.map((region) => ({ ...region, clusters: mapList(region.clusters, (clusters) => clusters.flatMap(clusterSlice)) })),
  };
}
