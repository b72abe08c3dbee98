import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { toldOf } from '../cases/told-of.js';
import { CONFIDENCES, SEVERITIES, type Finding } from '../../src/model/report/finding.js';
import { unknown, type UnknownReason } from '../../src/model/inventory/observed.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { accounts } from './made-up-account.js';

/** What is said of service accounts by whether pods run as them, and as what. */
const BY_PODS = ['annotation-missing', 'annotation-malformed', 'pod-identity-and-irsa'];

/** The same account whose pods were not read. */
function withoutPods(inventory: Inventory, reason: UnknownReason): Inventory {
  const regions = inventory.regions.map((region) => ({
    ...region,
    clusters: region.clusters.known
      ? { known: true as const, value: region.clusters.value.map((one) => ({ ...one, workloads: unknown(reason, 'not read') })) }
      : region.clusters,
  }));
  return { ...inventory, regions };
}

/** What is slight is slight: whether it is worth a look may hang on what nobody asked for. */
const gravity = ({ severity }: Finding): number => Math.max(SEVERITIES.indexOf(severity), SEVERITIES.indexOf('low'));
const certainty = ({ confidence }: Finding): number => CONFIDENCES.indexOf(confidence);

/** Whether a finding is graver or surer than that of the whole account; what that does not tell counts as slight. */
function isMore(finding: Finding, full: Finding | undefined): boolean {
  const isSurer = full !== undefined && certainty(finding) > certainty(full);
  return isSurer || gravity(finding) > (full === undefined ? SEVERITIES.indexOf('low') : gravity(full));
}

describe('what is said of a service account by its pods', () => {
  it.each<UnknownReason>(['denied', 'not-requested'])('is no graver and no surer where they are unread: %s', (reason) => {
    fc.assert(
      fc.property(accounts, (account) => {
        const whole = inventoryOfCase(account);
        const full = toldOf(whole);
        const more = [...toldOf(withoutPods(whole, reason)).findings.values()].filter(
          (one) => BY_PODS.includes(one.rule) && !full.hidden.has(one.fingerprint) && isMore(one, full.findings.get(one.fingerprint)),
        );
        expect(more.map(({ rule, subject, severity, confidence }) => `${rule} of ${subject.id}: ${severity}, ${confidence}`)).toEqual([]);
      }),
      { numRuns: 120, seed: 20261128 },
    );
  });
});
