import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/model/report/finding.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

/** A role whose service accounts ask for audiences: who is wrong is what differs from that on which the others agree. */

const ACCOUNT = '210987654321';
const PROD = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835';
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${PROD}`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
const STS = 'sts.amazonaws.com';
const OWN = 'own.example';

interface Asked {
  /** The audience that each service account asks for by annotation; null = none. */
  readonly asked: readonly (string | null)[];
  readonly listed: readonly string[];
  /** What the role demands; null = nothing. */
  readonly demanded: Json | null;
  /** What else its statement holds. */
  readonly broken?: (condition: Record<string, Record<string, Json>>) => Json;
}

const NAMES = ['a', 'b', 'c'];
const subjectOf = (name: string): string => `system:serviceaccount:shop:${name}`;

function findingsOf({ asked, listed, demanded, broken = (condition) => condition }: Asked): readonly Finding[] {
  const names = NAMES.slice(0, asked.length);
  const condition = {
    StringEquals: { [`${PROD}:sub`]: names.map(subjectOf), ...(demanded === null ? {} : { [`${PROD}:aud`]: demanded }) },
  };
  return auditInventory(
    inventoryOfCase({
      account: ACCOUNT,
      clusters: [{ name: 'prod', issuer: `https://${PROD}` }],
      providers: [{ arn: PROVIDER, clientIds: listed }],
      roles: [
        {
          arn: ROLE,
          trustPolicy: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Federated: PROVIDER },
                Action: 'sts:AssumeRoleWithWebIdentity',
                Condition: broken(condition),
              },
            ],
          },
          inlinePolicies: { own: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }] } },
        },
      ],
      serviceAccounts: names.map((name, index) => ({
        cluster: 'prod',
        namespace: 'shop',
        name,
        annotations: {
          'eks.amazonaws.com/role-arn': ROLE,
          ...(asked[index] == null ? {} : { 'eks.amazonaws.com/audience': asked[index] }),
        },
      })),
      pods: [],
    }),
  ).findings;
}

/** The breaks, with the last part of what they are of, and the kinds of patches that have ready commands. */
const told = (given: Asked): string[] =>
  findingsOf(given)
    .filter(({ severity }) => severity !== 'info')
    .map(({ rule, subject, fix }) =>
      [rule, subject.id.split('/').at(-1), ...((fix?.commands.length ?? 0) > 0 ? (fix?.patches ?? []).map(({ kind }) => kind) : [])].join(
        ' ',
      ),
    );

const ISSUER = PROD.split('/').at(-1) ?? '';

describe('a service account that asks for another audience than the role takes', () => {
  it.each<[string, Asked, string[]]>([
    [
      'one of three, whose others are allowed: its annotation',
      { asked: [OWN, null, null], listed: [STS, OWN], demanded: STS },
      ['audience-annotation-mismatch a service-account'],
    ],
    [
      'two of three, whose other is allowed: their annotations',
      { asked: [OWN, OWN, null], listed: [STS, OWN], demanded: STS },
      ['audience-annotation-mismatch a service-account', 'audience-annotation-mismatch b service-account'],
    ],
    [
      'one of three that asks for a third one',
      { asked: ['third.example', OWN, OWN], listed: [STS, OWN, 'third.example'], demanded: OWN },
      ['audience-annotation-mismatch a service-account'],
    ],
    [
      'one of three, while the provider lacks what role and others agree on: both, and no wider role',
      { asked: [OWN, null, null], listed: [OWN], demanded: STS },
      ['audience-annotation-mismatch a', `provider-audience-missing ${ISSUER} provider`],
    ],
    [
      'one of three that nobody knows',
      { asked: [OWN, null, null], listed: [STS], demanded: STS },
      ['audience-annotation-mismatch a service-account'],
    ],
    ['the only one: role or annotation, so nothing to run', { asked: [OWN], listed: [STS, OWN], demanded: STS }, ['audience-mismatch app']],
    [
      'the only one, and the provider lists no other: the role',
      { asked: [OWN], listed: [OWN], demanded: STS },
      ['audience-mismatch app trust-policy'],
    ],
    [
      'all of three, and the provider lists it: the role',
      { asked: [OWN, OWN, OWN], listed: [STS, OWN], demanded: STS },
      ['audience-mismatch app trust-policy'],
    ],
    [
      'one of three, and the role names it: the provider',
      { asked: [OWN, null, null], listed: [STS], demanded: [STS, OWN] },
      [`provider-audience-missing ${ISSUER} provider`],
    ],
  ])('%s', (_, given, expected) => {
    expect(told(given)).toEqual(expected);
  });

  it.each<[string, Asked]>([
    ['that both list', { asked: [OWN, null, null], listed: [STS, OWN], demanded: [STS, OWN] }],
    ['that the provider lists, of a role that requires none', { asked: [OWN, null, null], listed: [STS, OWN], demanded: null }],
    ['that all ask for', { asked: [OWN, OWN, OWN], listed: [STS, OWN], demanded: OWN }],
  ])('is silent for one %s', (_, given) => {
    expect(told(given)).toEqual([]);
  });
});

const rename = (from: string, to: string) => (condition: Record<string, Record<string, Json>>) =>
  JSON.parse(JSON.stringify(condition).replaceAll(from, to)) as Json;

describe('a ready command', () => {
  const BROKEN: readonly (readonly [string, NonNullable<Asked['broken']>])[] = [
    ['nothing', (condition) => condition],
    ['a subject in upper case', rename('shop:b', 'shop:B')],
    ['a wildcard under StringEquals', rename('shop:b', 'shop:*')],
    ['a key with https', rename(`${PROD}:aud`, `https://${PROD}:aud`)],
    ['a key of no issuer', rename(`${PROD}:aud`, 'aud')],
    ['an operator without effect', rename('"StringEquals"', '"ForAllValues:StringEquals"')],
    ['a condition that no token meets', (condition) => ({ ...condition, Null: { [`${PROD}:aud`]: 'true' } })],
    ['the audience excluded', (condition) => ({ ...condition, StringNotEquals: { [`${PROD}:aud`]: STS } })],
  ];
  const CARRIED = [[OWN], [OWN, null], [OWN, null, null], [OWN, 'third.example', null]];
  const LISTED = [[STS], [STS, OWN], [STS, OWN, 'third.example']];
  const DEMANDED = [STS, [STS], '<audience>', '*'];
  it.each(BROKEN)('lets no audience in for which one annotation alone speaks, beside %s', (_, broken) => {
    for (const asked of CARRIED)
      for (const listed of LISTED)
        for (const demanded of DEMANDED)
          for (const { rule, fix } of findingsOf({ asked, listed, demanded, broken }))
            for (const { kind, before, after } of fix !== null && fix.commands.length > 0 ? fix.patches : []) {
              if (kind !== 'trust-policy') continue;
              const widened = NAMES.filter((name) => {
                const token = { providerArn: PROVIDER, issuer: `https://${PROD}`, audience: OWN, subject: subjectOf(name) };
                return evaluateTrust(after, token).verdict === 'allowed' && evaluateTrust(before, token).verdict === 'denied';
              });
              expect([rule, asked, listed, demanded, widened]).toEqual([rule, asked, listed, demanded, []]);
            }
  });
});
