import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { findWitness, strangerTo } from '../../src/policy/subjects/clause-witness.js';
import { parseGlob } from '../../src/policy/pattern/glob.js';
import { parseTrustPolicy } from '../../src/policy/language/parse.js';
import { indexSubjects } from '../../src/policy/subjects/subject-index.js';
import { Steps } from '../../src/policy/pattern/steps.js';
import { subjectPattern } from '../../src/policy/subjects/subject-pattern.js';
import { upperBound, admissionOf, contradictions, type Admission } from '../../src/policy/subjects/subject-questions.js';
import { membership, someMember, subjectSet, type SubjectSet } from '../../src/policy/subjects/subject-set.js';
import { policy, REQUEST, statement, SUB, SUBJECT } from './request.js';

const setOf = (...statements: Json[]): SubjectSet => subjectSet(parseTrustPolicy(policy(statements)), REQUEST);
const allow = (operator: string, ...values: string[]): Record<string, Json> => statement({ [operator]: { [SUB]: values } });
const deny = (operator: string, ...values: string[]): Record<string, Json> => ({ ...allow(operator, ...values), Effect: 'Deny' });
const sa = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;
const condition = (operator: string, index = 0): string => `$.Statement[${index}].Condition.${operator}['${SUB}']`;
const patterns = (
  texts: string[],
  namespaces: string[] = [],
  openPatterns: string[] = [],
): Extract<Admission, { readonly kind: 'patterns' }> => ({
  kind: 'patterns',
  patterns: texts,
  namespaces,
  openPatterns,
});
const exactly = (...subjects: string[]): Admission => ({ kind: 'exactly', subjects });

describe('who gets in', () => {
  it.each<[string, Json[], Admission]>([
    ['nobody without an Allow', [], { kind: 'nobody' }],
    [
      'nobody under conditions that exclude each other',
      [statement({ StringEquals: { [SUB]: sa('a', 'b') }, StringLike: { [SUB]: sa('c', '*') } })],
      { kind: 'nobody' },
    ],
    ['nobody where a Deny takes everybody', [allow('StringEquals', SUBJECT), deny('StringLike', '*')], { kind: 'nobody' }],
    ['everybody without a condition', [statement(undefined)], { kind: 'everybody' }],
    ['everybody under *', [allow('StringLike', '*')], { kind: 'everybody' }],
    ['everybody in every namespace', [allow('StringLike', sa('*', '*'))], { kind: 'everybody' }],
    ['names of one character alone', [allow('StringLike', sa('?', '?'))], patterns([sa('?', '?')], [], [sa('?', '?')])],
    ['everybody but one', [allow('StringNotEquals', SUBJECT)], { kind: 'everybody', except: [SUBJECT] }],
    [
      'everybody but a namespace and a name, by condition and Deny',
      [
        statement({ StringLike: { [SUB]: sa('*', '*') }, StringNotLike: { [SUB]: sa('kube-system', '*') } }),
        deny('StringLike', sa('*', 'default')),
      ],
      { kind: 'everybody', except: [sa('*', 'default'), sa('kube-system', '*')] },
    ],
    [
      'everybody, where another statement allows whom one leaves out',
      [allow('StringNotLike', sa('kube-system', '*')), allow('StringLike', sa('kube-*', '*'))],
      { kind: 'everybody' },
    ],
    [
      'a namespace but one',
      [statement({ StringLike: { [SUB]: sa('app', '*') }, StringNotEquals: { [SUB]: sa('app', 'default') } })],
      { ...patterns([sa('app', '*')], ['app']), except: [sa('app', 'default')] },
    ],
    [
      'a namespace, and a Deny of others',
      [allow('StringLike', sa('app', '*')), deny('StringLike', sa('ops', '*'))],
      patterns([sa('app', '*')], ['app']),
    ],
    ['those listed', [allow('StringEquals', sa('b', 'y'), sa('a', 'x'))], exactly(sa('a', 'x'), sa('b', 'y'))],
    [
      'those listed in two statements',
      [allow('StringEquals', sa('a', 'x')), allow('StringLike', sa('b', 'y'))],
      exactly(sa('a', 'x'), sa('b', 'y')),
    ],
    [
      'those listed and not denied',
      [allow('StringEquals', sa('a', 'x'), sa('b', 'y')), deny('StringLike', sa('b', '*'))],
      exactly(sa('a', 'x')),
    ],
    ['one namespace', [allow('StringLike', sa('a', '*'))], patterns([sa('a', '*')], ['a'])],
    ['one name everywhere', [allow('StringLike', sa('*', 'x'))], patterns([sa('*', 'x')], [], [sa('*', 'x')])],
    ['one name of whatever begins as it may', [allow('StringLike', '*:x')], patterns(['*:x'], [], ['*:x'])],
    ['one namespace of whatever begins as it may', [allow('StringLike', 'system:*:a:*')], patterns(['system:*:a:*'], ['a'])],
    ['nobody where no subject has so many parts', [allow('StringLike', 'system:*:*:*:*')], { kind: 'nobody' }],
    ['namespaces of a prefix', [allow('StringLike', sa('team-*', 'x'))], patterns([sa('team-*', 'x')], [], [sa('team-*', 'x')])],
    [
      'whoever matches two patterns',
      [statement({ 'StringLike': { [SUB]: sa('a', '*') }, 'ForAnyValue:StringLike': { [SUB]: '*-x' } })],
      patterns([`${sa('a', '*')} and *-x`]),
    ],
    ['who is a question of the caller address', [statement({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })], { kind: 'undecided' }],
  ])('%s', (_, statements, admission) => expect(admissionOf(setOf(...statements))).toEqual(admission));

  it('does not call it exact where somebody more may get in', () => {
    const set = setOf(
      allow('StringEquals', sa('a', 'x')),
      statement({ StringEquals: { [SUB]: sa('b', 'y') }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }),
    );
    expect(admissionOf(set)).toMatchObject({ kind: 'patterns' });
    expect([membership(set, sa('a', 'x')), membership(set, sa('b', 'y')), membership(set, sa('c', 'z'))]).toEqual([
      'yes',
      'undecided',
      'no',
    ]);
  });
});

describe('who gets in at most', () => {
  const network = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };

  it.each<[string, Json[], ReturnType<typeof upperBound>]>([
    ['one, from one network', [statement({ StringEquals: { [SUB]: sa('a', 'x') }, ...network })], exactly(sa('a', 'x'))],
    ['a namespace, from one network', [statement({ StringLike: { [SUB]: sa('a', '*') }, ...network })], patterns([sa('a', '*')], ['a'])],
    ['everybody, from one network', [statement(network)], { kind: 'everybody' }],
    [
      'one for certain, and another from one network',
      [allow('StringEquals', sa('a', 'x')), statement({ StringEquals: { [SUB]: sa('b', 'y') }, ...network })],
      exactly(sa('a', 'x'), sa('b', 'y')),
    ],
    [
      'not whom a Deny takes for certain',
      [statement({ StringEquals: { [SUB]: [sa('a', 'x'), sa('b', 'y')] }, ...network }), deny('StringLike', sa('b', '*'))],
      exactly(sa('a', 'x')),
    ],
    ['nothing more to say where all is certain', [allow('StringEquals', sa('a', 'x'))], null],
  ])('%s', (_, statements, bound) => expect(upperBound(setOf(...statements))).toEqual(bound));
});

describe('why nobody gets in', () => {
  it.each<[string, Json[], { statement: string; paths: string[] }[]]>([
    [
      'the action',
      [statement(undefined, { Action: 'sts:AssumeRole' })],
      [{ statement: '$.Statement[0]', paths: ['$.Statement[0].Action'] }],
    ],
    [
      'the principal, before the action',
      [statement(undefined, { Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } })],
      [{ statement: '$.Statement[0]', paths: ['$.Statement[0].Principal'] }],
    ],
    ['an empty list', [allow('StringEquals')], [{ statement: '$.Statement[0]', paths: [condition('StringEquals')] }]],
    [
      'two conditions together, not a third',
      [statement({ StringLike: { [SUB]: sa('*', '*') }, StringEquals: { [SUB]: sa('a', 'b') }, StringNotEquals: { [SUB]: sa('a', 'b') } })],
      [{ statement: '$.Statement[0]', paths: [condition('StringEquals'), condition('StringNotEquals')] }],
    ],
    [
      'three that only together exclude each other',
      [
        statement({
          'StringLike': { [SUB]: ['a*', 'b*'] },
          'StringNotLike': { [SUB]: 'a*' },
          'ForAnyValue:StringNotLike': { [SUB]: 'b*' },
        }),
      ],
      [
        {
          statement: '$.Statement[0]',
          paths: [condition('StringLike'), condition('StringNotLike'), `$.Statement[0].Condition['ForAnyValue:StringNotLike']['${SUB}']`],
        },
      ],
    ],
    [
      'each of two statements',
      [allow('StringEquals'), statement(undefined, { Action: 'sts:AssumeRole' })],
      [
        { statement: '$.Statement[0]', paths: [condition('StringEquals')] },
        { statement: '$.Statement[1]', paths: ['$.Statement[1].Action'] },
      ],
    ],
    [
      'a Deny elsewhere',
      [allow('StringEquals', SUBJECT), deny('StringLike', '*')],
      [{ statement: '$.Statement[0]', paths: ['$.Statement[1]'] }],
    ],
    [
      'two Deny statements together, beside one that spares it',
      [allow('StringLike', 'a*'), deny('StringLike', 'b*'), deny('StringNotLike', 'ab*'), deny('StringLike', 'ab*')],
      [{ statement: '$.Statement[0]', paths: ['$.Statement[2]', '$.Statement[3]'] }],
    ],
    ['no Allow at all', [deny('StringLike', '*')], []],
  ])('%s', (_, statements, expected) => {
    const set = setOf(...statements);
    expect(someMember(set).kind).toBe('empty');
    expect(contradictions(set)).toEqual(expected);
  });

  it('tries no pairs of more conditions than a real statement has', () => {
    const operators = Object.fromEntries(
      ['StringEquals', 'StringLike', 'StringNotEquals', 'StringNotLike', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'].flatMap(
        (base) =>
          ['', 'IfExists'].flatMap((suffix) =>
            ['', 'ForAnyValue:', 'ForAllValues:'].map((prefix) => [
              `${prefix}${base}${suffix}`,
              { [SUB]: base.includes('Not') ? 'z' : 'a' },
            ]),
          ),
      ),
    );
    const found = contradictions(setOf(statement({ ...operators, StringEquals: { [SUB]: 'b' } })));
    expect(found[0]?.paths.length).toBeGreaterThan(30);
  });
});

describe('a set through another door', () => {
  it('is empty where STS does not find the provider, or it does not take the audience', () => {
    const parsed = parseTrustPolicy(policy([statement(undefined)]));
    for (const door of [
      { ...REQUEST, providerArn: 'no ARN' },
      { ...REQUEST, issuer: 'https://elsewhere.example' },
      { ...REQUEST, clientIds: ['other'] },
    ]) {
      expect(admissionOf(subjectSet(parsed, door))).toEqual({ kind: 'nobody' });
    }
    expect(admissionOf(subjectSet(parsed, { ...REQUEST, clientIds: [REQUEST.audience] }))).toEqual({ kind: 'everybody' });
  });

  it('is in doubt where the provider differs by a slash, and where the document cannot be read', () => {
    expect(admissionOf(subjectSet(parseTrustPolicy(policy([statement(undefined)])), { ...REQUEST, issuer: `${REQUEST.issuer}/` }))).toEqual(
      { kind: 'undecided' },
    );
    const unreadable = subjectSet(parseTrustPolicy({ Version: 'x', Statement: [statement(undefined)] }), REQUEST);
    expect(membership(unreadable, SUBJECT)).toBe('undecided');
  });
});

describe('a budget that ends', () => {
  it('leaves the question to the evaluator', () => {
    const lists = ['StringLike', 'ForAnyValue:StringLike', 'StringLikeIfExists', 'ForAllValues:StringLike'].map(
      (operator): [string, Json] => [operator, { [SUB]: Array.from({ length: 20 }, (_, index) => `${operator.length}*${index}*`) }],
    );
    const set = setOf(statement(Object.fromEntries(lists)));
    expect(set.opaque).toBe(true);
    expect(membership(set, 'nobody')).toBe('no');
  });

  it('is undecided, never a guess', () => {
    const clause = {
      all: ['*a*b*c', '*b*a*c', '?*?*?c'].map((text) => subjectPattern(parseGlob(text), false, '$')),
      none: [subjectPattern(parseGlob('*q*'), false, '$')],
    };
    expect(findWitness(clause, new Steps(5))).toEqual({ kind: 'undecided' });
    expect(findWitness(clause)).toMatchObject({ kind: 'found' });
  });
});

describe('a character that no pattern mentions', () => {
  it('is found even where all common ones are', () => {
    const all = subjectPattern(parseGlob('xqzjkvwy0123456789\ue000'), false, '$');
    expect(strangerTo([all])).toBe('\ue001');
    expect(strangerTo([subjectPattern(parseGlob('X'), false, '$')])).toBe('q');
  });
});

describe('an index of sets', () => {
  const sets: Record<string, SubjectSet> = {
    literal: setOf(allow('StringEquals', sa('a', 'x'))),
    namespace: setOf(allow('StringLike', sa('a', '*'))),
    name: setOf(allow('StringLike', sa('*', 'x'))),
    prefix: setOf(allow('StringLike', 'system:serviceaccount:te*')),
    everybody: setOf(statement(undefined)),
    ignoringCase: setOf(allow('StringEqualsIgnoreCase', sa('A', 'X'))),
    maybe: setOf(statement({ StringEquals: { [SUB]: sa('a', 'x') }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })),
    nobody: setOf(deny('StringLike', '*')),
  };
  const index = indexSubjects(Object.entries(sets).map(([value, set]) => ({ value, set })));

  it.each([sa('a', 'x'), sa('a', 'y'), sa('b', 'x'), sa('team', 'z'), sa('A', 'X'), 'repo:a/b', ''])(
    'finds for %p whom asking each of them finds',
    (subject) => {
      const asked = Object.entries(sets).flatMap(([value, set]) => {
        const answer = membership(set, subject);
        return answer === 'no' ? [] : [{ value, membership: answer }];
      });
      expect(index.find(subject)).toEqual(asked);
    },
  );
});
