import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainOf } from '../../src/engine/chain/chain.js';
import type { Chain } from '../../src/model/report/chain.js';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { known, seen } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { accounts } from './made-up-account.js';

const ELSEWHERE = 'ap-south-2';

/** A cluster of the same name with the same in it, in another region and with an issuer of its own, which no provider here is for. */
function namesake(cluster: Cluster, index: number): Cluster {
  const issuer = `https://oidc.eks.${ELSEWHERE}.amazonaws.com/id/${String(index).padStart(32, '0')}`;
  const { detail } = cluster;
  return {
    ...cluster,
    region: ELSEWHERE,
    arn: cluster.arn.replace(`:${cluster.region}:`, `:${ELSEWHERE}:`),
    detail: detail.known ? known({ ...detail.value, issuer }) : detail,
  };
}

const clustersOf = ({ regions }: Inventory): readonly Cluster[] => regions.flatMap(({ clusters }) => seen(clusters));

const beside = (inventory: Inventory): Inventory => ({
  ...inventory,
  regionList: inventory.regionList.known ? known([...inventory.regionList.value, ELSEWHERE]) : inventory.regionList,
  regions: [...inventory.regions, { region: ELSEWHERE, clusters: known(clustersOf(inventory).map(namesake)) }],
});

/** What `why` says of every service account of a cluster that has a role. */
function chainsIn(inventory: Inventory, clusters: readonly Cluster[]): ReadonlyMap<string, Chain> {
  const report = auditInventory(inventory);
  return new Map(
    clusters.flatMap((cluster) =>
      seen(cluster.serviceAccounts).map(({ namespace, name }) => {
        const target = { region: cluster.region, cluster: cluster.name, namespace, serviceAccount: name, pod: null };
        return [
          `${cluster.region}/${cluster.name}/${namespace}/${name}`,
          chainOf(inventory, { rules: RULES, report }, cluster, target),
        ] as const;
      }),
    ),
  );
}

/** The service accounts whose chain holds, and does not any more once a cluster of that name in another region is broken. */
function blamed(inventory: Inventory): readonly string[] {
  const clusters = clustersOf(inventory);
  const whole = [...chainsIn(inventory, clusters)].filter(([, { verdict }]) => verdict === 'holds').map(([name]) => name);
  if (whole.length === 0) return [];
  const then = chainsIn(beside(inventory), clusters);
  return whole.flatMap((name) => {
    const { verdict, links, first } = then.get(name) ?? {};
    return verdict === 'holds' ? [] : [`${name}: ${links?.[first ?? 0]?.says ?? ''}`];
  });
}

describe('why of a workload beside a cluster of the same name in another region', () => {
  it('blames it for nothing that is wrong there, on every case', () => {
    expect(CASES.flatMap(({ name, inventory }) => blamed(inventory).map((one) => `${name} ${one}`))).toEqual([]);
  });

  it('nor on made-up accounts', () => {
    fc.assert(
      fc.property(accounts, (given) => {
        expect(blamed(inventoryOfCase(given))).toEqual([]);
      }),
      { numRuns: 200, seed: 20261129 },
    );
  });
});
