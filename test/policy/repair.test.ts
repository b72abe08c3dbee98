import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { parseTrustPolicy } from '../../src/policy/language/parse.js';
import { policyLength, repairTrustPolicy, type TrustEdit } from '../../src/policy/edit/repair.js';
import { ARN, AUD, SUB, policy, statement } from './request.js';

/** Everything beside the edited part, in an order and with oddities that have to survive. */
const around = {
  Sid: 'Keep',
  Effect: 'Allow',
  Principal: { Service: 'ec2.amazonaws.com', Federated: ['a', 'b'] },
  Action: ['sts:AssumeRoleWithWebIdentity'],
};
const at = (operator: string, key: string): string => `$.Statement[0].Condition.${operator}['${key}']`;

interface Row {
  readonly what: string;
  readonly edits: readonly TrustEdit[];
  readonly before?: Json;
  readonly after: Json;
}

const conditions: readonly Row[] = [
  {
    what: 'other values, one stays one',
    edits: [{ kind: 'condition', path: at('StringEquals', SUB), values: ['y'] }],
    after: { StringEquals: { [AUD]: ['sts'], [SUB]: 'y' }, Bool: {} },
  },
  {
    what: 'several values force a list',
    edits: [{ kind: 'condition', path: at('StringEquals', SUB), values: ['y', 'z'] }],
    after: { StringEquals: { [AUD]: ['sts'], [SUB]: ['y', 'z'] }, Bool: {} },
  },
  {
    what: 'a list stays a list',
    edits: [{ kind: 'condition', path: at('StringEquals', AUD), values: ['x'] }],
    after: { StringEquals: { [AUD]: ['x'], [SUB]: 'x*' }, Bool: {} },
  },
  {
    what: 'another operator',
    edits: [{ kind: 'condition', path: at('StringEquals', SUB), operator: 'StringLike' }],
    after: { StringEquals: { [AUD]: ['sts'] }, Bool: {}, StringLike: { [SUB]: 'x*' } },
  },
  {
    what: 'another key, in its place',
    edits: [{ kind: 'condition', path: at('StringEquals', AUD), key: 'k' }],
    after: { StringEquals: { k: ['sts'], [SUB]: 'x*' }, Bool: {} },
  },
  {
    what: 'two edits of one condition together',
    edits: [
      { kind: 'condition', path: at('StringEquals', SUB), operator: 'StringLike' },
      { kind: 'condition', path: at('StringEquals', SUB), values: ['z*'] },
    ],
    after: { StringEquals: { [AUD]: ['sts'] }, Bool: {}, StringLike: { [SUB]: 'z*' } },
  },
  {
    what: 'a key renamed to one that is there: values together',
    edits: [{ kind: 'condition', path: at('StringEquals', AUD), key: SUB }],
    after: { StringEquals: { [SUB]: ['sts', 'x*'] }, Bool: {} },
  },
  {
    what: 'one taken out',
    edits: [{ kind: 'remove-condition', path: at('StringEquals', AUD) }],
    after: { StringEquals: { [SUB]: 'x*' }, Bool: {} },
  },
  {
    what: 'both taken out',
    edits: [
      { kind: 'remove-condition', path: at('StringEquals', AUD) },
      { kind: 'remove-condition', path: at('StringEquals', SUB) },
    ],
    after: { Bool: {} },
  },
  {
    what: 'one added to a new operator',
    edits: [{ kind: 'add-condition', statement: 0, operator: 'StringLike', key: SUB, values: ['a', 'b'] }],
    after: { StringEquals: { [AUD]: ['sts'], [SUB]: 'x*' }, Bool: {}, StringLike: { [SUB]: ['a', 'b'] } },
  },
  {
    what: 'one added to a key that is there',
    edits: [{ kind: 'add-condition', statement: 0, operator: 'StringEquals', key: SUB, values: ['x*', 'b'] }],
    after: { StringEquals: { [AUD]: ['sts'], [SUB]: ['x*', 'b'] }, Bool: {} },
  },
  {
    what: 'one added that is there already',
    edits: [{ kind: 'add-condition', statement: 0, operator: 'StringEquals', key: SUB, values: ['x*'] }],
    after: { StringEquals: { [AUD]: ['sts'], [SUB]: 'x*' }, Bool: {} },
  },
  {
    what: 'nothing for another statement',
    edits: [{ kind: 'add-condition', statement: 1, operator: 'StringEquals', key: SUB, values: ['b'] }],
    after: { StringEquals: { [AUD]: ['sts'], [SUB]: 'x*' }, Bool: {} },
  },
];

const wholes: readonly Row[] = [
  {
    what: 'a principal of a list',
    edits: [{ kind: 'principal', path: '$.Statement[0].Principal.Federated[1]', value: ARN }],
    before: around,
    after: { ...around, Principal: { Service: 'ec2.amazonaws.com', Federated: ['a', ARN] } },
  },
  {
    what: 'a principal that is there already',
    edits: [{ kind: 'principal', path: '$.Statement[0].Principal.Federated[1]', value: 'a' }],
    before: around,
    after: { ...around, Principal: { Service: 'ec2.amazonaws.com', Federated: ['a'] } },
  },
  {
    what: 'two principals that become one',
    edits: [0, 1].map((index) => ({ kind: 'principal', path: `$.Statement[0].Principal.Federated[${index}]`, value: 'c' })),
    before: around,
    after: { ...around, Principal: { Service: 'ec2.amazonaws.com', Federated: ['c'] } },
  },
  {
    what: 'a principal out of a list',
    edits: [{ kind: 'principal', path: '$.Statement[0].Principal.Federated[0]', value: null }],
    before: around,
    after: { ...around, Principal: { Service: 'ec2.amazonaws.com', Federated: ['b'] } },
  },
  {
    what: 'the last of a list',
    edits: [0, 1].map((index) => ({ kind: 'principal', path: `$.Statement[0].Principal.Federated[${index}]`, value: null })),
    before: around,
    after: { ...around, Principal: { Service: 'ec2.amazonaws.com' } },
  },
  {
    what: 'a single principal',
    edits: [{ kind: 'principal', path: '$.Statement[0].Principal.Service', value: 'x' }],
    before: around,
    after: { ...around, Principal: { Service: 'x', Federated: ['a', 'b'] } },
  },
  {
    what: 'a single principal out',
    edits: [{ kind: 'principal', path: '$.Statement[0].Principal.Service', value: null }],
    before: around,
    after: { ...around, Principal: { Federated: ['a', 'b'] } },
  },
  {
    what: 'nothing in a bare star',
    edits: [{ kind: 'principal', path: '$.Statement[0].Principal', value: 'x' }],
    before: { ...around, Principal: '*' },
    after: { ...around, Principal: '*' },
  },
  {
    what: 'actions, a list stays one',
    edits: [{ kind: 'actions', statement: 0, actions: ['x'] }],
    before: around,
    after: { ...around, Action: ['x'] },
  },
  {
    what: 'actions in the place of NotAction',
    edits: [{ kind: 'actions', statement: 0, actions: ['x'] }],
    before: { Effect: 'Allow', NotAction: 'y', Principal: '*' },
    after: { Effect: 'Allow', Action: 'x', Principal: '*' },
  },
  {
    what: 'NotAction beside Action goes',
    edits: [{ kind: 'actions', statement: 0, actions: ['x'] }],
    before: { NotAction: 'y', Action: 'z' },
    after: { Action: 'x' },
  },
  {
    what: 'actions where there were none',
    edits: [{ kind: 'actions', statement: 0, actions: ['x'] }],
    before: { Effect: 'Allow', Condition: { a: { b: 'c' } } },
    after: { Effect: 'Allow', Condition: { a: { b: 'c' } }, Action: 'x' },
  },
  {
    what: 'the last condition out',
    edits: [{ kind: 'remove-condition', path: '$.Statement[0].Condition.A.b' }],
    before: { Condition: { A: { b: 'c' } }, Sid: 'x' },
    after: { Sid: 'x' },
  },
  {
    what: 'a condition where there was none',
    edits: [{ kind: 'add-condition', statement: 0, operator: 'A', key: 'b', values: ['c'] }],
    before: around,
    after: { ...around, Condition: { A: { b: 'c' } } },
  },
  {
    what: 'malformed parts stay',
    edits: [{ kind: 'add-condition', statement: 0, operator: 'A', key: 'b', values: ['c'] }],
    before: { Principal: 5, Condition: { B: 'text' } },
    after: { Principal: 5, Condition: { B: 'text', A: { b: 'c' } } },
  },
  {
    what: 'a malformed condition block stays',
    edits: [{ kind: 'add-condition', statement: 0, operator: 'A', key: 'b', values: ['c'] }],
    before: { Condition: 'text' },
    after: { Condition: 'text' },
  },
  { what: 'no statement at all', edits: [{ kind: 'actions', statement: 0, actions: ['x'] }], before: 'text', after: 'text' },
];

const documents: readonly (readonly [what: string, before: Json, edit: TrustEdit, after: Json])[] = [
  [
    'a version where there is none',
    { Statement: [] },
    { kind: 'version', version: '2012-10-17' },
    { Version: '2012-10-17', Statement: [] },
  ],
  [
    'another version, in its place',
    { Statement: [], Version: '2008-10-17' },
    { kind: 'version', version: '2012-10-17' },
    { Statement: [], Version: '2012-10-17' },
  ],
  ['a statement more', policy(['a']), { kind: 'add-statement', statement: 'b' }, policy(['a', 'b'])],
  ['a statement that is there', policy(['a']), { kind: 'add-statement', statement: 'a' }, policy(['a'])],
  ['a second statement beside a single one', policy('a'), { kind: 'add-statement', statement: 'b' }, policy(['a', 'b'])],
  ['a statement where there is none', { Id: 'x' }, { kind: 'add-statement', statement: 'b' }, { Id: 'x', Statement: ['b'] }],
  [
    'a statement for another',
    policy(['a', 'b', 'c']),
    { kind: 'replace-statement', statement: 1, by: ['x', 'y'] },
    policy(['a', 'x', 'y', 'c']),
  ],
  ['a single statement for another', policy('a'), { kind: 'replace-statement', statement: 0, by: ['x'] }, policy('x')],
  ['a statement out', policy(['a', 'b']), { kind: 'remove-statement', statement: 0 }, policy(['b'])],
  ['the single statement out', policy('a'), { kind: 'remove-statement', statement: 0 }, policy([])],
  ['nothing to edit', 'text', { kind: 'version', version: '2012-10-17' }, 'text'],
];

const text = (value: Json): string => JSON.stringify(value);

describe('repairTrustPolicy', () => {
  const block = { StringEquals: { [AUD]: ['sts'], [SUB]: 'x*' }, Bool: {} };

  it.each(conditions)('condition: $what', ({ edits, after }) => {
    expect(text(repairTrustPolicy(policy([{ ...around, Condition: block, Last: 1 }]), edits))).toBe(
      text(policy([{ ...around, Condition: after, Last: 1 }])),
    );
  });

  it.each(wholes)('statement: $what', ({ edits, before = null, after }) => {
    expect(text(repairTrustPolicy(policy([before, 'next']), edits))).toBe(text(policy([after, 'next'])));
  });

  it.each(documents)('document: %s', (_what, before, edit, after) => {
    expect(text(repairTrustPolicy(before, [edit]))).toBe(text(after));
  });

  it('gives the document back where nothing is to be done, whatever it holds', () => {
    for (const document of [
      policy([statement({ A: {}, B: 'x', C: { d: null } }, { Principal: { Federated: ['a', 'a'] } })]),
      { Id: 'x' },
      policy([{ Condition: {} }]),
    ]) {
      expect(text(repairTrustPolicy(document, []))).toBe(text(document));
    }
  });

  it('does not touch its input, nor any prototype', () => {
    const hostile = JSON.parse(
      '{"Statement":[{"__proto__":1,"Condition":{"__proto__":{"polluted":"x"},"constructor":{"toString":"y"}}}]}',
    ) as Json;
    const before = text(hostile);
    const after = repairTrustPolicy(hostile, [
      { kind: 'add-condition', statement: 0, operator: '__proto__', key: 'polluted', values: ['z'] },
    ]);
    expect(text(hostile)).toBe(before);
    expect(text(after)).toBe(
      '{"Statement":[{"__proto__":1,"Condition":{"__proto__":{"polluted":["x","z"]},"constructor":{"toString":"y"}}}]}',
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('takes the paths that the parser gives', () => {
    const document = policy(statement({ StringEquals: { [SUB]: 'a' } }));
    const path = parseTrustPolicy(document).statements[0]?.conditions[0]?.path ?? '';
    expect(repairTrustPolicy(document, [{ kind: 'condition', path, values: ['b'] }])).toEqual(
      policy(statement({ StringEquals: { [SUB]: 'b' } })),
    );
  });
});

describe('policyLength', () => {
  it('leaves white space between tokens out and counts it inside strings', () => {
    expect(policyLength({ Sid: 'a b', Statement: [] })).toBe('{"Sid":"a b","Statement":[]}'.length);
  });
});
