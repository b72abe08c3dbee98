import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { memberPath, parseTrustPolicy } from '../../src/policy/language/parse.js';
import { ARN, SUB, lacking, policy, statement } from './request.js';

const parsed = (document: Json) => parseTrustPolicy(document);
const first = (document: Json) => {
  const found = parseTrustPolicy(document).statements[0];
  if (found === undefined) throw new Error('no statement');
  return found;
};

describe('parseTrustPolicy: every shape that IAM stores', () => {
  it('reads one statement without a list', () => {
    expect(parsed({ Version: '2012-10-17', Statement: statement(undefined) })).toMatchObject({
      version: '2012-10-17',
      variables: true,
      problems: [],
      statements: [{ path: '$.Statement', index: 0, problems: [] }],
    });
  });

  it('reads many statements, each with its place', () => {
    const { statements } = parsed(policy([statement(undefined, { Sid: 'One' }), statement(undefined, { Effect: 'Deny' })]));
    expect(statements.map(({ path, sid, effect }) => [path, sid, effect])).toEqual([
      ['$.Statement[0]', 'One', 'Allow'],
      ['$.Statement[1]', null, 'Deny'],
    ]);
  });

  it('keeps the path of each string, alone or in a list', () => {
    const one = first(
      policy([
        statement(
          { StringEquals: { [SUB]: ['a', 'b'] }, Bool: { 'aws:SecureTransport': true } },
          { Action: ['sts:TagSession', 'sts:AssumeRoleWithWebIdentity'] },
        ),
      ]),
    );
    expect(one.principals).toEqual([{ kind: 'Federated', value: ARN, path: '$.Statement[0].Principal.Federated' }]);
    expect(one.actions.map(({ path }) => path)).toEqual(['$.Statement[0].Action[0]', '$.Statement[0].Action[1]']);
    expect(one.conditions).toEqual([
      {
        operator: 'StringEquals',
        key: SUB,
        path: `$.Statement[0].Condition.StringEquals['${SUB}']`,
        values: [
          { value: 'a', path: `$.Statement[0].Condition.StringEquals['${SUB}'][0]` },
          { value: 'b', path: `$.Statement[0].Condition.StringEquals['${SUB}'][1]` },
        ],
      },
      {
        operator: 'Bool',
        key: 'aws:SecureTransport',
        path: "$.Statement[0].Condition.Bool['aws:SecureTransport']",
        values: [{ value: 'true', path: "$.Statement[0].Condition.Bool['aws:SecureTransport']" }],
      },
    ]);
  });

  it('reads several kinds of principals and the bare star', () => {
    const mixed = first(
      policy([statement(undefined, { Principal: { AWS: ['*', '210987654321'], Service: 'ec2.amazonaws.com', Federated: [ARN] } })]),
    );
    expect(mixed.principals.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      'AWS *',
      'AWS 210987654321',
      'Service ec2.amazonaws.com',
      `Federated ${ARN}`,
    ]);
    expect(first(policy([statement(undefined, { Principal: '*' })])).principals).toEqual([
      { kind: '*', value: '*', path: '$.Statement[0].Principal' },
    ]);
  });

  it('reads the Not elements', () => {
    const one = first(policy([{ ...lacking('Principal', 'Action'), NotPrincipal: { AWS: 'x' }, NotAction: 'sts:TagSession' }]));
    expect([one.negatedPrincipal, one.negatedAction, one.problems]).toEqual([true, true, []]);
    expect([one.principals[0]?.path, one.actions[0]?.path]).toEqual(['$.Statement[0].NotPrincipal.AWS', '$.Statement[0].NotAction']);
  });

  it('keeps keys that differ in case apart, and odd characters as they are', () => {
    const one = first(policy([statement({ StringEquals: { [SUB]: 'a', [SUB.toUpperCase()]: 'b\u00a0' } })]));
    expect(one.conditions.map(({ key, values }) => [key, values[0]?.value])).toEqual([
      [SUB, 'a'],
      [SUB.toUpperCase(), 'b\u00a0'],
    ]);
  });

  it.each([
    ['2012-10-17', true],
    ['2008-10-17', false],
    [null, false],
  ])('knows policy variables only in version 2012-10-17: %s', (version, variables) => {
    expect(parsed(policy([], version)).variables).toBe(variables);
    expect(parsed(policy([], version)).problems).toEqual([]);
  });
});

describe('parseTrustPolicy: malformed, with the position', () => {
  const documents: readonly (readonly [Json, string, string])[] = [
    ['{"Version"', '$', 'the trust policy is not JSON'],
    [null, '$', 'the trust policy is not an object'],
    [[], '$', 'the trust policy is not an object'],
    [{}, '$', 'the document has no Statement'],
    [{ Statement: [], version: '1' }, '$.version', '"version" is no element of a policy'],
    [policy([], '2012-10-18'), '$.Version', 'is neither "2012-10-17" nor "2008-10-17"'],
    [{ Version: 2012, Statement: [] }, '$.Version', 'is neither "2012-10-17" nor "2008-10-17"'],
  ];
  it.each(documents)('document %j: %s %s', (document, path, problem) => {
    expect(parsed(document).problems).toEqual([{ path, problem }]);
  });

  it.each<Json>(['{"Version"', null, []])('document %j: there is nothing in it', (document) =>
    expect(parsed(document)).toMatchObject({ version: null, variables: false, statements: [] }),
  );

  const principal = 'a principal is "*" or an object such as { "Federated": … }';
  const strings = 'is neither a string nor a list of strings';
  const statements: readonly (readonly [Json, string, string])[] = [
    ['text', '', 'a statement is an object'],
    [lacking('Principal'), '', 'the statement has no Principal'],
    [lacking('Action'), '', 'the statement has no Action'],
    [lacking('Effect'), '.Effect', 'the effect is neither "Allow" nor "Deny"'],
    [statement(undefined, { Effect: 'allow' }), '.Effect', 'the effect is neither "Allow" nor "Deny"'],
    [statement(undefined, { Sid: 5 }), '.Sid', 'is no string'],
    [statement(undefined, { Resource: '*' }), '.Resource', 'a trust policy has no Resource'],
    [statement(undefined, { 'Not a thing': 1 }), "['Not a thing']", '"Not a thing" is no element of a statement'],
    [statement(undefined, { Principal: 'arn:x' }), '.Principal', principal],
    [statement(undefined, { Principal: ['*'] }), '.Principal', principal],
    [statement(undefined, { Principal: {} }), '.Principal', 'is empty'],
    [statement(undefined, { Principal: { federated: ARN } }), '.Principal.federated', '"federated" is no kind of principal'],
    [statement(undefined, { Principal: { Federated: [ARN, null] } }), '.Principal.Federated[1]', strings],
    [statement(undefined, { NotPrincipal: { AWS: 'x' } }), '.NotPrincipal', 'is beside Principal'],
    [statement(undefined, { Action: [] }), '.Action', 'is empty'],
    [statement(undefined, { Action: [['x']] }), '.Action[0]', strings],
    [statement(undefined, { NotAction: 'x' }), '.NotAction', 'is beside Action'],
    [statement('text'), '.Condition', 'a condition block is an object of operators'],
    [
      statement({ StringEquals: 'x' }),
      '.Condition.StringEquals',
      'a condition operator holds an object of keys (IAM: "Invalid condition prefix")',
    ],
    [statement({ StringEquals: { [SUB]: null } }), `.Condition.StringEquals['${SUB}']`, strings],
    [statement({ StringEquals: { [SUB]: { a: 1 } } }), `.Condition.StringEquals['${SUB}']`, strings],
  ];
  it.each(statements)('statement %j: %s %s', (raw, path, problem) => {
    expect(first(policy([raw])).problems).toEqual([{ path: `$.Statement[0]${path}`, problem }]);
  });
});

describe('memberPath', () => {
  it.each([
    ['Federated', '$.Federated'],
    ['a:b', "$['a:b']"],
    ["it's\\", "$['it\\'s\\\\']"],
    ['', "$['']"],
  ])('%j is %s', (name, path) => {
    expect(memberPath('$', name)).toBe(path);
  });
});

describe('what is written otherwise than as a string', () => {
  const one = (over: Readonly<Record<string, Json>>) => {
    const [statement] = parseTrustPolicy({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity', ...over },
    }).statements;
    if (statement === undefined) throw new Error('one statement');
    return statement;
  };

  it('is a value of a condition where it is a number or a truth value', () => {
    const { conditions, problems } = one({ Condition: { NumericEquals: { a: [5, 0.5] }, Bool: { b: true }, StringEquals: { c: '5' } } });
    expect(conditions.map(({ values }) => values.map(({ value }) => value))).toEqual([['5', '0.5'], ['true'], ['5']]);
    expect(problems).toEqual([]);
  });

  it.each<[string, Json]>([
    ['an object', [{ a: 1 }, 'x']],
    ['null', [null, 'x']],
    ['a list in it', [['y'], 'x']],
  ])('is none where it is %s, and the others count', (_, values) => {
    const { conditions, problems } = one({ Condition: { StringEquals: { a: values } } });
    expect(conditions[0]?.values.map(({ value }) => value)).toEqual(['x']);
    expect(problems.map(({ path }) => path)).toEqual(['$.Statement.Condition.StringEquals.a[0]']);
  });

  it.each<[Json, readonly (readonly [string, string])[], number]>([
    ['*', [['*', '*']], 0],
    ['arn:aws:iam::210987654321:root', [['unknown', 'arn:aws:iam::210987654321:root']], 1],
    [
      { AWS: ['a', 'b'] },
      [
        ['AWS', 'a'],
        ['AWS', 'b'],
      ],
      0,
    ],
    [{ Aws: 'a' }, [['Aws', 'a']], 1],
    [7, [], 1],
  ])('is a principal: %j', (Principal, expected, problems) => {
    const statement = one({ Principal });
    expect(statement.principals.map(({ kind, value }) => [kind, value])).toEqual(expected);
    expect(statement.problems).toHaveLength(problems);
  });
});
