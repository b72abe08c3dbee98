import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import { auditInventory, whyNot } from '../../src/pipeline/pipeline.js';
import { caseOf } from '../cases/cases-of-rules.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const ofRule = (name: string): Case => caseOf('pod-identity-compute-unsupported', name);

/** botocore 1.43: a provider that was set and fails ends the search; only where none is set does it find no credentials. */
describe('the error of pods that EKS Pod Identity does not serve', () => {
  it.each([
    ['bad-fargate', 'Error when retrieving credentials from container-role: Error retrieving metadata'],
    ['bad-windows', 'Unable to locate credentials'],
  ])('%s', (name, error) => {
    const given = ofRule(name);
    const inventory = inventoryOfCase(given);
    const told = auditInventory(inventory).findings.filter(({ rule }) => rule === 'pod-identity-compute-unsupported');
    expect(told.map((one) => one.error)).toEqual([error]);
    const [pod] = given.pods ?? [];
    const why = whyNot(
      inventory,
      {
        cluster: given.clusters?.[0]?.name ?? '',
        namespace: pod?.namespace ?? '',
        serviceAccount: pod?.serviceAccountName ?? '',
      },
      DEFAULT_SETTINGS,
    );
    expect(why.links.find(({ state }) => state === 'broken')?.error).toBe(error);
  });
});
