import { describe, expect, it } from '@jest/globals';
import { chainOf } from '../../src/engine/chain/chain.js';
import { parseInventory } from '../../src/saved/inventory-file.js';
import type { Chain } from '../../src/model/report/chain.js';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { known, seen, unknown } from '../../src/model/inventory/observed.js';
import type { Report } from '../../src/model/report/report.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import { auditInventory, auditSince } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';

const RULE = 'pod-identity-agent-blocked';
const CASE = `${RULE}/bad-default-deny.json`;
const whole = CASES.find(({ name }) => name === CASE)!.inventory;

/** The account as it is with its network policies read in some other way. */
function withPolicies(networkPolicies: Cluster['networkPolicies']): Inventory {
  const regions = whole.regions.map((region) => ({
    ...region,
    clusters: known(seen(region.clusters).map((cluster) => ({ ...cluster, networkPolicies }))),
  }));
  return { ...whole, regions };
}

const denied = withPolicies(unknown('denied', 'HTTP 403'));
const none = withPolicies(known([]));
const broken = withPolicies(unknown('throttled', 'broke off', seen(seen(whole.regions[0]!.clusters)[0]!.networkPolicies)));

const told = ({ findings }: Report): readonly string[] => findings.map(({ rule }) => rule);

function why(inventory: Inventory): Chain {
  const [cluster] = seen(inventory.regions[0]!.clusters);
  const target = { region: 'eu-west-1', cluster: 'prod', namespace: 'shop', serviceAccount: 'app', pod: null };
  return chainOf(inventory, { rules: RULES, report: auditInventory(inventory) }, cluster!, target);
}

describe('network policies that deny pods the Pod Identity agent', () => {
  it('are named, with the pods, their service account and a fix', () => {
    const [finding] = auditInventory(whole).findings;
    expect(finding).toMatchObject({
      rule: RULE,
      severity: 'medium',
      confidence: 'likely',
      message:
        'NetworkPolicy default-deny denies egress to every pod of namespace shop, and none there allows the Pod Identity agent (169.254.170.23, TCP port 80), from which Deployment checkout (pod checkout-6c9f4-x2x4z) gets the credentials of prod/shop/app.',
      fix: { summary: expect.stringMatching(/^Add an egress rule for 169\.254\.170\.23\/32 .*namespace shop/), commands: [] },
    });
  });

  it('break `why` at the pods, as surely as the audit says it', () => {
    const { verdict, confidence, links, first } = why(whole);
    expect([verdict, confidence, links[first ?? 0]?.link]).toEqual(['broken', 'likely', 'pod']);
  });
});

describe('a list of network policies that a cluster does not allow', () => {
  it('changes nothing: no gap is told, and every link holds as without policies', () => {
    const [report, of] = [auditInventory(denied), auditInventory(none)];
    expect(report.coverage.unread).toEqual([]);
    expect([report.complete, told(report), why(denied).links]).toEqual([of.complete, told(of), why(none).links]);
  });

  it('resolves nothing that was told before', () => {
    const at = (now: string) => ({ now });
    const before = auditSince(null, whole, DEFAULT_SETTINGS, at('2026-11-01T06:00:00.000Z')).next;
    const after = (inventory: Inventory): readonly (string | undefined)[] =>
      Object.values(auditSince(before, inventory, DEFAULT_SETTINGS, at('2026-11-02T06:00:00.000Z')).next.findings)
        .filter(({ rule }) => rule === RULE)
        .map(({ status }) => status);
    expect([after(denied), after(broken), after(none)]).toEqual([['open'], ['open'], ['resolved']]);
  });
});

describe('a list of network policies that broke off', () => {
  it('is a gap, and leaves open what it would decide', () => {
    const report = auditInventory(broken);
    expect([told(report), report.coverage.unread.map(({ what }) => what)]).toEqual([[], ['kubernetes:ListNetworkPolicies']]);
    expect(why(broken).verdict).toBe('open');
  });
});

it('an inventory of an earlier version has none, and nothing is said of them', () => {
  const saved = JSON.parse(JSON.stringify(whole)) as { regions: { clusters: { value: { networkPolicies?: unknown }[] } }[] };
  for (const { clusters } of saved.regions) for (const cluster of clusters.value) delete cluster.networkPolicies;
  const report = auditInventory(parseInventory(JSON.stringify(saved)));
  expect([told(report), report.coverage.unread]).toEqual([[], []]);
});
