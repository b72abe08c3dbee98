import { describe, expect, it } from '@jest/globals';
import type { Changes } from '../../src/engine/history/changes.js';
import { valueAt } from '../../src/model/contract/about.js';
import type { Severity } from '../../src/model/report/finding.js';
import type { Settings } from '../../src/model/report/settings.js';
import { raised } from './rule-builder.js';
import type { State } from '../../src/model/report/state.js';
import { quiet, rule, run as runOf, type Situation } from './run-of-rules.js';

const suppressions = [{ rule: 'a-rule', subject: '*', reason: 'wave 3', until: '2026-11-20' }];
const at = (severity: Severity): Situation => ({ rules: [rule({ kind: 'hygiene', severity })] });
/** One run in which a rule sees something high, unless a test says otherwise. */
const run = (previous: State | null, on: number, situation: Situation = {}): Changes =>
  runOf(previous, on, { ...at('high'), ...situation });
const NOTHING = { changed: {}, resolved: [], silenced: [], turnedDown: [], upgrade: null };

describe('what was told and is not reported any more', () => {
  const first = run(null, 1).next;
  const silenced = ({ news }: Changes): readonly unknown[] => news.silenced.map(({ rule: id, severity, why }) => [id, severity, why]);

  it('is named once when it is suppressed', () => {
    const then = run(first, 2, { settings: { suppressions } });
    expect(silenced(then)).toEqual([['a-rule', 'high', { reason: 'wave 3', until: '2026-11-20', by: 'settings' }]]);
    expect(run(then.next, 3, { settings: { suppressions } }).news).toMatchObject(NOTHING);
  });

  it('is back when its suppression is gone', () => {
    const then = run(first, 2, { settings: { suppressions } });
    expect(Object.values(run(then.next, 3).news.changed)).toMatchObject([{ kind: 'reopened' }]);
  });

  it('is named when its cluster is left out', () => {
    const about = { type: 'cluster', id: 'prod', arn: 'arn:aws:eks:eu-west-1:210987654321:cluster/prod', region: 'eu-west-1' } as const;
    const rules = [rule({ about, kind: 'hygiene' })];
    const then = run(run(null, 1, { rules }).next, 2, { rules, settings: { clusters: { include: [], exclude: ['*'] } } });
    expect(then.news.silenced).toMatchObject([{ subject: about, why: { by: 'cluster-selection' } }]);
  });

  it('is named by its cluster when a selector that was there begins to mean another', () => {
    const about = { type: 'cluster', id: 'prod', arn: 'arn:aws:eks:eu-west-1:210987654321:cluster/prod', region: 'eu-west-1' } as const;
    const settings = { clusters: { include: [], exclude: ['prod'] } };
    const calm = run(null, 1, { rules: [], settings });
    const then = run(calm.next, 2, { rules: [rule({ about, kind: 'hygiene', severity: 'critical' })], settings });
    expect(then.news.turnedDown).toEqual([
      { what: 'clusters', clusters: { include: [], exclude: ['eu-west-1/prod'] }, severities: ['critical'] },
    ]);
    const after = run(then.next, 3, { rules: [rule({ about, kind: 'hygiene', severity: 'critical' })], settings });
    expect(after.news.turnedDown).toEqual([]);
  });

  it('is named when the threshold is raised above it, if it is high or critical', () => {
    const then = run(first, 2, { settings: { notifyAt: 'critical' } });
    expect(silenced(then)).toEqual([['a-rule', 'high', 'threshold']]);
    expect(run(then.next, 3, { settings: { notifyAt: 'critical' } }).news).toMatchObject(NOTHING);
    expect(Object.values(run(then.next, 3).news.changed)).toMatchObject([{ kind: 'reopened' }]);
    const medium = run(run(null, 1, at('medium')).next, 2, { ...at('medium'), settings: { notifyAt: 'high' } });
    expect([medium.news.silenced, medium.news.turnedDown]).toEqual([[], [{ what: 'threshold', notifyAt: 'high' }]]);
  });

  it('is named when it is milder than the threshold, and told when it is graver again', () => {
    const settings = { notifyAt: 'critical' as const };
    const blind = { providers: 'denied' as const };
    const then = run(run(null, 1, { ...at('critical'), settings }).next, 2, { ...at('high'), settings, blind });
    expect(silenced(then)).toEqual([['a-rule', 'high', 'threshold']]);
    expect(Object.values(run(then.next, 3, { ...at('critical'), settings }).news.changed)).toMatchObject([{ kind: 'worse' }]);
  });

  it('is named when it stands behind something that is not reported', () => {
    const about = [valueAt('$.Statement[0]')];
    const follower = rule({ id: 'subject-malformed', kind: 'hygiene', raises: [raised({ about })] });
    const leader = rule({ id: 'placeholder-left', link: 'placeholder', kind: 'hygiene', raises: [raised({ about })] });
    const hush = { suppressions: [{ rule: 'placeholder-left', subject: '*', reason: 'known', until: null }] };
    const before = run(null, 1, { rules: [follower], settings: hush }).next;
    expect(silenced(run(before, 2, { rules: [follower, leader], settings: hush }))).toEqual([['subject-malformed', 'high', 'behind']]);
    expect(silenced(run(before, 2, { rules: [follower, leader] }))).toEqual([]);
  });

  it('is not named where nobody was told of it', () => {
    const never = run(null, 1, { settings: { notifyAt: 'critical' } }).next;
    expect(silenced(run(never, 2, { settings: { notifyAt: 'critical', suppressions } }))).toEqual([]);
  });
});

describe('settings that keep more back', () => {
  const first = run(null, 1).next;
  const turned = (settings: Partial<Settings>, before = first): readonly unknown[] => [...run(before, 2, { settings }).news.turnedDown];

  it.each<[string, Partial<Settings>, object]>([
    ['a suppression', { suppressions }, { what: 'suppression', suppression: suppressions[0], severities: ['high'] }],
    [
      'clusters left out',
      { clusters: { include: [], exclude: ['lab'] } },
      { what: 'clusters', clusters: { include: [], exclude: ['lab'] }, severities: [] },
    ],
    [
      'clusters named',
      { clusters: { include: ['prod'], exclude: [] } },
      { what: 'clusters', clusters: { include: ['prod'], exclude: [] }, severities: [] },
    ],
    ['a higher threshold', { notifyAt: 'medium' }, { what: 'threshold', notifyAt: 'medium' }],
    ['no reminders', { reminderDays: 0 }, { what: 'reminders', days: 0 }],
    ['rarer reminders', { reminderDays: 30 }, { what: 'reminders', days: 30 }],
    ['tags', { suppressByTag: true }, { what: 'tags' }],
    [
      'a gap that is accepted',
      { acceptUnread: [{ scope: 'eu-west-3', reason: 'closed' }] },
      { what: 'accepted', accepted: { scope: 'eu-west-3', reason: 'closed' } },
    ],
  ])('%s: told once, and on a first run too', (_what, settings, expected) => {
    expect(turned(settings)).toEqual([expected]);
    expect(run(null, 1, { settings }).news.turnedDown).toEqual([expected]);
    expect(turned(settings, run(first, 2, { settings }).next)).toEqual([]);
  });

  it.each<[string, Partial<Settings>, Partial<Settings>]>([
    ['a lower threshold', { notifyAt: 'high' }, { notifyAt: 'info' }],
    ['more reminders', { reminderDays: 0 }, { reminderDays: 365 }],
    ['more reminders', { reminderDays: 30 }, { reminderDays: 7 }],
    ['no suppression', { suppressions }, {}],
    ['a suppression for another reason', { suppressions }, { suppressions: suppressions.map((one) => ({ ...one, reason: 'wave 4' })) }],
    ['every cluster', { clusters: { include: ['prod'], exclude: ['lab'] } }, {}],
    ['a message of a clean audit', {}, { notifyWhenClean: true }],
    ['a suppression that has ended', {}, { suppressions: suppressions.map((one) => ({ ...one, until: '2026-11-01' })) }],
  ])('%s is nothing to say', (_what, before, after) => {
    expect(turned(after, run(null, 1, { settings: before }).next)).toEqual([]);
  });

  it('a longer suppression and the end of messages of clean audits are told', () => {
    const longer = suppressions.map((one) => ({ ...one, until: null }));
    expect(turned({ suppressions: longer }, run(null, 1, { settings: { suppressions } }).next)).toMatchObject([{ what: 'suppression' }]);
    expect(turned({}, run(null, 1, { settings: { notifyWhenClean: true } }).next)).toEqual([{ what: 'when-clean' }]);
  });

  it('what is not read any more is told once', () => {
    const read = run(null, 1, { rules: [quiet] }).next;
    const blind = { serviceAccounts: 'not-requested' as const };
    const then = run(read, 2, { rules: [quiet], blind });
    expect(then.news.turnedDown).toEqual([{ what: 'not-requested', gap: { what: 'kubernetes:ListServiceAccounts', scope: '*' } }]);
    expect(run(then.next, 3, { rules: [quiet], blind }).news.turnedDown).toEqual([]);
  });

  it('are remembered by short hashes, whatever the reasons are', () => {
    const many = Array.from({ length: 100 }, (_, index) => ({
      rule: `rule-${index}`,
      subject: '*',
      reason: 'x'.repeat(1_000),
      until: null,
    }));
    const { settings } = run(null, 1, { settings: { suppressions: many } }).next;
    expect(settings?.entries).toHaveLength(100);
    expect(JSON.stringify(settings).length).toBeLessThan(2_500);
  });
});

describe('a tag that has no effect', () => {
  const tags = { 'irsa-auditor:ignore': 'a-rule' };
  const told = ({ news }: Changes): readonly unknown[] => news.tagsWithoutEffect.map(({ rule: id, severity, on }) => [id, severity, on]);

  it('is told once when it appears on what is high or critical', () => {
    const then = run(run(null, 1).next, 2, { tags });
    expect(told(then)).toEqual([['a-rule', 'high', 'role']]);
    const later = run(then.next, 3, { tags });
    expect(told(later)).toEqual([]);
    expect(told(run(run(later.next, 4).next, 5, { tags }))).toEqual([['a-rule', 'high', 'role']]);
    expect(told(run(run(null, 1).next, 2, { tags, settings: { suppressByTag: true } }))).toEqual([['a-rule', 'high', 'role']]);
  });

  it('is not told again where it could not be read in between', () => {
    const then = run(run(null, 1).next, 2, { tags });
    const dim = run(then.next, 3, { blind: { rolesUntil: 0 } });
    expect(told(run(dim.next, 4, { tags }))).toEqual([]);
  });

  it('is named beside the finding alone where that is milder, or there on the first run', () => {
    expect(told(run(run(null, 1, at('medium')).next, 2, { ...at('medium'), tags }))).toEqual([]);
    const first = run(null, 1, { tags });
    expect([told(first), first.report.findings.map(({ tagWithoutEffect }) => tagWithoutEffect)]).toEqual([[], ['role']]);
    expect(told(run(first.next, 2, { tags }))).toEqual([]);
  });
});
