import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainOf } from '../../src/engine/chain/chain.js';
import type { Chain } from '../../src/model/report/chain.js';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { seen } from '../../src/model/inventory/observed.js';
import { CLUSTER_SECTIONS } from '../../src/model/contract/sections.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { cutLists } from '../cases/cut-lists.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { SECTIONS } from '../cases/unread-sections.js';
import { accounts } from './made-up-account.js';

/** Sections that the usual permissions keep back: a denial of them is as if nobody had asked, and says nothing either way. */
const MAY_BE_DENIED = new Set(
  CLUSTER_SECTIONS.flatMap((section) => ('mayBeDenied' in section ? [`without ${section.need.replaceAll('-', ' ')}`] : [])),
);

const clustersOf = ({ regions }: Inventory): readonly Cluster[] => regions.flatMap(({ clusters }) => seen(clusters));

/** The chain of every service account of an inventory that there is, or that is named; those of the clusters that arrived. */
function chainsOf(inventory: Inventory, named: readonly Cluster[]): ReadonlyMap<string, Chain> {
  const audit = { rules: RULES, report: auditInventory(inventory) };
  const clusters = new Map(clustersOf(inventory).map((cluster) => [cluster.arn, cluster]));
  return new Map(
    named.flatMap(({ arn, name, region, ...inside }) => {
      const cluster = clusters.get(arn);
      if (cluster === undefined) return [];
      const some = [
        ...seen(inside.serviceAccounts).map((one) => ({ namespace: one.namespace, serviceAccount: one.name })),
        ...seen(inside.podIdentityAssociations),
        ...seen(inside.workloads),
      ];
      return some.map(({ namespace, serviceAccount }): [string, Chain] => [
        `${name}/${namespace}/${serviceAccount}`,
        chainOf(inventory, audit, cluster, { region, cluster: name, namespace, serviceAccount, pod: null }),
      ]);
    }),
  );
}

/** What the chains of an account that is known less say beyond those of the whole account. */
function saidBeyond(account: Case, which: readonly number[]): readonly string[] {
  const inventory = inventoryOfCase(account);
  const clusters = clustersOf(inventory);
  const full = chainsOf(inventory, clusters);
  const unread = SECTIONS.flatMap(({ name, without }) => {
    const less = without(inventory);
    return less === null ? [] : [{ name: `without ${name}`, inventory: less }];
  });
  const lesser = [...cutLists(inventory), ...unread];
  return which
    .flatMap((at) => lesser[at % lesser.length] ?? [])
    .flatMap(({ name, inventory: less }) =>
      [...chainsOf(less, clusters)].flatMap(([id, chain]) => {
        const whole = full.get(id);
        if (whole?.verdict === 'broken' && chain.verdict === 'holds' && !MAY_BE_DENIED.has(name))
          return [`${id} ${name}: holds, and it is broken`];
        if (chain.verdict !== 'broken' || whole === undefined) return [];
        if (whole.verdict !== 'broken') return [`${id} ${name}: broken, and it is ${whole.verdict}`];
        return chain.confidence === 'certain' && whole.confidence !== 'certain' ? [`${id} ${name}: surer`] : [];
      }),
    );
}

describe('why, of any account of which a list broke off or a section is unread', () => {
  it('says of nothing that it is broken, or surely so, of which the whole account does not', () => {
    fc.assert(
      fc.property(accounts, fc.array(fc.nat(), { minLength: 4, maxLength: 4 }), (account, which) => {
        expect(saidBeyond(account, which)).toEqual([]);
      }),
      { numRuns: 60, seed: 20261129 },
    );
  });
});
