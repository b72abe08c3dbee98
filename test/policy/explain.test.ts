import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { explainVerdict } from '../../src/policy/language/explain.js';
import { ARN, AUD, REQUEST, SUB, SUBJECT, URL, policy, statement } from './request.js';

const outcome = (condition: Json, request = REQUEST) => evaluateTrust(policy([statement(condition)]), request).statements[0]?.conditions[0];

describe('the elements of a verdict', () => {
  it('tells what was expected and what the request has', () => {
    const { statements } = evaluateTrust(policy([statement({ StringEquals: { [SUB]: ['a', 'b'] } }, { Sid: 'One' })]), REQUEST);
    expect(statements).toEqual([
      {
        index: 0,
        path: '$.Statement[0]',
        sid: 'One',
        effect: 'Allow',
        outcome: 'no',
        principal: 'yes',
        action: 'yes',
        conditions: [
          {
            path: `$.Statement[0].Condition.StringEquals['${SUB}']`,
            operator: 'StringEquals',
            key: SUB,
            outcome: 'no',
            doubt: null,
            expected: ['a', 'b'],
            actual: SUBJECT,
          },
        ],
        expectedPrincipals: [ARN],
        expectedActions: ['sts:AssumeRoleWithWebIdentity'],
        problems: [],
      },
    ]);
  });

  it.each([
    [{ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, 'key-unknowable'],
    [{ StringEquals: { [SUB]: '${aws:username}' } }, 'variable-unknowable'],
    [{ NumericNotEquals: { [SUB]: '1' } }, 'type-undocumented'],
    [{ Bool: { [SUB]: SUBJECT } }, 'type-undocumented'],
    [{ StringNotLike: { [SUB]: [] } }, 'empty-negation'],
    [{ 'ForAnyValue:StringLikeIfExists': { [`${URL}:amr`]: 'x' } }, 'set-with-if-exists'],
    [{ Null: { [SUB]: 'x' } }, 'null-undocumented'],
    [{ 'ForAllValues:Null': { [SUB]: 'true' } }, 'null-undocumented'],
    [{ StringEquals: { [SUB]: SUBJECT, [SUB.toUpperCase()]: 'x' } }, 'key-twice'],
  ])('gives the reason of a doubt: %j', (condition, doubt) => {
    expect(outcome(condition)).toMatchObject({ outcome: 'undecided', doubt });
  });
});

describe('explainVerdict', () => {
  it('is one line for the answer of STS and one for each element that failed', () => {
    const document = policy([
      statement({ StringEquals: { [SUB]: 'x', [AUD]: 'sts.amazonaws.com' }, StringLike: { [`${URL}:email`]: [] } }),
      statement(undefined, { Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }),
    ]);
    expect(explainVerdict(evaluateTrust(document, REQUEST))).toEqual([
      'denied: STS answers "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"',
      '$.Statement[0] (Allow) does not apply',
      `  $.Statement[0].Condition.StringEquals['${SUB}'] fails: StringEquals "x"; the request has "${SUBJECT}"`,
      `  $.Statement[0].Condition.StringLike['${URL}:email'] fails: StringLike nothing; the request has no such value`,
      '$.Statement[1] (Deny) does not apply',
      '  its principals "*" may or may not take in the provider of the request',
      '  its actions "sts:AssumeRole" leave out sts:AssumeRoleWithWebIdentity',
    ]);
  });

  it('names what passed where a statement applies', () => {
    expect(explainVerdict(evaluateTrust(policy(statement({ StringLike: { [SUB]: ['a', '*'] } })), REQUEST))).toEqual([
      'allowed',
      '$.Statement (Allow) applies',
      `  $.Statement.Condition.StringLike['${SUB}'] passes: StringLike "a" or "*"; the request has "${SUBJECT}"`,
    ]);
  });

  it('gives reasons for a doubt, and problems of the document', () => {
    const lines = explainVerdict(
      evaluateTrust(
        policy([
          statement({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
          statement(undefined, { Effect: 'May', Principal: { Federated: 'x' } }),
        ]),
        REQUEST,
      ),
    );
    expect(lines).toEqual([
      'undecided',
      '$.Statement[0] (Allow) may apply',
      '  $.Statement[0].Condition.Bool[\'aws:MultiFactorAuthPresent\'] is undecided: Bool "true"; configuration cannot tell what the request holds for this key',
      '$.Statement[1] (no effect) may apply',
      '  $.Statement[1].Effect the effect is neither "Allow" nor "Deny"',
      '  its principals "x" are not the provider of the request',
    ]);
  });

  it('keeps control characters of names out of its lines', () => {
    const lines = explainVerdict(
      evaluateTrust(policy([statement({ 'x\ny': { 'k\u001b[31m\u0085': 'v\n' } }, { 'z\n': 1 })]), { ...REQUEST, subject: 'a\nb' }),
    );
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u0085]/);
  });
});
