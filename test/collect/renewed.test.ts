import { expect, it } from '@jest/globals';
import { renewed } from '../../src/collect/renewed.js';

it('makes a token once for all that ask, and another before a cluster refuses the old one', async () => {
  let [clock, made] = [0, 0];
  const token = renewed(
    () => Promise.resolve(`token ${(made += 1)}`),
    () => clock,
  );
  expect(await Promise.all([token(), token()])).toEqual(['token 1', 'token 1']);
  clock = 9 * 60_000;
  expect(await token()).toBe('token 1');
  clock = 14 * 60_000;
  expect(await token()).toBe('token 2');
});
