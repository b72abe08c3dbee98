import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../src/model/inventory/inventory.js';
import { matchesGlob, parseGlob } from '../../src/policy/pattern/glob.js';
import type { Tristate } from '../../src/policy/language/tristate.js';
import type { KeyValue } from '../../src/policy/language/variables.js';
import {
  coversAction,
  coversResource,
  permissionsIn,
  resourcePattern,
  statesOf,
  unconditionalIn,
} from '../../src/policy/actions/permissions.js';

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

describe('a resource with variables', () => {
  it.each([
    ['arn:aws:iam::1:role/app', 'arn:aws:iam::1:role/app'],
    ['arn:aws:iam::1:role/${aws:PrincipalTag/team}-x', 'arn:aws:iam::1:role/*-x'],
    ['${a}/${b}', '*/*'],
    ['x${a', 'x${a'],
  ])('%s may be %s', (resource, pattern) => expect(resourcePattern(resource)).toBe(pattern));
});

describe('a call, by the statements of a policy', () => {
  const ROLE = 'arn:aws:iam::210987654321:role/next';
  const find = (key: string): KeyValue =>
    key === 'aws:PrincipalTag/team'
      ? { state: 'present', value: 'shop' }
      : key === 'aws:SourceIp'
        ? { state: 'unknowable' }
        : { state: 'absent' };
  const call = { action: 'sts:AssumeRole', arn: ROLE, find };
  const team = (value: string): Json => ({ StringEquals: { 'aws:PrincipalTag/team': value } });
  const statement = (over: Readonly<Record<string, Json>> = {}): Json => ({ Effect: 'Allow', Action: 'sts:*', Resource: ROLE, ...over });

  it.each<[string, Json, Tristate]>([
    ['no condition', statement(), 'yes'],
    ['one that is met', statement({ Condition: team('shop') }), 'yes'],
    ['one that is not', statement({ Condition: team('other') }), 'no'],
    ['one that nobody can judge', statement({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }), 'undecided'],
    ['one that is none', statement({ Condition: 'now' }), 'undecided'],
    ['another resource', statement({ Resource: `${ROLE}-x` }), 'no'],
    ['another action', statement({ Action: 'sts:TagSession' }), 'no'],
    ['a Deny', statement({ Effect: 'Deny' }), 'no'],
    ['a variable that fits', statement({ Condition: team('${aws:PrincipalTag/team}') }), 'yes'],
  ])('with %s', (_, one, expected) => {
    expect(statesOf({ Version: '2012-10-17', Statement: [one] }, 'Allow', call)).toBe(expected);
    const denying = { ...(one as object), Effect: 'Deny' };
    const wanted = (one as { readonly Effect: string }).Effect === 'Deny' ? 'yes' : expected;
    expect(statesOf({ Version: '2012-10-17', Statement: denying }, 'Deny', call)).toBe(wanted);
  });

  it('has variables in the version of 2012 alone', () => {
    const Statement = [statement({ Condition: team('${aws:PrincipalTag/team}') })];
    expect(statesOf({ Version: '2008-10-17', Statement }, 'Allow', call)).toBe('no');
    expect(statesOf({ Statement }, 'Allow', call)).toBe('no');
    expect(statesOf('none', 'Allow', call)).toBe('no');
  });

  it('is decided by one statement that allows it, whatever others leave open', () => {
    const open = statement({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } });
    expect(statesOf({ Version: '2012-10-17', Statement: [open, statement()] }, 'Allow', call)).toBe('yes');
    expect(statesOf({ Version: '2012-10-17', Statement: [statement({ Condition: team('other') }), open] }, 'Allow', call)).toBe(
      'undecided',
    );
  });
});
