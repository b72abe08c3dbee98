import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchesGlob, parseGlob } from '../../src/policy/glob.js';
import { coversAction, coversResource, permissionsIn, unconditionalIn } from '../../src/policy/permissions.js';

const statement = { actions: [], negatedAction: false, negatedResource: false };

describe('coversResource', () => {
  it.each([
    ['arn:aws:s3:::logs', 'arn:aws:s3:::logs', true],
    ['arn:aws:s3:::logs', 'arn:aws:s3:::Logs', false],
    ['arn:aws:s3:::logs/*', 'arn:aws:s3:::logs', false],
    ['arn:aws:s3:::logs/*', 'arn:aws:s3:::logs/2026/x', true],
    ['*', 'arn:aws:s3:::logs', true],
    ['arn:aws:s3:::log?', 'arn:aws:s3:::logs', true],
    ['arn:aws:s3:::${aws:PrincipalTag/team}/x', 'arn:aws:s3:::shop/x', true],
  ])('%s on %s is %s', (resource, arn, expected) => {
    expect(coversResource({ ...statement, resources: [resource] }, arn)).toBe(expected);
    expect(coversResource({ ...statement, resources: [resource], negatedResource: true }, arn)).toBe(!expected);
  });

  it('says of many what each of them says', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '/'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), text, (resources, arn) => {
        const one = resources.some((resource) => matchesGlob(parseGlob(resource), arn));
        return coversResource({ ...statement, resources }, arn) === one;
      }),
      { numRuns: 20_000, seed: 20261128 },
    );
  });
});

describe('coversAction', () => {
  it.each([
    ['s3:GetObject', 'S3:getobject', true],
    ['s3:Get*', 's3:GetObject', true],
    ['s3:GetObjec?', 's3:GetObject', true],
    ['s3:Put*', 's3:GetObject', false],
    ['*', 's3:GetObject', true],
  ])('%s on %s is %s', (pattern, action, expected) => {
    expect(coversAction({ actions: [pattern], negatedAction: false }, action)).toBe(expected);
    expect(coversAction({ actions: [pattern], negatedAction: true }, action)).toBe(!expected);
  });
});

describe('what a policy says', () => {
  const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: ['arn:aws:s3:::a/*', 'arn:aws:s3:::b/*'] };
  const secure = { Effect: 'Allow', NotAction: ['iam:*'], NotResource: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } };
  const never = { Effect: 'Deny', Action: '*', Resource: '*' };
  const readable = { actions: ['s3:GetObject'], negatedAction: false, resources: read.Resource, negatedResource: false };
  const negated = { actions: ['iam:*'], negatedAction: true, resources: ['*'], negatedResource: true };
  const denied = { actions: ['*'], negatedAction: false, resources: ['*'], negatedResource: false };

  it.each([
    ['one statement', { Statement: read }, [readable], [readable], []],
    ['a list of them', { Statement: [read, secure, never] }, [readable, negated], [readable], [denied]],
    ['what is no statement', { Statement: [null, 'Allow', 7, [], read] }, [readable], [readable], []],
    ['no statement', {}, [], [], []],
    ['what is no policy', 'Allow', [], [], []],
    ['nothing', null, [], [], []],
  ])('of %s', (_, document, allowed, always, forbidden) => {
    expect(permissionsIn(document)).toMatchObject(allowed);
    expect(permissionsIn(document)).toHaveLength(allowed.length);
    expect(unconditionalIn(document, 'Allow')).toMatchObject(always);
    expect(unconditionalIn(document, 'Allow')).toHaveLength(always.length);
    expect(unconditionalIn(document, 'Deny')).toMatchObject(forbidden);
    expect(unconditionalIn(document, 'Deny')).toHaveLength(forbidden.length);
  });
});
