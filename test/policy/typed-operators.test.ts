import { describe, expect, it } from '@jest/globals';
import { evaluateCondition } from '../../src/policy/language/evaluate-condition.js';
import type { KeyValue } from '../../src/policy/language/variables.js';
import { AUD, SUB, URL, verdictOn } from './request.js';

const guide = (part: string): string => `IAM User Guide, condition operators, ${part}`;
const ABSENT = guide('Important: key not present');
const UNSAID = 'not documented: another type under a negated operator, or two readings that differ';
const MISSING = `${URL}:amr`;

type Verdict = 'allowed' | 'denied' | 'undecided';
/** The audience stands in for a value of the operator's type: its text is free. */
type Row = readonly [operator: string, audience: string, values: string | readonly string[], verdict: Verdict, source: string];

const ROLE = 'arn:aws:iam::210987654321:role/team/app:blue';

const rows: readonly Row[] = [
  ['NumericEquals', '10', '10.0', 'allowed', guide('Numeric')],
  ['NumericEquals', '10', '11', 'denied', guide('Numeric')],
  ['NumericEquals', '10', ['9', '10'], 'allowed', guide('Numeric')],
  ['NumericEquals', 'ten', '10', 'denied', 'observed: a value that is no number matches nothing'],
  ['NumericEquals', '10', '1*', 'denied', guide('Numeric: no wildcards')],
  ['NumericNotEquals', '10', '11', 'allowed', guide('Numeric')],
  ['NumericNotEquals', '10', '10', 'denied', guide('Numeric')],
  ['NumericNotEquals', '10', ['11', '10'], 'denied', guide('Numeric')],
  ['NumericNotEquals', 'ten', '10', 'undecided', UNSAID],
  ['NumericNotEquals', '10', ['10', 'ten'], 'denied', guide('Numeric')],
  ['NumericNotEquals', '10', 'ten', 'undecided', UNSAID],
  ['NumericNotEquals', 'v10', '11', 'undecided', UNSAID],
  ['NumericNotEquals', '10v', '11', 'undecided', UNSAID],
  ['NumericNotEquals', '0x10', '11', 'undecided', UNSAID],
  ['NumericNotEquals', '10', '1*', 'undecided', UNSAID],
  ['NumericEquals', '+.25', '0.25', 'allowed', guide('Numeric')],
  ['NumericEquals', '0.50', '.5', 'allowed', guide('Numeric')],
  ['NumericLessThan', '9', '10', 'allowed', guide('Numeric')],
  ['NumericLessThan', '10', '10', 'denied', guide('Numeric')],
  ['NumericLessThanEquals', '10', '10', 'allowed', guide('Numeric')],
  ['NumericLessThanEquals', '11', '10', 'denied', guide('Numeric')],
  ['NumericGreaterThan', '-1.5', '-2', 'allowed', guide('Numeric')],
  ['NumericGreaterThan', '10', '10', 'denied', guide('Numeric')],
  ['NumericGreaterThanEquals', '10', '10', 'allowed', guide('Numeric')],
  ['NumericGreaterThanEquals', '9', '10', 'denied', guide('Numeric')],
  ['DateEquals', '2024-05-01T00:00:00Z', '2024-05-01', 'allowed', guide('Date')],
  ['DateEquals', '1714521600', '2024-05-01T02:00:00+02:00', 'allowed', guide('Date: epoch seconds')],
  ['DateEquals', '2024-05-02', '2024-05-01', 'denied', guide('Date')],
  ['DateEquals', '2024', '2024-01-01', 'allowed', guide('Date: W3C ISO 8601')],
  ['DateEquals', '1 May 2024', '2024-05-01', 'denied', guide('Date: no other form')],
  ['DateNotEquals', '2024-05-02', '2024-05-01', 'allowed', guide('Date')],
  ['DateNotEquals', 'soon', '2024-05-01', 'undecided', UNSAID],
  ['DateNotEquals', 'x1714521600', '2024-05-01', 'undecided', UNSAID],
  ['DateNotEquals', '1714521600x', '2024-05-01', 'undecided', UNSAID],
  ['DateLessThan', '2024-04-30', '2024-05-01', 'allowed', guide('Date')],
  ['DateLessThanEquals', '2024-05-01', '2024-05-01', 'allowed', guide('Date')],
  ['DateGreaterThan', '2024-05-01', '2024-05-01', 'denied', guide('Date')],
  ['DateGreaterThanEquals', '2024-05-01', '2024-05-01', 'allowed', guide('Date')],
  ['Bool', 'true', 'true', 'allowed', guide('Boolean')],
  ['Bool', 'true', 'false', 'denied', guide('Boolean')],
  ['Bool', 'true', ['false', 'true'], 'allowed', guide('Boolean')],
  ['Bool', 'yes', 'true', 'denied', 'observed: a text is no truth value'],
  ['Bool', 'yes', 'yes', 'undecided', UNSAID],
  ['Bool', 'TRUE', 'True', 'allowed', 'observed: truth values without case'],
  ['Bool', 'untrue', 'untrue', 'undecided', UNSAID],
  ['Bool', 'truest', 'truest', 'undecided', UNSAID],
  ['Bool', 'true', 'untrue', 'denied', guide('Boolean')],
  ['Bool', 'untrue', 'true', 'denied', guide('Boolean')],
  ['BinaryEquals', 'hello', 'aGVsbG8=', 'undecided', UNSAID],
  ['BinaryEquals', 'hello', 'hello', 'undecided', UNSAID],
  ['BinaryEquals', 'hello', 'd29ybGQ=', 'denied', guide('Binary')],
  ['BinaryEquals', 'héllo ✓', 'aGVsbG8=', 'denied', guide('Binary')],
  ['IpAddress', '10.1.2.3', '10.1.0.0/16', 'allowed', guide('IP address')],
  ['IpAddress', '10.1.2.3', '10.1.2.3', 'allowed', guide('IP address: /32 where none is given')],
  ['IpAddress', '10.2.2.3', '10.1.0.0/16', 'denied', guide('IP address')],
  ['IpAddress', '200.1.2.3', '0.0.0.0/0', 'allowed', guide('IP address')],
  ['IpAddress', '10.2.2.3', '10.1.0.0/', 'denied', 'not a range'],
  ['IpAddress', '10.2.2.3', '10.1.0.0/33', 'denied', 'not a range'],
  ['IpAddress', '10.2.2.256', '10.2.2.0/24', 'denied', 'not an address'],
  ['NotIpAddress', '10.2.2.3', '10.1.0.0/16', 'allowed', guide('IP address')],
  ['NotIpAddress', '10.1.2.3', '10.1.0.0/16', 'denied', guide('IP address')],
  ['NotIpAddress', 'sts.amazonaws.com', '10.1.0.0/16', 'undecided', UNSAID],
  ['NotIpAddress', '10.1.2.3', '10.2.0.0/33', 'undecided', UNSAID],
  ['NotIpAddress', '10.1.2.3', 'x10.2.0.0', 'undecided', UNSAID],
  ['NotIpAddress', '10.1.2.3', '10.2.0.0x', 'undecided', UNSAID],
  ['NotIpAddress', '10.1.2.3', '10.2.0.0/16x', 'undecided', UNSAID],
  ['NotIpAddress', '10.1.2.3', '10.2.0.256', 'undecided', UNSAID],
  ['NotIpAddress', '10.1.2.3', '10.2.0.0/16/8', 'undecided', UNSAID],
  ['IpAddress', '10.100.200.255', '10.100.200.255', 'allowed', guide('IP address')],
  ['IpAddress', '10.100.200.255', '10.100.200.254/31', 'allowed', guide('IP address')],
  ['IpAddress', '10.1.2.3', '11.1.2.3', 'denied', guide('IP address: /32 where none is given')],
  ['ArnEquals', ROLE, ROLE, 'allowed', guide('ARN')],
  ['ArnEquals', ROLE, 'arn:aws:iam::*:role/team/*', 'allowed', guide('ARN: ArnEquals takes wildcards as ArnLike does')],
  ['ArnEquals', ROLE, 'arn:aws:iam::*:role/other/*', 'denied', guide('ARN')],
  ['ArnLike', ROLE, 'arn:aws:iam::210987654321:role/team/ap?:blue', 'allowed', guide('ARN')],
  ['ArnLike', ROLE, 'arn:*:role/team/app:blue', 'undecided', UNSAID],
  ['ArnLike', ROLE, 'arn:aws:s3', 'denied', guide('ARN: each of six components')],
  ['ArnLike', ROLE, ROLE.toUpperCase(), 'denied', guide('ARN: case counts')],
  ['ArnLike', ROLE, ['x', ROLE], 'allowed', guide('ARN')],
  ['ArnNotEquals', ROLE, ROLE, 'denied', guide('ARN')],
  ['ArnNotEquals', ROLE, 'nothing', 'allowed', guide('ARN')],
  ['ArnNotEquals', 'sts.amazonaws.com', ROLE, 'undecided', UNSAID],
  ['ArnLike', ROLE, 'arn:aws:iam::210987654321:role/team/app:*:x', 'denied', guide('ARN: the sixth component holds the rest')],
  ['ArnLike', 'arn:aws:iam::1:role/a:b:c', 'arn:aws:iam::1:role/a:b:*', 'allowed', guide('ARN: the sixth component holds the rest')],
  ['ArnNotEquals', ROLE, 'arn:aws:iam::1:role/x', 'allowed', guide('ARN')],
  ['ArnNotLike', ROLE, 'arn:aws:iam::*:role/*', 'denied', guide('ARN')],
];

describe('operators with a type', () => {
  it.each(rows)('%s: %s against %j is %s (%s)', (operator, audience, values, verdict) => {
    expect(verdictOn({ [operator]: { [AUD]: values } }, { audience })).toBe(verdict);
  });

  const families = ['NumericEquals', 'DateLessThan', 'Bool', 'BinaryEquals', 'IpAddress', 'ArnLike'];
  it.each(families)(`%s: never true on a missing key (${ABSENT})`, (operator) => {
    expect(verdictOn({ [operator]: { [MISSING]: '1' } })).toBe('denied');
    expect(verdictOn({ [`${operator}IfExists`]: { [MISSING]: '1' } })).toBe('allowed');
  });

  const negated = ['NumericNotEquals', 'DateNotEquals', 'NotIpAddress', 'ArnNotEquals', 'ArnNotLike'];
  it.each(negated)(`%s: true on a missing key (${ABSENT})`, (operator) => {
    expect(verdictOn({ [operator]: { [MISSING]: '1' } })).toBe('allowed');
  });

  it('never says that an ARN operator fits or misses a subject where its text would fit as a whole', () => {
    expect(verdictOn({ ArnLike: { [SUB]: 'system:serviceaccount:shop:*' } })).toBe('undecided');
    expect(verdictOn({ ArnLike: { [SUB]: 'system:serviceaccount:other:*' } })).toBe('denied');
    expect(verdictOn({ ArnNotLike: { [SUB]: 'system:serviceaccount:other:*' } })).toBe('undecided');
  });
});

describe('Null', () => {
  const rowsOfNull: readonly (readonly [key: string, values: string | boolean | readonly string[], verdict: Verdict])[] = [
    [MISSING, 'true', 'allowed'],
    [MISSING, 'false', 'denied'],
    [SUB, 'true', 'denied'],
    [SUB, 'false', 'allowed'],
    [SUB, false, 'allowed'],
    [SUB, ['true', 'false'], 'allowed'],
    [SUB, [], 'denied'],
    [SUB, 'False', 'undecided'],
    [SUB, 'maybe', 'undecided'],
    ['aws:SourceIp', 'true', 'undecided'],
  ];
  it.each(rowsOfNull)('of %s with %j is %s (IAM User Guide, condition operators, Null)', (key, values, verdict) => {
    expect(verdictOn({ Null: { [key]: values } })).toBe(verdict);
  });

  it('takes no policy variables, and its set forms are documented nowhere', () => {
    expect(verdictOn({ Null: { [SUB]: '${aws:username}' } })).toBe('undecided');
    expect(verdictOn({ 'ForAllValues:Null': { [SUB]: 'false' } })).toBe('undecided');
  });
});

/** IAM User Guide, "AWS global condition context keys": aws:CurrentTime and aws:EpochTime. A policy is read once, and tokens come later. */
describe('a condition on the time of the call', () => {
  const clock = (): KeyValue => ({ state: 'clock', at: '2026-11-01T00:00:00Z' });
  const outcomeOf = (operator: string, value: string, effect: 'Allow' | 'Deny') => {
    const key = operator.startsWith('Numeric') ? 'aws:EpochTime' : 'aws:CurrentTime';
    return evaluateCondition({ operator, key, values: [{ value, path: '$' }], path: '$' }, true, clock, effect);
  };

  it.each([
    ['DateGreaterThan', '2030-01-01T00:00:00Z', 'undecided', 'no'],
    ['DateGreaterThan', '2020-01-01T00:00:00Z', 'yes', 'yes'],
    ['DateLessThan', '2030-01-01T00:00:00Z', 'yes', 'undecided'],
    ['DateLessThan', '2020-01-01T00:00:00Z', 'no', 'no'],
    ['NumericGreaterThan', '1893456000', 'undecided', 'no'],
    ['NumericLessThan', '1893456000', 'yes', 'undecided'],
    ['NumericLessThan', '1577836800', 'no', 'no'],
  ])('%s %s: %s in an Allow, %s in a Deny', (operator, value, allow, deny) => {
    const [inAllow, inDeny] = [outcomeOf(operator, value, 'Allow'), outcomeOf(operator, value, 'Deny')];
    expect([inAllow.outcome, inDeny.outcome]).toEqual([allow, deny]);
    expect([inAllow.doubt, inDeny.doubt]).toEqual([allow, deny].map((one) => (one === 'undecided' ? 'not-yet' : null)));
  });

  it('is not decided by an operator for texts', () => {
    expect(outcomeOf('StringEquals', '2026-11-01T00:00:00Z', 'Allow')).toMatchObject({ outcome: 'undecided', doubt: 'key-unknowable' });
  });
});
