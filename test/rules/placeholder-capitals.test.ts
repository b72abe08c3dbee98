import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

/** Where letters are compared without case, capitals alone are no sign of a template. */

const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const ROLE = 'arn:aws:iam::210987654321:role/app';
const PROVIDER = `arn:aws:iam::210987654321:oidc-provider/${URL}`;

type Account = readonly [namespace: string, name: string];

/** @param accounts the service accounts that are there; null = Kubernetes was not asked */
function accountOf(operator: string, values: readonly string[], accounts: readonly Account[] | null): Case {
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: PROVIDER },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${URL}:aud`]: 'sts.amazonaws.com' }, [operator]: { [`${URL}:sub`]: values } },
  };
  return {
    clusters: [{ name: 'prod', issuer: `https://${URL}` }],
    providers: [{ arn: PROVIDER }],
    roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: [statement] } }],
    ...(accounts === null
      ? {}
      : {
          serviceAccounts: accounts.map(([namespace, name]) => ({
            cluster: 'prod',
            namespace,
            name,
            annotations: { 'eks.amazonaws.com/role-arn': ROLE },
          })),
        }),
  };
}

const told = (given: Case): readonly string[] =>
  auditInventory(inventoryOfCase(given))
    .findings.filter(({ rule }) => rule === 'placeholder-left')
    .map(({ message, confidence }) => `${confidence}: ${/still holds (.*), which/.exec(message)?.[1]}`);

const NAMES = ['pay', 'namespace', 'example', 'serviceaccount', 'example-worker', 'worker', 'xxxxx', 'your-namespace'] as const;
const name = fc.constantFrom(...NAMES);
const account = fc.tuple(name, name);
const written = fc
  .tuple(account, fc.constantFrom(0, 1, 2, 3))
  .map(([[namespace, sa], capitals]) =>
    ['system:serviceaccount:', namespace, ':', sa]
      .map((part, index) => (index <= capitals || index % 2 === capitals % 2 ? part.toUpperCase() : part))
      .join(''),
  );

describe('a subject in capitals, compared without case', () => {
  it('holds no placeholder where it allows a service account that is there', () => {
    let allowing = 0;
    fc.assert(
      fc.property(
        fc.constantFrom('StringEqualsIgnoreCase', 'ForAnyValue:StringEqualsIgnoreCase', 'StringEqualsIgnoreCaseIfExists'),
        written,
        fc.uniqueArray(account, { minLength: 1, maxLength: 4, selector: (one) => one.join(':') }),
        (operator, value, accounts) => {
          const given = accountOf(operator, [value], accounts);
          const isAllowed = accounts.some(
            ([namespace, sa]) =>
              evaluateTrust(given.roles![0]!.trustPolicy, {
                providerArn: PROVIDER,
                issuer: `https://${URL}`,
                audience: 'sts.amazonaws.com',
                subject: `system:serviceaccount:${namespace}:${sa}`,
              }).verdict === 'allowed',
          );
          fc.pre(isAllowed);
          allowing += 1;
          expect(told(given)).toEqual([]);
        },
      ),
      { numRuns: Math.ceil(Number(process.env['PROPERTY_RUNS'] ?? 100_000) / 500), seed: 20261201 },
    );
    expect(allowing).toBeGreaterThan(0);
  });

  it.each<[string, readonly Account[] | null]>([
    ['SYSTEM:SERVICEACCOUNT:PAY:WORKER', null],
    ['SYSTEM:SERVICEACCOUNT:PAY:WORKER', [['pay', 'worker']]],
    ['SYSTEM:SERVICEACCOUNT:PAY:API', [['pay', 'worker']]],
    ['system:serviceaccount:PAY:EXAMPLE-WORKER', null],
    ['System:ServiceAccount:Pay:Worker', null],
    ['system:serviceaccount:NAMESPACE:worker', [['namespace', 'default']]],
    ['system:serviceaccount:pay:SERVICEACCOUNT', [['pay', 'serviceaccount']]],
    ['SYSTEM:SERVICEACCOUNT:NAMESPACE-OPERATOR:MANAGER', null],
  ])('%s holds none', (value, accounts) => expect(told(accountOf('StringEqualsIgnoreCase', [value], accounts))).toEqual([]));

  it.each<[string, readonly Account[] | null, string]>([
    ['system:serviceaccount:NAMESPACE:worker', null, 'likely: NAMESPACE'],
    ['system:serviceaccount:NAMESPACE:worker', [['pay', 'worker']], 'certain: NAMESPACE'],
    ['SYSTEM:SERVICEACCOUNT:NAMESPACE:WORKER', [['pay', 'worker']], 'certain: NAMESPACE'],
    ['system:serviceaccount:pay:SERVICE_ACCOUNT_NAME', [['pay', 'worker']], 'certain: SERVICE_ACCOUNT_NAME'],
    ['SYSTEM:SERVICEACCOUNT:PAY:SERVICE_ACCOUNT_NAME', null, 'certain: SERVICE_ACCOUNT_NAME'],
    ['SYSTEM:SERVICEACCOUNT:<NAMESPACE>:WORKER', null, 'certain: <NAMESPACE>'],
    ['system:serviceaccount:YOUR-NAMESPACE:worker', [['pay', 'worker']], 'certain: YOUR-NAMESPACE'],
    ['SYSTEM:SERVICEACCOUNT:${namespace}:WORKER', null, 'certain: ${namespace}'],
  ])('%s holds one', (value, accounts, found) => expect(told(accountOf('StringEqualsIgnoreCase', [value], accounts))).toEqual([found]));

  it.each(['SYSTEM:SERVICEACCOUNT:PAY:WORKER', 'system:serviceaccount:NAMESPACE:worker'])('%s, where case counts, holds one', (value) =>
    expect(told(accountOf('StringEquals', [value], [['pay', 'worker']]))).toHaveLength(1),
  );
});
