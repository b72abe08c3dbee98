import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainOf } from '../../src/engine/chain/chain.js';
import type { Chain } from '../../src/model/report/chain.js';
import { CONFIDENCES, SEVERITIES, type Finding } from '../../src/model/report/finding.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { seen, unknown, type UnknownReason } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { commandsOf, toldOf } from '../cases/told-of.js';
import { accounts, OF_AGENT } from './made-up-account.js';
import { roleArn } from './made-up-statements.js';

/** Accounts in which pods show each association, by the variables that the webhook gave them for it; with a role that is for Pod Identity, and without. */
const shown: fc.Arbitrary<Case> = fc.tuple(accounts, fc.boolean()).map(([given, forPods]) => ({
  ...given,
  roles: (given.roles ?? []).filter(({ arn }) => forPods || arn !== roleArn('pods')),
  pods: [
    ...(given.pods ?? []),
    ...(given.podIdentityAssociations ?? []).map(({ cluster, namespace, serviceAccount }) => ({
      cluster,
      namespace,
      name: `shown-${serviceAccount}`,
      serviceAccountName: serviceAccount,
      env: OF_AGENT,
    })),
  ],
}));

function withoutAssociations(inventory: Inventory, reason: UnknownReason): Inventory {
  const regions = inventory.regions.map((region) => ({
    ...region,
    clusters: region.clusters.known
      ? {
          known: true as const,
          value: region.clusters.value.map((one) => ({ ...one, podIdentityAssociations: unknown(reason, 'not read') })),
        }
      : region.clusters,
  }));
  return { ...inventory, regions };
}

/**
 * Whether a finding is surer than that of the whole account, has a command that that has not, or is graver: what the associations
 * decide is medium. A dead piece beside what lives is slight only where every use was read, and is graver where that was refused.
 */
function isMore(one: Finding, before: Finding | undefined, reason: UnknownReason): boolean {
  const gravity = SEVERITIES.indexOf(one.severity);
  if (before === undefined) return gravity > SEVERITIES.indexOf('low');
  const isGraver = reason === 'not-requested' && gravity > Math.max(SEVERITIES.indexOf(before.severity), SEVERITIES.indexOf('medium'));
  const isSurer = CONFIDENCES.indexOf(one.confidence) > CONFIDENCES.indexOf(before.confidence);
  return isSurer || isGraver || (commandsOf(one) > 0 && commandsOf(before) === 0);
}

/** What the report tells beyond that of the account whose associations were read. */
function toldBeyond(whole: Inventory, reason: UnknownReason): readonly string[] {
  const full = toldOf(whole);
  return [...toldOf(withoutAssociations(whole, reason)).findings.values()]
    .filter((one) => !full.hidden.has(one.fingerprint) && isMore(one, full.findings.get(one.fingerprint), reason))
    .map(({ rule, subject, severity, confidence }) => `${rule} of ${subject.id}: ${severity}, ${confidence}`);
}

function chainsOf(inventory: Inventory): ReadonlyMap<string, Chain> {
  const audit = { rules: RULES, report: auditInventory(inventory) };
  const clusters = inventory.regions.flatMap(({ clusters: all }) => seen(all));
  return new Map(
    clusters.flatMap((cluster) =>
      [
        ...seen(cluster.serviceAccounts),
        ...seen(cluster.workloads).map(({ namespace, serviceAccount: name }) => ({ namespace, name })),
      ].map(({ namespace, name }): [string, Chain] => [
        `${cluster.name}/${namespace}/${name}`,
        chainOf(inventory, audit, cluster, { region: cluster.region, cluster: cluster.name, namespace, serviceAccount: name, pod: null }),
      ]),
    ),
  );
}

function saidBeyond(whole: Inventory, less: Inventory): readonly string[] {
  const full = chainsOf(whole);
  return [...chainsOf(less)].flatMap(([id, { verdict, confidence }]) => {
    const before = full.get(id);
    if (before === undefined || verdict === 'open') return [];
    if (verdict === 'holds') return before.verdict === 'broken' ? [`${id}: holds, and it is broken`] : [];
    if (before.verdict !== 'broken') return [`${id}: broken, and it is ${before.verdict}`];
    return confidence === 'certain' && before.confidence !== 'certain' ? [`${id}: surer`] : [];
  });
}

describe('an account whose associations are unread, and shown by their pods', () => {
  it.each<UnknownReason>(['denied', 'not-requested'])('is told nothing beyond what it is told with them: %s', (reason) => {
    fc.assert(
      fc.property(shown, (account) => {
        const whole = inventoryOfCase(account);
        expect(toldBeyond(whole, reason)).toEqual([]);
      }),
      { numRuns: 200, seed: 20261130 },
    );
  });

  it.each<UnknownReason>(['denied', 'not-requested'])('is no more broken, and no more whole, by why: %s', (reason) => {
    fc.assert(
      fc.property(shown, (account) => {
        const whole = inventoryOfCase(account);
        expect(saidBeyond(whole, withoutAssociations(whole, reason))).toEqual([]);
      }),
      { numRuns: 100, seed: 20261130 },
    );
  });
});
