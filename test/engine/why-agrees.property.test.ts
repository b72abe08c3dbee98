import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainOf } from '../../src/engine/chain.js';
import type { Chain } from '../../src/model/chain.js';
import { atLeast, type Finding } from '../../src/model/finding.js';
import type { Cluster, Inventory } from '../../src/model/inventory.js';
import { seen } from '../../src/model/observed.js';
import type { Report } from '../../src/model/report.js';
import { auditInventory } from '../../src/pipeline.js';
import { expectedOf } from '../../src/probe/expectation.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { accounts } from './made-up-account.js';

const BREAKS = new Set(RULES.filter(({ kind }) => kind === 'break').map(({ id }) => id));
/** Of pods that run as the wrong service account: one that has a role is not theirs, whatever owns them. */
const OF_ROLELESS = new Set(RULES.filter(({ link }) => link === 'service account of the pod').map(({ id }) => id));
const INSIDE = ['service-account', 'pod', 'association'];

/** The breaks that an audit tells of one service account: of itself and its pods, or of what they share where it is named among those who suffer. */
function breaksOf({ target, by }: Chain, report: Report, cluster: Cluster): readonly Finding[] {
  const { namespace, serviceAccount } = target;
  const pods = seen(cluster.workloads).filter((one) => one.namespace === namespace && one.serviceAccount === serviceAccount);
  const keyOf = (type: string, id: string): string => `${type === 'pod' ? 'pod' : 'account'} ${id}`;
  const own = new Set(
    [['account', serviceAccount] as const, ...pods.map(({ owner }) => ['pod', owner.name] as const)].map(([type, name]) =>
      keyOf(type, `${cluster.name}/${namespace}/${name}`),
    ),
  );
  const hasRole = by !== null && seen(cluster.serviceAccounts).some((one) => one.namespace === namespace && one.name === serviceAccount);
  return report.findings.filter(
    ({ rule, severity, subject, related }) =>
      BREAKS.has(rule) &&
      !(hasRole && OF_ROLELESS.has(rule)) &&
      atLeast(severity, 'medium') &&
      (subject.region ?? cluster.region) === cluster.region &&
      (own.has(keyOf(subject.type, subject.id)) ||
        (!INSIDE.includes(subject.type) && related.some(({ id, type }) => INSIDE.includes(type) && own.has(keyOf(type, id))))),
  );
}

/** What `why` names and the audit leaves out on purpose: a label that somebody set, what goes anyway, and what was never there. */
function isDeliberate({ links, target, first }: Chain, cluster: Cluster): boolean {
  const link = links[first ?? 0];
  const isGoing = seen(cluster.namespaces).some(({ name, terminating }) => name === target.namespace && terminating);
  return (
    isGoing || link?.link === 'cluster' || link?.link === 'service account' || /label that keeps the webhook away/.test(link?.says ?? '')
  );
}

/** Where the two contradict each other. */
function contradictions(inventory: Inventory): readonly string[] {
  const report = auditInventory(inventory);
  return inventory.regions.flatMap(({ clusters }) =>
    seen(clusters).flatMap((cluster) => {
      const named = [
        ...seen(cluster.serviceAccounts).map(({ namespace, name }) => ({ namespace, serviceAccount: name })),
        ...seen(cluster.podIdentityAssociations),
        ...seen(cluster.workloads),
      ];
      const distinct = new Map(
        named.map(({ namespace, serviceAccount }) => [`${namespace}/${serviceAccount}`, { namespace, serviceAccount }]),
      );
      return [...distinct].flatMap(([name, one]): string[] => {
        const target = { region: cluster.region, cluster: cluster.name, ...one, pod: null };
        const chain = chainOf(inventory, { rules: RULES, report }, cluster, target);
        const breaks = breaksOf(chain, report, cluster);
        const told = breaks.map(({ rule }) => rule);
        const expected = expectedOf(chain);
        const place = `${cluster.name}/${name}`;
        const isTold = told.length > 0 || chain.findings.some(({ rule, severity }) => BREAKS.has(rule) && atLeast(severity, 'low'));
        if (chain.verdict === 'broken' && !isTold && !isDeliberate(chain, cluster))
          return [`${place}: broken at ${chain.links[chain.first ?? 0]?.says ?? ''}, and the audit tells of no break`];
        const isSure = breaks.some(({ confidence }) => confidence === 'certain');
        if (chain.verdict === 'broken' && breaks.length > 0 && (chain.confidence === 'certain') !== isSure)
          return [`${place}: ${chain.confidence}, and the audit is ${isSure ? '' : 'not '}sure`];
        if (chain.verdict === 'holds' && told.length > 0) return [`${place}: holds, and the audit tells ${told.join(', ')}`];
        return chain.verdict === 'holds' && expected !== 'admitted' ? [`${place}: holds, and a probe expects ${expected}`] : [];
      });
    }),
  );
}

describe('why and the audit share one judgment', () => {
  it('on every case', () => {
    const found = CASES.flatMap(({ name, inventory }) => contradictions(inventory).map((one) => `${name} ${one}`));
    expect(found).toEqual([]);
  });

  it('on made-up accounts', () => {
    fc.assert(
      fc.property(accounts, (given) => {
        expect(contradictions(inventoryOfCase(given))).toEqual([]);
      }),
      { numRuns: 300, seed: 20261128 },
    );
  });
});
