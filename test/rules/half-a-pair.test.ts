import { expect, it } from '@jest/globals';
import { known, seen } from '../../src/model/inventory/observed.js';
import { podRoleWithoutToken } from '../../src/rules/pod/pod-role-without-token/rule.js';
import { caseOf } from '../cases/cases-of-rules.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { runRule } from './run-rule.js';

it.each([
  [{}, undefined],
  [{ hasEnvFrom: true } as const, 'possible'],
])('half a pair is less than certain where the other half may come from a config map: %j', (more, confidence) => {
  const inventory = inventoryOfCase(caseOf('pod-role-without-token', 'bad-role-alone'));
  const regions = inventory.regions.map((region) => ({
    ...region,
    clusters: known(
      seen(region.clusters).map((cluster) => ({
        ...cluster,
        workloads: known(
          seen(cluster.workloads).map((workload) => ({
            ...workload,
            containers: workload.containers.map((container) => ({ ...container, ...more })),
          })),
        ),
      })),
    ),
  }));
  expect(runRule(podRoleWithoutToken, { ...inventory, regions }).map(({ raised }) => raised.confidence)).toEqual([confidence]);
});
