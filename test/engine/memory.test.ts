import { describe, expect, it } from '@jest/globals';
import { auditWith } from '../../src/engine/audit.js';
import { Recollection } from '../../src/engine/history/next-state.js';
import type { Remembered, State } from '../../src/model/report/state.js';
import { inventoryOf, SEES_ALL } from './made-up-world.js';
import { day, quiet, ROLE, rule, run } from './run-of-rules.js';

const NO_WORLD = {
  clusters: { prod: { exists: false, provider: 'none' }, lab: { exists: false, provider: 'none' } },
  roles: [],
  annotated: null,
} as const;

function remembered(over: Partial<Remembered>): Remembered {
  return {
    rule: 'a-rule',
    subject: ROLE,
    severity: 'high',
    status: 'resolved',
    problem: 'p',
    firstSeen: day(1),
    lastSeen: day(1),
    resolvedAt: day(2),
    told: null,
    suppressed: false,
    ...over,
  };
}

/** What is left of a memory after a run in November that finds nothing, with room for so many that are resolved. */
function left(findings: Readonly<Record<string, Remembered>>, room: number): readonly string[] {
  const audit = auditWith([], inventoryOf(NO_WORLD, SEES_ALL, day(20)), { now: day(20) });
  const state: State = { ...run(null, 1, { rules: [quiet] }).next, findings };
  return Object.keys(new Recollection(audit, state, ({ rule: id }) => (id === 'unread-rule' ? 'unread' : 'passed'), room).next(new Set()));
}

describe('what is resolved', () => {
  const findings = Object.fromEntries(
    [5, 3, 9, 7].map((resolved) => [`resolved-${resolved}`, remembered({ resolvedAt: day(resolved) })] as const),
  );

  it('is remembered as long as there is room', () => expect(left(findings, 4)).toHaveLength(4));

  it('is forgotten beyond it, that first which was resolved first', () => expect(left(findings, 2)).toEqual(['resolved-7', 'resolved-9']));

  it('makes room for what is resolved now', () =>
    expect(left({ ...findings, now: remembered({ status: 'open', resolvedAt: null }) }, 2)).toEqual(['now', 'resolved-9']));

  it('never takes the place of what is open', () => {
    const open = Object.fromEntries(
      [1, 2, 3].map((number) => [`open-${number}`, remembered({ rule: 'unread-rule', status: 'open', resolvedAt: null })] as const),
    );
    expect(left({ ...findings, ...open }, 1)).toEqual(['open-1', 'open-2', 'open-3', 'resolved-9']);
  });

  it('is forgotten after three months though its time is missing', () => {
    expect(left({ old: remembered({ resolvedAt: null, lastSeen: '2026-08-01T06:00:00.000Z' }) }, 4)).toEqual([]);
  });

  it('of very many leaves a memory that a run can read', () => {
    const many = Object.fromEntries(
      Array.from({ length: 30_000 }, (_, index) => [
        `f${String(index).padStart(5, '0')}`,
        remembered({ resolvedAt: new Date(Date.UTC(2026, 10, 1) + index * 1_000).toISOString() }),
      ]),
    );
    const { next } = run({ ...run(null, 1, { rules: [quiet] }).next, findings: many }, 20, { rules: [rule()] });
    const kept = Object.keys(next.findings).filter((key) => key.startsWith('f') && key.length === 6);
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([20_000, 'f10000', 'f29999']);
  });
});
