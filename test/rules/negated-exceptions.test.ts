import { describe, expect, it } from '@jest/globals';
import { allow, PROD, GONE, told, type Conditions } from '../engine/role-under-test.js';

const sub = (value: string): string => `system:serviceaccount:${value}`;
const own = `${PROD}:sub`;
const gone = `${GONE}:sub`;

/** Expected: what IAM does with each, by its documented operators: a negated one is met where the key is absent. */
describe('whom a negated condition leaves out', () => {
  it.each<[string, Conditions, string]>([
    ['a pattern', { StringNotLike: { [own]: sub('kube-system:*') } }, ` except ${sub('kube-system:*')}`],
    ['a name', { StringNotEquals: { [own]: sub('shop:web') } }, ` except ${sub('shop:web')}`],
    ['a pattern of another issuer', { StringNotLike: { [gone]: sub('kube-system:*') } }, ''],
    ['a name of another issuer', { StringNotEquals: { [gone]: sub('shop:web') } }, ''],
    ['an ARN pattern of another issuer', { ArnNotLike: { [gone]: sub('kube-system:*') } }, ''],
    ['a variable that nothing fills', { StringNotEquals: { [own]: sub('app:${BAD}') } }, ''],
    ['both', { StringNotLike: { [gone]: sub('kube-system:*'), [own]: sub('default:*') } }, ` except ${sub('default:*')}`],
  ])('is said as it is: %s', (_, condition, except) => {
    const findings = told([allow(PROD, { StringEquals: { [`${PROD}:aud`]: 'sts.amazonaws.com' }, ...condition })]);
    const [negated] = findings.filter(({ rule }) => rule === 'operator-negated');
    expect(negated?.message).toContain(`very service account of ${PROD}${except} can assume this role`);
  });
});
