import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deriveFacts } from '../../src/facts/account/facts.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

/** Who says that nobody meets a condition, or conditions together, is refuted by anybody whom the evaluator lets in. */

const CLUSTER = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const GITHUB = 'token.actions.githubusercontent.com';
const ROLE = 'arn:aws:iam::210987654321:role/app';
const AUDIENCE = 'sts.amazonaws.com';
const arnOf = (url: string): string => `arn:aws:iam::210987654321:oidc-provider/${url}`;

/** One claim of an issuer, with texts for it; the other claims are as `others` has them. */
const CLAIMS = [
  {
    url: CLUSTER,
    claim: 'sub',
    texts: ['system:serviceaccount:pay:worker', 'system:serviceaccount:pay:api', 'system:serviceaccount:web:worker'],
    patterns: ['system:serviceaccount:pay:*', 'system:*', '*:worker', 'system:serviceaccount:*:*', '*', 'system:serviceaccount:pay:wor?er'],
  },
  { url: CLUSTER, claim: 'aud', texts: [AUDIENCE, 'sts.example.org', 'vault'], patterns: ['sts.*', '*', '*.org', '?ault', 'v*t'] },
  { url: CLUSTER, claim: 'oaud', texts: [AUDIENCE, 'vault'], patterns: ['sts.*', '*'] },
  {
    url: GITHUB,
    claim: 'sub',
    texts: ['repo:acme/app:ref:refs/heads/main', 'repo:acme/app:pull_request', 'repo:acme/web:ref:refs/heads/main'],
    patterns: ['repo:acme/*', 'repo:acme/app:*', '*:ref:refs/heads/main', 'repo:*/web:*', '*', 'repo:acm?/app:*'],
  },
  { url: GITHUB, claim: 'aud', texts: [AUDIENCE, 'https://github.com/acme'], patterns: ['https://*', '*acme', '*'] },
  { url: GITHUB, claim: 'environment', texts: ['prod', 'staging'], patterns: ['p*', '*'] },
] as const;

type Claim = (typeof CLAIMS)[number];

const inCase = (text: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    text,
    text,
    text.toUpperCase(),
    text.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
    text.replace(/[^:/]*$/, (end) => end.toUpperCase()),
  );

const OPERATORS = ['StringEquals', 'StringEqualsIgnoreCase', 'StringLike', 'StringEqualsIgnoreCase', 'StringLike'];
const NEGATED = ['StringNotEquals', 'StringNotEqualsIgnoreCase', 'StringNotLike'];

interface Condition {
  readonly operator: string;
  readonly values: readonly string[];
}

function conditionOn({ texts, patterns }: Claim): fc.Arbitrary<Condition> {
  const compared = fc
    .record({
      set: fc.constantFrom('', '', '', 'ForAnyValue:', 'ForAllValues:'),
      name: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...OPERATORS) }, { weight: 1, arbitrary: fc.constantFrom(...NEGATED) }),
      ifExists: fc.constantFrom('', '', 'IfExists'),
    })
    .chain(({ set, name, ifExists }) => {
      const value = fc.constantFrom<string>(...(name.endsWith('Like') ? [...patterns, ...patterns, ...texts] : texts)).chain(inCase);
      const values = fc.uniqueArray(value, { minLength: 1, maxLength: 3 });
      const none = fc.constant<string[]>([]);
      return fc
        .oneof({ weight: 30, arbitrary: values }, { weight: 1, arbitrary: none })
        .map((some) => ({ operator: `${set}${name}${ifExists}`, values: some }));
    });
  const presence = fc.uniqueArray(fc.constantFrom('true', 'false'), { minLength: 1, maxLength: 2 });
  return fc.oneof({ weight: 20, arbitrary: compared }, { weight: 1, arbitrary: presence.map((values) => ({ operator: 'Null', values })) });
}

const asked = fc.constantFrom(...CLAIMS).chain((claim) =>
  fc.record({
    claim: fc.constant(claim),
    conditions: fc.uniqueArray(conditionOn(claim), { minLength: 1, maxLength: 3, selector: ({ operator }) => operator }),
    isRead: fc.boolean(),
  }),
);
type Asked = typeof asked extends fc.Arbitrary<infer One> ? One : never;

/** As Kubernetes writes a subject: a cluster signs no other. */
const OF_KUBERNETES = /^system:serviceaccount:[-a-z0-9]+:[-a-z0-9]+$/;

/** Values, and what patterns match, as written and in either case, of which a token of the issuer can have each. */
function witnessesOf({ claim, conditions }: Asked): readonly string[] {
  const written = [...claim.texts, ...conditions.flatMap(({ values }) => values)];
  const filled = written.flatMap((text) => ['', 'z', 'z:z'].map((fill) => text.replaceAll('*', fill).replaceAll('?', 'z')));
  const all = [...new Set(filled.flatMap((text) => [text, text.toLowerCase(), text.toUpperCase()]))];
  return claim.url === CLUSTER && claim.claim === 'sub' ? all.filter((text) => OF_KUBERNETES.test(text)) : all;
}

/** The role, with what its conditions leave open of subject and audience asked by one name. */
function accountOf({ claim: { url, claim }, conditions, isRead }: Asked): Case {
  const block: Record<string, Record<string, Json>> = {};
  for (const { operator, values } of conditions) block[operator] = { ...block[operator], [`${url}:${claim}`]: values };
  const fixed = { sub: CLAIMS.find((one) => one.url === url && one.claim === 'sub')?.texts[0] ?? '', aud: AUDIENCE };
  for (const [name, value] of Object.entries(fixed))
    if (name !== claim && !(name === 'aud' && claim === 'oaud'))
      block['StringEquals'] = { ...block['StringEquals'], [`${url}:${name}`]: value };
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: arnOf(url) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: block,
  };
  return {
    clusters: [{ name: 'prod', issuer: `https://${CLUSTER}` }],
    providers: [{ arn: arnOf(url) }],
    roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: [statement] } }],
    ...(isRead
      ? {
          serviceAccounts: [
            { cluster: 'prod', namespace: 'pay', name: 'worker', annotations: { 'eks.amazonaws.com/role-arn': ROLE } },
            { cluster: 'prod', namespace: 'pay', name: 'api' },
          ],
        }
      : {}),
  };
}

const subjectsOf = ({ claim }: Asked): readonly string[] => CLAIMS.find(({ url, claim: one }) => url === claim.url && one === 'sub')!.texts;

/** Whether a token with this value of the claim is allowed. */
function verdictOn(document: Json, one: Asked, value: string): 'allowed' | 'denied' | 'undecided' {
  const { url, claim } = one.claim;
  const isAudience = claim === 'aud' || claim === 'oaud';
  return evaluateTrust(document, {
    providerArn: arnOf(url),
    issuer: `https://${url}`,
    audience: isAudience ? value : AUDIENCE,
    subject: claim === 'sub' ? value : subjectsOf(one)[0]!,
    claims: claim === 'environment' && value !== '' ? { environment: value } : {},
  }).verdict;
}

const isAllowed = (document: Json, one: Asked, value: string): boolean => verdictOn(document, one, value) === 'allowed';

const RULES: readonly string[] = ['conditions-contradictory', 'condition-never-true', 'key-case-duplicate'];
const runs = (share: number) => ({ numRuns: Math.ceil(Number(process.env['PROPERTY_RUNS'] ?? 100_000) / share), seed: 20261201 });

describe('conditions on one claim', () => {
  it('are said to be met by nobody only where the evaluator lets in none of those whom they name', () => {
    let refutable = 0;
    fc.assert(
      fc.property(asked, (one) => {
        const given = accountOf(one);
        const allowed = witnessesOf(one).filter((value) => isAllowed(given.roles![0]!.trustPolicy, one, value));
        if (allowed.length === 0) return;
        refutable += 1;
        const said = auditInventory(inventoryOfCase(given)).findings.filter(({ rule }) => RULES.includes(rule));
        expect({ said: said.map(({ message }) => message), allowed: said.length === 0 ? [] : allowed }).toEqual({ said: [], allowed: [] });
      }),
      runs(200),
    );
    expect(refutable).toBeGreaterThan(0);
  });

  it('of a cluster of which one lists exact subjects are told as broken where it allows none of them', () => {
    let refused = 0;
    fc.assert(
      fc.property(asked, (one) => {
        const exact = one.conditions.find(({ operator }) => /^(?:\w+:)?StringEquals/.test(operator));
        fc.pre(one.claim.url === CLUSTER && one.claim.claim === 'sub' && exact !== undefined);
        const given = accountOf(one);
        const named = exact.values.map((value) => value.toLowerCase());
        if (named.some((value) => verdictOn(given.roles![0]!.trustPolicy, one, value) !== 'denied')) return;
        refused += 1;
        const { findings } = auditInventory(inventoryOfCase(given));
        expect(findings.filter(({ kind, subject }) => kind === 'break' && subject.id === ROLE)).not.toEqual([]);
      }),
      runs(200),
    );
    expect(refused).toBeGreaterThan(0);
  });

  it('that nobody meets have no ready command that lets in whom neither an exact value nor an annotation names', () => {
    let ready = 0;
    fc.assert(
      fc.property(asked, (one) => {
        const given = accountOf(one);
        const inventory = inventoryOfCase(given);
        const { findings } = auditInventory(inventory);
        const users = deriveFacts(inventory).roles.flatMap((role) => role.users.map(({ subject, audience }) => [subject, audience]));
        const named = new Set([
          AUDIENCE,
          ...users.flat(),
          ...one.conditions.flatMap(({ values }) => values.flatMap((value) => [value, value.toLowerCase()])),
        ]);
        for (const { rule, fix } of findings) {
          if (rule !== 'conditions-contradictory' || fix === null || fix.commands.length === 0) continue;
          ready += 1;
          const after = fix.patches[0]!.after;
          const before = given.roles![0]!.trustPolicy!;
          const opened = witnessesOf(one).filter((value) => isAllowed(after, one, value) && !isAllowed(before, one, value));
          expect(opened.filter((value) => !named.has(value))).toEqual([]);
        }
      }),
      runs(200),
    );
    expect(ready).toBeGreaterThan(0);
  });
});
