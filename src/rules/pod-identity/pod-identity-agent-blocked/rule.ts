import { denyingAgent } from '../../../facts/pod/network-policies.js';
import {
  goesByAgent,
  injectedContainers,
  inWords,
  isBeyondPodIdentity,
  runningPods,
  type RunningPods,
} from '../../../facts/pod/running-pods.js';
import type { Live } from '../../../facts/account/service-accounts.js';
import { listed } from '../../../lib/list-in-words.js';
import type { ClusterHas } from '../../../model/contract/has.js';
import { AGENT_UNREACHABLE } from '../../../model/report/sdk-errors.js';
import { defineRule, type Entry, type Messages, type Raised } from '../../contract/define-rule.js';

const messages = {
  blocked: ({ policies, namespace, pods, account }: { policies: string; namespace: string; pods: string; account: string }) =>
    `NetworkPolicy ${policies} denies egress to every pod of namespace ${namespace}, and none there allows the Pod Identity agent (169.254.170.23, TCP port 80), from which ${pods} gets the credentials of ${account}.`,
} satisfies Messages;

type Pods = RunningPods<ClusterHas<Live | 'workloads' | 'network-policies'>>;

/** Whether pods ask the agent from a network of their own, on which policies apply. */
const askFromOwnNetwork = ({ of, workload }: Pods): boolean =>
  of.associated && !workload.hostNetwork && !isBeyondPodIdentity(workload) && injectedContainers(workload).some(goesByAgent);

/** Pods, or that the policies were not read which may concern them. A denial is as if nobody had asked: narrow roles of earlier versions do not allow the list. */
function entryOf(entry: Entry<Pods> & { readonly of: Pods }): Entry<Pods> {
  const { networkPolicies } = entry.of.of.cluster.cluster;
  if (networkPolicies.known || !askFromOwnNetwork(entry.of)) return entry;
  const { reason } = networkPolicies;
  return { subject: entry.subject, unread: { reason: reason === 'denied' ? 'not-requested' : reason } };
}

function evaluate(running: Pods): readonly Raised[] {
  const { of, workload } = running;
  const { namespace } = workload;
  const denying = denyingAgent(of.cluster.cluster, namespace);
  if (denying.length === 0 || !askFromOwnNetwork(running)) return [];
  return [
    {
      message: messages.blocked({ policies: listed(denying.map(({ name }) => name)), namespace, pods: inWords(workload), account: of.id }),
      evidence: denying.map(({ name }) => ({
        what: `egress rules of NetworkPolicy ${namespace}/${name} for the agent`,
        path: null,
        found: null,
        expected: '169.254.170.23/32, TCP 80',
      })),
      related: [{ type: 'service-account', id: of.id, why: 'its pods get their credentials from the agent' }],
      issuer: of.cluster.url,
      fix: {
        summary: `Add an egress rule for 169.254.170.23/32 (in an IPv6 cluster fd00:ec2::23/128), TCP port 80, to a NetworkPolicy of namespace ${namespace} that selects these pods. Cilium needs a CiliumNetworkPolicy for the entity host instead.`,
      },
    },
  ];
}

/** The network policies of a namespace deny its pods the agent from which they get credentials. */
export const podIdentityAgentBlocked = defineRule({
  id: 'pod-identity-agent-blocked',
  cause: 'podid-agent-blocked',
  since: '0.2.0',
  kind: 'break',
  severity: 'medium',
  confidence: 'likely',
  scope: 'cluster',
  link: 'credentials of the pod',
  needs: ['service-accounts', 'workloads', 'pod-identity-associations', 'clusters'],
  uses: ['namespaces'],
  looksAt: ['roles', 'network-policies'],
  title: 'Egress to Pod Identity agent blocked',
  why: 'The agent answers on the node at a link-local address, which no selector of pods matches: where policies isolate the egress of pods, one has to allow it. This applies where the CNI enforces NetworkPolicies: the Amazon VPC CNI only with its network policy agent enabled, Auto Mode only with its controller.',
  error: AGENT_UNREACHABLE,
  references: [
    'EKS/cni-network-policy.html',
    'EKS/auto-net-pol.html',
    'EKS/pod-id-agent-setup.html',
    'https://github.com/cilium/cilium/issues/34387',
  ],
  subjects: (facts, scope) => runningPods<Pods['of']['cluster']['cluster']>(facts, scope).map(entryOf),
  evaluate,
});
