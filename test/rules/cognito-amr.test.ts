import { describe, expect, it } from '@jest/globals';
import { allow, rules, told, type Conditions } from '../engine/role-under-test.js';

const COGNITO = 'cognito-identity.amazonaws.com';
const amr = (operator: string, value: string | readonly string[], more: Conditions = {}): Conditions => ({
  ...more,
  [operator]: { ...more[operator], [`${COGNITO}:amr`]: value },
});
const POOL = 'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34e';

/** What is told of a role for Cognito under these conditions. */
const open = (condition: Conditions): readonly string[] =>
  rules(told([{ ...(allow(COGNITO, condition) as object), Principal: { Federated: COGNITO } }], { clusters: [], providers: [] })).filter(
    (one) => one.includes('shared-issuer'),
  );

describe('a role for Amazon Cognito whose identity pool nothing names', () => {
  it.each<[string, Conditions, string]>([
    ['whoever has signed in', amr('ForAnyValue:StringLike', 'authenticated'), 'critical'],
    ['guests', amr('ForAnyValue:StringEquals', 'unauthenticated'), 'critical'],
    ['both', amr('ForAnyValue:StringLike', ['authenticated', 'unauthenticated']), 'critical'],
    ['whoever has signed in with Facebook', amr('ForAnyValue:StringLike', 'graph.facebook.com'), 'critical'],
    ['any user pool of a region', amr('ForAnyValue:StringLike', 'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_*'), 'critical'],
    ['one user pool', amr('ForAnyValue:StringLike', `${POOL}*`), 'high'],
    [
      'one user pool beside whoever has signed in',
      amr('ForAnyValue:StringEquals', POOL, amr('ForAnyValue:StringLike', 'authenticated')),
      'high',
    ],
    ['a SAML provider', amr('ForAnyValue:StringLike', 'arn:aws:iam::210987654321:saml-provider/corp'), 'high'],
    // Of several values of a token a plain operator is not documented to look at one.
    ['whoever has signed in, under a plain operator', amr('StringEquals', 'authenticated'), 'high'],
  ])('is open to %s', (_, condition, severity) => {
    expect(open(condition)).toEqual([`subject-missing-on-shared-issuer ${severity}`]);
  });

  it.each<[string, Conditions]>([
    ['its identity pool', amr('ForAnyValue:StringLike', 'authenticated', { StringEquals: { [`${COGNITO}:aud`]: 'eu-west-1:5d0c8f1e' } })],
    ['one identity', amr('ForAnyValue:StringLike', 'authenticated', { StringEquals: { [`${COGNITO}:sub`]: 'eu-west-1:5d0c8f1e' } })],
  ])('is no such role with %s', (_, condition) => {
    expect(open(condition)).toEqual([]);
  });

  it('is open by a pattern for identity pools', () => {
    expect(open(amr('ForAnyValue:StringLike', 'authenticated', { StringLike: { [`${COGNITO}:aud`]: 'eu-west-1:*' } }))).toEqual([
      'subject-open-on-shared-issuer critical',
    ]);
  });
});
