import { describe, expect, it } from '@jest/globals';
import type { Changes } from '../../src/engine/history/changes.js';
import type { Severity } from '../../src/model/report/finding.js';
import type { State } from '../../src/model/report/state.js';
import { roleNamed } from './rule-builder.js';
import { crashing, onlyFinding, quiet, rule, run, type Situation } from './run-of-rules.js';

const at = (severity: Severity): Situation => ({ rules: [rule({ kind: 'hygiene', severity })] });
const second = (situation: Situation = {}): Situation => ({ version: '2', ...situation });
const kinds = ({ news }: Changes): readonly string[] => Object.values(news.upgrade?.problems ?? {}).map(({ kind }) => kind);

describe('the first run of a new version', () => {
  it('tells what is new as a list, and the next run nothing of it', () => {
    const upgraded = run(run(null, 1, { rules: [quiet] }).next, 2, second());
    expect(upgraded.news).toMatchObject({ changed: {}, resolved: [], upgrade: { version: '2', milder: [], gone: [] } });
    expect(kinds(upgraded)).toEqual(['new']);
    expect(run(upgraded.next, 3, second()).news).toMatchObject({ changed: {}, upgrade: null });
  });

  it('tells what is graver in the list', () => {
    const upgraded = run(run(null, 1, at('low')).next, 2, second(at('critical')));
    expect([upgraded.news.changed, kinds(upgraded)]).toEqual([{}, ['worse']]);
    expect(onlyFinding(upgraded)).toMatchObject({ told: 'critical' });
  });

  it('tells what is milder in the list, never as resolved, and again when it is graver', () => {
    const upgraded = run(run(null, 1, at('critical')).next, 2, second(at('medium')));
    expect(upgraded.news).toMatchObject({ changed: {}, resolved: [], silenced: [] });
    expect(upgraded.news.upgrade?.milder).toMatchObject([{ rule: 'a-rule', severity: 'medium', was: 'critical' }]);
    expect(onlyFinding(upgraded)).toMatchObject({ status: 'open', told: 'medium' });
    expect(Object.values(run(upgraded.next, 3, second(at('critical'))).news.changed)).toMatchObject([{ kind: 'worse' }]);
  });

  it('tells what is milder than the threshold as milder alone', () => {
    const quieter: Situation = { settings: { notifyAt: 'critical' } };
    const upgraded = run(run(null, 1, { ...at('critical'), ...quieter }).next, 2, second({ ...at('high'), ...quieter }));
    expect(upgraded.news).toMatchObject({ silenced: [], upgrade: { milder: [{ severity: 'high' }] } });
  });

  it('tells what it does not raise any more in the list, and never as resolved', () => {
    const upgraded = run(run(null, 1).next, 2, second({ rules: [quiet] }));
    expect(upgraded.news).toMatchObject({
      changed: {},
      resolved: [],
      upgrade: { problems: {}, gone: [{ rule: 'a-rule', severity: 'low' }] },
    });
    expect(onlyFinding(upgraded)).toMatchObject({ status: 'resolved', told: null });
  });

  it('does the same with what a rule saw that it does not have any more, and forgets it', () => {
    const upgraded = run(run(null, 1).next, 2, second({ rules: [rule({ id: 'other-rule', raises: [] })] }));
    expect(upgraded.news).toMatchObject({ resolved: [], upgrade: { gone: [{ rule: 'a-rule' }] } });
    expect(upgraded.next.findings).toEqual({});
  });

  it('tells as resolved what does not exist any more: no version can judge that differently', () => {
    const about = roleNamed('deleted-later');
    const before = run(null, 1, { rules: [rule({ about })] }).next;
    expect(run(before, 2, second({ rules: [quiet] })).news).toMatchObject({ upgrade: null, resolved: [{ how: 'gone' }] });
  });

  it('tells in full what it cannot have brought: a threshold that was lowered, a suppression that has ended', () => {
    const silent = run(null, 1, { settings: { notifyAt: 'critical' } }).next;
    expect(run(silent, 2, second()).news).toMatchObject({
      upgrade: null,
      changed: { [Object.keys(silent.findings)[0] ?? '']: { kind: 'new' } },
    });
    const settings = { suppressions: [{ rule: 'a-rule', subject: '*', reason: 'wave 3', until: '2026-11-01' }] };
    const ended = run(run(null, 1, { settings }).next, 2, second({ settings }));
    expect([ended.news.upgrade, Object.keys(ended.news.changed).length]).toEqual([null, 1]);
  });

  it('tells in the list what was suppressed by a tag, which suppresses no more by default', () => {
    const tags = { 'irsa-auditor:ignore': 'a-rule' };
    const before = run(null, 1, { ...at('medium'), tags, settings: { suppressByTag: true } });
    expect(before.news.changed).toEqual({});
    const upgraded = run(before.next, 2, second({ ...at('medium'), tags }));
    expect([upgraded.news.changed, kinds(upgraded).length]).toEqual([{}, 1]);
  });

  it('says nothing where nothing is judged differently', () => {
    const upgraded = run(run(null, 1).next, 2, second());
    expect(upgraded.news).toMatchObject({ changed: {}, upgrade: null, resolved: [], turnedDown: [] });
    expect(upgraded.next.version).toBe('2');
  });

  it('keeps open what could not be looked at', () => {
    const upgraded = run(run(null, 1).next, 2, second({ rules: [quiet], blind: { providers: 'denied' } }));
    expect([upgraded.news.upgrade, onlyFinding(upgraded)?.status]).toEqual([null, 'open']);
  });
});

describe('after an upgrade', () => {
  it('what a rule sees that crashed in its first run still comes from the upgrade', () => {
    const crashed = run(run(null, 1, { rules: [quiet] }).next, 2, second({ rules: [crashing] }));
    expect(kinds(run(crashed.next, 3, second()))).toEqual(['new']);
  });

  it('what any other rule sees for the first time is new', () => {
    const upgraded = run(run(null, 1, { rules: [quiet] }).next, 2, second({ rules: [quiet] }));
    const { news } = run(upgraded.next, 3, second());
    expect([Object.values(news.changed).map(({ kind }) => kind), news.upgrade]).toEqual([['new'], null]);
  });
});

describe('a rule that ran in no earlier run', () => {
  const old = rule({ id: 'old-rule' });
  const silent = rule({ id: 'old-rule', raises: [] });
  const fresh = rule({ id: 'new-rule' });
  const { next } = run(null, 1, { rules: [silent] });

  it('tells what it sees in the list', () => {
    const { news } = run(next, 2, { rules: [silent, fresh] });
    expect([news.changed, Object.keys(news.upgrade?.problems ?? {}).length]).toEqual([{}, 1]);
  });

  it('does not keep a problem from being told in full in which another rule sees something new', () => {
    const { news } = run(next, 2, { rules: [old, fresh] });
    expect([Object.keys(news.changed).length, news.upgrade]).toEqual([1, null]);
  });
});

describe('a memory that does not say which version wrote it', () => {
  const old = (state: State): State => ({ ...state, version: null, settings: null, tagsTold: [], belowTold: [] });
  it('is that of another version', () => expect(kinds(run(old(run(null, 1, { rules: [quiet] }).next), 2))).toEqual(['new']));
  it('on a first run there is none', () => expect(run(null, 1).news).toMatchObject({ first: true, upgrade: null }));
});
