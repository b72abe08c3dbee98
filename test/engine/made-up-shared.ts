import fc from 'fast-check';
import type { Inventory, Json } from '../../src/model/inventory/inventory.js';
import type { OtherClaims } from '../../src/policy/language/claims.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { MADE_UP_ISSUERS, type MadeUpIssuer } from './made-up-issuers.js';

/** Accounts with one role for an issuer that many share, with conditions of all kinds on all keys, and the tokens that strangers bring. */

const ACCOUNT = '210987654321';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/deploy`;
export const AUDIENCE = 'sts.amazonaws.com';

const OPERATORS = [
  'StringEquals',
  'StringEquals',
  'StringLike',
  'StringLike',
  'StringEqualsIfExists',
  'ForAllValues:StringEquals',
  'ForAllValues:StringLike',
  'ForAnyValue:StringEquals',
  'StringNotEquals',
  'StringNotLike',
  'Null',
] as const;

export interface Made {
  readonly issuer: MadeUpIssuer;
  readonly document: Json;
}

export const principalOf = ({ url, builtIn }: MadeUpIssuer): string =>
  builtIn === true ? url : `arn:aws:iam::${ACCOUNT}:oidc-provider/${url}`;

const blockOf = (issuer: MadeUpIssuer): fc.Arbitrary<readonly [string, string, Json]> =>
  fc.tuple(fc.constantFrom(...OPERATORS), fc.constantFrom(...Object.keys(issuer.values))).chain(([operator, claim]) => {
    const values = operator === 'Null' ? ['true', 'false'] : [...(issuer.values[claim] ?? ['x'])];
    return fc
      .uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 })
      .map((some) => [operator, `${issuer.url}:${claim}`, some] as const);
  });

const statementOf = (issuer: MadeUpIssuer, effect: 'Allow' | 'Deny'): fc.Arbitrary<Json> =>
  fc.array(blockOf(issuer), { minLength: effect === 'Deny' ? 1 : 0, maxLength: 3 }).map((blocks) => {
    const condition: Record<string, Record<string, Json>> = {};
    for (const [operator, key, values] of blocks) condition[operator] = { ...condition[operator], [key]: values };
    return { Effect: effect, Principal: { Federated: principalOf(issuer) }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition };
  });

export const made: fc.Arbitrary<Made> = fc
  .constantFrom(...MADE_UP_ISSUERS)
  .chain((issuer) =>
    fc
      .tuple(statementOf(issuer, 'Allow'), fc.option(statementOf(issuer, 'Deny'), { freq: 5 }))
      .map(([allow, deny]) => ({ issuer, document: { Version: '2012-10-17', Statement: deny === null ? [allow] : [allow, deny] } })),
  );

export const accountOf = ({ issuer, document }: Made): Inventory =>
  inventoryOfCase({
    account: ACCOUNT,
    clusters: [],
    providers: issuer.builtIn === true ? [] : [{ arn: principalOf(issuer), url: issuer.url, clientIds: [AUDIENCE] }],
    roles: [{ arn: ROLE, trustPolicy: document }],
  });

/** All that a stranger can bring that makes a difference to a document: each choice of theirs, beside what is given to them. */
export function strangersOf({ subjects, audiences = [AUDIENCE], fixed, chosen }: MadeUpIssuer, document: string) {
  const differing = Object.entries(chosen).map(
    ([claim, values]) => [claim, document.includes(`:${claim}"`) ? values : values.slice(0, 1)] as const,
  );
  const claims = differing.reduce<readonly OtherClaims[]>(
    (all, [claim, values]) => all.flatMap((one) => values.map((value): OtherClaims => (value === null ? one : { ...one, [claim]: value }))),
    [fixed],
  );
  return subjects.flatMap((subject) => audiences.flatMap((audience) => claims.map((one) => ({ subject, audience, claims: one }))));
}
