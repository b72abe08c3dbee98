import { describe, expect, it } from '@jest/globals';
import { BlockList } from 'node:net';
import fc from 'fast-check';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { OF_AGENT } from './made-up-account.js';
import { ACCOUNT, forPods, BOTH, HOST, policy, providerArn, roleArn } from './made-up-statements.js';

// The kind of fault: pods get their credentials from the agent of EKS Pod Identity, and the network policies of their namespace let
// them reach no such address. The invariant: it is told of exactly those pods that a policy for all pods of the namespace isolates,
// and that no policy lets reach the agent.

const RULE = 'pod-identity-agent-blocked';

interface Peer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  readonly namespaceSelector?: object;
  readonly podSelector?: object;
}
interface Port {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}
interface EgressRule {
  readonly to?: readonly Peer[];
  readonly ports?: readonly Port[];
}
interface Policy {
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly spec: {
    readonly podSelector: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly object[];
    readonly egress?: readonly EgressRule[];
  };
}

const cidr = fc.constantFrom(
  '0.0.0.0/0',
  '169.254.0.0/16',
  '169.254.170.0/24',
  '169.254.170.23/32',
  '169.254.170.20/30',
  '169.254.170.24/29',
  '169.254.169.254/32',
  '10.0.0.0/8',
  '128.0.0.0/1',
  '0.0.0.0/1',
  '::/0',
  'fd00::/8',
  'fd00:ec2::23/128',
  'fd00:ec2::/64',
  'fd00:ec3::/32',
);

/** Some of these members, or none. */
const some = <T extends object>(all: { readonly [K in keyof T]-?: fc.Arbitrary<NonNullable<T[K]>> }): fc.Arbitrary<T> =>
  fc.record(all, { requiredKeys: [] }) as unknown as fc.Arbitrary<T>;

const peer: fc.Arbitrary<Peer> = fc.oneof(
  fc.record({ cidr, except: fc.array(cidr, { maxLength: 2 }) }, { requiredKeys: ['cidr'] }).map((ipBlock) => ({ ipBlock })),
  fc.constantFrom<Peer>(
    { namespaceSelector: {} },
    { podSelector: {} },
    { podSelector: { matchLabels: { app: 'dns' } }, namespaceSelector: {} },
  ),
);
// The API takes the end of a range beside its beginning alone, and not before it.
const port: fc.Arbitrary<Port> = fc.oneof(
  some<Pick<Port, 'protocol' | 'port'>>({
    protocol: fc.constantFrom('TCP', 'UDP', 'SCTP'),
    port: fc.constantFrom<number | string>(80, 443, 53, 1, 'http'),
  }),
  fc.constantFrom<Port>(
    { port: 1, endPort: 79 },
    { port: 1, endPort: 80 },
    { protocol: 'TCP', port: 53, endPort: 443 },
    { protocol: 'UDP', port: 53, endPort: 443 },
    { port: 80, endPort: 443 },
    { port: 443, endPort: 8080 },
  ),
);
const egressRule = some<EgressRule>({ to: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) });

const spec: fc.Arbitrary<Policy['spec']> = fc.record(
  {
    podSelector: fc.constantFrom<Policy['spec']['podSelector']>(
      {},
      {},
      { matchLabels: {} },
      { matchLabels: { app: 'app' } },
      { matchLabels: { app: 'other' } },
    ),
    policyTypes: fc.constantFrom(['Egress'], ['Ingress', 'Egress'], ['Ingress']),
    ingress: fc.constantFrom<readonly object[]>([], [{}]),
    egress: fc.array(egressRule, { maxLength: 2 }),
  },
  { requiredKeys: ['podSelector'] },
);

/** What Kubernetes takes a policy to be about (`SetDefaults_NetworkPolicy` in its pkg/apis/networking/v1/defaults.go). */
const isOfEgress = ({ policyTypes = [], egress = [] }: Policy['spec']): boolean =>
  policyTypes.length === 0 ? egress.length > 0 : policyTypes.includes('Egress');

const isEverything = ({ matchLabels = {} }: Policy['spec']['podSelector']): boolean => Object.keys(matchLabels).length === 0;

type Verdict = 'yes' | 'no' | 'unknown';
const best = (all: readonly Verdict[]): Verdict => (all.includes('yes') ? 'yes' : all.includes('unknown') ? 'unknown' : 'no');

function holds(network: string, address: string): boolean {
  const [base = '', prefix = ''] = network.split('/');
  const family = (one: string): 'ipv4' | 'ipv6' => (one.includes(':') ? 'ipv6' : 'ipv4');
  if (family(base) !== family(address)) return false;
  const block = new BlockList();
  block.addSubnet(base, Number(prefix), family(base));
  return block.check(address, family(address));
}

const reaches = ({ ipBlock }: Peer): boolean =>
  ipBlock !== undefined &&
  ['169.254.170.23', 'fd00:ec2::23'].some(
    (address) => holds(ipBlock.cidr, address) && !(ipBlock.except ?? []).some((one) => holds(one, address)),
  );

function onPort80({ protocol = 'TCP', port: first, endPort }: Port): Verdict {
  if (protocol !== 'TCP') return 'no';
  if (first === undefined) return 'yes';
  if (typeof first === 'string') return 'unknown';
  return first <= 80 && 80 <= (endPort ?? first) ? 'yes' : 'no';
}

/** Whether a policy of the namespace, for whichever pods, lets them reach TCP port 80 of the agent. */
function admits({ egress = [] }: Policy['spec']): Verdict {
  return best(
    egress.map(({ to = [], ports = [] }) => {
      if (to.length > 0 && !to.some(reaches)) return 'no';
      return ports.length === 0 ? 'yes' : best(ports.map(onPort80));
    }),
  );
}

/** Whether pods of a namespace may be expected to reach the agent; `blocked` = all pods are isolated, and nothing admits it. */
function decided(policies: readonly Policy[], namespace: string): 'blocked' | 'open' {
  const own = policies.filter(({ metadata, spec }) => metadata.namespace === namespace && isOfEgress(spec));
  const isIsolated = own.some(({ spec }) => isEverything(spec.podSelector));
  return isIsolated && own.every(({ spec }) => admits(spec) === 'no') ? 'blocked' : 'open';
}

const NAMESPACES = ['shop', 'pay'];

/** Two namespaces with a healthy service account each, by an association or by web identity. */
function accountOf(policies: readonly Policy[], given: { readonly associated: boolean; readonly hostNetwork: boolean }): Case {
  const { associated, hostNetwork } = given;
  const webIdentity = {
    AWS_ROLE_ARN: roleArn('app'),
    AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
  };
  const trust = {
    Effect: 'Allow',
    Principal: { Federated: providerArn(HOST.prod) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${HOST.prod}:aud`]: 'sts.amazonaws.com',
        [`${HOST.prod}:sub`]: NAMESPACES.map((namespace) => `system:serviceaccount:${namespace}:app`),
      },
    },
  };
  return {
    clusters: [{ name: 'prod', issuer: `https://${HOST.prod}` }],
    providers: [{ arn: providerArn(HOST.prod), clientIds: ['sts.amazonaws.com'] }],
    roles: [{ arn: roleArn('app'), trustPolicy: policy(associated ? forPods(BOTH) : trust) }],
    namespaces: NAMESPACES.map((name) => ({ cluster: 'prod', name })),
    serviceAccounts: NAMESPACES.map((namespace) => ({
      cluster: 'prod',
      namespace,
      name: 'app',
      annotations: associated ? {} : { 'eks.amazonaws.com/role-arn': roleArn('app') },
    })),
    agents: [{ cluster: 'prod', desired: 1, ready: 1 }],
    podIdentityAssociations: associated
      ? NAMESPACES.map((namespace) => ({ cluster: 'prod', namespace, serviceAccount: 'app', roleArn: roleArn('app') }))
      : [],
    pods: NAMESPACES.map((namespace) => ({
      cluster: 'prod',
      namespace,
      name: 'app-1',
      serviceAccountName: 'app',
      env: associated ? OF_AGENT : webIdentity,
      labels: { app: 'app' },
      hostNetwork,
    })),
    networkPolicies: policies.map((one) => ({ cluster: 'prod', ...one })),
    account: ACCOUNT,
  };
}

const toldOf = (given: Case): readonly string[] =>
  auditInventory(inventoryOfCase(given))
    .findings.filter(({ rule }) => rule === RULE)
    .map(({ subject }) => subject.id)
    .sort();

const several = fc
  .array(fc.tuple(fc.constantFrom('shop', 'shop', 'shop', 'pay'), spec), { minLength: 1, maxLength: 4 })
  .map((all) => all.map(([namespace, one], index): Policy => ({ metadata: { namespace, name: `p${String(index)}` }, spec: one })));

describe('network policies that keep pods from the Pod Identity agent', () => {
  it('are told where every pod is isolated and no policy admits the agent, and nowhere else', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(several, (policies) => {
        const blocked = NAMESPACES.filter((namespace) => decided(policies, namespace) === 'blocked');
        for (const namespace of NAMESPACES) seen.add(decided(policies, namespace));
        expect(toldOf(accountOf(policies, { associated: true, hostNetwork: false }))).toEqual(
          blocked.map((namespace) => `prod/${namespace}/app-1`).sort(),
        );
      }),
      { numRuns: 400, seed: 20261201 },
    );
    expect([...seen].sort()).toEqual(['blocked', 'open']);
  });

  it('are never told of pods by web identity, nor of those on the network of the host', () => {
    fc.assert(
      fc.property(several, fc.boolean(), (policies, associated) => {
        expect(toldOf(accountOf(policies, { associated, hostNetwork: associated }))).toEqual([]);
      }),
      { numRuns: 60, seed: 20261201 },
    );
  });
});
