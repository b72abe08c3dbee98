import { issuerIdIn } from '../../model/inventory/issuer-id.js';
import { serviceAccountKey, partsOfServiceAccount } from '../../facts/account/service-account-key.js';
import { groupBy } from '../../lib/group-by.js';
import type { Patch } from '../../model/report/finding.js';
import type { Cluster, Inventory, Json, OidcProvider, PodIdentityAssociation, ServiceAccount } from '../../model/inventory/inventory.js';
import { known, unknown, type Observed } from '../../model/inventory/observed.js';

/** The same list with each item kept, changed or left out; what is unknown stays unknown. */
export function mapList<T>(observed: Observed<readonly T[]>, change: (items: readonly T[]) => readonly T[]): Observed<readonly T[]> {
  if (observed.known) return known(change(observed.value));
  return observed.partial === undefined ? observed : unknown(observed.reason, observed.detail, change(observed.partial));
}

function providerAfter(providers: readonly OidcProvider[], { resource, after }: Patch): readonly OidcProvider[] {
  const value = after as { readonly url?: Json; readonly clientIds?: Json } | null;
  const clientIds = Array.isArray(value?.clientIds) ? value.clientIds.map(String) : [];
  const url = issuerIdIn(resource) ?? '';
  const fresh = { url, clientIds, thumbprints: [], createdAt: null, tags: {} };
  const existing = providers.find(({ arn }) => arn === resource);
  if (existing === undefined) return [...providers, { arn: resource, detail: known(fresh) }];
  return providers.map((one) =>
    one === existing ? { arn: resource, detail: known(one.detail.known ? { ...one.detail.value, clientIds } : fresh) } : one,
  );
}

/** Patches of service accounts or associations, by the `namespace/name` that each is about. */
type ByServiceAccount = ReadonlyMap<string, Patch>;

function serviceAccountsAfter(serviceAccounts: readonly ServiceAccount[], patches: ByServiceAccount): readonly ServiceAccount[] {
  const there = new Set(serviceAccounts.map(({ namespace, name }) => serviceAccountKey(namespace, name)));
  const after = (serviceAccount: Pick<ServiceAccount, 'namespace' | 'name'>, patch: Patch): ServiceAccount => {
    const value = patch.after as { readonly annotations?: Json } | null;
    const annotations = Object.entries(value?.annotations ?? {}).map(([key, text]) => [key, String(text)]);
    return { ...serviceAccount, annotations: Object.fromEntries(annotations) as ServiceAccount['annotations'] };
  };
  const made = [...patches].filter(([key]) => !there.has(key));
  return [
    ...serviceAccounts.map((one) => {
      const patch = patches.get(serviceAccountKey(one.namespace, one.name));
      return patch === undefined ? one : after(one, patch);
    }),
    ...made.map(([, patch]) => {
      const { namespace, name } = partsOfServiceAccount(patch.resource);
      return after({ namespace, name }, patch);
    }),
  ];
}

function associationsAfter(associations: readonly PodIdentityAssociation[], patches: ByServiceAccount): readonly PodIdentityAssociation[] {
  const keyOf = (one: PodIdentityAssociation): string => serviceAccountKey(one.namespace, one.serviceAccount);
  const before = new Map(associations.map((one) => [keyOf(one), one]));
  const made = [...patches].flatMap(([key, { resource, after }]): readonly PodIdentityAssociation[] => {
    if (after === null) return [];
    const { namespace, name: serviceAccount } = partsOfServiceAccount(resource);
    return [{ ...before.get(key), roleArn: null, ...(after as Partial<PodIdentityAssociation>), namespace, serviceAccount }];
  });
  return [...associations.filter((one) => !patches.has(keyOf(one))), ...made];
}

function clusterAfter(cluster: Cluster, patches: readonly Patch[]): Cluster {
  const keyOf = ({ resource }: Patch): string => {
    const { namespace, name } = partsOfServiceAccount(resource);
    return serviceAccountKey(namespace, name);
  };
  const of = (kind: Patch['kind']): ByServiceAccount =>
    new Map(patches.filter((patch) => patch.kind === kind).map((patch) => [keyOf(patch), patch]));
  const serviceAccounts = of('service-account');
  const associations = of('pod-identity-association');
  return {
    ...cluster,
    serviceAccounts: mapList(cluster.serviceAccounts, (before) => serviceAccountsAfter(before, serviceAccounts)),
    podIdentityAssociations: mapList(cluster.podIdentityAssociations, (before) => associationsAfter(before, associations)),
    // Pods of these are recreated, and how they come out the webhook decides.
    workloads: mapList(cluster.workloads, (workloads) =>
      workloads.filter(({ namespace, serviceAccount }) => {
        const key = serviceAccountKey(namespace, serviceAccount);
        return !serviceAccounts.has(key) && !associations.has(key);
      }),
    ),
  };
}

/** Where the patches of things inside a cluster belong: `region/cluster`. */
const placeOf = ({ resource, region }: Patch): string => `${region ?? ''}/${partsOfServiceAccount(resource).cluster}`;

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
