import { describe, expect, it } from '@jest/globals';
import { memo, memoByText } from '../../src/lib/memo.js';

describe('memo', () => {
  it.each([[null], [0], [''], [false], [{}]])('works out %j once for each key', (answer) => {
    let asked = 0;
    const ask = memo((key: { readonly answer: typeof answer }) => {
      asked += 1;
      return key.answer;
    });
    const [one, other] = [{ answer }, { answer }];
    expect([ask(one), ask(one), ask(other), ask(one)]).toEqual([answer, answer, answer, answer]);
    expect(asked).toBe(2);
  });

  it('passes on what is given beside the key, and does not look at it', () => {
    const ask = memo((_key: object, beside: string) => beside);
    const key = {};
    expect([ask(key, 'first'), ask(key, 'second'), ask({}, 'second')]).toEqual(['first', 'first', 'second']);
  });

  it('keeps nothing of what has failed', () => {
    let failures = 1;
    const ask = memo(({ answer }: { readonly answer: string }) => {
      if (failures-- > 0) throw new Error('not yet');
      return answer;
    });
    const key = { answer: 'answer' };
    expect(() => ask(key)).toThrow('not yet');
    expect(ask(key)).toBe('answer');
  });

  it('gives a memo for keys of two parts', () => {
    const asked: string[] = [];
    const ask = memo((key: { name: string }) =>
      memoByText((text) => {
        asked.push(`${key.name} ${text}`);
        return text.length;
      }),
    );
    const [one, other] = [{ name: 'one' }, { name: 'other' }];
    expect([ask(one)('a'), ask(one)('a'), ask(one)('bc'), ask(other)('a')]).toEqual([1, 1, 2, 1]);
    expect(asked).toEqual(['one a', 'one bc', 'other a']);
  });
});

describe('memoByText', () => {
  it('keeps no more than it may', () => {
    const asked: string[] = [];
    const ask = memoByText((text) => {
      asked.push(text);
      return text.length;
    }, 1);
    expect([ask('a'), ask('bc'), ask('a'), ask('bc')]).toEqual([1, 2, 1, 2]);
    expect(asked).toEqual(['a', 'bc', 'bc']);
  });
});
