import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deriveFacts } from '../../src/facts/account/facts.js';
import { atLeast, type Finding } from '../../src/model/report/finding.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { seen } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { issuerIdIn } from '../../src/model/inventory/issuer-id.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { accounts } from './made-up-account.js';

const ACCOUNT = '210987654321';
const OWN = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835';
const GONE = 'oidc.eks.eu-west-1.amazonaws.com/id/B38E01F6A7C24D95E0F18A3B6C7D2E49';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
const SUBJECT = 'system:serviceaccount:shop:app';
const arnOf = (url: string, account = ACCOUNT): string => `arn:aws:iam::${account}:oidc-provider/${url}`;

type Conditions = Readonly<Record<string, Readonly<Record<string, Json>>>>;
const named = (url: string, sub: Json = SUBJECT, aud = 'sts.amazonaws.com'): Conditions => ({
  StringEquals: { [`${url}:aud`]: aud, [`${url}:sub`]: sub },
});
const statement = (Federated: Json, Condition: Conditions, Action = 'sts:AssumeRoleWithWebIdentity'): NonNullable<Json> => ({
  Effect: 'Allow',
  Principal: { Federated },
  Action,
  Condition,
});
const LIVING: NonNullable<Json> = statement(arnOf(OWN), named(OWN));

/** Statements that admit nobody, each by a mistake of another kind; all are meant for the one service account. */
const DEAD: Readonly<Record<string, NonNullable<Json>>> = {
  'account of another': statement(arnOf(OWN, '390264718853'), named(OWN)),
  'cluster and account of another': statement(arnOf(GONE, '390264718853'), named(GONE)),
  'scheme in the ARN': statement(arnOf(`https://${OWN}`), named(OWN)),
  'placeholder': statement('arn:aws:iam::${ACCOUNT_ID}:oidc-provider/${OIDC}', named('${OIDC}')),
  'provider that is gone': statement(arnOf(GONE), named(GONE)),
  'keys of another issuer': statement(arnOf(OWN), named(GONE)),
  'scheme in the keys': statement(arnOf(OWN), named(`https://${OWN}`)),
  'key without a claim': statement(arnOf(OWN), { StringEquals: { [OWN]: SUBJECT } }),
  'claim that STS has not': statement(arnOf(OWN), { StringEquals: { [`${OWN}:sub`]: SUBJECT, [`${OWN}:iss`]: OWN } }),
  'values that exclude each other': statement(arnOf(OWN), {
    ...named(OWN),
    StringLike: { [`${OWN}:sub`]: 'system:serviceaccount:other:*' },
  }),
  'claims of two issuers': statement([arnOf(OWN), arnOf(GONE)], { StringEquals: { [`${OWN}:sub`]: SUBJECT, [`${GONE}:sub`]: SUBJECT } }),
  'claim that is to be absent': statement(arnOf(OWN), { ...named(OWN), Null: { [`${OWN}:aud`]: 'true' } }),
  'wildcard under equals': statement(arnOf(OWN), named(OWN, 'system:serviceaccount:shop:*')),
  'form of the subject': statement(arnOf(OWN), named(OWN, 'system:serviceaccount:shop/app')),
  'operator for ARNs': statement(arnOf(OWN), { ArnEquals: { [`${OWN}:sub`]: SUBJECT } }),
  'audience that nobody has': statement(arnOf(OWN), named(OWN, SUBJECT, 'other.example')),
  'action': statement(arnOf(OWN), named(OWN), 'sts:AssumeRole'),
  'key of signed calls': statement(arnOf(OWN), { StringEquals: { [`${OWN}:sub`]: SUBJECT, 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }),
  'service for web identity': {
    Effect: 'Allow',
    Principal: { Service: 'ec2.amazonaws.com' },
    Action: 'sts:AssumeRoleWithWebIdentity',
  },
};
/** The living statement with a dead piece in it. */
const MIXED: Readonly<Record<string, NonNullable<Json>>> = {
  'another principal': statement([arnOf(OWN), arnOf(OWN, '390264718853')], named(OWN)),
  'a placeholder among the values': statement(arnOf(OWN), named(OWN, [SUBJECT, 'system:serviceaccount:NAMESPACE:SERVICE_ACCOUNT'])),
  'a subject that is none among the values': statement(arnOf(OWN), named(OWN, [SUBJECT, 'system:serviceaccount:shop:App'])),
};

function account(statements: readonly NonNullable<Json>[], over: Case = {}): Case {
  return {
    clusters: [{ name: 'prod', issuer: `https://${OWN}` }],
    providers: [{ arn: arnOf(OWN) }],
    roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: statements } }],
    serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': ROLE } }],
    ...over,
  };
}

const isGrave = ({ severity }: Finding): boolean => atLeast(severity, 'medium');
const ofRole = (given: Case, role = ROLE): readonly Finding[] =>
  auditInventory(inventoryOfCase(given)).findings.filter(({ subject }) => subject.id === role);

/** Of what is told of a role's trust policy, that which weighs something or has an error that people see. */
const grave = (given: Case): readonly string[] =>
  ofRole(given)
    .filter((one) => isGrave(one) || one.error !== null)
    .map(({ rule, severity, error }) => `${rule} ${severity} ${error ?? ''}`);

const unread = (statements: readonly NonNullable<Json>[]): Case => {
  const { clusters, providers, roles } = account(statements);
  return { clusters: clusters ?? [], providers: providers ?? [], roles: roles ?? [] };
};

describe('what admits nobody, beside what admits everybody who has the role', () => {
  it.each(Object.keys(DEAD))('weighs little and shows nobody an error: %s', (name) => {
    expect(grave(account([LIVING, DEAD[name]!]))).toEqual([]);
    expect(grave(account([DEAD[name]!, LIVING]))).toEqual([]);
  });

  it.each(Object.keys(MIXED))('weighs little in the same statement: %s', (name) => {
    expect(grave(account([MIXED[name]!]))).toEqual([]);
  });

  it('does so in any company', () => {
    const some = fc.tuple(fc.subarray(Object.keys(DEAD)), fc.constantFrom(LIVING, ...Object.values(MIXED)), fc.nat(20));
    fc.assert(
      fc.property(some, ([names, living, at]) => {
        const statements = names.map((name) => DEAD[name]!);
        statements.splice(at % (statements.length + 1), 0, living);
        expect(grave(account(statements))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what admits nobody of a second cluster', () => {
  const LAB = 'oidc.eks.us-east-1.amazonaws.com/id/6D3E21F6A7C24D95E0F18A3B6C7D2E49';
  const carrier = (cluster: string): NonNullable<Case['serviceAccounts']>[number] => ({
    cluster,
    namespace: 'shop',
    name: 'app',
    annotations: { 'eks.amazonaws.com/role-arn': ROLE },
  });
  const over = (...carriers: readonly string[]): Case => ({
    clusters: [
      { name: 'prod', issuer: `https://${OWN}` },
      { name: 'lab', region: 'us-east-1', issuer: `https://${LAB}` },
    ],
    providers: [OWN, LAB].map((url) => ({ arn: arnOf(url) })),
    serviceAccounts: carriers.map(carrier),
  });
  const DEAD_THERE: Readonly<Record<string, NonNullable<Json>>> = {
    'audience': statement(arnOf(LAB), named(LAB, SUBJECT, 'other.example')),
    'misspelt audience': statement(arnOf(LAB), named(LAB, SUBJECT, 'sts.amazonaws.co')),
    'keys of the first': statement(arnOf(LAB), named(OWN)),
    'wildcard under equals': statement(arnOf(LAB), named(LAB, 'system:serviceaccount:shop:*')),
    'action': statement(arnOf(LAB), named(LAB), 'sts:AssumeRole'),
  };

  it.each(Object.keys(DEAD_THERE))('weighs little where all who have the role are of the first: %s', (name) => {
    expect(grave(account([LIVING, DEAD_THERE[name]!], over('prod')))).toEqual([]);
  });

  it.each(Object.keys(DEAD_THERE))('counts in full where one of the second has the role too: %s', (name) => {
    expect(grave(account([LIVING, DEAD_THERE[name]!], over('prod', 'lab')))).not.toEqual([]);
  });
});

describe('what admits nobody', () => {
  // What an operator for ARNs makes of a subject is documented nowhere: that is possible at most.
  const alone = Object.keys(DEAD).filter((name) => name !== 'service for web identity' && name !== 'operator for ARNs');

  it.each(alone)('counts in full where nothing else lets the service account in: %s', (name) => {
    const found = ofRole(account([DEAD[name]!])).filter(isGrave);
    expect(found.map(({ error }) => error)).toContainEqual(expect.stringContaining('Not authorized'));
  });

  it.each(alone)('counts in full where another service account that it names gets in by nothing else: %s', (name) => {
    const json = JSON.stringify(DEAD[name]).replaceAll('shop:', 'till:').replaceAll('shop/', 'till/');
    const two = account([LIVING, JSON.parse(json) as NonNullable<Json>], {
      serviceAccounts: ['shop', 'till'].map((namespace) => ({
        cluster: 'prod',
        namespace,
        name: 'app',
        annotations: { 'eks.amazonaws.com/role-arn': ROLE },
      })),
    });
    // Who is told of it is another question: nobody says that all is well.
    expect(auditInventory(inventoryOfCase(two)).findings.some((one) => isGrave(one) && one.error !== null)).toBe(true);
  });

  it('counts where nobody knows who has the role, unless it names only those who get in', () => {
    expect(grave(unread([LIVING, DEAD['scheme in the keys']!]))).toEqual([]);
    expect(grave(unread([LIVING, DEAD['account of another']!]))).toEqual([]);
    expect(grave(unread([LIVING, DEAD['wildcard under equals']!]))).toHaveLength(1);
    expect(grave({ ...account([LIVING, DEAD['scheme in the keys']!]), unread: { providers: 'denied' } })).toHaveLength(1);
  });
});

describe('a role all of whose carriers the evaluator admits', () => {
  it('has nothing broken about its trust policy that weighs more than little', () => {
    fc.assert(
      fc.property(accounts, (given) => {
        const inventory = inventoryOfCase(given);
        const facts = deriveFacts(inventory);
        const served = facts.roles.filter(
          ({ role, users, associatedIn, targetedIn }) =>
            users.length > 0 &&
            associatedIn.length + targetedIn.length === 0 &&
            users.every(({ url, subject, audience }) => {
              const provider = url === null ? null : facts.providerOf(url);
              if (url === null || provider === null || !provider.detail.known) return false;
              const request = { providerArn: provider.arn, issuer: `https://${url}`, audience, subject };
              return evaluateTrust(role.trustPolicy, { ...request, clientIds: provider.detail.value.clientIds }).verdict === 'allowed';
            }),
        );
        const kinds = /AssumeRoleWithWebIdentity/;
        // What keeps out a pipeline, or a cluster elsewhere whose provider is here, is no carrier's, and counts by itself.
        const elsewhere = seen(inventory.providers).flatMap(({ arn }) => issuerIdIn(arn) ?? []);
        const others = ['token.actions.githubusercontent.com', ...elsewhere.filter((url) => facts.clusterOf(url) === null)];
        const isOfOthers = ({ evidence }: Finding): boolean =>
          evidence.some(({ path }) => others.some((url) => path?.includes(url) === true));
        const told = auditInventory(inventory).findings.filter(
          (one) =>
            isGrave(one) && !isOfOthers(one) && kinds.test(one.error ?? '') && served.some(({ role }) => role.arn === one.subject.id),
        );
        const addons = new Set((given.addons ?? []).map(({ role }) => role));
        const byHand = new Set((given.pods ?? []).map(({ env }) => env?.['AWS_ROLE_ARN']));
        expect(told.filter(({ subject: { id } }) => !addons.has(id) && !byHand.has(id))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});
