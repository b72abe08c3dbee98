import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainOf } from '../../src/engine/chain/chain.js';
import type { Chain } from '../../src/model/report/chain.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { seen } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { accountsRightAround } from './made-up-account.js';

type Pod = NonNullable<Case['pods']>[number];

const SKIPPED = { 'eks.amazonaws.com/skip-pod-identity-webhook': 'true' };

/** A pod of another owner that somebody keeps the webhook away from. */
const labeledBeside = ({ cluster, namespace, serviceAccountName }: Pod): Pod => ({
  cluster,
  namespace,
  serviceAccountName,
  name: 'tool-1',
  owner: { kind: 'Deployment', name: 'tool' },
  env: {},
  labels: SKIPPED,
});

function whyOf(inventory: Inventory, { cluster: name, namespace, serviceAccountName: serviceAccount }: Pod, owner?: Pod['owner']): Chain {
  const cluster = inventory.regions.flatMap(({ clusters }) => seen(clusters)).find((one) => one.name === name);
  if (cluster === undefined) throw new Error(`no cluster ${name}`);
  const target = { region: cluster.region, cluster: name, namespace, serviceAccount, pod: null, ...(owner === undefined ? {} : { owner }) };
  return chainOf(inventory, { rules: RULES, report: auditInventory(inventory) }, cluster, target);
}

const isLabeled = ({ labels = {} }: Pod): boolean => 'eks.amazonaws.com/skip-pod-identity-webhook' in labels;

describe('the label that keeps the webhook away', () => {
  it('concerns the pods that have it, and nobody else of their service account', () => {
    fc.assert(
      fc.property(accountsRightAround, (given) => {
        const pod = (given.pods ?? []).find((one) => !isLabeled(one));
        fc.pre(pod !== undefined);
        const beside = inventoryOfCase({ ...given, pods: [...(given.pods ?? []), labeledBeside(pod)] });
        const { verdict, by } = whyOf(beside, pod);
        expect([verdict, by]).toEqual((({ verdict: alone, by: way }) => [alone, way])(whyOf(inventoryOfCase(given), pod)));
        // Who asks about these pods is told of it, where they are to have a role.
        const own = whyOf(beside, pod, { kind: 'Deployment', name: 'tool' });
        if (own.by !== null) expect(own.verdict).toBe('broken');
      }),
      { numRuns: 80, seed: 20261130 },
    );
  });
});
