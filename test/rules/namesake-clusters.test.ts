import { describe, expect, it } from '@jest/globals';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { known, seen } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { CASES } from '../cases/all-cases.js';

const ELSEWHERE = 'ap-south-2';

/** Another cluster of the same name, of which nothing is known but that it is there. */
const namesake = (cluster: Cluster): Cluster => ({
  ...cluster,
  region: ELSEWHERE,
  arn: cluster.arn.replace(`:${cluster.region}:`, `:${ELSEWHERE}:`),
  detail: { known: false, reason: 'denied', detail: 'not read' },
  addons: { known: false, reason: 'denied', detail: 'not read' },
});

/** The same account with a namesake of each of its clusters in a region where it has none. */
function doubled(inventory: Inventory): Inventory {
  const clusters = inventory.regions.flatMap((region) => seen(region.clusters));
  return { ...inventory, regions: [...inventory.regions, { region: ELSEWHERE, clusters: known(clusters.map(namesake)) }] };
}

describe('Where two regions have a cluster of one name', () => {
  it('no sentence names a cluster without its region', () => {
    const unclear = CASES.flatMap(({ name, inventory }) => {
      const clusters = inventory.regions.flatMap((region) => seen(region.clusters));
      const names = new Set(clusters.map((cluster) => cluster.name));
      return auditInventory(doubled(inventory)).findings.flatMap(({ rule, message, fix }) =>
        [message, fix?.summary ?? ''].flatMap((text) =>
          [...text.matchAll(/\b[Cc]luster ([\w-]+)(?![\w/-])/g)]
            .filter(([, word = '']) => names.has(word))
            .map(([found]) => `${name} ${rule}: ${found}`),
        ),
      );
    });
    expect(unclear).toEqual([]);
  });

  it('no sentence about a role names a service account without the region of its cluster', () => {
    const unclear = CASES.flatMap(({ name, inventory }) => {
      const names = inventory.regions.flatMap((region) => seen(region.clusters).map((cluster) => cluster.name));
      return auditInventory(doubled(inventory))
        .findings.filter(({ subject }) => subject.region === null)
        .flatMap(({ rule, message, fix }) =>
          [message, fix?.summary ?? ''].flatMap((text) =>
            [...text.matchAll(/(?<![\w/:.-])([\w-]+)\/[\w-]+\/[\w-]+(?!\/)/g)]
              .filter(([, word = '']) => names.includes(word))
              .map(([found]) => `${name} ${rule}: ${found}`),
          ),
        );
    });
    expect(unclear).toEqual([]);
  });
});
