import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { admissionsOf } from '../../src/engine/admissions.js';
import { atLeast } from '../../src/model/report/finding.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { issuerIdOfCluster } from '../../src/model/inventory/issuer-id.js';
import { seen } from '../../src/model/inventory/observed.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import { auditInventory, whyNot } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { ACCOUNT, OWN_PROVIDER, PROD, ROLE, trusts } from './made-up-trusts.js';

const OF_TRUST = ['statement', 'audience', 'subject', 'other conditions', 'deny', 'trust policy'];

type Answer = 'allowed' | 'denied' | 'undecided';

/** What `why` says of the trust policy of a service account's role, or of the whole way to it; null where it does not come to that. */
function byWhy(inventory: Inventory, cluster: string, account: string, isWhole = false): Answer | null {
  const [namespace = '', serviceAccount = ''] = account.split('/');
  const { links } = whyNot(inventory, { cluster, namespace, serviceAccount }, DEFAULT_SETTINGS);
  const ofTrust = links.filter(({ link }) => OF_TRUST.includes(link));
  if (ofTrust.length === 0) return null;
  const states = (isWhole ? links : ofTrust).map(({ state }) => state);
  return states.includes('broken') ? 'denied' : states.includes('undecided') ? 'undecided' : 'allowed';
}

/** Service accounts that use the role and of which `why` and `who` say two things. */
function differing(inventory: Inventory): readonly string[] {
  const entrances = admissionsOf(inventory, ROLE).roles[0]?.entrances ?? [];
  return inventory.regions.flatMap((region) =>
    seen(region.clusters).flatMap((cluster) => {
      const url = issuerIdOfCluster(cluster);
      const ofIssuer = entrances.filter(({ issuer }) => issuer === url);
      const own = ofIssuer.filter(
        ({ provider, audience, clientIds }) => provider === 'there' && audience === 'sts.amazonaws.com' && clientIds === undefined,
      );
      return seen(cluster.serviceAccounts).flatMap(({ namespace, name }) => {
        // By an issuer that no statement is for nobody is allowed, whatever the policy says of others.
        const why = byWhy(inventory, `${cluster.region}/${cluster.name}`, `${namespace}/${name}`, ofIssuer.length === 0);
        const isIn = (list: readonly string[] | null | undefined): boolean => list?.includes(`${namespace}/${name}`) === true;
        const who = own.some(({ serviceAccounts }) => isIn(serviceAccounts))
          ? 'allowed'
          : own.some(({ maybe }) => isIn(maybe))
            ? 'undecided'
            : 'denied';
        return why === null || own.length < Math.min(ofIssuer.length, 1) || why === who ? [] : [`${name}: why ${why}, who ${who}`];
      });
    }),
  );
}

/** What each says of a role that one service account uses, under one more condition. */
function answers(operator: string, key: string, value: string): unknown {
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: OWN_PROVIDER },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${PROD}:aud`]: 'sts.amazonaws.com' }, [operator]: { [key]: value } },
  };
  const inventory = inventoryOfCase({
    account: ACCOUNT,
    clusters: [{ name: 'prod', issuer: `https://${PROD}` }],
    providers: [{ arn: OWN_PROVIDER }],
    roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: [statement] } }],
    serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': ROLE } }],
  });
  const broken = auditInventory(inventory).findings.some(({ kind, severity }) => kind === 'break' && atLeast(severity, 'high'));
  const who = admissionsOf(inventory, ROLE).roles[0]?.entrances[0]?.who.kind;
  return [broken ? 'broken' : 'silent', byWhy(inventory, 'eu-west-1/prod', 'shop/app'), who];
}

describe('audit, why and who', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['DateLessThan', 'aws:CurrentTime', '2024-01-01T00:00:00Z', ['broken', 'denied', 'nobody']],
    ['NumericLessThan', 'aws:EpochTime', '1704067200', ['broken', 'denied', 'nobody']],
    ['DateLessThanIfExists', 'aws:EpochTime', '1704067200', ['broken', 'denied', 'nobody']],
    ['DateLessThan', 'aws:CurrentTime', '2099-01-01T00:00:00Z', ['silent', 'allowed', 'everybody']],
    ['DateGreaterThan', 'aws:CurrentTime', '2024-01-01T00:00:00Z', ['silent', 'allowed', 'everybody']],
    // It opens by itself one day.
    ['DateGreaterThan', 'aws:CurrentTime', '2099-01-01T00:00:00Z', ['silent', 'undecided', 'undecided']],
    ['NumericEquals', `${PROD}:sub`, '7', ['broken', 'denied', 'nobody']],
    ['DateEquals', `${PROD}:sub`, '2024-01-01T00:00:00Z', ['broken', 'denied', 'nobody']],
    ['IpAddress', `${PROD}:sub`, '10.0.0.0/8', ['broken', 'denied', 'nobody']],
  ])('agree on %s %s %s', (operator, key, value, expected) => {
    expect(answers(operator, key, value)).toEqual(expected);
  });
});

describe('why and who', () => {
  it('say the same of a trust policy', () => {
    fc.assert(
      fc.property(trusts, (given) => {
        expect(differing(inventoryOfCase(given))).toEqual([]);
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200), seed: 20261129 },
    );
  });
});
