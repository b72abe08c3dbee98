import { describe, expect, it } from '@jest/globals';
import type { State } from '../src/model/report/state.js';
import { parseState, printState } from '../src/saved/state-file.js';

const AT = '2026-11-01T06:00:00.000Z';
/** A day after the memory was written. */
const NOW = '2026-11-02T06:00:00.000Z';
const state: State = {
  schemaVersion: 2,
  account: '111122223333',
  updatedAt: AT,
  remindedAt: AT,
  regions: ['eu-west-1'],
  version: '0.2.0',
  rules: ['provider-missing'],
  settings: { notifyAt: 'low', notifyWhenClean: false, reminderDays: 7, suppressByTag: false, entries: ['0123456789abcdef'] },
  tagsTold: ['f1'],
  belowTold: ['f1'],
  findings: {
    f1: {
      rule: 'provider-missing',
      subject: { type: 'cluster', id: 'prod', arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/prod', region: 'eu-west-1' },
      severity: 'high',
      status: 'open',
      problem: 'f1',
      firstSeen: '2026-10-01T06:00:00.000Z',
      lastSeen: AT,
      resolvedAt: null,
      told: 'high',
      suppressed: false,
    },
  },
  gaps: [{ what: 'eks:ListClusters', scope: 'eu-west-3', reason: 'denied', since: AT, told: true }],
};

describe('a memory', () => {
  it('is read as it was written', () => expect(parseState(printState(state), NOW)).toEqual({ state }));

  it('of version 1 keeps everything, and counts no rule as one that judged as it does today', () => {
    const old = JSON.stringify({ ...state, rules: undefined, schemaVersion: 1 });
    expect(parseState(old, NOW)).toEqual({ state: { ...state, version: null, rules: [], settings: null, tagsTold: [], belowTold: [] } });
  });

  it('of 0.1.0 keeps everything, and does not know what it did not say', () => {
    const old = JSON.stringify({ ...state, version: undefined, settings: undefined, tagsTold: undefined, belowTold: undefined });
    expect(parseState(old, NOW)).toEqual({ state: { ...state, version: null, settings: null, tagsTold: [], belowTold: [] } });
  });

  it('of very many findings that are resolved keeps those that were resolved last, and checks all others', () => {
    const resolvedAt = (second: number): string => new Date(Date.UTC(2026, 9, 1) + second * 1_000).toISOString();
    const many = Array.from({ length: 20_010 }, (_, index): [string, object] => [
      `r${index}`,
      { ...state.findings['f1'], status: 'resolved', resolvedAt: resolvedAt(index), told: null },
    ]);
    const text = (more: object): string => JSON.stringify({ ...state, findings: { ...Object.fromEntries(many), ...more } });
    const read = parseState(text(state.findings), NOW);
    const kept = 'state' in read ? Object.keys(read.state.findings) : [];
    expect([kept.length, kept.includes('f1'), kept.includes('r9'), kept.includes('r10')]).toEqual([20_001, true, false, true]);
    expect(parseState(text({ odd: { status: 'resolved' } }), NOW)).toEqual({
      unusable: expect.stringMatching(/^it is damaged \(findings\.odd/),
    });
  });

  it('takes nothing from a finding called __proto__', () => {
    const text = JSON.stringify(state).replace('"f1":', `"__proto__":${JSON.stringify({ ...state.findings['f1'], rule: 'x' })},"f1":`);
    const read = parseState(text, NOW);
    expect(read).toEqual({ state });
    expect([('state' in read ? read.state.findings : {})['rule'], ({} as Record<string, unknown>)['rule']]).toEqual([undefined, undefined]);
  });

  it('that is too large to be read is told', () =>
    expect(parseState(' '.repeat(128 * 1024 * 1024 + 1), NOW)).toEqual({ unusable: expect.stringMatching(/^it is too large to be read/) }));

  const late = '2026-11-02T07:00:00.001Z';
  const finding = state.findings['f1'];
  it.each<[string, object]>([
    ['updatedAt', { updatedAt: late }],
    ['remindedAt', { remindedAt: '9999-12-31T23:59:59.000Z' }],
    ['findings.f1', { findings: { f1: { ...finding, firstSeen: late } } }],
    ['findings.f1', { findings: { f1: { ...finding, lastSeen: late } } }],
    ['findings.f1', { findings: { f1: { ...finding, status: 'resolved', resolvedAt: late } } }],
    ['gaps', { gaps: [{ ...state.gaps[0], since: late }] }],
  ])('from the future (%s) is not used', (where, changes) => {
    expect(parseState(JSON.stringify({ ...state, ...changes }), NOW)).toEqual({
      unusable: expect.stringMatching(new RegExp(`^it is from the future \\(${where}: \\d{4}-.*; now it is ${NOW}\\)$`)),
    });
  });

  it('of a clock that is a little ahead is used', () =>
    expect(parseState(JSON.stringify({ ...state, updatedAt: '2026-11-02T07:00:00.000Z' }), NOW)).toHaveProperty('state'));

  it.each<[string, string, RegExp]>([
    ['no JSON', '{"schemaVersion":2', /^it is not JSON \(/],
    ['nothing', '', /^it is not JSON \(/],
    ['of a newer version', JSON.stringify({ ...state, schemaVersion: 3 }), /newer version \(schema version 3; this one knows up to 2\)/],
    ['no memory', '[]', /^it is damaged \(/],
    ['without a part', JSON.stringify({ ...state, findings: undefined }), /^it is damaged \(findings: /],
    ['with a wrong time', JSON.stringify({ ...state, remindedAt: 'yesterday' }), /^it is damaged \(remindedAt: /],
    [
      'with a wrong finding',
      JSON.stringify({ ...state, findings: { f1: { ...state.findings['f1'], told: 'loud' } } }),
      /^it is damaged \(findings\.f1\.told: /,
    ],
  ])('that is %s is told, not thrown', (_what, text, words) => {
    expect(parseState(text, NOW)).toEqual({ unusable: expect.stringMatching(words) });
  });
});
