import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainOf } from '../../src/engine/chain/chain.js';
import { runRules } from '../../src/engine/run/run-rules.js';
import { deriveFacts } from '../../src/facts/account/facts.js';
import type { Chain } from '../../src/model/report/chain.js';
import { seen } from '../../src/model/inventory/observed.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { accounts } from './made-up-account.js';
import { narrowed } from './narrow-read.js';

/** @param hints whether what is no more than possible counts too */
const told = ({ findings }: Chain, hints: boolean): readonly string[] =>
  findings.filter(({ confidence }) => hints || confidence !== 'possible').map(({ rule, subject }) => `${rule} ${subject.id}`);

/** What `why` says of less than the account that it would take back, had it read all. */
function takenBack(inventory: Inventory, hints: boolean): readonly string[] {
  const report = auditInventory(inventory);
  // What it tells, and what stands behind something that it tells.
  const raised = new Set(runRules(RULES, deriveFacts(inventory)).sightings.map(({ rule, subject }) => `${rule.id} ${subject.id}`));
  return inventory.regions.flatMap(({ clusters }) =>
    seen(clusters).flatMap((cluster) => {
      const names = [
        ...seen(cluster.serviceAccounts).map(({ namespace, name }) => ({ namespace, serviceAccount: name })),
        ...seen(cluster.podIdentityAssociations),
        ...seen(cluster.workloads),
      ];
      const distinct = new Map(
        names.map(({ namespace, serviceAccount }) => [`${namespace}/${serviceAccount}`, { namespace, serviceAccount }]),
      );
      return [...distinct].flatMap(([name, one]) => {
        const target = { region: cluster.region, cluster: cluster.name, ...one, pod: null };
        const part = narrowed(inventory, cluster, one);
        const of = part.regions.flatMap((region) => seen(region.clusters))[0];
        if (of === undefined) return [];
        const whole = chainOf(inventory, { rules: RULES, report }, cluster, target);
        const less = chainOf(part, { rules: RULES, report: auditInventory(part) }, of, target);
        const place = `${cluster.name}/${name}`;
        const more = told(less, hints).filter((finding) => !raised.has(finding));
        return [
          ...(less.verdict === 'holds' && whole.verdict === 'broken'
            ? [
                `${place} holds, and is broken at ${whole.links[whole.first ?? 0]?.link ?? ''}: ${whole.links[whole.first ?? 0]?.says ?? ''}`,
              ]
            : []),
          ...(less.verdict === 'broken' && whole.verdict !== 'broken'
            ? [`${place} broken at ${less.links[less.first ?? 0]?.says ?? ''}, and is ${whole.verdict}`]
            : []),
          ...more.map((finding) => `${place} told ${finding}`),
        ];
      });
    }),
  );
}

describe('why of what is read for one workload', () => {
  it('says nothing that the whole account takes back', () => {
    const found = CASES.flatMap(({ name, inventory }) => takenBack(inventory, true).map((one) => `${name} ${one}`));
    expect(found).toEqual([]);
  });

  it('nor does it in made-up accounts', () => {
    fc.assert(
      fc.property(accounts, (given) => {
        expect(takenBack(inventoryOfCase(given), false)).toEqual([]);
      }),
      { numRuns: 100, seed: 20261129 },
    );
  });
});
