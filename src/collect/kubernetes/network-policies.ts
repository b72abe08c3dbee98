import { BlockList, isIP } from 'node:net';
import { membersOf, type Members } from '../../lib/is-object.js';
import type { NetworkPolicy } from '../../model/inventory/workload.js';
import { textOf } from './pages.js';
import { nameOf } from './records.js';

type Allows = NetworkPolicy['allowsAgent'];

/** Where the agent of EKS Pod Identity answers, by plain HTTP (EKS User Guide, "Set up the Amazon EKS Pod Identity Agent"). */
const AGENT = [
  ['169.254.170.23', 'ipv4'],
  ['fd00:ec2::23', 'ipv6'],
] as const;
const PORT = 80;

const any = (all: readonly Allows[]): Allows => (all.includes('yes') ? 'yes' : all.includes('unknown') ? 'unknown' : 'no');

type Address = (typeof AGENT)[number];

/** Whether a network in CIDR notation holds an address; null where it is none. */
function networkOf(cidr: unknown): ((address: Address) => boolean) | null {
  const [, start = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(textOf(cidr) ?? '') ?? [];
  const version = isIP(start);
  if (version === 0 || Number(prefix) > (version === 4 ? 32 : 128)) return null;
  const family = `ipv${version}`;
  const network = new BlockList();
  network.addSubnet(start, Number(prefix), family === 'ipv4' ? 'ipv4' : 'ipv6');
  // To a BlockList all of IPv4 is in `::/0`.
  return ([address, of]) => of === family && network.check(address, of);
}

/** Whether a block of addresses holds the agent's by IPv4 or by IPv6: which of them a cluster has is not asked. */
function ofBlock({ cidr, except }: Members): Allows {
  const network = networkOf(cidr);
  if (network === null) return 'unknown';
  const held = AGENT.filter(network);
  if (held.length === 0 || except == null) return held.length === 0 ? 'no' : 'yes';
  const exceptions = Array.isArray(except) ? except.map(networkOf) : [null];
  const isLeft = held.some((address) => !exceptions.some((one) => one?.(address) === true));
  return !isLeft ? 'no' : exceptions.includes(null) ? 'unknown' : 'yes';
}

/** The agent runs on the network of the node, at a link-local address: no selector of pods and namespaces means it. */
function ofPeer(peer: unknown): Allows {
  const { ipBlock, namespaceSelector, podSelector } = membersOf(peer);
  if (ipBlock != null) return ofBlock(membersOf(ipBlock));
  return namespaceSelector == null && podSelector == null ? 'unknown' : 'no';
}

/** A port by name is that of a pod, and the agent's address is no pod's: what a CNI makes of it is not known. */
function ofPort(entry: unknown): Allows {
  const { protocol, port, endPort } = membersOf(entry);
  if (protocol === 'UDP' || protocol === 'SCTP') return 'no';
  if (protocol != null && protocol !== 'TCP') return 'unknown';
  if (port == null) return 'yes';
  const last = endPort ?? port;
  if (typeof port !== 'number' || typeof last !== 'number') return 'unknown';
  return port <= PORT && PORT <= last ? 'yes' : 'no';
}

/** A list that is empty or missing limits nothing. */
function ofList(list: unknown, allows: (one: unknown) => Allows): Allows {
  if (list == null) return 'yes';
  if (!Array.isArray(list)) return 'unknown';
  return list.length === 0 ? 'yes' : any(list.map(allows));
}

function ofRule(rule: unknown): Allows {
  const { to, ports } = membersOf(rule);
  const both = [ofList(to, ofPeer), ofList(ports, ofPort)];
  return both.includes('no') ? 'no' : both.includes('unknown') ? 'unknown' : 'yes';
}

const isEmpty = (value: unknown): boolean => value == null || Object.keys(value).length === 0;

/** Whether a policy is about egress, as the API server completes it (`SetDefaults_NetworkPolicy` of Kubernetes). */
function isOfEgress({ policyTypes, egress }: Members): boolean {
  return isEmpty(policyTypes) ? !isEmpty(egress) : Array.isArray(policyTypes) && policyTypes.includes('Egress');
}

/** What is kept of a network policy: nothing of one that leaves egress as it is. */
export function networkPoliciesOf({ metadata, spec }: Members): readonly NetworkPolicy[] {
  const { namespace, name } = membersOf(metadata);
  const own = membersOf(spec);
  if (!isOfEgress(own)) return [];
  const { podSelector, egress } = own;
  const { matchLabels, matchExpressions } = membersOf(podSelector);
  return [
    {
      namespace: nameOf(namespace),
      name: nameOf(name),
      selectsAll: isEmpty(matchLabels) && isEmpty(matchExpressions),
      allowsAgent: Array.isArray(egress) ? any(egress.map(ofRule)) : egress == null ? 'no' : 'unknown',
    },
  ];
}
