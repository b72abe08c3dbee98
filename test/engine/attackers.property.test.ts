import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { atLeast, type Finding } from '../../src/model/report/finding.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const A = '210987654321';
const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const GITHUB = 'token.actions.githubusercontent.com';
const ROLE = `arn:aws:iam::${A}:role/app`;
const provider = (url: string): string => `arn:aws:iam::${A}:oidc-provider/${url}`;
const subject = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;

type Conditions = Readonly<Record<string, Record<string, Json>>>;

/** Several blocks as one; values under one operator and key are listed together. */
function together(...blocks: readonly Conditions[]): Conditions {
  const joined: Record<string, Record<string, Json>> = {};
  for (const block of blocks) for (const [operator, keys] of Object.entries(block)) joined[operator] = { ...joined[operator], ...keys };
  return joined;
}

const statement = (effect: 'Allow' | 'Deny', condition: Conditions, over: Record<string, Json> = {}): Record<string, Json> => ({
  Effect: effect,
  Principal: { Federated: provider(URL) },
  Action: 'sts:AssumeRoleWithWebIdentity',
  ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  ...over,
});

/** Conditions that configuration decides, and such as it cannot decide. */
const GLOBAL: readonly Conditions[] = [
  {},
  {},
  { Bool: { 'aws:SecureTransport': 'true' } },
  { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
  { StringEquals: { 'aws:SourceVpc': 'vpc-0a1b2c3d' } },
  { StringEquals: { 'sts:RoleSessionName': 'app' } },
  { Bool: { 'sts:RoleAuthorizedByIdp': 'true' } },
];

/** How a policy may say, or fail to say, that it is for shop:cart. */
const SUBJECTS: readonly Conditions[] = [
  { StringEquals: { [`${URL}:sub`]: subject('shop', 'cart') } },
  { StringEquals: { [`${URL}:sub`]: 'system:serviceaccount:shop/cart' } },
  { StringEquals: { [`${URL}:sub`]: 'system:serviceaccount:evi:app' } },
  { StringEquals: { [`${URL}:sub`]: 'system:serviceaccount:evil-app' } },
  { StringEquals: { [`${URL}:sub`]: 'system:serviceaccount:${NAMESPACE}:app' } },
  { StringEquals: { [`${URL}:sub`]: [subject('shop', 'cart'), 'system:serviceaccount:evil:application'] } },
  { StringEquals: { [`${URL}:sub`]: 'system:serviceaccount:shop:*' } },
  { StringEquals: { [`${URL}:sub`]: 'system:serviceaccount:*:*' } },
  { StringLike: { [`${URL}:sub`]: 'system:serviceaccount:shop:*' } },
  { StringLike: { [`${URL}:sub`]: 'system:serviceaccount:*:app' } },
  { StringLike: { [`${URL}:sub`]: '*' } },
  { StringNotEquals: { [`${URL}:sub`]: subject('evil', 'app') } },
  { StringNotLike: { [`${URL}:sub`]: '*-7q4x*' } },
  { 'ForAllValues:StringEquals': { [`${URL}:sub`]: subject('shop', 'cart') } },
  { StringEquals: { [`https://${URL}:sub`]: subject('shop', 'cart') } },
  {},
];
const AUDIENCES: readonly Conditions[] = [
  { StringEquals: { [`${URL}:aud`]: 'sts.amazonaws.com' } },
  { StringEquals: { [`${URL}:aud`]: 'sts.amazon.com' } },
  { StringEquals: { [`${URL}:aud `]: 'sts.amazonaws.com' } },
  {},
];
const OVERS: readonly Record<string, Json>[] = [
  {},
  {},
  {},
  { Action: 'sts:AssumeRole' },
  { Principal: { Federated: `arn:aws:iam::${A}:oidc-provider/https://${URL}` } },
];
const DENIES: readonly (Record<string, Json> | null)[] = [
  null,
  null,
  statement('Deny', { Bool: { 'aws:SecureTransport': 'false' } }),
  statement('Deny', { StringEquals: { [`${URL}:sub`]: subject('evil', 'app') } }),
  statement('Deny', { StringNotEquals: { [`${URL}:sub`]: subject('shop', 'cart') } }),
  statement('Deny', { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }),
];

const annotated = (namespace: string, name: string): NonNullable<Case['serviceAccounts']>[number] => ({
  cluster: 'prod',
  namespace,
  name,
  annotations: { 'eks.amazonaws.com/role-arn': ROLE },
});
const EVIL = [annotated('evil', 'app'), annotated('evil', 'cart'), annotated('evil', 'default')];

const account = fc
  .record({
    sub: fc.constantFrom(...SUBJECTS),
    aud: fc.constantFrom(...AUDIENCES),
    global: fc.constantFrom(...GLOBAL),
    over: fc.constantFrom(...OVERS),
    deny: fc.constantFrom(...DENIES),
    honest: fc.boolean(),
    evil: fc.subarray(EVIL, { minLength: 1 }),
    administrative: fc.boolean(),
    clientIds: fc.constantFrom(['sts.amazonaws.com'], ['sts.amazon.com'], ['sts.amazonaws.com', 'sts.amazon.com']),
  })
  .map(({ sub, aud, global, over, deny, honest, evil, administrative, clientIds }): Case => ({
    clusters: [{ name: 'prod', issuer: `https://${URL}` }],
    providers: [{ arn: provider(URL), clientIds }],
    roles: [
      {
        arn: ROLE,
        trustPolicy: {
          Version: '2012-10-17',
          Statement: [statement('Allow', together(sub, aud, global), over), ...(deny === null ? [] : [deny])],
        },
        attachedPolicies: administrative ? ['arn:aws:iam::aws:policy/AdministratorAccess'] : [],
      },
    ],
    serviceAccounts: [...(honest ? [annotated('shop', 'cart')] : []), ...evil],
  }));

const trustPatches = ({ fix }: Finding) =>
  fix === null || fix.commands.length === 0 ? [] : fix.patches.filter(({ kind }) => kind === 'trust-policy');

const verdict = (policy: Json, name: string, audience: string) =>
  evaluateTrust(policy, { providerArn: provider(URL), issuer: `https://${URL}`, audience, subject: subject('evil', name) }).verdict;

/** The subjects that a document's Allow statements name positively. */
function named(policy: Json): string[] {
  const statements = (policy as { Statement: { Effect: string; Condition?: Record<string, Record<string, string | string[]>> }[] })
    .Statement;
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Condition = {} }) => Object.entries(Condition).filter(([operator]) => !/Not/.test(operator)))
    .flatMap(([, keys]) => Object.entries(keys).filter(([key]) => key.endsWith(':sub')))
    .flatMap(([, values]) => values);
}

describe('whoever owns one namespace', () => {
  it('is let in by no ready command, and written into no trust policy', () => {
    fc.assert(
      fc.property(account, (given) => {
        for (const finding of auditInventory(inventoryOfCase(given)).findings) {
          for (const { before, after } of trustPatches(finding)) {
            expect(named(after).filter((one) => one.includes(':evil:') && !named(before).includes(one))).toEqual([]);
            for (const name of ['app', 'cart', 'default'])
              for (const audience of ['sts.amazonaws.com', 'sts.amazon.com'])
                if (verdict(before, name, audience) === 'denied')
                  expect([name, audience, verdict(after, name, audience)]).toEqual([name, audience, 'denied']);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('has nothing verified that configuration cannot decide', () => {
    fc.assert(
      fc.property(account, (given) => {
        const carriers = (given.serviceAccounts ?? []).map(({ namespace, name }) => subject(namespace, name));
        for (const { fix } of auditInventory(inventoryOfCase(given)).findings) {
          for (const { kind, after } of fix?.verified === true ? fix.patches : []) {
            if (kind !== 'trust-policy') continue;
            const verdicts = carriers.map(
              (one) =>
                evaluateTrust(after, { providerArn: provider(URL), issuer: `https://${URL}`, audience: 'sts.amazonaws.com', subject: one })
                  .verdict,
            );
            expect(verdicts).not.toContain('undecided');
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** Doors that are open to everybody, with what a policy must not be able to hide them by. */
const DOORS: readonly { readonly door: readonly Record<string, Json>[]; readonly url: string; readonly isOfVariables: boolean }[] = [
  ...[
    {},
    { StringLike: { [`${URL}:sub`]: '*' } },
    { StringLike: { [`${URL}:sub`]: 'system:serviceaccount:*:*' } },
    { StringNotEquals: { [`${URL}:sub`]: subject('shop', 'cart') } },
    { 'ForAllValues:StringLike': { 'oidc.example.com:sub': 'x' } },
  ].map((sub) => ({ door: [statement('Allow', sub as Conditions)], url: URL, isOfVariables: false })),
  ...[{}, { StringLike: { [`${GITHUB}:sub`]: 'repo:*' } }, { StringNotLike: { [`${GITHUB}:sub`]: 'repo:acme/*' } }].map((sub) => ({
    door: [
      statement('Allow', together({ StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } }, sub as Conditions), {
        Principal: { Federated: provider(GITHUB) },
      }),
    ],
    url: GITHUB,
    isOfVariables: false,
  })),
  { door: [statement('Allow', {}, { Principal: { AWS: '*' }, Action: 'sts:AssumeRole' })], url: URL, isOfVariables: false },
  // Who calls writes there what the token has.
  ...['${aws:UserAgent}', 'system:serviceaccount:${aws:Referer}', "${aws:UserAgent, 'x*'}", `\${${URL}:sub}`].map((value) => ({
    door: [statement('Allow', { StringEquals: { [`${URL}:sub`]: value } })],
    url: URL,
    isOfVariables: true,
  })),
  ...['${aws:UserAgent}', 'repo:${aws:Referer}', `repo:\${${GITHUB}:repository}:*`].map((value) => ({
    door: [statement('Allow', { StringLike: { [`${GITHUB}:sub`]: value } }, { Principal: { Federated: provider(GITHUB) } })],
    url: GITHUB,
    isOfVariables: true,
  })),
];
/** What limits no caller, as an Allow demands it and as a Deny does. */
const NO_LIMITS: readonly { readonly allow: Conditions; readonly deny: Conditions }[] = [
  { allow: { Bool: { 'aws:SecureTransport': 'true' } }, deny: { Bool: { 'aws:SecureTransport': 'false' } } },
  { allow: { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }, deny: { NotIpAddress: { 'aws:SourceIp': ['0.0.0.0/0', '::/0'] } } },
  { allow: { StringLike: { 'sts:RoleSessionName': '*' } }, deny: { StringNotLike: { 'sts:RoleSessionName': '*' } } },
  {
    allow: { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } },
    deny: { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } },
  },
  {
    allow: { NumericLessThanEquals: { 'sts:DurationSeconds': '43200' } },
    deny: { NumericGreaterThan: { 'sts:DurationSeconds': '43200' } },
  },
  { allow: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }, deny: { StringNotEquals: { 'aws:RequestedRegion': 'eu-west-1' } } },
  { allow: { Bool: { 'aws:ViaAWSService': 'false' } }, deny: { Bool: { 'aws:ViaAWSService': 'true' } } },
];
/** Deny statements that shut out nobody but those whom they name. */
const DECOYS = ['*-7q4x*', '*witness*', subject('evil', 'x'), 'system:serviceaccount:x*:*', '*stranger*'];

describe('whoever writes the trust policy of one role', () => {
  const policy = fc.record({
    open: fc.constantFrom(...DOORS),
    allow: fc.subarray([...NO_LIMITS]),
    deny: fc.subarray([...NO_LIMITS]),
    decoys: fc.subarray(DECOYS),
    undecided: fc.constantFrom<Conditions>({}, {}, { Bool: { 'sts:RoleAuthorizedByIdp': 'true' } }, { StringLike: { 'aws:Unheard': 'x' } }),
  });

  it('hides no open role', () => {
    fc.assert(
      fc.property(policy, ({ open: { door, url, isOfVariables }, allow, deny, decoys, undecided }) => {
        const principal = door[0]!['Principal']!;
        const statements = [
          ...door.map((one) => ({
            ...one,
            Condition: together(undecided, ...allow.map((one) => one.allow), (one['Condition'] ?? {}) as Conditions),
          })),
          ...deny.map((one) => statement('Deny', one.deny, { Principal: principal, Action: 'sts:*' })),
          ...decoys.map((one) => statement('Deny', { StringLike: { [`${url}:sub`]: one } }, { Principal: principal, Action: 'sts:*' })),
        ];
        const { findings } = auditInventory(
          inventoryOfCase({
            clusters: [{ name: 'prod', issuer: `https://${URL}` }],
            providers: [{ arn: provider(URL) }, { arn: provider(GITHUB) }],
            roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: statements } }],
          }),
        );
        const told = findings.filter(({ subject: { id }, rule }) => id === ROLE && /^(subject-|operator-|principal-any)/.test(rule));
        const least = isOfVariables || Object.keys(undecided).length > 0 ? 'medium' : 'high';
        expect(told.some(({ severity }) => atLeast(severity, least))).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

const OTHER = 'oidc.eks.eu-west-1.amazonaws.com/id/99AA11BB22CC33DD44EE55FF66778899';
const DEAD = ['oidc.eks.eu-west-1.amazonaws.com/id/0E0E0E0E0E0E0E0E0E0E0E0E0E0E0E0E', `${URL.slice(0, -1)}7`];
const CLUSTERS = [
  { cluster: 'prod', url: URL },
  { cluster: 'dev', url: OTHER },
] as const;
const NAMES = ['web', 'api', 'job'];

/** One statement: for the tokens of one cluster, with keys of it, of the other, or of none that is there. */
const mixedStatement = fc
  .record({
    principal: fc.constantFrom(URL, OTHER),
    sub: fc.constantFrom(URL, OTHER, ...DEAD),
    aud: fc.constantFrom(URL, OTHER, ...DEAD),
    value: fc.constantFrom('web', 'web', 'api', '*'),
  })
  .map((of) => ({
    ...of,
    statement: statement(
      'Allow',
      together(
        { StringEquals: { [`${of.aud}:aud`]: 'sts.amazonaws.com' } },
        {
          [of.value === '*' ? 'StringLike' : of.value === 'web' ? 'StringEquals' : 'StringEqualsIgnoreCase']: {
            [`${of.sub}:sub`]: subject('app', of.value),
          },
        },
      ),
      { Principal: { Federated: provider(of.principal) } },
    ),
  }));

describe('a namesake in another cluster', () => {
  const accounts = fc.record({
    statements: fc.array(mixedStatement, { minLength: 1, maxLength: 2 }),
    users: fc.subarray(CLUSTERS.flatMap(({ cluster, url }) => NAMES.map((name) => ({ cluster, url, name })))),
    administrative: fc.boolean(),
  });

  it('is let in by no ready command, unless it uses the role and shuts out no user of the cluster that the key names', () => {
    let lettingIn = 0;
    fc.assert(
      fc.property(accounts, ({ statements, users, administrative }) => {
        const { findings } = auditInventory(
          inventoryOfCase({
            clusters: CLUSTERS.map(({ cluster, url }) => ({ name: cluster, issuer: `https://${url}` })),
            providers: CLUSTERS.map(({ url }) => ({ arn: provider(url) })),
            roles: [
              {
                arn: ROLE,
                trustPolicy: { Version: '2012-10-17', Statement: statements.map((one) => one.statement) },
                attachedPolicies: administrative ? ['arn:aws:iam::aws:policy/AdministratorAccess'] : [],
              },
            ],
            serviceAccounts: CLUSTERS.flatMap(({ cluster, url }) =>
              NAMES.map((name) => {
                const isUser = users.some((user) => user.url === url && user.name === name);
                return { ...annotated('app', name), cluster, ...(isUser ? {} : { annotations: {} }) };
              }),
            ),
          }),
        );
        const allowed = (policy: Json, url: string, name: string): boolean =>
          evaluateTrust(policy, {
            providerArn: provider(url),
            issuer: `https://${url}`,
            audience: 'sts.amazonaws.com',
            subject: subject('app', name),
          }).verdict === 'allowed';
        for (const { before, after } of findings.flatMap(trustPatches)) {
          for (const { url } of CLUSTERS) {
            for (const name of NAMES.filter((one) => !allowed(before, url, one) && allowed(after, url, one))) {
              lettingIn += 1;
              const naming = statements.filter(({ principal, value }) => principal === url && (value === name || value === '*'));
              if (naming.some(({ sub }) => sub === url || DEAD.includes(sub))) continue;
              const isUser = (at: string) => users.some((user) => user.url === at && user.name === name);
              const leftOut = users.filter((user) => user.url !== url && !allowed(after, user.url, user.name));
              expect({ url, name, named: naming.length > 0, isUser: isUser(url), leftOut, administrative }).toEqual({
                url,
                name,
                named: true,
                isUser: true,
                leftOut: [],
                administrative: false,
              });
            }
          }
        }
      }),
      { numRuns: 200 },
    );
    expect(lettingIn).toBeGreaterThan(0);
  });
});
