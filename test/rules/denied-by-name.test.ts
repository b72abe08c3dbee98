import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory, whoCanTakeRoles } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

/** A Deny that names somebody may be meant; a condition without effect may be all that says who was meant; no token has what cannot be a subject. */

const ACCOUNT = '210987654321';
const BLUE = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835';
const GREEN = 'oidc.eks.eu-west-1.amazonaws.com/id/B38E01F6A7C24D95E0F18A3B6C7D2E49';
const GITHUB = 'token.actions.githubusercontent.com';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
const arnOf = (url: string): string => `arn:aws:iam::${ACCOUNT}:oidc-provider/${url}`;
const subject = (name: string): string => `system:serviceaccount:shop:${name}`;

type Conditions = Readonly<Record<string, Readonly<Record<string, Json>>>>;
const statement = (Effect: string, Condition: Conditions, ...urls: readonly string[]): Json => ({
  Effect,
  Principal: { Federated: urls.map(arnOf) },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition,
});
const named = (url: string, ...names: readonly string[]): Json =>
  statement('Allow', { StringEquals: { [`${url}:aud`]: 'sts.amazonaws.com', [`${url}:sub`]: names.map(subject) } }, url);
const deny = (condition: Conditions): Json => statement('Deny', condition, BLUE, GREEN);

const accountOf = (Statement: readonly Json[], carriers: readonly (readonly [string, string])[]) =>
  inventoryOfCase({
    account: ACCOUNT,
    clusters: [
      { name: 'blue', issuer: `https://${BLUE}` },
      { name: 'green', issuer: `https://${GREEN}` },
    ],
    providers: [BLUE, GREEN, GITHUB].map((url) => ({ arn: arnOf(url) })),
    roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement }, inlinePolicies: { own: { Statement: [] } } }],
    serviceAccounts: carriers.map(([cluster, name]) => ({
      cluster,
      namespace: 'shop',
      name,
      annotations: { 'eks.amazonaws.com/role-arn': ROLE },
    })),
  } satisfies Case);

/** What a rule says of the role: severity, whether people see an error, number of commands. */
const said = (rule: string, statements: readonly Json[], carriers: readonly (readonly [string, string])[] = [['blue', 'app']]) =>
  auditInventory(accountOf(statements, carriers))
    .findings.filter((one) => one.rule === rule)
    .map(({ severity, error, fix }) => `${severity} ${error === null ? 'no error' : 'error'} ${String(fix?.commands.length)}`);

describe('a Deny over an Allow', () => {
  it.each<[string, Conditions, string]>([
    ['by name', { StringEquals: { [`${BLUE}:sub`]: subject('app') } }, 'high error 0'],
    ['by name, under IfExists', { StringEqualsIfExists: { [`${BLUE}:sub`]: subject('app') } }, 'high error 0'],
    ['by name, under ForAllValues', { 'ForAllValues:StringEquals': { [`${BLUE}:sub`]: subject('app') } }, 'high error 0'],
    ['by another key that is absent', { StringNotEquals: { [`${GREEN}:sub`]: subject('app') } }, 'high error 1'],
  ])('has a command only where it does not name who is denied: %s', (_, condition, expected) => {
    expect(said('deny-over-allow', [named(BLUE, 'app'), deny(condition)])).toEqual([expected]);
  });

  const repository = 'repo:acme/infra:ref:refs/heads/main';
  const others = { StringNotEquals: { [`${BLUE}:sub`]: subject('app') } };
  const pipeline = (condition: Conditions): Json => statement('Allow', condition, GITHUB);

  it.each<[string, Conditions, Conditions, string]>([
    ['by its subject', { StringEquals: { [`${GITHUB}:sub`]: repository } }, others, 'medium error'],
    ['by a pattern', { StringLike: { [`${GITHUB}:sub`]: 'repo:acme/infra:*' } }, others, 'medium error'],
    ['by its id', { StringEquals: { [`${GITHUB}:repository_id`]: '4711' } }, others, 'medium error'],
    // Whoever wrote that meant it.
    [
      'by its subject, as does the Deny',
      { StringEquals: { [`${GITHUB}:sub`]: repository } },
      { StringEquals: { [`${GITHUB}:sub`]: repository } },
      'low no error',
    ],
  ])('weighs the same however a pipeline is named, beside service accounts that are allowed: %s', (_, allowed, denied, expected) => {
    const both = [named(BLUE, 'app'), pipeline(allowed), statement('Deny', denied, BLUE, GITHUB)];
    expect(said('deny-over-allow', both).map((one) => one.replace(/ \d+$/, ''))).toEqual([expected]);
    // Without service accounts nobody knows who uses the role either.
    const alone = [pipeline(allowed), statement('Deny', denied, BLUE, GITHUB)];
    expect(said('deny-over-allow', alone, []).map((one) => one.replace(/ .*/, ''))).toEqual(['medium']);
  });

  it('weighs little where it denies a service account beside those that have the role', () => {
    expect(said('deny-over-allow', [named(BLUE, 'app', 'old'), deny({ StringNotEquals: { [`${BLUE}:sub`]: subject('app') } })])).toEqual([
      'low no error 1',
    ]);
  });

  it('says why it applies where the token has no such claim', () => {
    const inventory = accountOf(
      [named(BLUE, 'app'), deny({ 'ForAllValues:StringEquals': { [`${GREEN}:sub`]: subject('web') } })],
      [['blue', 'app']],
    );
    const [finding] = auditInventory(inventory).findings;
    expect(finding?.fix?.summary).toContain(`ForAllValues:StringEquals on ${GREEN}:sub is met where a token has no such claim`);
  });

  it.each<[string, readonly Json[], readonly (readonly [string, string])[], string]>([
    [
      'of the other issuer is low where the user is allowed by its own',
      [named(BLUE, 'app'), named(GREEN, 'app'), deny({ StringEquals: { [`${GREEN}:sub`]: subject('app') } })],
      [['blue', 'app']],
      'low no error 0',
    ],
    [
      'of the other issuer is high where somebody uses the role from there',
      [named(BLUE, 'app'), named(GREEN, 'app'), deny({ StringEquals: { [`${GREEN}:sub`]: subject('app') } })],
      [
        ['blue', 'app'],
        ['green', 'app'],
      ],
      'high error 0',
    ],
    [
      'of one whom nobody is, beside a user who is allowed, is low',
      [named(BLUE, 'app', 'web'), deny({ StringEquals: { [`${BLUE}:sub`]: subject('web') } })],
      [['blue', 'app']],
      'low no error 0',
    ],
  ])('%s', (_, statements, carriers, expected) => {
    expect(said('deny-over-allow', statements, carriers)).toEqual([expected]);
  });
});

describe('a condition that limits nothing', () => {
  const owner = { StringEqualsIfExists: { [`${GITHUB}:repository_owner`]: 'acme' } };
  it.each<[string, string, Conditions, string]>([
    [
      'stays where the role is open to GitHub',
      GITHUB,
      { ...owner, StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } },
      'info no error 0',
    ],
    [
      'stays where the role is open to a cluster',
      BLUE,
      { 'ForAllValues:StringEquals': { [`${BLUE}:iss`]: `https://${BLUE}` }, 'StringEquals': { [`${BLUE}:aud`]: 'sts.amazonaws.com' } },
      'info no error 0',
    ],
    [
      'goes where another limits the subject',
      GITHUB,
      { ...owner, StringLike: { [`${GITHUB}:sub`]: 'repo:acme/app:*' }, StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } },
      'info no error 1',
    ],
  ])('%s', (_, url, condition, expected) => {
    expect(said('operator-vacuous', [statement('Allow', condition, url)])).toEqual([expected]);
  });
});

describe('who', () => {
  const AUD = { [`${BLUE}:aud`]: 'sts.amazonaws.com' };
  it.each<[string, Conditions, Json]>([
    ['an asterisk under StringEquals', { StringEquals: { ...AUD, [`${BLUE}:sub`]: subject('*') } }, 'nobody'],
    ['an upper-case letter', { StringEquals: { ...AUD, [`${BLUE}:sub`]: subject('App') } }, 'nobody'],
    ['an upper-case letter in a pattern', { StringEquals: AUD, StringLike: { [`${BLUE}:sub`]: subject('App-*') } }, 'nobody'],
    ['an upper-case letter, without case', { StringEquals: AUD, StringEqualsIgnoreCase: { [`${BLUE}:sub`]: subject('App') } }, 'patterns'],
    [
      'an upper-case letter beside a name',
      { StringEquals: { ...AUD, [`${BLUE}:sub`]: [subject('App'), subject('app')] } },
      [subject('app')],
    ],
  ])('names no subject that no token has: %s', (_, condition, expected) => {
    const [entrance] = whoCanTakeRoles(accountOf([statement('Allow', condition, BLUE)], [])).roles.flatMap(({ entrances }) => entrances);
    const who = entrance?.who;
    expect(typeof expected === 'string' ? who?.kind : who?.kind === 'exactly' && who.subjects).toEqual(expected);
    if (who?.kind === 'nobody') expect(who.because).toHaveLength(1);
  });

  it('names the Deny that leaves nothing but what no token has', () => {
    const spared = deny({ StringNotEquals: { [`${BLUE}:sub`]: '*' } });
    const inventory = accountOf([statement('Allow', {}, BLUE), spared], []);
    const [entrance] = whoCanTakeRoles(inventory).roles.flatMap(({ entrances }) => entrances);
    expect(entrance?.who).toEqual({ kind: 'nobody', because: ['$.Statement[1]'] });
  });
});
