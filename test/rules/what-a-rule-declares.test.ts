import { describe, expect, it } from '@jest/globals';
import type { Ref } from '../../src/model/contract/about.js';
import type { Rule } from '../../src/rules/contract/define-rule.js';

type Declared = Pick<Rule, 'link' | 'absorbs' | 'joins'>;

describe('what a rule declares of others', () => {
  it('compiles where it is right', () => {
    const right: Declared = { link: 'subject', absorbs: ['annotation-missing'], joins: ['audience-mismatch'] };
    expect(right.link).toBe('subject');
  });

  it('does not where the link is none of the chain', () => {
    // @ts-expect-error `subjct` is no link
    const wrong: Declared = { link: 'subjct' };
    expect(wrong).toBeDefined();
  });

  it('does not where it absorbs a rule that is not there', () => {
    // @ts-expect-error `anotation-missing` is no rule
    const wrong: Declared = { link: 'subject', absorbs: ['anotation-missing'] };
    expect(wrong).toBeDefined();
  });

  it('does not where a finding is about a part that no subject has', () => {
    // @ts-expect-error `vale` is no part
    const wrong: Ref = { part: 'vale', path: '$.Statement[0]' };
    expect(wrong).toBeDefined();
  });
});
