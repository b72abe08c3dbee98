import { type Members } from '../../lib/is-object.js';
import { memo } from '../../lib/memo.js';
import type { ClusterDetail, ServiceAccount } from '../../model/inventory/inventory.js';
import { known, unknown, seen, type Observed } from '../../model/inventory/observed.js';
import { isPassing } from '../../model/inventory/cluster-status.js';
import { unreadInside, type Inside } from '../../model/contract/sections.js';
import type { MutatingWebhook, Namespace, PodIdentityAgent, Workload } from '../../model/inventory/workload.js';
import { observe } from '../reading/observe.js';
import { ReadError } from '../reading/read-error.js';
import type { ReadQueue } from '../reading/read-queue.js';
import { PodFold } from './fold-pods.js';
import { networkPoliciesOf } from './network-policies.js';
import { foldPages, readObject, type InTurn } from './pages.js';
import type { ApiServer, Connect } from './ports.js';
import { KUBERNETES_READS, type KubernetesAction, type KubernetesRead } from '../reading/kubernetes-reads.js';
import { agentOf, namespaceOf, podWebhooksOf, serviceAccountOf, withSelectedLabels } from './records.js';
import { limitsHere, OBJECT_BYTES, Room, type Limits } from './room.js';
import { Shared } from './intern.js';

/** Reads inside one cluster. @param token gives a bearer token for it; @param only what has to do with one workload, where it is given */
export type ReadInside = (token: () => Promise<string>, queue: ReadQueue, place: Place, only?: OneWorkload) => Promise<Inside>;

/** The pods of one service account: named itself, by one of its pods, or by what owns them. */
export interface OneWorkload {
  readonly namespace: string;
  readonly serviceAccount: string | null;
  readonly pod: string | null;
  /** What owns the pods; a kind of null = any, or the pod itself. */
  readonly owner?: NamedOwner | null;
}

export interface NamedOwner {
  readonly kind: string | null;
  readonly name: string;
}

/** A cluster as far as EKS told of it. */
export interface Place {
  readonly region: string;
  readonly name: string;
  readonly detail: Observed<ClusterDetail>;
}

const byName = <T extends { readonly name: string; readonly namespace?: string }>(items: readonly T[]): readonly T[] =>
  items
    .map((item) => ({ item, key: `${item.namespace ?? ''}/${item.name}` }))
    .sort((left, right) => (left.key < right.key ? -1 : 1))
    .map(({ item }) => item);

const readOf = (action: KubernetesAction): KubernetesRead => KUBERNETES_READS.find((one) => one.action === action) ?? KUBERNETES_READS[0];

type Over = Partial<Pick<KubernetesRead, 'path' | 'query' | 'limit'>>;

/** Of one cluster alone, some megabytes: the calls for one workload are to be few. */
const SERVICE_ACCOUNTS_AT_ONCE = { limit: 5000 };

/** The room that all clusters of a run share: a run has one queue. */
const roomOfRun = memo((_queue: ReadQueue, { run }: Limits) => new Room(run));

/** The lists of one cluster, each an answer of its own. */
class Lists {
  private readonly scope: string;
  private readonly detail: Place['detail'];
  private readonly shared = new Shared();

  constructor(
    private readonly server: ApiServer,
    private readonly queue: ReadQueue,
    place: Place,
    private readonly limits: Limits,
  ) {
    this.scope = `${place.region}/${place.name}`;
    this.detail = place.detail;
  }

  /** @param over another path, query or size of page than the table's, for a part of the list */
  async fold<F>(
    action: KubernetesAction,
    begin: (room: Room) => F,
    fold: (into: F, item: Members, room: Room) => void,
    over: Over = {},
  ): Promise<F> {
    const read = readOf(action);
    const room = new Room(this.limits.list, read.resource, roomOfRun(this.queue, this.limits));
    try {
      return await foldPages(
        { server: this.server, cluster: this.scope, inTurn: this.inTurn(action) },
        { ...read, ...over },
        () => begin(room),
        (into, item) => fold(into, item, room),
      );
    } catch (error) {
      room.leave();
      throw error;
    }
  }

  async collected<T extends { readonly name: string }>(
    action: KubernetesAction,
    record: (item: Members) => readonly T[],
    over: Over = {},
  ): Promise<Observed<readonly T[]>> {
    const list = this.fold<T[]>(
      action,
      () => [],
      (into, item, room) => {
        for (const one of record(item)) {
          room.take(OBJECT_BYTES + JSON.stringify(one).length);
          into.push(one);
        }
      },
      over,
    );
    const observed = await observe(list);
    return observed.known ? known(byName(observed.value)) : observed;
  }

  serviceAccounts(over: Over = {}): Promise<Observed<readonly ServiceAccount[]>> {
    return this.collected('kubernetes:ListServiceAccounts', (item) => [serviceAccountOf(item, this.shared)], over);
  }

  async pods(over: Over = {}): Promise<Observed<readonly Workload[]>> {
    const fold = this.fold(
      'kubernetes:ListPods',
      (room) => new PodFold(this.shared, room),
      (into, item) => into.add(item),
      over,
    );
    const observed = await observe(fold);
    if (!observed.known) return unknown(observed.reason, observed.detail);
    const { leftOut } = observed.value;
    const workloads = observed.value.workloads();
    if (leftOut.pods === 0) return known(workloads);
    const words = leftOut.pods === 1 ? `1 pod, ${leftOut.example}, has` : `${leftOut.pods} pods, such as ${leftOut.example}, have`;
    return unknown('failed', `too large: ${words} more containers or mounted tokens than can be kept; the others were read.`, workloads);
  }

  /** The agent on all nodes together. Hybrid nodes, which a cluster has by its networks for them, have daemon sets of their own. */
  agent(): Promise<Observed<PodIdentityAgent | null>> {
    const { path, names = [''] } = readOf('kubernetes:GetDaemonSet');
    const inTurn = this.inTurn('kubernetes:GetDaemonSet');
    const here = this.detail.known && this.detail.value.hybridNodes !== true ? names.slice(0, 1) : names;
    return observe(
      Promise.all(here.map((name) => readObject(this.server, `${path}/${name}`, this.scope, inTurn))).then((all) =>
        all.map(agentOf).reduce(together),
      ),
    );
  }

  /** Gives up a list whose calls take longer together than any cluster needs: each of them may be slow, and there may be no last one. */
  private inTurn(action: KubernetesAction): InTurn {
    const { queue, limits } = this;
    let spent = 0;
    return (call, again) =>
      queue.ask(
        action,
        this.scope,
        async (signal) => {
          if (spent > limits.milliseconds)
            throw new ReadError('failed', `Reading this took more than ${limits.milliseconds / 1000} s of calls, and was given up.`);
          const began = queue.now();
          try {
            return await call(signal);
          } finally {
            spent += queue.now() - began;
          }
        },
        again,
      );
  }
}

async function readAll(lists: Lists): Promise<Inside> {
  // An endpoint that gives no answer takes its whole time to say so: it is asked once, not for each list.
  const namespaces = await lists.collected<Namespace>('kubernetes:ListNamespaces', (item) => [namespaceOf(item)]);
  if (!namespaces.known && namespaces.reason === 'unreachable') return unreadInside(namespaces.reason, namespaces.detail);
  const [serviceAccounts, workloads, webhooks, networkPolicies, podIdentityAgent] = await Promise.all([
    lists.serviceAccounts(),
    lists.pods(),
    lists.collected<MutatingWebhook>('kubernetes:ListMutatingWebhookConfigurations', podWebhooksOf),
    lists.collected('kubernetes:ListNetworkPolicies', networkPoliciesOf),
    lists.agent(),
  ]);
  return { namespaces: ofSelected(namespaces, webhooks), serviceAccounts, workloads, webhooks, networkPolicies, podIdentityAgent };
}

/** Of labels of namespaces those that webhooks select by. */
const ofSelected = (
  namespaces: Observed<readonly Namespace[]>,
  webhooks: Observed<readonly MutatingWebhook[]>,
): Observed<readonly Namespace[]> =>
  namespaces.known
    ? known(withSelectedLabels(namespaces.value, seen(webhooks)))
    : unknown(
        namespaces.reason,
        namespaces.detail,
        namespaces.partial === undefined ? undefined : withSelectedLabels(namespaces.partial, seen(webhooks)),
      );

const together = (left: PodIdentityAgent | null, right: PodIdentityAgent | null): PodIdentityAgent | null =>
  left === null || right === null ? (left ?? right) : { desired: left.desired + right.desired, ready: left.ready + right.ready };

/** A value in a field selector, where commas and equals signs part the terms. */
const selected = (field: string, value: string): string => `${field}=${value.replace(/[\\,=]/g, '\\$&')}`;

/** Those pods of a namespace that something owns, or the one of this name: no field selector tells of owners. */
async function podsOwnedBy({ kind, name }: NamedOwner, lists: Lists, path: string): Promise<Observed<readonly Workload[]>> {
  const all = await lists.pods({ path });
  const isMeant = ({ owner, example }: Workload): boolean =>
    (kind === null || owner.kind === kind) &&
    (owner.name === name || (kind === null && (example === name || name.startsWith(`${owner.name}-`))));
  const own = seen(all).filter(isMeant);
  return all.known ? known(own) : unknown(all.reason, all.detail, own);
}

/** The pods that are asked about. */
function podsOfOne(lists: Lists, { namespace, serviceAccount, pod, owner = null }: OneWorkload): Promise<Observed<readonly Workload[]>> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  if (owner !== null) return podsOwnedBy(owner, lists, path);
  const { query: notFinished = '' } = readOf('kubernetes:ListPods');
  const where = (selector: string): { path: string; query: string } => ({
    path,
    query: `${notFinished}${encodeURIComponent(`,${selector}`)}`,
  });
  return lists.pods(
    where(serviceAccount === null ? selected('metadata.name', pod ?? '') : selected('spec.serviceAccountName', serviceAccount)),
  );
}

/** Of a list of which a part was asked for and came: nothing is known of the others. */
function asPart<T>(observed: Observed<T>, what: string): Observed<T> {
  return observed.known ? unknown('not-requested', what, observed.value) : observed;
}

const NO_WEBHOOKS: Observed<readonly MutatingWebhook[]> = unknown('not-requested', 'One workload alone was asked for.');

/** Of one workload: every service account anyway, since the one that is meant may have a name that comes near. */
async function readOne(lists: Lists, only: OneWorkload): Promise<Inside> {
  const policiesPath = `/apis/networking.k8s.io/v1/namespaces/${encodeURIComponent(only.namespace)}/networkpolicies`;
  const ofOne = `fieldSelector=${encodeURIComponent(selected('metadata.name', only.namespace))}`;
  const [serviceAccounts, workloads, networkPolicies, podIdentityAgent, namespaces] = await Promise.all([
    lists.serviceAccounts(SERVICE_ACCOUNTS_AT_ONCE),
    podsOfOne(lists, only),
    // Those of its namespace are all that there are for its pods.
    lists.collected('kubernetes:ListNetworkPolicies', networkPoliciesOf, { path: policiesPath }),
    lists.agent(),
    // Whether its namespace is going, or there at all: what is in one that goes is no defect.
    lists.collected<Namespace>('kubernetes:ListNamespaces', (item) => [namespaceOf(item)], { query: ofOne }),
  ]);
  return {
    namespaces: asPart(ofSelected(namespaces, NO_WEBHOOKS), 'One namespace alone was asked for.'),
    serviceAccounts,
    workloads: asPart(workloads, 'The pods of one workload alone were asked for.'),
    webhooks: NO_WEBHOOKS,
    networkPolicies,
    podIdentityAgent,
  };
}

/** What is read of a cluster. */
export interface ReadOptions {
  /** What has to do with one workload alone. */
  readonly only?: OneWorkload | undefined;
  readonly limits?: Limits;
}

/** Reads from a server that is connected to, and closes it. */
export async function readFrom(
  server: ApiServer,
  queue: ReadQueue,
  place: Place,
  { only, limits = limitsHere() }: ReadOptions = {},
): Promise<Inside> {
  try {
    const lists = new Lists(server, queue, place, limits);
    return await (only === undefined ? readAll(lists) : readOne(lists, only));
  } finally {
    server.close();
  }
}

/**
 * Reads inside one cluster. Each list is known or not by itself: what one refuses says nothing of the others. Only where the
 * first gets no answer at all nothing more is asked: a few dozen clusters that cannot be reached would use up the time of all.
 * @param connectTo gives a connection, and a bearer token for this cluster
 */
export async function readInside(
  { connect, token }: { readonly connect: Connect; readonly token: () => Promise<string> },
  queue: ReadQueue,
  place: Place,
  options?: ReadOptions,
): Promise<Inside> {
  const { detail, name, region } = place;
  if (!detail.known) return unreadInside(detail.reason, detail.detail);
  const { endpoint, certificateAuthority, status } = detail.value;
  if (isPassing(detail.value)) return unreadInside('not-requested', `The cluster is ${status}: nothing inside it is settled.`);
  if (endpoint === null || certificateAuthority === null) return unreadInside('failed', `The cluster has no endpoint (${status}).`);
  return readFrom(connect({ name, region, url: endpoint, certificateAuthority }, token), queue, place, options);
}
