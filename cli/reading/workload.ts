import type { KubeContext } from '../../src/collect/kubernetes/kubeconfig.js';
import type { WorkloadPlace } from '../../src/collect/workload.js';
import { only } from '../../src/lib/one-or-list.js';
import type { WhyQuestion } from '../../src/pipeline/pipeline.js';
import { UsageError, type Io } from '../terminal/io.js';
import { kubeContextNamed } from './kube-contexts.js';

/** How a workload and its cluster are named on the command line. */
export interface WorkloadOptions {
  readonly cluster?: string;
  readonly namespace?: string;
  readonly serviceAccount?: string;
  readonly pod?: string;
  /** A context of the kubeconfig; true = the current one. */
  readonly context?: string | true;
  /** Another kubeconfig than kubectl takes. */
  readonly kubeconfig?: string;
  readonly region?: readonly string[];
}

/** What Kubernetes takes for the name of a namespace, a pod or a service account. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** As kubectl calls them, the short names and the plural too. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^(?:pods?|po)$/, 'pod'],
  [/^(?:sa|serviceaccounts?)$/, 'serviceAccount'],
  [/^(?:deploy|deployments?)(?:\.apps)?$/, 'Deployment'],
  [/^(?:sts|statefulsets?)(?:\.apps)?$/, 'StatefulSet'],
  [/^(?:ds|daemonsets?)(?:\.apps)?$/, 'DaemonSet'],
  [/^(?:rs|replicasets?)(?:\.apps)?$/, 'ReplicaSet'],
  [/^(?:jobs?)(?:\.batch)?$/, 'Job'],
  [/^(?:cj|cronjobs?)(?:\.batch)?$/, 'CronJob'],
];
const WRITE = 'write pod/NAME, sa/NAME, deployment/NAME, sts/NAME, ds/NAME, job/NAME, cronjob/NAME, NAMESPACE/NAME, or a name alone';

type Named = Partial<Pick<WhyQuestion, 'namespace' | 'pod' | 'serviceAccount' | 'owner'>>;

type Words = readonly [string | undefined, string | undefined];

/**
 * `TYPE/NAME` or `TYPE NAME`, as kubectl takes them; a bare name, or `NAMESPACE/NAME` as findings print it, is looked for among pods,
 * what owns them, and service accounts.
 */
function named([first, second]: Words, namespace: string | undefined): Named {
  if (first === undefined) return {};
  const [, type = second === undefined ? null : first, name = second ?? first] = /^([^/]+)\/(.*)$/.exec(first) ?? [];
  if (second !== undefined && first.includes('/')) throw new UsageError(`${first} and ${second} are two workloads: name one.`);
  if (type === null) return { owner: { kind: null, name } };
  const kind = KINDS.find(([spelled]) => spelled.test(type.toLowerCase()))?.[1];
  const isNamespace = kind === undefined && second === undefined && NAME.test(type) && NAME.test(name);
  if (isNamespace && (namespace ?? type) === type) return { namespace: type, owner: { kind: null, name } };
  if (kind === undefined || name === '') throw new UsageError(`${first} is no workload: ${WRITE}.`);
  return kind === 'pod' || kind === 'serviceAccount' ? { [kind]: name } : { owner: { kind, name } };
}

/** As a plugin of kubectl the context that kubectl has is meant, where no cluster is named; of a kubeconfig that is named its current one. */
async function contextMeant({ context, cluster, kubeconfig }: WorkloadOptions, io: Io): Promise<KubeContext | undefined> {
  const wanted = context ?? ((io.plugin && cluster === undefined) || kubeconfig !== undefined ? true : undefined);
  if (wanted === undefined) return undefined;
  return kubeContextNamed(wanted === true ? null : wanted, kubeconfig);
}

/** The workload that is meant, and the context that leads to its cluster. */
export interface AskedWorkload {
  readonly question: WhyQuestion;
  readonly context: KubeContext | undefined;
  /** null = it is not known in which one cluster it is. */
  readonly place: WorkloadPlace | null;
}

/** A name that is asked about becomes a part of an address. @throws UsageError */
function demandNames(names: Readonly<Record<string, string | undefined>>): void {
  for (const [what, name] of Object.entries(names))
    if (name !== undefined && !NAME.test(name))
      throw new UsageError(`${JSON.stringify(name)} is no name of a ${what}: those are lower-case letters, digits, - and a dot.`);
}

/** A cluster as it is named; the region is null where that does not tell. */
interface ClusterRef {
  readonly region: string | null;
  readonly name: string;
}

/** `NAME`, or `REGION/NAME`; null where no cluster is named. */
function clusterNamed({ cluster = '' }: WorkloadOptions): ClusterRef | null {
  const [, region = null, name] = /^(?:([^/]+)\/)?(.+)$/.exec(cluster) ?? [];
  return name === undefined ? null : { region, name };
}

/** The cluster to which a context leads. @throws UsageError where that does not tell which one of EKS it is */
function clusterBehind({ context, cluster: name, region }: KubeContext): ClusterRef {
  if (name !== null) return { region, name };
  throw new UsageError(`The context ${context} does not tell which EKS cluster it is: name it with --cluster REGION/NAME.`);
}

/** What is asked about. @throws UsageError where nothing is named */
function demandWorkload({ serviceAccount, pod }: WorkloadOptions, byName: Named): Named {
  const asked = { ...(serviceAccount === undefined ? {} : { serviceAccount }), ...(pod === undefined ? {} : { pod }), ...byName };
  if (Object.keys(asked).length === 0) throw new UsageError(`Missing the workload: ${WRITE}.`);
  return asked;
}

/** @param saved whether an inventory that was saved is asked, which needs no cluster to be reached. @throws UsageError */
export async function askedWorkload(words: Words, options: WorkloadOptions, saved: boolean, io: Io): Promise<AskedWorkload> {
  const asked = demandWorkload(options, named(words, options.namespace));
  const context = saved ? undefined : await contextMeant(options, io);
  const given = clusterNamed(options);
  const cluster = given ?? (context === undefined ? null : clusterBehind(context));
  const regions = options.region ?? [];
  const region = given?.region ?? only(regions) ?? context?.region ?? null;
  const { serviceAccount, pod, owner } = asked;
  const namespace = options.namespace ?? asked.namespace ?? context?.namespace ?? 'default';
  if (!saved) demandNames({ 'namespace': namespace, 'service account': serviceAccount, pod, 'workload': owner?.name });
  return {
    question: {
      ...asked,
      namespace,
      ...(cluster === null ? {} : { cluster: (given === null ? undefined : options.cluster) ?? cluster.name }),
    },
    context,
    place:
      cluster === null || regions.length > 1
        ? null
        : { region, cluster: cluster.name, namespace, serviceAccount: serviceAccount ?? null, pod: pod ?? null, owner: owner ?? null },
  };
}
