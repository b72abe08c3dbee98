import { expect, it } from '@jest/globals';
import { renewed } from '../../src/collect/reading/refresh-token.js';

it('makes a token once for all that ask, and another before a cluster refuses the old one', async () => {
  let [clock, made] = [0, 0];
  const token = renewed(
    () => Promise.resolve(`token ${(made += 1)}`),
    () => clock,
  );
  expect(await Promise.all([token(), token()])).toEqual(['token 1', 'token 1']);
  clock = 3 * 60_000;
  expect(await token()).toBe('token 1');
  // The SDK hands out credentials that end in five minutes, and with them ends what they have signed.
  clock = 5 * 60_000 - 1000;
  expect(await token()).toBe('token 2');
  clock = 14 * 60_000;
  expect(await token()).toBe('token 3');
});

it('makes another at once where none could be made', async () => {
  let made = 0;
  const token = renewed(
    () => ((made += 1) === 1 ? Promise.reject(new Error('no credentials yet')) : Promise.resolve(`token ${made}`)),
    () => 0,
  );
  await expect(Promise.all([token(), token()])).rejects.toThrow('no credentials yet');
  expect(await token()).toBe('token 2');
});
