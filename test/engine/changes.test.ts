import { describe, expect, it } from '@jest/globals';
import type { Changes } from '../../src/engine/history/changes.js';
import type { Settings } from '../../src/model/report/settings.js';
import { raised } from './rule-builder.js';
import { crashing, day, quiet, rule, run } from './run-of-rules.js';

describe('a reminder', () => {
  const first = run(null, 1).next;
  it.each<[number, Partial<Settings>, boolean]>([
    [2, {}, false],
    [7, {}, false],
    [8, {}, true],
    [3, { reminderDays: 2 }, true],
    [30, { reminderDays: 0 }, false],
    [8, { notifyAt: 'critical' }, false],
  ])('on day %d with %j: %p', (on, settings, due) => expect(run(first, on, { settings }).news.reminder).toBe(due));

  it('comes again after as many days', () => {
    const second = run(first, 8).next;
    expect([run(second, 14).news.reminder, run(second, 15).news.reminder]).toEqual([false, true]);
  });

  it('is not due where nothing is open', () => expect(run(first, 8, { rules: [quiet] }).news.reminder).toBe(false));

  it('is due for what could not be looked at again', () =>
    expect(run(first, 8, { rules: [quiet], blind: { providers: 'denied' } }).news.reminder).toBe(true));
});

describe('severity', () => {
  const at = (severity: 'low' | 'medium' | 'high') => ({ rules: [rule({ kind: 'hygiene', severity, raises: [raised()] })] });
  const kinds = ({ news }: Changes) => Object.values(news.changed).map(({ kind }) => kind);

  it('that rises is told as worse, once', () => {
    const low = run(null, 1, at('low')).next;
    const risen = run(low, 2, at('high'));
    expect(kinds(risen)).toEqual(['worse']);
    expect(kinds(run(risen.next, 3, at('high')))).toEqual([]);
  });

  it('that falls is not told, and told again when it rises for sure', () => {
    const fallen = run(run(null, 1, at('high')).next, 2, at('low'));
    expect(kinds(fallen)).toEqual([]);
    expect(kinds(run(fallen.next, 3, at('high')))).toEqual(['worse']);
  });

  it('that only looks lower because something was not read, is not told when it is back', () => {
    const dim = run(run(null, 1, at('high')).next, 2, { ...at('low'), blind: { providers: 'denied' } });
    expect(kinds(run(dim.next, 3, at('high')))).toEqual([]);
  });

  it('that is medium because what it weighs was not read is no news beside a smaller one, however often', () => {
    const unweighed = { rules: [rule({ kind: 'hygiene', severity: 'medium', confidence: 'likely', raises: [raised()] })] };
    const low = run(null, 1, at('low')).next;
    const dim = run(low, 2, { ...unweighed, blind: { providers: 'denied' } });
    const again = run(dim.next, 3, { ...unweighed, blind: { providers: 'denied' } });
    expect([kinds(dim), kinds(again)]).toEqual([[], []]);
    expect(kinds(run(again.next, 4, unweighed))).not.toEqual([]);
    expect(kinds(run(again.next, 4, at('low')))).toEqual([]);
  });

  it('that came back below the threshold is told when the threshold is lowered', () => {
    const resolved = run(run(null, 1, at('low')).next, 2, { rules: [quiet] }).next;
    const back = run(resolved, 3, { ...at('low'), settings: { notifyAt: 'high' } });
    expect(kinds(back)).toEqual([]);
    expect(kinds(run(back.next, 4, at('low')))).toEqual(['new']);
  });

  it('below the threshold is told when the threshold is lowered', () => {
    const silent = run(null, 1, { ...at('low'), settings: { notifyAt: 'high' } });
    expect(kinds(silent)).toEqual([]);
    expect(kinds(run(silent.next, 2, at('low')))).toEqual(['new']);
  });
});

describe('gaps', () => {
  const denied = { blind: { regions: { prod: null, lab: 'denied' as const } } };
  const first = run(null, 1).next;

  it('are told when they begin and when they are over, not in between', () => {
    const begun = run(first, 2, denied);
    expect(begun.news.gapsBegun).toMatchObject([{ what: 'eks:ListClusters', scope: 'us-east-1', reason: 'denied' }]);
    const second = run(begun.next, 3, denied);
    expect([second.news.gapsBegun, second.news.gapsOver]).toEqual([[], []]);
    expect(run(second.next, 4).news.gapsOver).toMatchObject([{ what: 'eks:ListClusters', scope: 'us-east-1', since: day(2) }]);
  });

  it('are told again for another reason, and are not over', () => {
    const begun = run(first, 2, denied).next;
    const { news } = run(begun, 3, { blind: { regions: { prod: null, lab: 'unreachable' } } });
    expect([news.gapsBegun.length, news.gapsOver]).toEqual([1, []]);
  });

  it('that the user accepts are neither told nor over', () => {
    const accepted = { ...denied, settings: { acceptUnread: [{ scope: 'us-east-1', reason: 'closed' }] } };
    const begun = run(first, 2, denied).next;
    for (const before of [first, begun]) {
      const { news, next } = run(before, 3, accepted);
      expect([news.gapsBegun, news.gapsOver]).toEqual([[], []]);
      expect(run(next, 4).news.gapsOver).toEqual([]);
    }
  });

  it('of a rule that crashes are told like reads', () => {
    expect(run(first, 2, { rules: [crashing] }).news.gapsBegun).toMatchObject([{ what: 'rule:a-rule', detail: 'Error: a defect' }]);
  });
});
