/** One thing that is asked of the API server of a cluster. */
export interface KubernetesRead {
  /** Under which `coverage.calls` counts it, and gaps name it. */
  readonly action: `kubernetes:${string}`;
  /** API group; empty = the core group. */
  readonly group: string;
  readonly resource: string;
  readonly verb: 'list' | 'get';
  readonly path: string;
  /** Of a `get`: which objects below the path. */
  readonly names?: readonly [string, ...string[]];
  readonly query?: string;
  /** Items a page; small enough that a page stays at some megabytes. */
  readonly limit?: number;
  readonly why: string;
}

/** The one table of reads inside a cluster. `list` and `get` alone, and never secrets. */
export const KUBERNETES_READS = [
  {
    action: 'kubernetes:ListNamespaces',
    group: '',
    resource: 'namespaces',
    verb: 'list',
    path: '/api/v1/namespaces',
    limit: 1000,
    why: 'Which namespaces are being deleted: what is in them goes with them.',
  },
  {
    action: 'kubernetes:ListServiceAccounts',
    group: '',
    resource: 'serviceaccounts',
    verb: 'list',
    path: '/api/v1/serviceaccounts',
    limit: 1000,
    why: 'Which service accounts there are, and which role each asks for.',
  },
  {
    action: 'kubernetes:ListPods',
    group: '',
    resource: 'pods',
    verb: 'list',
    path: '/api/v1/pods',
    query: 'fieldSelector=status.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed',
    why: 'Which pods run as which service account, and whether they got what the webhook gives.',
  },
  {
    action: 'kubernetes:ListMutatingWebhookConfigurations',
    group: 'admissionregistration.k8s.io',
    resource: 'mutatingwebhookconfigurations',
    verb: 'list',
    path: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
    why: 'Whether the webhook that gives pods their role is registered.',
  },
  {
    action: 'kubernetes:ListNetworkPolicies',
    group: 'networking.k8s.io',
    resource: 'networkpolicies',
    verb: 'list',
    path: '/apis/networking.k8s.io/v1/networkpolicies',
    why: 'Whether pods are kept from the agent of EKS Pod Identity.',
  },
  {
    action: 'kubernetes:GetDaemonSet',
    group: 'apps',
    resource: 'daemonsets',
    verb: 'get',
    path: '/apis/apps/v1/namespaces/kube-system/daemonsets',
    // Its chart makes one for each kind of nodes. https://github.com/aws/eks-pod-identity-agent, charts/eks-pod-identity-agent/values.yaml
    names: ['eks-pod-identity-agent', 'eks-pod-identity-agent-hybrid', 'eks-pod-identity-agent-hybrid-bottlerocket'],
    why: 'Whether the agent of EKS Pod Identity runs on every node.',
  },
] as const satisfies readonly KubernetesRead[];

export type KubernetesAction = (typeof KUBERNETES_READS)[number]['action'];
