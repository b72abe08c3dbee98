import { describe, expect, it } from '@jest/globals';
import { hasVariable, widestValue } from '../../src/policy/language/variables.js';
import { AUD, GITHUB, SUB, SUBJECT, URL, requestOf, verdictOn } from './request.js';

const VARIABLES = 'IAM User Guide, policy variables';
const VERSION = 'IAM User Guide, Version: variables need 2012-10-17';
const UNSAID = 'not documented';
const SUB_VARIABLE = `\${${SUB}}`;

type Row = readonly [what: string, operator: string, key: string, value: string, verdict: string, source: string, subject?: string];

const rows: readonly Row[] = [
  ['the value of a key', 'StringEquals', SUB, SUB_VARIABLE, 'allowed', VARIABLES],
  ['names have no case', 'StringEquals', SUB, SUB_VARIABLE.toUpperCase(), 'allowed', VARIABLES],
  ['text around it', 'StringLike', SUB, `*\${${AUD}}`, 'denied', VARIABLES],
  ['a default that is not needed', 'StringEquals', SUB, `\${${SUB}, 'x'}`, 'allowed', VARIABLES],
  ['a default that is needed', 'StringEquals', SUB, `\${${URL}:email, '${SUBJECT}'}`, 'allowed', VARIABLES],
  ['a default with a comma', 'StringEquals', SUB, "${a:b , 'x,y'}", 'allowed', VARIABLES, 'x,y'],
  ['a default without quotes is none', 'StringEquals', SUB, '${a:b, x}', 'denied', VARIABLES, 'x'],
  ['null under a positive operator', 'StringLike', SUB, '*${OIDC_PROVIDER}', 'denied', VARIABLES],
  ['null under a negated operator', 'StringNotLike', SUB, '*${OIDC_PROVIDER}', 'allowed', VARIABLES],
  ['an escaped star', 'StringLike', SUB, 'a${*}', 'allowed', VARIABLES, 'a*'],
  ['an escaped star is no wildcard', 'StringLike', SUB, 'a${*}', 'denied', VARIABLES, 'ab'],
  ['an escaped question mark', 'StringLike', SUB, '${?}b', 'denied', VARIABLES, 'ab'],
  ['an escaped dollar', 'StringEquals', SUB, '${$}b', 'allowed', VARIABLES, '$b'],
  ['wildcards beside an escape', 'StringLike', SUB, '${*}*', 'allowed', VARIABLES, '*rest'],
  ['wildcards before and after a variable', 'StringLike', SUB, `*\${${URL}:email, 'e'}*`, 'allowed', VARIABLES, 'a e b'],
  ['wildcards after the last one alone', 'StringLike', SUB, `\${${URL}:email, 'e'}?`, 'allowed', VARIABLES, 'ef'],
  ['blanks about name and default', 'StringEquals', SUB, `\${ ${SUB} ,  'x'  }`, 'allowed', VARIABLES],
  ['blanks about a default that is needed', 'StringEquals', SUB, "${a:b,   'x'   }", 'allowed', VARIABLES, 'x'],
  ['text before a default', 'StringEquals', SUB, "${a:b, y 'x'}", 'denied', VARIABLES, 'x'],
  ['text after a default', 'StringEquals', SUB, "${a:b, 'x' y}", 'denied', VARIABLES, 'x'],
  ['an empty default', 'StringEquals', SUB, "a${a:b, ''}b", 'allowed', VARIABLES, 'ab'],
  ['nothing between the braces', 'StringEquals', SUB, '${}', 'denied', VARIABLES, '${}'],
  ['a global key', 'StringEquals', SUB, '${aws:PrincipalTag/team}', 'undecided', VARIABLES],
  ['what none of it can match', 'StringEquals', SUB, 'x${aws:PrincipalTag/team}', 'denied', VARIABLES],
  ['what none of it can match, negated', 'StringNotLike', SUB, 'x*${aws:PrincipalTag/team}', 'allowed', VARIABLES],
  ['what some of it can match', 'StringEquals', SUB, 'system:${aws:UserAgent}', 'undecided', VARIABLES],
  ['null beside what cannot be told', 'StringEquals', SUB, '${aws:UserAgent}${nothing}', 'denied', VARIABLES],
  ['wildcards in what is filled in', 'StringLike', SUB, `\${${SUB}}`, 'undecided', UNSAID, 'a*'],
  ['wildcards in what is filled in, equals', 'StringEquals', SUB, `\${${SUB}}`, 'allowed', VARIABLES, 'a*'],
  ['an open brace is text', 'StringEquals', SUB, '${x', 'allowed', VARIABLES, '${x'],
  ['an ARN operator', 'ArnNotLike', AUD, 'arn:aws:iam::${nothing}:role/x', 'allowed', VARIABLES],
  ['not for other operators', 'BinaryEquals', SUB, '${$}', 'undecided', VARIABLES, '${$}'],
  ['missing key before all', 'StringNotLike', `${URL}:email`, '${aws:username}', 'allowed', VARIABLES],
];

describe('policy variables', () => {
  it.each(rows)('%s: %s', (_what, operator, key, value, verdict, _source, subject = SUBJECT) => {
    expect(verdictOn({ [operator]: { [key]: value } }, { subject })).toBe(verdict);
  });

  it.each(['2008-10-17', null])(`are plain text in version %s (${VERSION})`, (version) => {
    expect(verdictOn({ StringEquals: { [SUB]: '${x:y}' } }, { subject: '${x:y}' }, version)).toBe('allowed');
    expect(verdictOn({ StringLike: { [SUB]: '${*}' } }, { subject: '${anything}' }, version)).toBe('allowed');
  });

  it('cannot be told where the issuer may send the claim', () => {
    const request = requestOf(GITHUB, 'repo:a/b:ref:refs/heads/main');
    const condition = { StringLike: { [`${GITHUB}:sub`]: `repo:\${${GITHUB}:repository}:*` } };
    expect(verdictOn(condition, request)).toBe('undecided');
  });

  it.each([
    ['${a}', true],
    ['${*}', false],
    ['${*} ${b}', true],
    ['$a{b}', false],
  ])('hasVariable(%s) = %s', (value, expected) => {
    expect(hasVariable(value)).toBe(expected);
  });

  it.each([
    ['system:${aws:UserAgent}:x', 'system:*:x'],
    ["a${sts:RoleSessionName, '*'}${*}", 'a*${*}'],
    [`repo:\${${GITHUB}:repository}:*`, 'repo:*:*'],
    ['${NAMESPACE}:${AWS::StackName}', '${NAMESPACE}:${AWS::StackName}'],
    ['${aws:RequestTag/app}', '${aws:RequestTag/app}'],
    ['${x', '${x'],
  ])('widestValue(%s) = %s', (value, expected) => expect(widestValue(value)).toBe(expected));
});
