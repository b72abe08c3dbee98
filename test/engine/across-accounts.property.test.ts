import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { known, seen } from '../../src/model/inventory/observed.js';
import type { Finding } from '../../src/model/report/finding.js';
import type { Inventory, Json } from '../../src/model/inventory/inventory.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import { auditInventory, followWorkload, whyNot } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { accounts } from './made-up-account.js';

const ELSEWHERE = '555566667777';
const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835';
const HOME = '210987654321';

/** An account whose clusters are in one account, and whose providers and roles are in the one that their ARNs name. */
function split(inventory: Inventory): { readonly clusters: Inventory; readonly roles: Inventory } {
  return {
    clusters: { ...inventory, account: ELSEWHERE, providers: known([]), roles: known([]) },
    roles: { ...inventory, regions: [] },
  };
}

const named = ({ rule, severity, confidence, subject, evidence }: Finding): unknown => ({
  rule,
  severity,
  confidence,
  subject: subject.id,
  evidence,
});

describe('an account in two halves', () => {
  it('breaks for the service accounts that name its roles as it does whole', () => {
    let told = 0;
    fc.assert(
      fc.property(accounts, (given) => {
        const whole = inventoryOfCase(given);
        const { clusters, roles } = split(whole);
        const ofAnnotations = new Set(
          whole.regions.flatMap(({ clusters: all }) =>
            seen(all).flatMap(({ name, serviceAccounts }) =>
              seen(serviceAccounts).flatMap((one) =>
                (one.annotations['eks.amazonaws.com/role-arn'] ?? '').startsWith(`arn:aws:iam::${whole.account}:role/`)
                  ? [`${name}/${one.namespace}/${one.name}`]
                  : [],
              ),
            ),
          ),
        );
        const isOfThem = ({ kind, subject, related }: Finding): boolean =>
          kind === 'break' &&
          ['service-account', 'pod'].includes(subject.type) &&
          [subject, ...related].some(({ type, id }) => type === 'service-account' && ofAnnotations.has(id));
        const wanted = auditInventory(whole).findings.filter(isOfThem);
        const found = auditInventory(clusters, { others: [roles] }).findings;
        told += wanted.length;
        expect(found.filter(isOfThem).map(named)).toEqual(expect.arrayContaining(wanted.map(named)));
      }),
      { numRuns: 60 },
    );
    expect(told).toBeGreaterThan(20);
  });

  it('has the same answer to why', () => {
    let broken = 0;
    fc.assert(
      fc.property(accounts, (given) => {
        const whole = inventoryOfCase(given);
        const { clusters, roles } = split(whole);
        for (const { clusters: all } of whole.regions)
          for (const { name, region, serviceAccounts, podIdentityAssociations } of seen(all))
            for (const { namespace, name: serviceAccount, annotations } of seen(serviceAccounts)) {
              const isAssociated = seen(podIdentityAssociations).some(
                (one) => one.serviceAccount === serviceAccount && one.namespace === namespace,
              );
              const role = annotations['eks.amazonaws.com/role-arn'] ?? '';
              if (isAssociated || !role.startsWith(`arn:aws:iam::${whole.account}:role/`)) continue;
              const asked = { cluster: `${region}/${name}`, namespace, serviceAccount };
              const wanted = whyNot(whole, asked, DEFAULT_SETTINGS);
              const { chain } = followWorkload(clusters, asked, DEFAULT_SETTINGS, { others: [roles] });
              broken += wanted.verdict === 'broken' ? 1 : 0;
              const states = wanted.links.map(({ link, state, error }) => ({ link, state, error }));
              expect([chain.account, chain.verdict]).toEqual([ELSEWHERE, wanted.verdict]);
              expect(chain.links).toMatchObject(states);
            }
      }),
      { numRuns: 60 },
    );
    expect(broken).toBeGreaterThan(20);
  });
});

const arnOf = (account: string): string => `arn:aws:iam::${account}:oidc-provider/${ISSUER}`;
const trust = (account: string, subject: string): NonNullable<Json> => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: arnOf(account) },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${ISSUER}:sub`]: subject, [`${ISSUER}:aud`]: 'sts.amazonaws.com' } },
    },
  ],
});
const READ_ONLY = ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'];
const SUBJECT = 'system:serviceaccount:shop:app';
const ROLE = `arn:aws:iam::${ELSEWHERE}:role/app`;
const HERE: Case = {
  account: HOME,
  clusters: [{ name: 'prod', issuer: `https://${ISSUER}` }],
  providers: [{ arn: arnOf(HOME) }],
  serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': ROLE } }],
};
const THERE: Case = {
  account: ELSEWHERE,
  clusters: [],
  providers: [{ arn: arnOf(ELSEWHERE) }],
  roles: [{ arn: ROLE, trustPolicy: trust(ELSEWHERE, SUBJECT), attachedPolicies: READ_ONLY }],
};

/** What the first is told of beside the others: severity, rule and subject. */
function told(given: Case, ...others: readonly Case[]): readonly string[] {
  const { findings } = auditInventory(inventoryOfCase(given), { others: others.map(inventoryOfCase) });
  return findings.map(({ severity, rule, subject }) => `${severity} ${rule} ${subject.id}`);
}

describe('a service account whose role is in another account', () => {
  const followed = (there: Case, here: Case = HERE): ReturnType<typeof followWorkload> =>
    followWorkload(inventoryOfCase(here), { namespace: 'shop', serviceAccount: 'app' }, DEFAULT_SETTINGS, {
      others: [inventoryOfCase(there)],
    });

  it('is silent where that role allows it', () => {
    expect(told(HERE, THERE)).toEqual([]);
    expect(followed(THERE).chain.links.map(({ link, state }) => `${link} ${state}`)).toContain('subject ok');
  });

  it.each<[string, Case, string]>([
    ['that account has no provider for the cluster', { ...THERE, providers: [] }, 'high provider-missing prod'],
    [
      'its role allows another',
      { ...THERE, roles: [{ arn: ROLE, trustPolicy: trust(ELSEWHERE, 'system:serviceaccount:shop:web') }] },
      `high subject-mismatch ${ROLE}`,
    ],
    ['that account has no such role', { ...THERE, roles: [] }, 'high annotation-role-missing prod/shop/app'],
  ])('is broken where %s', (_why, there, wanted) => {
    expect(told(HERE, there)).toEqual([wanted]);
    expect(followed(there).chain.verdict).toBe('broken');
  });

  it('gets no command that would be run in the wrong account', () => {
    const there: Case = { ...THERE, providers: [] };
    const [finding] = auditInventory(inventoryOfCase(HERE), { others: [inventoryOfCase(there)] }).findings;
    expect([finding?.fix?.commands, finding?.fix?.verified]).toEqual([[], false]);
    expect(finding?.message).toMatch(new RegExp(`^Account ${ELSEWHERE}: `));
    expect(followed(there).chain.findings.flatMap(({ fix }) => fix?.commands ?? [])).toEqual([]);
  });

  it('is none of the role of its name here', () => {
    const namesake = { arn: `arn:aws:iam::${HOME}:role/app`, trustPolicy: trust(HOME, SUBJECT), attachedPolicies: READ_ONLY };
    const here: Case = { ...HERE, roles: [namesake] };
    expect(told(here)).toContain('medium annotation-account-foreign prod/shop/app');
    expect(told(here, THERE).join()).not.toMatch(/annotation-account-foreign/);
  });

  it('is looked for in the account of the role alone, whatever else has a cluster of that name', () => {
    const other = `https://oidc.eks.eu-west-1.amazonaws.com/id/${'B'.repeat(32)}`;
    const there: Case = { ...THERE, clusters: [{ name: 'prod', issuer: other }], roles: [] };
    expect(told(HERE, there)).toEqual(['high annotation-role-missing prod/shop/app']);
  });
});

describe('what another account has to do with this one', () => {
  it('is whose cluster a provider is for', () => {
    const here: Case = { account: ELSEWHERE, clusters: [], providers: [{ arn: arnOf(ELSEWHERE) }], roles: THERE.roles ?? [] };
    const alone = told(here);
    expect(alone.some((one) => one.includes('provider-orphaned'))).toBe(true);
    expect(told(here, HERE)).toEqual([]);
  });

  const TARGET = `arn:aws:iam::${ELSEWHERE}:role/data`;
  const associated = (statement: NonNullable<Json>): readonly [Case, Case] => [
    {
      ...HERE,
      serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: {} }],
      roles: [
        {
          arn: `arn:aws:iam::${HOME}:role/app`,
          trustPolicy: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'] },
            ],
          },
          inlinePolicies: {
            go: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:TagSession'], Resource: TARGET }] },
          },
        },
      ],
      podIdentityAssociations: [
        { cluster: 'prod', namespace: 'shop', serviceAccount: 'app', roleArn: `arn:aws:iam::${HOME}:role/app`, targetRoleArn: TARGET },
      ],
    },
    {
      account: ELSEWHERE,
      clusters: [],
      roles: [{ arn: TARGET, trustPolicy: { Version: '2012-10-17', Statement: [statement] }, attachedPolicies: READ_ONLY }],
    },
  ];
  const naming = (name: string, action: readonly string[]): NonNullable<Json> => ({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${HOME}:role/${name}` },
    Action: action,
  });

  it('is whether the target role of an association trusts its role', () => {
    const [here, there] = associated(naming('app', ['sts:AssumeRole', 'sts:TagSession']));
    expect(told(here, there)).toEqual([]);
    const [, untagged] = associated(naming('app', ['sts:AssumeRole']));
    expect(told(here, untagged)).toEqual([`high target-role-trust-missing ${TARGET}`]);
    const { findings } = auditInventory(inventoryOfCase(here), { others: [inventoryOfCase(untagged)] });
    expect(findings.flatMap(({ fix }) => fix?.commands ?? [])).toEqual([]);
    const [, another] = associated(naming('web', ['sts:AssumeRole', 'sts:TagSession']));
    expect(told(here, another)).toEqual([`high target-role-trust-missing ${TARGET}`]);
  });
});
