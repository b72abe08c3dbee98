import { podWebhooksOf } from '../../src/collect/kubernetes/records.js';
import { networkPoliciesOf } from '../../src/collect/kubernetes/network-policies.js';
import { PodFold } from '../../src/collect/kubernetes/fold-pods.js';
import type { Addon, AddonIssue, Cluster } from '../../src/model/inventory/inventory.js';
import { known, unknown, type Observed } from '../../src/model/inventory/observed.js';
import type { MutatingWebhook, Workload } from '../../src/model/inventory/workload.js';

interface InCluster {
  readonly cluster: string;
}

interface ContainerOfCase {
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

/** One pod. With `env` alone it has one container, and the volumes that whoever wrote these variables mounts with them. */
export interface PodOfCase extends InCluster {
  readonly namespace: string;
  readonly name: string;
  readonly serviceAccountName: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly containers?: readonly ContainerOfCase[];
  readonly initContainers?: readonly ContainerOfCase[];
  /** As Kubernetes has them. */
  readonly volumes?: readonly unknown[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly hostNetwork?: boolean;
  readonly os?: 'linux' | 'windows';
  /** A recognized error code in the state of its first container. */
  readonly error?: string;
  /** When it was made; `made` says the same. */
  readonly createdAt?: string;
  readonly made?: string;
  /** Which version of its owner's template it was made from. */
  readonly revision?: string;
  /** Its containers take more variables by `envFrom`. */
  readonly envFrom?: boolean;
}

/** An add-on by its name, or as EKS describes it. */
export type AddonOfCase =
  | string
  | {
      readonly name: string;
      readonly version?: string;
      readonly status?: string;
      readonly health?: { readonly issues: readonly AddonIssue[] };
      readonly serviceAccountRoleArn?: string | null;
    };

/** An add-on in the list of the case, with what EKS says that it wants. */
export interface ListedAddon extends InCluster {
  readonly name: string;
  readonly status?: string;
  readonly role?: string;
  readonly configured?: boolean;
  readonly wants?: readonly (string | { readonly serviceAccount: string; readonly policies: readonly string[] })[];
  readonly namespace?: string;
  readonly issues?: readonly AddonIssue[];
}

/** What a case tells of the inside of its clusters. */
export interface InsideOfCase {
  readonly serviceAccounts?: readonly (InCluster & { readonly namespace: string; readonly name: string; readonly annotations?: Readonly<Record<string, string>> })[];
  readonly namespaces?: readonly (InCluster & { readonly name: string; readonly terminating?: boolean; readonly labels?: Readonly<Record<string, string>> })[];
  readonly pods?: readonly PodOfCase[];
  readonly addons?: readonly ListedAddon[];
  readonly webhooks?: readonly (InCluster & { readonly configuration: string; readonly name?: string; readonly hasCaBundle?: boolean })[];
  /** Configurations of mutating webhooks as Kubernetes has them. */
  readonly mutatingWebhooks?: readonly (InCluster & { readonly [member: string]: unknown })[];
  /** As Kubernetes has them. */
  readonly networkPolicies?: readonly (InCluster & { readonly metadata: object; readonly spec: object })[];
  /** The daemon set of the Pod Identity agent: on how many nodes it should run, and is ready. */
  readonly agents?: readonly (InCluster & { readonly desired: number; readonly ready: number })[];
  readonly daemonsets?: readonly (InCluster & { readonly namespace: string; readonly name: string; readonly status?: { readonly desiredNumberScheduled: number; readonly numberReady: number } })[];
}

/** Who mounts a token at a path, in a volume of which name and for which audience. */
const MOUNTED = [
  { at: '/var/run/secrets/eks.amazonaws.com/serviceaccount', variable: 'AWS_WEB_IDENTITY_TOKEN_FILE', volume: 'aws-iam-token', audience: 'sts.amazonaws.com' },
  { at: '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount', variable: 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', volume: 'eks-pod-identity-token', audience: 'pods.eks.amazonaws.com' },
];

/** The mounts that belong to variables. */
const mountedFor = (env: Readonly<Record<string, string>>): typeof MOUNTED => MOUNTED.filter(({ at, variable }) => env[variable]?.replaceAll('\\', '/').replace(/^[A-Z]:/, '').startsWith(at) === true);

/** A pod as the API server lists it: what is kept of it is decided by the reader of the product. */
function podOf(given: PodOfCase): Record<string, unknown> {
  const { namespace, name, serviceAccountName, env = {}, labels = {}, annotations = {}, owner, revision, envFrom = false, os = 'linux', error, volumes } = given;
  const [first = { env }, ...others] = given.containers ?? [];
  const mounting = ({ name: container, env: variables = {}, volumeMounts }: ContainerOfCase, at: number): Record<string, unknown> => ({
    name: container ?? (at === 0 ? 'app' : `app-${String(at)}`),
    env: Object.entries(variables).map(([variable, value]) => ({ name: variable, value })),
    volumeMounts: volumeMounts ?? (volumes === undefined ? mountedFor(variables).map(({ volume, at: mountPath }) => ({ name: volume, mountPath })) : []),
    ...(envFrom && { envFrom: [{ configMapRef: { name: 'more' } }] }),
  });
  const containers = [first, ...others].map(mounting);
  return {
    metadata: {
      namespace,
      name,
      labels: { ...labels, ...(revision !== undefined && { 'pod-template-hash': revision }) },
      annotations,
      creationTimestamp: given.createdAt ?? given.made,
      ...(owner !== undefined && { ownerReferences: [{ ...owner, controller: true }] }),
    },
    spec: {
      serviceAccountName,
      os: { name: os },
      hostNetwork: given.hostNetwork ?? false,
      initContainers: (given.initContainers ?? []).map(mounting),
      containers,
      volumes: volumes ?? MOUNTED.map(({ volume, audience }) => ({ name: volume, projected: { sources: [{ serviceAccountToken: { audience } }] } })),
    },
    status: { containerStatuses: error === undefined ? [] : [{ name: containers[0]?.['name'], state: { waiting: { message: error } } }] },
  };
}

function workloadsOf(pods: readonly PodOfCase[]): readonly Workload[] {
  const fold = new PodFold();
  for (const pod of pods) fold.add(podOf(pod));
  return fold.workloads();
}

/** What `DescribeAddonConfiguration` says of the add-ons that cases speak of. */
const WANTED: Readonly<Record<string, { readonly serviceAccount: string; readonly policy: string }>> = {
  'vpc-cni': { serviceAccount: 'aws-node', policy: 'AmazonEKS_CNI_Policy' },
  'aws-ebs-csi-driver': { serviceAccount: 'ebs-csi-controller-sa', policy: 'service-role/AmazonEBSCSIDriverPolicy' },
  'aws-efs-csi-driver': { serviceAccount: 'efs-csi-controller-sa', policy: 'service-role/AmazonEFSCSIDriverPolicy' },
};

function describedAddon(given: AddonOfCase): Addon {
  const { name, version, status = 'ACTIVE', health, serviceAccountRoleArn = null }: Exclude<AddonOfCase, string> = typeof given === 'string' ? { name: given } : given;
  const wanted = WANTED[name];
  return {
    name,
    detail: known({ version: version ?? null, status, issues: health?.issues ?? [], serviceAccountRoleArn, configured: false }),
    wants: known(wanted === undefined ? [] : [{ serviceAccount: wanted.serviceAccount, recommendedPolicyArns: [`arn:aws:iam::aws:policy/${wanted.policy}`] }]),
  };
}

function listedAddon({ name, status = 'ACTIVE', issues = [], role, configured = false, wants = [], namespace }: ListedAddon): Addon {
  return {
    name,
    detail: known({ version: null, status, issues, serviceAccountRoleArn: role ?? null, namespace: namespace ?? null, configured }),
    wants: known(wants.map((one) => (typeof one === 'string' ? { serviceAccount: one, recommendedPolicyArns: [] } : { serviceAccount: one.serviceAccount, recommendedPolicyArns: one.policies }))),
  };
}

/** The add-ons of a cluster: as the cluster has them, or of the list of the case. */
export function addonsOf(given: InsideOfCase, cluster: { readonly name: string; readonly addons?: readonly AddonOfCase[] }): Cluster['addons'] {
  if (cluster.addons !== undefined) return known(cluster.addons.map(describedAddon));
  if (given.addons === undefined) return unknown('not-requested', 'Add-ons were not asked for');
  return known(given.addons.filter((one) => one.cluster === cluster.name).map(listedAddon));
}

const NOT_ASKED: Observed<never> = unknown('not-requested', 'Kubernetes was not asked for');

/** Those of a list that are in a cluster; unknown where the case has no such list. */
function inside<T extends InCluster, R>(list: readonly T[] | undefined, cluster: string, as: (those: readonly T[]) => R): Observed<R> {
  return list === undefined ? NOT_ASKED : known(as(list.filter((one) => one.cluster === cluster)));
}

function webhooksOf({ webhooks, mutatingWebhooks }: InsideOfCase, cluster: string): Observed<readonly MutatingWebhook[]> {
  if (mutatingWebhooks !== undefined) return inside(mutatingWebhooks, cluster, (those) => those.flatMap(podWebhooksOf));
  return inside(webhooks, cluster, (those) => those.map(({ configuration, name = configuration, hasCaBundle = true }) => ({ configuration, name, hasCaBundle, failurePolicy: 'Ignore' })));
}

const AGENTS = ['eks-pod-identity-agent', 'eks-pod-identity-agent-hybrid', 'eks-pod-identity-agent-hybrid-bottlerocket'];

/** The agent's daemon sets together; one of which nothing is told is ready everywhere. */
function podIdentityAgentOf({ agents, daemonsets }: InsideOfCase, cluster: string): Cluster['podIdentityAgent'] {
  if (daemonsets === undefined) return inside(agents, cluster, ([agent]) => (agent === undefined ? null : { desired: agent.desired, ready: agent.ready }));
  return inside(daemonsets, cluster, (those) => {
    const agents = those.filter(({ namespace, name }) => namespace === 'kube-system' && AGENTS.includes(name));
    const sum = (of: 'desiredNumberScheduled' | 'numberReady'): number => agents.reduce((all, { status }) => all + (status?.[of] ?? 3), 0);
    return agents.length === 0 ? null : { desired: sum('desiredNumberScheduled'), ready: sum('numberReady') };
  });
}

/** The sections of a cluster that are read over the Kubernetes API: each is there where the case tells of it. */
export function insideOf(given: InsideOfCase, cluster: string): Pick<Cluster, 'serviceAccounts' | 'namespaces' | 'workloads' | 'webhooks' | 'networkPolicies' | 'podIdentityAgent'> {
  return {
    serviceAccounts: inside(given.serviceAccounts, cluster, (those) => those.map(({ namespace, name, annotations = {} }) => ({ namespace, name, annotations }))),
    namespaces: inside(given.namespaces, cluster, (those) => those.map(({ name, terminating = false, labels }) => ({ name, terminating, ...(labels === undefined ? {} : { labels }) }))),
    workloads: inside(given.pods, cluster, workloadsOf),
    webhooks: webhooksOf(given, cluster),
    networkPolicies: inside(given.networkPolicies, cluster, (those) => those.flatMap(({ metadata, spec }) => networkPoliciesOf({ metadata, spec }))),
    podIdentityAgent: podIdentityAgentOf(given, cluster),
  };
}
