import fc from 'fast-check';
import type { Json } from '../../src/model/inventory/inventory.js';
import type { Case } from '../cases/inventory-of-case.js';

/** Accounts with one role of interest, whose trust policy is put together by chance: principals, actions, operators, keys, values and Deny statements. */

export const ACCOUNT = '210987654321';
export const PROD = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835';
const LAB = 'oidc.eks.us-east-1.amazonaws.com/id/B38E01F6A7C24D95E0F18A3B6C7D2E49';
const LOWER = PROD.replace('4F7A9C02D1E85B364A6C0F9D2E7B1835', '4f7a9c02d1e85b364a6c0f9d2e7b1835');
const GONE = 'oidc.eks.eu-west-1.amazonaws.com/id/00000000000000000000000000000000';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
const arnOf = (url: string, account = ACCOUNT, partition = 'aws'): string => `arn:${partition}:iam::${account}:oidc-provider/${url}`;

export const OWN_PROVIDER = arnOf(PROD);

/** An issuer, how trust policies name it, and what they compare its claims with. */
interface Issuer {
  readonly url: string;
  readonly principals: readonly string[];
  readonly values: Readonly<Record<string, readonly string[]>>;
}

const SUBJECTS = ['app', 'web', '*', 'App'].map((name) => `system:serviceaccount:shop:${name}`);
const ofCluster = (url: string): Issuer => ({
  url,
  principals: [arnOf(url), arnOf(url), arnOf(url), arnOf(`${url}/`), arnOf(url, '390264718853'), arnOf(url, ACCOUNT, 'aws-cn'), url],
  values: {
    sub: [...SUBJECTS, 'system:serviceaccount:*:*', '*', ''],
    aud: ['sts.amazonaws.com', 'own.example', '*'],
    oaud: ['sts.amazonaws.com'],
    azp: ['sts.amazonaws.com'],
    email: ['a@acme.example'],
    iss: [`https://${url}`],
  },
});

const ISSUERS: readonly Issuer[] = [
  ofCluster(PROD),
  ofCluster(PROD),
  ofCluster(LAB),
  ofCluster(LOWER),
  ofCluster(GONE),
  {
    url: 'token.actions.githubusercontent.com',
    principals: [arnOf('token.actions.githubusercontent.com'), 'token.actions.githubusercontent.com'],
    values: {
      sub: ['repo:acme/shop:*', 'repo:acme/shop:ref:refs/heads/main', '*'],
      aud: ['sts.amazonaws.com', 'https://github.com/acme'],
      repository_owner: ['acme'],
      repository_owner_id: ['65'],
      environment: ['prod'],
    },
  },
  {
    url: 'accounts.google.com',
    principals: ['accounts.google.com'],
    values: { aud: ['1048', '*'], oaud: ['aws'], sub: ['1049', '*'], email: ['deploy@acme.example'], azp: ['1048'] },
  },
  {
    url: 'cognito-identity.amazonaws.com',
    principals: ['cognito-identity.amazonaws.com'],
    values: { aud: ['eu-west-1:pool', '*'], sub: ['eu-west-1:me'], amr: ['authenticated'], email: ['x'] },
  },
];

const OPERATORS = [
  ...['StringEquals', 'StringEquals', 'StringEquals', 'StringEquals', 'StringLike', 'StringLike', 'StringEqualsIgnoreCase'],
  ...['StringEqualsIfExists', 'ForAllValues:StringEquals', 'ForAnyValue:StringLike', 'StringNotEquals', 'StringNotLike'],
  ...['StringNotEqualsIfExists', 'Null', 'Bool', 'NumericEquals', 'DateGreaterThan', 'ArnLike'],
] as const;

/** Conditions on keys that are no claims. */
const GLOBAL: readonly (readonly [string, string, Json])[] = [
  ['Bool', 'aws:SecureTransport', 'true'],
  ['Bool', 'aws:SecureTransport', 'false'],
  ['IpAddress', 'aws:SourceIp', '10.0.0.0/8'],
  ['DateLessThan', 'aws:CurrentTime', '2024-01-01T00:00:00Z'],
  ['DateGreaterThan', 'aws:CurrentTime', '2024-01-01T00:00:00Z'],
  ['DateLessThan', 'aws:CurrentTime', '2031-01-01T00:00:00Z'],
  ['DateGreaterThanIfExists', 'aws:EpochTime', '2031-01-01T00:00:00Z'],
  ['NumericLessThan', 'aws:EpochTime', '1704067200'],
  ['DateNotEquals', 'aws:CurrentTime', '2024-01-01T00:00:00Z'],
  ['StringEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5'],
];

type Block = readonly [operator: string, key: string, values: Json];

const blockOf = ({ url, values }: Issuer): fc.Arbitrary<Block> =>
  fc.tuple(fc.constantFrom(...OPERATORS), fc.constantFrom(...Object.keys(values), 'sub', 'aud')).chain(([operator, claim]) => {
    const compared = operator === 'Null' ? ['true', 'false'] : [...(values[claim] ?? [])];
    return fc
      .uniqueArray(fc.constantFrom(...compared), { minLength: 1, maxLength: 2 })
      .map((some): Block => [operator, `${url}:${claim}`, some]);
  });

const conditionOf = (blocks: readonly Block[]): Json => {
  const condition: Record<string, Record<string, Json>> = {};
  for (const [operator, key, values] of blocks) condition[operator] = { ...condition[operator], [key]: values };
  return condition;
};

const blocks = (issuer: Issuer, minLength: number): fc.Arbitrary<readonly Block[]> => {
  const any: fc.Arbitrary<Block> = fc.oneof(
    { weight: 9, arbitrary: blockOf(issuer) },
    { weight: 1, arbitrary: fc.constantFrom<Block>(...GLOBAL) },
  );
  return fc.array(any, { minLength, maxLength: 3 });
};

const allow = fc.constantFrom(...ISSUERS).chain((issuer) =>
  fc
    .record({
      principal: fc.constantFrom(...issuer.principals),
      action: fc.constantFrom('sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole'),
      conditions: blocks(issuer, 0),
    })
    .map(({ principal, action, conditions }): Json => ({
      Effect: 'Allow',
      Principal: { Federated: principal },
      Action: action,
      Condition: conditionOf(conditions),
    })),
);

const deny = fc.constantFrom(...ISSUERS).chain((issuer) =>
  fc
    .tuple(fc.constantFrom<Json>('*', { AWS: '*' }, { Federated: issuer.principals[0] ?? '' }), blocks(issuer, 1))
    .map(([principal, conditions]): Json => ({
      Effect: 'Deny',
      Principal: principal,
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: conditionOf(conditions),
    })),
);

const OTHERS: readonly Json[] = [
  { Effect: 'Allow', Principal: { Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/okta` }, Action: 'sts:AssumeRoleWithSAML' },
  { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' },
  { Effect: 'Allow', Principal: { AWS: 'AROAJQABLZS4A3QDU576Q' }, Action: 'sts:AssumeRole' },
  { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'] },
];

const statements = fc
  .tuple(
    fc.array(allow, { minLength: 1, maxLength: 2 }),
    fc.option(deny, { freq: 2, nil: null }),
    fc.option(fc.constantFrom(...OTHERS), { freq: 1, nil: null }),
  )
  .map(([allows, denied, other]) => [...allows, ...(denied === null ? [] : [denied]), ...(other === null ? [] : [other])]);

export const trusts: fc.Arbitrary<Case> = fc
  .record({
    statements,
    provider: fc.constantFrom<readonly string[]>(['sts.amazonaws.com'], ['sts.amazonaws.com'], ['own.example'], []),
    at: fc.constantFrom(PROD, PROD, PROD, LOWER),
    lab: fc.boolean(),
    github: fc.boolean(),
    gone: fc.boolean(),
    accounts: fc.constantFrom<readonly string[]>(['app'], ['app'], ['app', 'web'], []),
    isRead: fc.boolean(),
  })
  .map(({ statements: Statement, provider, at, lab, github, gone, accounts, isRead }): Case => {
    const serviceAccounts = accounts.map((name) => ({
      cluster: 'prod',
      namespace: 'shop',
      name,
      annotations: { 'eks.amazonaws.com/role-arn': ROLE },
    }));
    return {
      account: ACCOUNT,
      clusters: [
        { name: 'prod', issuer: `https://${PROD}` },
        { name: 'lab', region: 'us-east-1', issuer: `https://${LAB}` },
      ],
      providers: [
        { arn: arnOf(at), clientIds: provider },
        ...(lab ? [{ arn: arnOf(LAB) }] : []),
        ...(github ? [{ arn: arnOf('token.actions.githubusercontent.com') }] : []),
        ...(gone ? [{ arn: arnOf(GONE) }] : []),
      ],
      roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement }, inlinePolicies: { own: { Statement: [] } } }],
      ...(isRead ? { serviceAccounts } : {}),
    };
  });

const NEGATED = [
  'StringNotEquals',
  'StringNotLike',
  'StringNotEqualsIgnoreCase',
  'StringNotLikeIfExists',
  'ForAllValues:StringNotEquals',
] as const;
const NAMES = ['shop:app', 'shop:web', 'pay:web'].map((name) => `system:serviceaccount:${name}`);
/** Whom operators may name: a wildcard is one with Like alone, and capitals are no others without case. */
const namesFor = (operator: string): readonly string[] => [
  ...NAMES,
  ...(operator.includes('Like') ? ['system:serviceaccount:shop:*', 'system:serviceaccount:shop:w*'] : []),
  ...(operator.includes('IgnoreCase') ? ['system:serviceaccount:Shop:Web'] : []),
];
const ofSubject = (...operators: readonly string[]): fc.Arbitrary<readonly [string, readonly string[]]> =>
  fc
    .constantFrom(...operators)
    .chain((operator) =>
      fc.tuple(fc.constant(operator), fc.uniqueArray(fc.constantFrom(...namesFor(operator)), { minLength: 1, maxLength: 2 })),
    );

/** Of statements that differ in the subject, the audience or the action alone; some leave out with a negated operator whom they name. */
const allowOfSubjects = fc
  .record({
    named: fc.option(ofSubject('StringEquals', 'StringLike', 'StringEqualsIgnoreCase'), { freq: 4, nil: null }),
    excluded: fc.option(ofSubject(...NEGATED), { freq: 2, nil: null }),
    audience: fc.constantFrom('sts.amazonaws.com', 'sts.amazonaws.com', 'sts.amazonaws.com', 'sts.amazonaws.con'),
    action: fc.constantFrom('sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole'),
  })
  .map(({ named, excluded, audience, action }): Json => ({
    Effect: 'Allow',
    Principal: { Federated: OWN_PROVIDER },
    Action: action,
    Condition: conditionOf([
      ['ForAnyValue:StringEquals', `${PROD}:aud`, audience],
      ...[named, excluded].flatMap((one): Block[] => (one === null ? [] : [[one[0], `${PROD}:sub`, one[1]]])),
    ]),
  }));

/** One or two of them, for two service accounts that use the role. */
export const subjectTrusts: fc.Arbitrary<Case> = fc.array(allowOfSubjects, { minLength: 1, maxLength: 2 }).map((Statement): Case => ({
  account: ACCOUNT,
  clusters: [{ name: 'prod', issuer: `https://${PROD}` }],
  providers: [{ arn: OWN_PROVIDER, clientIds: ['sts.amazonaws.com'] }],
  roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement }, inlinePolicies: { own: { Statement: [] } } }],
  serviceAccounts: ['app', 'web'].map((name) => ({
    cluster: 'prod',
    namespace: 'shop',
    name,
    annotations: { 'eks.amazonaws.com/role-arn': ROLE },
  })),
}));
