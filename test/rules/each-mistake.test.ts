import { describe, expect, it } from '@jest/globals';
import { allow, named, PROD, told } from '../engine/role-under-test.js';

const malformed = (sub: string | readonly string[]) =>
  told([allow(PROD, named(PROD, typeof sub === 'string' ? sub : [...sub]))]).filter(({ rule }) => rule === 'subject-malformed');

describe('several mistakes', () => {
  it('of one subject are each named, and mended together', () => {
    const [finding, ...others] = malformed('System:serviceAccount: shop:app ');
    expect(others).toEqual([]);
    expect(finding?.message).toMatch(/: it holds a blank, it holds an upper-case letter\.$/);
    expect(finding?.evidence[0]?.expected).toBe('system:serviceaccount:shop:app');
    expect(JSON.stringify(finding?.fix?.patches)).toContain('"system:serviceaccount:shop:app"');
  });

  it('of several subjects of one condition are told in one finding', () => {
    const [finding, ...others] = malformed(['system:serviceaccount:shop/app', 'system:serviceaccount:Shop:web_1']);
    expect(others).toEqual([]);
    expect(finding?.message).toBe(
      `No token of ${PROD} can have one of these subjects: system:serviceaccount:shop/app (it holds a slash), system:serviceaccount:Shop:web_1 (it holds an upper-case letter, it holds an underscore).`,
    );
    expect(finding?.evidence.map(({ expected }) => expected)).toEqual([
      'system:serviceaccount:shop:app',
      'system:serviceaccount:shop:web-1',
    ]);
  });
});
