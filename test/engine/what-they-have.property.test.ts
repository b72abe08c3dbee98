import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainOf } from '../../src/engine/chain/chain.js';
import type { ChainTarget } from '../../src/model/report/chain.js';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { known, seen } from '../../src/model/inventory/observed.js';
import type { Workload } from '../../src/model/inventory/workload.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { accountsRightAround } from './made-up-account.js';

const BREAKS = new Set(RULES.filter(({ kind }) => kind === 'break').map(({ id }) => id));

/** What is said of pods, by their owners. */
interface Judged {
  readonly links: ReadonlyMap<string, string>;
  readonly breaks: readonly string[];
}

function judged(inventory: Inventory): Judged {
  const report = auditInventory(inventory);
  const links = inventory.regions.flatMap(({ clusters }) =>
    seen(clusters).flatMap((cluster) =>
      seen(cluster.workloads).map((workload): [string, string] => {
        const { namespace, serviceAccount, owner } = workload;
        const target: ChainTarget = { region: cluster.region, cluster: cluster.name, namespace, serviceAccount, pod: null, owner };
        const { links, verdict } = chainOf(inventory, { rules: RULES, report }, cluster, target);
        const pod = links.find(({ link }) => link === 'pod');
        const where = `${cluster.name}/${namespace}/${serviceAccount}/${owner.kind}/${owner.name}`;
        return [where, pod?.state === 'ok' && verdict !== 'broken' ? 'ok' : `${verdict}, ${pod?.state ?? ''}: ${pod?.says ?? ''}`];
      }),
    ),
  );
  const breaks = report.findings.filter(({ rule }) => BREAKS.has(rule)).map(({ rule, subject }) => `${rule} ${subject.id}`);
  return { links: new Map(links), breaks };
}

/** The same account with other pods. */
function withPods(inventory: Inventory, other: (workload: Workload) => Workload): Inventory {
  const inCluster = (cluster: Cluster): Cluster => ({
    ...cluster,
    workloads: cluster.workloads.known ? known(cluster.workloads.value.map(other)) : cluster.workloads,
  });
  return {
    ...inventory,
    regions: inventory.regions.map((one) => ({
      ...one,
      clusters: one.clusters.known ? known(one.clusters.value.map(inCluster)) : one.clusters,
    })),
  };
}

/** What keeps the webhook away from pods: their label, or their annotation with the names of all their containers. */
const AWAY: readonly ((workload: Workload) => Workload)[] = [
  (workload) => ({ ...workload, skipsWebhook: true }),
  (workload) => ({
    ...workload,
    annotations: { ...workload.annotations, 'eks.amazonaws.com/skip-containers': workload.containers.map(({ name }) => name).join(',') },
  }),
];

describe('what pods have is judged before what keeps the webhook away from them', () => {
  it.each([0, 1])('so that it breaks nothing of pods that have what they need (%i)', (which) => {
    fc.assert(
      fc.property(accountsRightAround, (given) => {
        const inventory = inventoryOfCase(given);
        const before = judged(inventory);
        const after = judged(withPods(inventory, AWAY[which]!));
        const worse = [...before.links].flatMap(([where, link]) => {
          const then = after.links.get(where);
          return link === 'ok' && then !== 'ok' ? [`${where}: ${String(then)}`] : [];
        });
        expect(worse).toEqual([]);
      }),
      { numRuns: 100, seed: 20261129 },
    );
  });
});
