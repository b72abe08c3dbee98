import { describe, expect, it } from '@jest/globals';
import { asIssuerId } from '../../src/model/inventory/issuer-id.js';
import { cleanedSubject, subjectProblem, SubjectsMeant } from '../../src/facts/statement/service-account-subject.js';

const EXISTING = ['system:serviceaccount:shop:checkout', 'system:serviceaccount:shop:cart', 'system:serviceaccount:pay:checkout'];

describe('what no service account can be called', () => {
  it.each([
    ['system:serviceaccount:shop:checkout ', 'blank'],
    ['system:serviceaccount:shop:\u00a0checkout', 'blank'],
    ['arn:aws:iam::210987654321:role/checkout', 'ARN'],
    ['system:serviceaccount:shop/checkout', 'slash'],
    ['shop:checkout', 'begin'],
    ['system:serviceaccounts:shop', 'begin'],
    ['system:serviceaccount:Shop:checkout', 'upper-case'],
    ['system:serviceaccount:shop:check_out', 'underscore'],
    ['system:serviceaccount:eu:shop:checkout', 'too many'],
    ['system:serviceaccount:shop', 'too few'],
    ['system:serviceaccount:shop:-checkout', 'allows'],
    ['system:serviceaccount:shop.eu:checkout', 'allows'],
  ])('%j: %s', (value, word) => {
    expect(subjectProblem(value, false)).toContain(word);
  });

  it.each([
    [
      'System:serviceAccount: shop:check_out ',
      'it holds a blank, it holds an upper-case letter, it holds an underscore',
      'system:serviceaccount:shop:check-out',
    ],
    ['Shop/checkout', 'it holds a slash, it holds an upper-case letter, it does not begin with system:serviceaccount:', EXISTING[0]],
    ['system:serviceaccount:Shop: checkout', 'it holds a blank, it holds an upper-case letter', EXISTING[0]],
    ['system:serviceaccount:a:b:C', 'it holds an upper-case letter, it has a part too many', null],
    ['system:serviceaccount:-shop:Checkout', 'it holds an upper-case letter, its namespace or name is none that Kubernetes allows', null],
    ['system:serviceaccount:Shop', 'it holds an upper-case letter, it has a part too few', null],
  ])('%j: each mistake, and what mends all of them', (value, words, meant) => {
    expect(subjectProblem(value, false)).toBe(words);
    expect(cleanedSubject(value)).toBe(meant);
  });

  it('each mistake of a pattern', () => {
    expect(subjectProblem('system:serviceaccount:Shop_1: *', true)).toBe(
      'it holds a blank, it holds an upper-case letter, it holds an underscore',
    );
  });

  it.each(['system:serviceaccount:Shop:*', 'shop:*', 'system:serviceaccount:shop:*:x:y', 'system:serviceaccount:shop:ü*'])(
    '%j under a pattern operator',
    (value) => {
      expect(subjectProblem(value, true)).not.toBeNull();
    },
  );

  it.each(['system:serviceaccount:shop:checkout', 'system:serviceaccount:shop:checkout.v2', 'system:serviceaccount:7:a-b'])(
    '%j is a subject',
    (value) => {
      expect(subjectProblem(value, false)).toBeNull();
    },
  );

  it.each(['*', 'sys*', 'system:serviceaccount:shop*', 'system:serviceaccount:*:cart', '*:cart', 'system:serviceaccount:sho?:cart'])(
    '%j is a pattern of subjects',
    (value) => {
      expect(subjectProblem(value, true)).toBeNull();
    },
  );
});

describe('what was meant', () => {
  it.each([
    ['shop:checkout', 'system:serviceaccount:shop:checkout'],
    ['shop/checkout', 'system:serviceaccount:shop:checkout'],
    ['serviceaccount:shop:checkout', 'system:serviceaccount:shop:checkout'],
    ['system:serviceaccounts:shop:checkout', 'system:serviceaccount:shop:checkout'],
    ['system:serviceaccount:Shop:check_out ', 'system:serviceaccount:shop:check-out'],
  ])('%j is %s', (value, meant) => {
    expect(cleanedSubject(value)).toBe(meant);
  });

  it.each(['checkout', 'arn:aws:iam::210987654321:role/checkout', 'system:serviceaccount:a:b:c'])('%j cannot be told', (value) => {
    expect(cleanedSubject(value)).toBeNull();
  });

  const meant = (value: string, most?: number): string | null => new SubjectsMeant(() => EXISTING, most).nearest(value, asIssuerId('one'));

  it('prefers the name itself, then the nearest, and nothing that is far', () => {
    expect(meant('pay/checkout')).toBe('system:serviceaccount:pay:checkout');
    expect(meant('system:serviceaccount:shop:Chekout')).toBe('system:serviceaccount:shop:checkout');
    expect(meant('warehouse:picker')).toBeNull();
  });

  it('compares so many service accounts and no more for all values of a role, and finds the name itself after that too', () => {
    let asked = 0;
    const subjects = new SubjectsMeant(() => {
      asked += 1;
      return EXISTING;
    }, 2 * EXISTING.length);
    const found = ['shop:chekout', 'shop:crt', 'shop:crt', 'pay/checkout'].map((value) => subjects.nearest(value, asIssuerId('one')));
    expect(found).toEqual([
      'system:serviceaccount:shop:checkout',
      'system:serviceaccount:shop:cart',
      null,
      'system:serviceaccount:pay:checkout',
    ]);
    expect(asked).toBe(1);
  });
});
