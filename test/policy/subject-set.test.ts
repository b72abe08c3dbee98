import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { parseTrustPolicy } from '../../src/policy/language/parse.js';
import { membership, someMember, subjectSet, type SubjectSet } from '../../src/policy/subjects/subject-set.js';
import { AUD, policy, REQUEST, requestOf, statement, SUB, SUBJECT, URL } from './request.js';

const OTHER = 'system:serviceaccount:shop:other';

function setOf(condition: Json, version: string | null = '2012-10-17', more: Record<string, Json> = {}): SubjectSet {
  return subjectSet(parseTrustPolicy(policy([statement(condition, more)], version)), REQUEST);
}

describe('membership', () => {
  // Whether SUBJECT is in, whether OTHER is, and whether the set is more than patterns.
  it.each<[string, Json, string, string, boolean]>([
    ['a list', { StringEquals: { [SUB]: [SUBJECT, 'x'] } }, 'yes', 'no', false],
    ['without case', { StringEqualsIgnoreCase: { [SUB]: SUBJECT.toUpperCase() } }, 'yes', 'no', false],
    ['all but one', { StringNotEquals: { [SUB]: SUBJECT } }, 'no', 'yes', false],
    ['another condition that is met', { StringEquals: { [SUB]: SUBJECT, [AUD]: REQUEST.audience } }, 'yes', 'no', false],
    ['another condition that is not', { StringEquals: { [SUB]: SUBJECT, [AUD]: 'other' } }, 'no', 'no', false],
    ['a claim that is absent', { StringEquals: { [SUB]: SUBJECT, [`${URL}:email`]: 'a@b' } }, 'no', 'no', false],
    [
      'a key that configuration cannot tell',
      { StringEquals: { [SUB]: SUBJECT, 'aws:RequestedRegion': 'eu-west-1' } },
      'undecided',
      'no',
      false,
    ],
    ['presence of the subject', { Null: { [SUB]: 'false' } }, 'yes', 'yes', false],
    ['absence of the subject', { Null: { [SUB]: 'true' } }, 'no', 'no', false],
    ['an operator that IAM does not know', { StringMatches: { [SUB]: SUBJECT } }, 'no', 'no', false],
    ['an operator that is not for text', { NumericEquals: { [SUB]: '1' } }, 'no', 'no', false],
    ['its negation, of which nothing is written', { NumericNotEquals: { [SUB]: '1' } }, 'undecided', 'undecided', false],
    ['the audience as a variable', { StringEquals: { [SUB]: SUBJECT, [AUD]: `\${${AUD}}` } }, 'yes', 'no', false],
    ['a variable in the subject that has its value', { StringLike: { [SUB]: `*\${${URL}:email, 'checkout'}` } }, 'yes', 'no', false],
    ['one that has none', { StringLike: { [SUB]: ['*:other', `*\${${URL}:email}`] } }, 'no', 'yes', false],
    ['one that has none, negated', { StringNotLike: { [SUB]: `*\${${URL}:email}` } }, 'yes', 'yes', false],
    ['one that configuration cannot tell', { StringLike: { [SUB]: '*${aws:RequestTag/team}' } }, 'undecided', 'undecided', true],
    ['the subject as a variable elsewhere', { StringEquals: { [AUD]: `\${${SUB}}` } }, 'no', 'no', true],
    ['wildcards that stand for themselves', { StringLike: { [SUB]: 'system:serviceaccount:shop:${*}' } }, 'no', 'no', false],
    ['one key twice that agrees', { StringEquals: { [SUB]: SUBJECT, [SUB.toUpperCase()]: [SUBJECT] } }, 'yes', 'no', true],
    ['one key twice that does not', { StringEquals: { [SUB]: SUBJECT, [SUB.toUpperCase()]: OTHER } }, 'undecided', 'undecided', true],
    ['an empty list', { StringEquals: { [SUB]: [] } }, 'no', 'no', false],
    ['an empty list, negated', { StringNotEquals: { [SUB]: [] } }, 'undecided', 'undecided', false],
  ])('%s', (_, condition, mine, others, opaque) => {
    const set = setOf(condition);
    expect([membership(set, SUBJECT), membership(set, OTHER), set.opaque]).toEqual([mine, others, opaque]);
  });

  it('takes variables for plain text where the version gives them no meaning', () => {
    const set = setOf({ StringEquals: { [SUB]: '${aws:username}' } }, '2008-10-17');
    expect([membership(set, '${aws:username}'), membership(set, SUBJECT), set.opaque]).toEqual(['yes', 'no', false]);
  });

  it('is in doubt for everybody of a statement that cannot be read', () => {
    const set = setOf({ StringEquals: { [SUB]: SUBJECT } }, '2012-10-17', { Resource: '*' });
    expect([membership(set, SUBJECT), membership(set, OTHER)]).toEqual(['undecided', 'undecided']);
    expect(someMember(set)).toEqual({ kind: 'undecided' });
  });

  it('lets a statement whose effect is no word of IAM decide nothing', () => {
    const set = setOf({ StringEquals: { [SUB]: SUBJECT } }, '2012-10-17', { Effect: 'Maybe' });
    expect(membership(set, SUBJECT)).toBe('undecided');
  });
});

describe('a subject compared with itself', () => {
  it.each<[string, string, string]>([
    [SUB, `\${${SUB}}`, 'yes'],
    [SUB.toUpperCase(), `\${${SUB}}`, 'yes'],
    [SUB, `\${${SUB.toUpperCase()}}`, 'yes'],
    [SUB, `\${${SUB}}-x`, 'no'],
  ])('%s with %s', (key, value, expected) => {
    const set = setOf({ StringEquals: { [key]: value } });
    expect([membership(set, SUBJECT), membership(set, OTHER)]).toEqual([expected, expected]);
  });
});

describe("an issuer of one's own", () => {
  const url = 'oidc.example.com/self';
  const door = requestOf(url, SUBJECT);
  const setThrough = (condition: Json): SubjectSet =>
    subjectSet(parseTrustPolicy(policy([statement(condition, { Principal: { Federated: door.providerArn } })])), door);

  it('has tokens of service accounts, which lack other claims, and others, which may have them', () => {
    const set = setThrough({ StringEquals: { [`${url}:email`]: 'a@b' } });
    expect([membership(set, SUBJECT), membership(set, 'repo:a/b')]).toEqual(['no', 'undecided']);
  });

  it('has one demand where the kinds of tokens make no difference', () => {
    const set = setThrough({ StringLike: { [`${url}:sub`]: 'system:serviceaccount:a:*' } });
    expect(set.requirements).toHaveLength(1);
    expect([membership(set, 'system:serviceaccount:a:b'), membership(set, 'repo:a/b')]).toEqual(['yes', 'no']);
  });
});

describe('somebody in a set', () => {
  it.each<[string, Json, RegExp | null]>([
    ['is the subject that is listed', { StringEquals: { [SUB]: SUBJECT } }, /^system:serviceaccount:shop:checkout$/],
    ['matches two patterns', { 'StringLike': { [SUB]: 'a*c' }, 'ForAnyValue:StringLike': { [SUB]: '*b*' } }, /^a.*b.*c$/],
    [
      'matches three, and not a fourth',
      {
        'StringLike': { [SUB]: 'a*' },
        'ForAnyValue:StringLike': { [SUB]: '*b*' },
        'ForAllValues:StringLike': { [SUB]: '*c' },
        'StringNotLike': { [SUB]: 'ab*' },
      },
      /^a(?!b).*b.*c$/,
    ],
    [
      'is written in a case that is not denied',
      { StringEqualsIgnoreCase: { [SUB]: 'ab' }, StringNotEquals: { [SUB]: ['ab', 'AB', 'Ab'] } },
      /^aB$/,
    ],
    [
      'is nobody under patterns that exclude each other',
      { 'StringLike': { [SUB]: 'a*' }, 'ForAnyValue:StringLike': { [SUB]: 'b*' } },
      null,
    ],
    ['is nobody where all spellings are denied', { StringEqualsIgnoreCase: { [SUB]: 'a' }, StringNotEquals: { [SUB]: ['a', 'A'] } }, null],
  ])('%s', (_, condition, subject) => {
    const witness = someMember(setOf(condition));
    if (subject === null) expect(witness).toEqual({ kind: 'empty' });
    else expect(witness).toEqual({ kind: 'found', subject: expect.stringMatching(subject) });
  });
});
