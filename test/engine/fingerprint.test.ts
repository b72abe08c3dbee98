import { expect, it } from '@jest/globals';
import { fingerprint } from '../../src/engine/problems/fingerprint.js';
import type { Subject } from '../../src/model/report/finding.js';

const cluster = (region: string): Subject => ({ type: 'cluster', id: 'prod', arn: null, region });

it('tells apart account, region, rule, subject and issuer, and nothing else', () => {
  const all = [
    fingerprint('1', 'a', cluster('eu-west-1'), null),
    fingerprint('2', 'a', cluster('eu-west-1'), null),
    fingerprint('1', 'b', cluster('eu-west-1'), null),
    fingerprint('1', 'a', cluster('eu-west-2'), null),
    fingerprint('1', 'a', cluster('eu-west-1'), 'issuer'),
    fingerprint('1', 'a', { ...cluster('eu-west-1'), id: 'other' }, null),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(fingerprint('1', 'a', cluster('eu-west-1'), null)).toBe(all[0]);
  expect(all[0]).toMatch(/^[0-9a-f]{32}$/);
});

it('does not let a hostile name pass for another subject', () => {
  const of = (id: string, region: string): string => fingerprint('1', 'a', { type: 'cluster', id, arn: null, region }, null);
  expect(of('x","y', 'r')).not.toBe(of('x', 'r","y'));
});

// A user's scripts and saved states rely on it: this value never changes.
it('is stable', () => {
  expect(
    fingerprint(
      '210987654321',
      'provider-missing',
      { type: 'cluster', id: 'prod', arn: 'arn:aws:eks:eu-west-1:210987654321:cluster/prod', region: 'eu-west-1' },
      null,
    ),
  ).toBe('d0480b64df64dbb6741accbef1eb7d00');
});
