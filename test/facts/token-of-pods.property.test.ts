import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deriveFacts, type Facts } from '../../src/facts/account/facts.js';
import { errorOf, isGivenByWebhook, judgeByHand, type ByHand } from '../../src/facts/pod/role-by-hand.js';
import { serviceAccountsIn, type LiveServiceAccount } from '../../src/facts/account/service-accounts.js';
import { webIdentityRefused } from '../../src/facts/pod/web-identity-of-pods.js';
import { WEBHOOK_VOLUME } from '../../src/facts/account/pods-by-hand.js';
import { seen } from '../../src/model/inventory/observed.js';
import type { Workload } from '../../src/model/inventory/workload.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { accounts } from '../engine/made-up-account.js';

/** What the two say of one container that names its role and its token: of web identity beside an association, and of variables of its own. */
function sayingsOf(workload: Workload, of: LiveServiceAccount, facts: Facts): readonly (readonly [string | null, string | null])[] {
  const isByHand = (one: Workload['containers'][number]): one is ByHand => one.roleArn !== null && one.tokenFile !== null;
  // As the webhook mounts them: what a manifest sets itself is asked about as that alone.
  const renamed = workload.containers.filter(isByHand).map((one) => ({
    ...one,
    tokens: one.tokens.map((token) => ({ ...token, volume: WEBHOOK_VOLUME })),
  }));
  const given = renamed.filter((one) => isGivenByWebhook({ skipsWebhook: false }, one));
  return given.flatMap((container) => {
    const alone = {
      ...workload,
      annotations: {},
      skipsWebhook: false,
      containers: [{ ...container, variables: ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'] }],
    };
    const { refusals } = judgeByHand(container, workload, of.cluster.url, facts);
    const [first] = refusals;
    return [[webIdentityRefused(alone, of, facts)?.error ?? null, first === undefined ? null : errorOf(first, of.cluster.url)] as const];
  });
}

describe('the token that a container brings to a role', () => {
  it('is refused alike, whether it is asked about beside an association or as one set by hand', () => {
    let asked = 0;
    fc.assert(
      fc.property(accounts, (given) => {
        const facts = deriveFacts(inventoryOfCase(given));
        for (const { cluster } of facts.issuingClusters) {
          const scope = { kind: 'cluster', region: cluster.region, cluster: cluster.name } as const;
          for (const { of } of serviceAccountsIn(facts, scope)) {
            const own = seen(cluster.workloads).filter(
              (one) => one.namespace === of.serviceAccount.namespace && one.serviceAccount === of.serviceAccount.name,
            );
            for (const [beside, byHand] of own.flatMap((workload) => sayingsOf(workload, of, facts))) {
              asked += 1;
              expect(beside).toBe(byHand);
            }
          }
        }
      }),
      { numRuns: 8000, seed: 20261129 },
    );
    expect(asked).toBeGreaterThan(50);
  });
});
