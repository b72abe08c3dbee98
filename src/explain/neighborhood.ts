import { issuerIdOfCluster } from '../model/inventory/issuer-id.js';
import { workloadsNamed } from '../facts/pod/pods-named.js';
import { ROLE_ANNOTATION } from '../model/inventory/annotations.js';
import type { Finding } from '../model/report/finding.js';
import type { Cluster, Inventory } from '../model/inventory/inventory.js';
import { allClusters } from '../model/inventory/all-clusters.js';
import { seen } from '../model/inventory/observed.js';
import { providerArn } from '../policy/language/federated.js';
import type { Mentions } from './mentions.js';

/** A service account, as whatever the account shows of it names it, and the roles that are meant for it. */
interface Bearer {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly name: string;
  readonly roles: ReadonlySet<string>;
}

/** Blanks and quotes around an ARN are a mistake, and it is the same role that is meant. */
const meant = (arn: string): string => arn.replace(/^[\s"'\\]+|[\s"'\\]+$/g, '');

function bearersIn(cluster: Cluster): readonly Bearer[] {
  const roles = new Map<string, Set<string>>();
  const add = (namespace: string, name: string, arns: readonly (string | null | undefined)[]): void => {
    const known = roles.get(`${namespace}/${name}`) ?? new Set();
    for (const arn of arns) if (arn !== null && arn !== undefined && arn !== '') known.add(meant(arn));
    roles.set(`${namespace}/${name}`, known);
  };
  for (const { namespace, name, annotations } of seen(cluster.serviceAccounts)) add(namespace, name, [annotations[ROLE_ANNOTATION]]);
  for (const one of seen(cluster.podIdentityAssociations)) add(one.namespace, one.serviceAccount, [one.roleArn, one.targetRoleArn]);
  for (const { namespace, serviceAccount, containers } of seen(cluster.workloads))
    add(
      namespace,
      serviceAccount,
      containers.map(({ roleArn }) => roleArn),
    );
  for (const { detail, wants } of seen(cluster.addons))
    for (const { serviceAccount } of seen(wants))
      add(detail.known ? (detail.value.namespace ?? 'kube-system') : 'kube-system', serviceAccount, [
        detail.known ? detail.value.serviceAccountRoleArn : null,
      ]);
  return [...roles].map(([place, arns]) => {
    const [namespace = '', name = ''] = place.split('/');
    return { cluster, namespace, name, roles: arns };
  });
}

/** Keys of subjects: by type, region where it has one, and id. */
const keyOf = (type: string, region: string | null, id: string): string => `${type} ${region ?? ''} ${id}`;

/** What of an account has to do with what a text names. */
export interface Neighborhood {
  /** `here`: it is known. `elsewhere`: the text names things, and none of them was read. `open`: it names nothing. */
  readonly found: 'here' | 'elsewhere' | 'open';
  /** 2 = a finding on what is named, 1 = on what it depends on, 0 = on something else. */
  nearness(finding: Pick<Finding, 'subject' | 'related'>): 0 | 1 | 2;
  /** Whether what was not read in a place may have to do with it. @param scope `account`, a region, `region/cluster`, or an ARN */
  mayHang(scope: string): boolean;
}

/** Where nothing is known of what a text is about. */
export const OPEN: Neighborhood = { found: 'open', nearness: () => 0, mayHang: () => true };
const ELSEWHERE: Neighborhood = { ...OPEN, found: 'elsewhere' };

const sameIssuer = (left: string | null, right: string): boolean => left?.toLowerCase() === right.toLowerCase();

/** Nodes call with the session name of their instance. */
export const isOfNode = ({ session }: { readonly session: string }): boolean => /^i-[0-9a-f]{8,17}$/.test(session);

/** Roles that the text names, of nodes or not, as far as they were read; one that is named by its ARN whether it was or not. */
function rolesNamed({ roles }: Inventory, { roles: arns, callers }: Mentions, ofNodes: boolean): readonly string[] {
  const called = callers.filter((caller) => isOfNode(caller) === ofNodes);
  const byName = seen(roles).filter(({ arn, name }) => called.some(({ account, role }) => role === name && arn.split(':')[4] === account));
  return [...(ofNodes ? [] : arns), ...byName.map(({ arn }) => arn)];
}

function clustersNamed(inventory: Inventory, mentions: Mentions, clusters: readonly Cluster[]): readonly Cluster[] {
  const nodeRoles = new Set(rolesNamed(inventory, mentions, true));
  return clusters.filter(
    (cluster) =>
      mentions.clusters.some(({ name, region }) => name === cluster.name && (region ?? cluster.region) === cluster.region) ||
      mentions.issuers.some((issuer) => sameIssuer(issuerIdOfCluster(cluster), issuer)) ||
      seen(cluster.nodeGroups).some(({ roleArn }) => roleArn.known && nodeRoles.has(roleArn.value)),
  );
}

/** The service accounts that the text speaks of, by their name, by a pod, or else by their role. */
function bearersNamed(
  mentions: Mentions,
  roles: readonly string[],
  bearers: readonly Bearer[],
  inClusters: readonly Cluster[],
): readonly Bearer[] {
  const here = inClusters.length === 0 ? bearers : bearers.filter(({ cluster }) => inClusters.includes(cluster));
  const byName = here.filter(({ namespace, name }) =>
    mentions.serviceAccounts.some((one) => one.namespace === namespace && one.name === name),
  );
  const byPod = here.filter(({ cluster, namespace, name }) =>
    mentions.pods.some(
      (pod) =>
        pod.namespace === namespace &&
        workloadsNamed(seen(cluster.workloads), namespace, pod.name).some(({ serviceAccount }) => serviceAccount === name),
    ),
  );
  if (byName.length + byPod.length > 0) return [...byName, ...byPod];
  return here.filter((bearer) => roles.some((role) => bearer.roles.has(role)));
}

/** Every subject of a cluster that is about one of its service accounts. */
function keysOf({ cluster: { name: cluster, region, workloads }, namespace, name, roles }: Bearer): readonly string[] {
  const id = `${cluster}/${namespace}/${name}`;
  const pods = seen(workloads).filter((one) => one.namespace === namespace && one.serviceAccount === name);
  return [
    keyOf('service-account', region, id),
    keyOf('association', region, id),
    ...pods.map(({ owner }) => keyOf('pod', region, `${cluster}/${namespace}/${owner.name}`)),
    ...[...roles].map((arn) => keyOf('role', null, arn)),
  ];
}

function keysOfCluster(inventory: Inventory, cluster: Cluster): readonly string[] {
  const issuer = issuerIdOfCluster(cluster);
  return [
    keyOf('cluster', cluster.region, cluster.name),
    ...(issuer === null ? [] : [keyOf('provider', null, providerArn(inventory.partition, inventory.account, issuer))]),
  ];
}

/** Roles whose trust policy names a subject, whether its service account was read or not. */
const trusting = (inventory: Inventory, { serviceAccounts }: Mentions): readonly string[] =>
  serviceAccounts.length === 0
    ? []
    : seen(inventory.roles)
        .filter(({ trustPolicy }) => {
          const text = JSON.stringify(trustPolicy);
          return serviceAccounts.some(({ namespace, name }) => text.includes(`"system:serviceaccount:${namespace}:${name}"`));
        })
        .map(({ arn }) => arn);

/** Finds what has to do with what a text names: a role with its service accounts, their pods, clusters and providers, and the other way about. */
export function neighborhoodOf(inventory: Inventory, mentions: Mentions): Neighborhood {
  const clusters = allClusters(inventory);
  const named = clustersNamed(inventory, mentions, clusters);
  const roles = rolesNamed(inventory, mentions, false);
  const bearers = bearersNamed(mentions, roles, clusters.flatMap(bearersIn), named);
  const knownRoles = roles.filter((arn) => seen(inventory.roles).some((role) => role.arn === arn));
  const isOfWorkload = bearers.length + knownRoles.length > 0;
  const providers = seen(inventory.providers).filter(({ arn }) =>
    mentions.issuers.some((issuer) => arn.endsWith(`:oidc-provider/${issuer}`)),
  );
  if (!isOfWorkload && named.length + providers.length === 0) {
    const { roles: arns, callers, users, issuers, serviceAccounts, clusters: others, pods } = mentions;
    const isOpen = [arns, callers.filter((caller) => !isOfNode(caller)), issuers, serviceAccounts, others, pods].every(
      ({ length }) => length === 0,
    );
    return isOpen || users.length > 0 ? OPEN : ELSEWHERE;
  }
  const around = isOfWorkload ? [...new Set([...bearers.map(({ cluster }) => cluster), ...named])] : named;
  const close = new Set([
    ...[...knownRoles, ...rolesNamed(inventory, mentions, true)].map((arn) => keyOf('role', null, arn)),
    ...bearers.flatMap(keysOf),
    ...(isOfWorkload
      ? []
      : [...named.flatMap((cluster) => keysOfCluster(inventory, cluster)), ...providers.map(({ arn }) => keyOf('provider', null, arn))]),
  ]);
  const near = new Set([
    ...around.flatMap((cluster) => keysOfCluster(inventory, cluster)),
    ...providers.map(({ arn }) => keyOf('provider', null, arn)),
    ...trusting(inventory, mentions).map((arn) => keyOf('role', null, arn)),
    // A cluster by itself stands for all that is in it.
    ...(isOfWorkload
      ? []
      : clusters
          .filter((cluster) => named.includes(cluster))
          .flatMap(bearersIn)
          .flatMap(keysOf)),
  ]);
  const closeAnywhere = new Set([...close].map((key) => key.replace(/^(\S+) \S* /, '$1 ')));
  const places = new Set(around.flatMap(({ region, name }) => [region, `${region}/${name}`]));
  return {
    found: 'here',
    mayHang: (scope) => places.size === 0 || !/^[a-z]{2,}-[^:]*$/.test(scope) || places.has(scope),
    nearness({ subject: { type, region, id }, related }) {
      const key = keyOf(type, type === 'role' || type === 'provider' ? null : region, id);
      if (close.has(key)) return 2;
      return near.has(key) || related.some((one) => closeAnywhere.has(`${one.type} ${one.id}`)) ? 1 : 0;
    },
  };
}
