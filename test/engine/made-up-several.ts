import fc from 'fast-check';
import { membersOf } from '../../src/lib/is-object.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { allow, PROD, provider, ROLE, type Conditions } from './role-under-test.js';
import type { Case } from '../cases/inventory-of-case.js';

/** Accounts with one role of several statements, and service accounts of which some only exist: who asks for no role may have one by TokenRequest. */

const NAMES = ['pay:app', 'pay:jobs', 'pay:worker', 'web:app', 'web:scraper'] as const;
export const subjectOf = (name: string): string => `system:serviceaccount:${name}`;

type Block = readonly [operator: string, claim: string, values: readonly string[]];

const some = <T>(...values: readonly T[]): fc.Arbitrary<T[]> => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
const subjects = (...names: readonly string[]): fc.Arbitrary<string[]> => some(...names.map(subjectOf));

const naming: fc.Arbitrary<Block> = fc.oneof(
  { weight: 3, arbitrary: subjects(...NAMES).map((values): Block => ['StringEquals', 'sub', values]) },
  {
    weight: 4,
    arbitrary: subjects('pay:*', 'web:*', 'pay:w*', '*:*', '*:app', 'pay:app').map((values): Block => ['StringLike', 'sub', values]),
  },
  { weight: 1, arbitrary: subjects('Pay:App', 'pay:jobs').map((values): Block => ['StringEqualsIgnoreCase', 'sub', values]) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Block>(
      ['StringEquals', 'sub', ['system:serviceaccount:web:*']],
      ['StringEquals', 'sub', ['system:serviceaccounts:pay:app']],
      ['ForAllValues:StringEquals', 'iss', ['x']],
    ),
  },
);
const excluding: fc.Arbitrary<Block> = fc.oneof(
  fc
    .constantFrom('StringNotEquals', 'StringNotEqualsIgnoreCase')
    .chain((operator) => subjects(...NAMES).map((values): Block => [operator, 'sub', values])),
  subjects('web:*', 'kube-*:*', 'pay:w*').map((values): Block => ['StringNotLike', 'sub', values]),
);
const audience: fc.Arbitrary<Block> = fc.constantFrom<Block>(
  ...Array.from({ length: 5 }, (): Block => ['StringEquals', 'aud', ['sts.amazonaws.com']]),
  ['StringEquals', 'aud', ['sts.amazonaws.con']],
  ['StringEquals', 'aud', ['own.example']],
);

function conditionOf(blocks: readonly Block[], url: string): Conditions {
  const condition: Record<string, Record<string, Json>> = {};
  for (const [operator, claim, values] of blocks) condition[operator] = { ...condition[operator], [`${url}:${claim}`]: values };
  return condition;
}

const statement = fc
  .record({
    effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Allow', 'Allow', 'Allow', 'Deny'),
    naming: fc.option(naming, { freq: 9 }),
    excluding: fc.option(excluding, { freq: 1 }),
    audience: fc.option(audience, { freq: 9 }),
    action: fc.constantFrom(...Array.from({ length: 9 }, () => 'sts:AssumeRoleWithWebIdentity'), 'sts:AssumeRole'),
    url: fc.constantFrom(...Array.from({ length: 12 }, () => PROD), PROD.toLowerCase()),
  })
  .map(({ effect, naming, excluding, audience, action, url }): Json => {
    const blocks = [naming, excluding, audience].filter((block) => block !== null);
    return { ...membersOf(allow(PROD, conditionOf(blocks, url))), Effect: effect, Action: action };
  });

/** A statement that is open to all but some, and another that names those. */
const exceptNamed = fc
  .tuple(
    fc.constantFrom('pay:*', '*:*', 'pay:w*'),
    fc.constantFrom('StringNotEquals', 'StringNotEqualsIgnoreCase', 'StringNotLike'),
    subjects('pay:worker', 'pay:jobs'),
  )
  .map(([open, operator, some]): Json[] => {
    const right: Block = ['StringEquals', 'aud', ['sts.amazonaws.com']];
    return [
      allow(PROD, conditionOf([['StringLike', 'sub', [subjectOf(open)]], [operator, 'sub', some], right], PROD)),
      allow(PROD, conditionOf([['StringEquals', 'sub', some], right], PROD)),
    ];
  });

/** Whether a service account is there, and asks for the role. */
const state = fc.constantFrom<'absent' | 'bare' | 'annotated'>('absent', 'bare', 'bare', 'annotated');

export interface Several {
  readonly given: Case;
  /** The subjects of all service accounts that exist. */
  readonly existing: readonly string[];
  /** Those of them that ask for the role. */
  readonly annotated: readonly string[];
  readonly clientIds: readonly string[];
}

export const several: fc.Arbitrary<Several> = fc
  .record({
    statements: fc.oneof(
      { weight: 4, arbitrary: fc.array(statement, { minLength: 1, maxLength: 3 }) },
      { weight: 1, arbitrary: exceptNamed },
    ),
    states: fc.tuple(...NAMES.map(() => state)),
    clientIds: fc.constantFrom(['sts.amazonaws.com'], ['sts.amazonaws.com'], ['sts.amazonaws.com', 'own.example']),
  })
  .map(({ statements, states, clientIds }) => {
    const there = NAMES.flatMap((name, index) =>
      states[index] === 'absent' ? [] : [{ name, isAnnotated: states[index] === 'annotated' }],
    );
    const given: Case = {
      clusters: [{ name: 'prod', issuer: `https://${PROD}` }],
      providers: [{ arn: provider(PROD), clientIds }],
      roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: statements } }],
      serviceAccounts: there.map(({ name, isAnnotated }) => {
        const [namespace = '', own = ''] = name.split(':');
        return { cluster: 'prod', namespace, name: own, annotations: isAnnotated ? { 'eks.amazonaws.com/role-arn': ROLE } : {} };
      }),
    };
    const annotated = there.filter(({ isAnnotated }) => isAnnotated).map(({ name }) => subjectOf(name));
    return { given, existing: there.map(({ name }) => subjectOf(name)), annotated, clientIds };
  });
