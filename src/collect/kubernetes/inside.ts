import type { Cluster, ClusterDetail, ServiceAccount } from '../../model/inventory.js';
import { unknown, type Observed } from '../../model/observed.js';
import type { MutatingWebhook, Namespace } from '../../model/workload.js';
import { observe } from '../observe.js';
import type { ReadQueue } from '../read-queue.js';
import { PodFold } from './fold-pods.js';
import { foldPages, readObject } from './pages.js';
import type { ApiServer, Connect } from './ports.js';
import { KUBERNETES_READS, type KubernetesAction } from './reads.js';
import { agentOf, namespaceOf, podWebhooksOf, serviceAccountOf } from './records.js';

/** What is read over the Kubernetes API. */
export type Inside = Pick<Cluster, 'namespaces' | 'serviceAccounts' | 'workloads' | 'webhooks' | 'podIdentityAgent'>;

/** Reads inside one cluster. @param token gives a bearer token for it */
export type ReadInside = (token: () => Promise<string>, queue: ReadQueue, place: Place) => Promise<Inside>;

/** A cluster as far as EKS told of it. */
export interface Place {
  readonly region: string;
  readonly name: string;
  readonly detail: Observed<ClusterDetail>;
}

function notRead(reason: Parameters<typeof unknown>[0], detail: string): Inside {
  const none = unknown(reason, detail);
  return { namespaces: none, serviceAccounts: none, workloads: none, webhooks: none, podIdentityAgent: none };
}

const byName = <T extends { readonly name: string; readonly namespace?: string }>(items: readonly T[]): readonly T[] =>
  [...items].sort((left, right) => (`${left.namespace ?? ''}/${left.name}` < `${right.namespace ?? ''}/${right.name}` ? -1 : 1));

async function readFrom(server: ApiServer, queue: ReadQueue, { region, name }: Place): Promise<Inside> {
  const scope = `${region}/${name}`;
  const list = <F>(
    action: KubernetesAction,
    begin: () => F,
    fold: (into: F, item: Readonly<Record<string, unknown>>) => void,
  ): Promise<F> => {
    const read = KUBERNETES_READS.find((one) => one.action === action) ?? KUBERNETES_READS[0];
    return foldPages(server, read, name, (get) => queue.ask(action, scope, get), begin, fold);
  };
  const collected = <T>(
    action: KubernetesAction,
    record: (item: Readonly<Record<string, unknown>>) => readonly T[],
  ): Promise<Observed<readonly T[]>> =>
    observe(
      list<T[]>(
        action,
        () => [],
        (into, item) => into.push(...record(item)),
      ),
    );
  const sorted = <T extends { readonly name: string }>(observed: Observed<readonly T[]>): Observed<readonly T[]> =>
    observed.known ? { known: true, value: byName(observed.value) } : observed;
  const agent = KUBERNETES_READS.find(({ verb }) => verb === 'get')?.path ?? '';
  const [namespaces, serviceAccounts, workloads, webhooks, podIdentityAgent] = await Promise.all([
    collected<Namespace>('kubernetes:ListNamespaces', (item) => [namespaceOf(item)]),
    collected<ServiceAccount>('kubernetes:ListServiceAccounts', (item) => [serviceAccountOf(item)]),
    observe(
      list(
        'kubernetes:ListPods',
        () => new PodFold(),
        (into, item) => into.add(item),
      ).then((fold) => fold.workloads()),
    ),
    collected<MutatingWebhook>('kubernetes:ListMutatingWebhookConfigurations', podWebhooksOf),
    observe(queue.ask('kubernetes:GetDaemonSet', scope, (signal) => readObject(server, agent, name, signal)).then(agentOf)),
  ]);
  return {
    namespaces: sorted(namespaces),
    serviceAccounts: sorted(serviceAccounts),
    workloads,
    webhooks: sorted(webhooks),
    podIdentityAgent,
  };
}

/**
 * Reads inside one cluster. Each list is known or not by itself: what one refuses or cannot be reached for says nothing of
 * the others.
 * @param token gives a bearer token for this cluster
 */
export async function readInside(connect: Connect, token: () => Promise<string>, queue: ReadQueue, place: Place): Promise<Inside> {
  const { detail, name } = place;
  if (!detail.known) return notRead(detail.reason, detail.detail);
  const { endpoint, certificateAuthority, status } = detail.value;
  if (endpoint === null || certificateAuthority === null) return notRead('failed', `The cluster has no endpoint (${status}).`);
  const server = connect({ name, url: endpoint, certificateAuthority }, token);
  try {
    return await readFrom(server, queue, place);
  } finally {
    server.close();
  }
}
