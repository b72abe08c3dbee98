import fc from 'fast-check';
import type { Json } from '../../src/model/inventory/inventory.js';
import type { Case } from '../cases/inventory-of-case.js';

/** Accounts with one role whose statements are for several at once: two clusters, a cluster and pipelines, built-in providers, SAML, AWS. */

export const ACCOUNT = '210987654321';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
export const CALLER = `arn:aws:iam::${ACCOUNT}:role/caller`;
const STS = 'sts.amazonaws.com';
const arnOf = (url: string): string => `arn:aws:iam::${ACCOUNT}:oidc-provider/${url}`;

/** An issuer beside others in a statement: what policies compare its claims with, and who comes with its tokens. */
export interface Party {
  readonly url: string;
  readonly principal: string;
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly subjects: readonly string[];
  readonly audiences: readonly string[];
}

const subjects = ['app', 'web', 'other'].map((name) => `system:serviceaccount:shop:${name}`);
const ofCluster = (url: string): Party => ({
  url,
  principal: arnOf(url),
  values: { sub: [subjects[0]!, subjects[1]!, 'system:serviceaccount:shop:*', 'system:serviceaccount:*:*', '*'], aud: [STS], iss: ['x'] },
  subjects,
  audiences: [STS],
});
const BLUE = ofCluster('oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835');
const GREEN = ofCluster('oidc.eks.eu-west-1.amazonaws.com/id/B38E01F6A7C24D95E0F18A3B6C7D2E49');
/** Of a cluster of another account, whose issuer has a provider here. */
const ABROAD = ofCluster('oidc.eks.eu-west-2.amazonaws.com/id/8B3C95328C9446D45A451F35AEDE22F7');
const PARTIES: readonly Party[] = [
  BLUE,
  BLUE,
  GREEN,
  GREEN,
  ABROAD,
  {
    url: 'token.actions.githubusercontent.com',
    principal: arnOf('token.actions.githubusercontent.com'),
    values: { sub: ['repo:acme/shop:*', 'repo:*', '*'], aud: [STS], repository_owner: ['acme'], repository_owner_id: ['65'] },
    subjects: ['repo:acme/shop:ref:refs/heads/main', 'repo:evil/app:ref:refs/heads/main'],
    audiences: [STS],
  },
  {
    url: 'accounts.google.com',
    principal: 'accounts.google.com',
    values: { sub: ['1049', '*'], aud: ['1048'], oaud: ['aws'], email: ['x'] },
    subjects: ['1049', '66'],
    audiences: ['1048', '67'],
  },
  {
    url: 'cognito-identity.amazonaws.com',
    principal: 'cognito-identity.amazonaws.com',
    values: { sub: ['eu-west-1:me'], aud: ['eu-west-1:pool'], amr: ['authenticated'] },
    subjects: ['eu-west-1:me', 'eu-west-1:mallory'],
    audiences: ['eu-west-1:pool', 'eu-west-1:other'],
  },
];

/** Everybody else whom a statement may name beside issuers. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['AWS', CALLER],
  ['AWS', `arn:aws:iam::${ACCOUNT}:root`],
  ['Service', 'pods.eks.amazonaws.com'],
  ['Federated', `arn:aws:iam::${ACCOUNT}:saml-provider/okta`],
];

const OPERATORS = [
  ...['StringEquals', 'StringEquals', 'StringLike', 'StringEqualsIfExists', 'StringLikeIfExists', 'ForAllValues:StringEquals'],
  ...['ForAllValues:StringLike', 'StringNotEquals', 'StringNotLike', 'Null'],
] as const;

type Block = readonly [operator: string, key: string, values: Json];

const blockOf = ({ url, values }: Party): fc.Arbitrary<Block> =>
  fc
    .tuple(fc.constantFrom(...OPERATORS), fc.constantFrom(...Object.keys(values), 'sub'))
    .chain(([operator, claim]) =>
      fc
        .uniqueArray(fc.constantFrom(...(operator === 'Null' ? ['true', 'false'] : (values[claim] ?? []))), { minLength: 1, maxLength: 2 })
        .map((some): Block => [operator, `${url}:${claim}`, some]),
    );

/** Conditions on keys that a call has which is signed, or brings a SAML assertion: one with a token of a web identity has none of them. */
export const KEYS_OF_OTHERS = ['SAML:aud', 'saml:iss', 'aws:MultiFactorAuthPresent', 'sts:ExternalId', 'aws:PrincipalOrgID'] as const;
const OF_OTHERS: readonly Block[] = [
  ['StringEquals', 'SAML:aud', 'https://signin.aws.amazon.com/saml'],
  ['StringEqualsIfExists', 'SAML:aud', 'https://signin.aws.amazon.com/saml'],
  ['StringLike', 'saml:iss', 'https://okta*'],
  ['Bool', 'aws:MultiFactorAuthPresent', 'true'],
  ['BoolIfExists', 'aws:MultiFactorAuthPresent', 'false'],
  ['StringEquals', 'sts:ExternalId', 'partner'],
  ['StringNotEquals', 'aws:PrincipalOrgID', 'o-abcde12345'],
  ['StringEquals', 'aws:PrincipalOrgID', 'o-abcde12345'],
];

function conditionOf(blocks: readonly Block[]): Readonly<Record<string, Json>> {
  const condition: Record<string, Record<string, Json>> = {};
  for (const [operator, key, values] of blocks) condition[operator] = { ...condition[operator], [key]: values };
  return blocks.length === 0 ? {} : { Condition: condition };
}

const statement = fc
  .record({
    effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Allow', 'Deny'),
    parties: fc.uniqueArray(fc.constantFrom(...PARTIES), { minLength: 1, maxLength: 3 }),
    other: fc.option(fc.constantFrom(...OTHERS), { freq: 2, nil: null }),
    ofOthers: fc.option(fc.constantFrom(...OF_OTHERS), { freq: 2, nil: null }),
  })
  .chain(({ effect, parties, other, ofOthers }) =>
    fc
      .array(fc.constantFrom(...parties).chain(blockOf), { minLength: effect === 'Deny' && ofOthers === null ? 1 : 0, maxLength: 4 })
      .map((own): Json => {
        const blocks = [...own, ...(ofOthers === null ? [] : [ofOthers])];
        const federated = [...parties.map(({ principal }) => principal), ...(other?.[0] === 'Federated' ? [other[1]] : [])];
        const beside = other === null || other[0] === 'Federated' ? {} : { [other[0]]: other[1] };
        const more = other === null ? [] : other[0] === 'Federated' ? ['sts:AssumeRoleWithSAML'] : ['sts:AssumeRole', 'sts:TagSession'];
        return {
          Effect: effect,
          Principal: { Federated: federated, ...beside },
          Action: ['sts:AssumeRoleWithWebIdentity', ...more],
          ...conditionOf(blocks),
        };
      }),
  );

/** A condition on a key of others that was written for them, in a statement that is for the carriers too: an Allow, or a Deny beside one. */
const guarded: fc.Arbitrary<readonly Json[]> = fc
  .record({
    isDeny: fc.boolean(),
    other: fc.constantFrom(...OTHERS),
    ofOthers: fc.constantFrom(...OF_OTHERS),
    operator: fc.constantFrom('StringEquals', 'StringEqualsIfExists'),
    isMore: fc.boolean(),
  })
  .map(({ isDeny, other: [kind, value], ofOthers, operator, isMore }): readonly Json[] => {
    const federated = [BLUE.principal, ...(isMore ? [GREEN.principal] : []), ...(kind === 'Federated' ? [value] : [])];
    const claims: readonly Block[] = [
      [operator, `${BLUE.url}:sub`, subjects],
      [operator, `${BLUE.url}:aud`, STS],
    ];
    const shared = {
      Principal: { Federated: federated, ...(kind === 'Federated' ? {} : { [kind]: value }) },
      Action: ['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole', 'sts:TagSession', 'sts:AssumeRoleWithSAML'],
    };
    const own = {
      Effect: 'Allow',
      Principal: { Federated: BLUE.principal },
      Action: 'sts:AssumeRoleWithWebIdentity',
      ...conditionOf(claims),
    };
    if (!isDeny) return [{ Effect: 'Allow', ...shared, ...conditionOf([...claims, ofOthers]) }];
    return [own, { Effect: 'Deny', ...shared, ...conditionOf([ofOthers]) }];
  });

/** An account, with the issuers that its role may speak of. */
export interface Together {
  readonly given: Case;
  readonly document: Json;
  readonly parties: readonly Party[];
}

const accountsOf = (made: fc.Arbitrary<readonly Json[]>): fc.Arbitrary<Together> =>
  fc
    .record({
      statements: made,
      carriers: fc.constantFrom<readonly (readonly [string, string])[]>(
        [],
        [['blue', 'app']],
        [
          ['blue', 'app'],
          ['green', 'app'],
        ],
        [
          ['blue', 'app'],
          ['blue', 'web'],
          ['green', 'web'],
        ],
      ),
      isRead: fc.constantFrom(true, true, false),
      lastUsed: fc.constantFrom(null, '2026-10-30T06:00:00.000Z'),
    })
    .map(({ statements, carriers, isRead, lastUsed }): Together => {
      const document: Json = { Version: '2012-10-17', Statement: statements };
      const parties = [...new Set(PARTIES)];
      const given: Case = {
        account: ACCOUNT,
        clusters: [
          { name: 'blue', issuer: `https://${BLUE.url}` },
          { name: 'green', issuer: `https://${GREEN.url}` },
        ],
        providers: parties.filter(({ principal }) => principal.startsWith('arn:')).map(({ principal }) => ({ arn: principal })),
        roles: [
          { arn: ROLE, trustPolicy: document, inlinePolicies: { own: { Statement: [] } }, ...(lastUsed === null ? {} : { lastUsed }) },
          {
            arn: CALLER,
            trustPolicy: { Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] },
          },
        ],
        ...(isRead
          ? {
              serviceAccounts: carriers.map(([cluster, name]) => ({
                cluster,
                namespace: 'shop',
                name,
                annotations: { 'eks.amazonaws.com/role-arn': ROLE },
              })),
            }
          : {}),
      };
      return { given, document, parties };
    });

export const together = accountsOf(fc.array(statement, { minLength: 1, maxLength: 2 }));
export const guardedTogether = accountsOf(guarded);
