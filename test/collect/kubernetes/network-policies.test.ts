import { describe, expect, it } from '@jest/globals';
import { readFrom } from '../../../src/collect/kubernetes/read-cluster.js';
import { networkPoliciesOf } from '../../../src/collect/kubernetes/network-policies.js';
import type { Answer } from '../../../src/collect/kubernetes/ports.js';
import { ReadQueue } from '../../../src/collect/reading/read-queue.js';
import { known } from '../../../src/model/inventory/observed.js';

const policy = (spec: unknown, name = 'p') => ({ metadata: { namespace: 'shop', name }, spec });
const all = { podSelector: {}, policyTypes: ['Egress'] };

/** What is said of the agent by a policy with these egress rules. */
const allowed = (...egress: readonly unknown[]): string | undefined => networkPoliciesOf(policy({ ...all, egress }))[0]?.allowsAgent;
const to = (cidr: unknown, except?: unknown) => ({ to: [{ ipBlock: { cidr, except } }] });
const at = (...ports: readonly unknown[]) => ({ ports });

describe('of a network policy', () => {
  it('three things are kept: where it is, whether it selects every pod, and whether it allows the agent', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    const given = { metadata: { namespace: 'shop', name: 'deny', annotations }, spec: { ...all, egress: [to('10.0.0.0/8')] } };
    expect(networkPoliciesOf(given)).toEqual([{ namespace: 'shop', name: 'deny', selectsAll: true, allowsAgent: 'no' }]);
  });

  it.each<[string, object, boolean]>([
    ['its types name egress', { policyTypes: ['Ingress', 'Egress'] }, true],
    ['its types name ingress alone', { policyTypes: ['Ingress'], egress: [{}] }, false],
    ['it has no types, and rules of egress', { egress: [{}] }, true],
    ['it has no types, and an empty list of them', { egress: [] }, false],
    ['it has empty types, and no rules', { policyTypes: [] }, false],
    ['it is no list of types', { policyTypes: 'Egress' }, false],
  ])('as the API server completes it: %s', (_what, spec, isKept) => expect(networkPoliciesOf(policy(spec)).length > 0).toBe(isKept));

  it.each<[unknown, boolean]>([
    [{}, true],
    [undefined, true],
    [{ matchLabels: {}, matchExpressions: [] }, true],
    [{ matchLabels: { app: 'a' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, false],
  ])('the selector %j selects every pod: %s', (podSelector, selectsAll) =>
    expect(networkPoliciesOf(policy({ ...all, podSelector }))[0]?.selectsAll).toBe(selectsAll),
  );

  it('names that are too long are cut', () => {
    const [kept] = networkPoliciesOf(policy(all, 'n'.repeat(100_000)));
    expect(JSON.stringify(kept).length).toBeLessThan(400);
  });
});

describe('a rule of egress', () => {
  it.each<[string, readonly unknown[], string]>([
    ['none', [], 'no'],
    ['an empty one', [{}], 'yes'],
    ['empty lists', [{ to: [], ports: [] }], 'yes'],
    ['pods of every namespace', [{ to: [{ namespaceSelector: {} }] }], 'no'],
    ['pods of its own', [{ to: [{ podSelector: {} }] }], 'no'],
    ['a peer that says nothing', [{ to: [{}] }], 'unknown'],
    ['the address', [to('169.254.170.23/32')], 'yes'],
    ['a network that holds it', [to('169.254.0.0/16')], 'yes'],
    ['the one beside it', [to('169.254.170.24/29')], 'no'],
    ['everything but link-local addresses', [to('0.0.0.0/0', ['169.254.0.0/16'])], 'no'],
    ['everything but the instance metadata', [to('0.0.0.0/0', ['169.254.169.254/32'])], 'yes'],
    ['all of IPv4 is nothing that an exception of IPv6 takes away', [to('0.0.0.0/0', ['::/0'])], 'yes'],
    ['all of IPv6', [to('::/0')], 'yes'],
    ['the address of IPv6 among the exceptions', [to('::/0', ['fd00::/8'])], 'no'],
    ['no CIDR', [to('169.254.170.23')], 'unknown'],
    ['a prefix beyond the address', [to('169.254.170.23/33')], 'unknown'],
    ['an address with zeros before its digits', [to('010.0.0.0/8')], 'unknown'],
    ['no text', [to({ toString: 1 })], 'unknown'],
    ['an exception that is no CIDR', [to('0.0.0.0/0', ['all'])], 'unknown'],
    ['exceptions that are no list', [to('0.0.0.0/0', 'all')], 'unknown'],
    ['peers that are no list', [{ to: 'all' }], 'unknown'],
    ['rules of which one allows it', [to('10.0.0.0/8'), {}], 'yes'],
  ])('to %s: %s', (_what, rules, expected) => expect(allowed(...rules)).toBe(expected));

  it.each<[readonly unknown[], string]>([
    [[{ port: 80 }], 'yes'],
    [[{ protocol: 'TCP', port: 80 }], 'yes'],
    [[{ protocol: 'TCP' }], 'yes'],
    [[{ protocol: 'UDP', port: 80 }], 'no'],
    [[{ protocol: 'UDP' }], 'no'],
    [[{ port: 443 }], 'no'],
    [[{ port: 1, endPort: 80 }], 'yes'],
    [[{ port: 1, endPort: 79 }], 'no'],
    [[{ port: 81, endPort: 65_535 }], 'no'],
    [[{ port: 443 }, { port: 80 }], 'yes'],
    [[{ port: 'http' }], 'unknown'],
    [[{ port: 1, endPort: 'http' }], 'unknown'],
    [[{ protocol: 'SCTP', port: 'http' }], 'no'],
    [[{ protocol: 'tcp', port: 80 }], 'unknown'],
  ])('at the ports %j: %s', (ports, expected) => expect(allowed(at(...ports))).toBe(expected));

  it('allows what both its peers and its ports allow', () => {
    expect(allowed({ ...to('169.254.170.23/32'), ...at({ port: 443 }) })).toBe('no');
    expect(allowed({ ...to('10.0.0.0/8'), ...at({ port: 80 }) })).toBe('no');
    expect(allowed({ ...to('169.254.170.23/32'), ...at({ port: 'http' }) })).toBe('unknown');
  });

  it('is not read where there is no list of them', () => {
    expect(networkPoliciesOf(policy({ ...all, egress: 'all' }))[0]?.allowsAgent).toBe('unknown');
    expect(networkPoliciesOf(policy(all))[0]?.allowsAgent).toBe('no');
  });
});

describe('of one workload', () => {
  it('the policies of its namespace alone are read', async () => {
    const asked: string[] = [];
    const items = [policy(all, 'deny')];
    const get = (path: string): Promise<Answer> => {
      asked.push(path);
      const isList = path.startsWith('/apis/networking.k8s.io/');
      return Promise.resolve({ status: 200, body: { metadata: {}, items: isList ? items : [] }, retryAfter: null });
    };
    const queue = new ReadQueue({ now: () => 0, deadline: null, concurrency: 10 });
    const only = { namespace: 'shop', serviceAccount: 'app', pod: null };
    const place = { region: 'eu-west-1', name: 'prod', detail: known({} as never) };
    const { networkPolicies } = await readFrom({ get, close: () => undefined }, queue, place, { only });
    queue.close();
    expect(networkPolicies).toEqual(known([{ namespace: 'shop', name: 'deny', selectsAll: true, allowsAgent: 'no' }]));
    expect(asked.filter((path) => path.includes('networkpolicies'))).toEqual([
      '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies?limit=250',
    ]);
  });
});
