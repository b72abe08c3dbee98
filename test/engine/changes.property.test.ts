import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditWith, type Audit } from '../../src/engine/audit.js';
import { changesSince, type Changes } from '../../src/engine/history/changes.js';
import type { SuppressionSettings } from '../../src/engine/problems/suppress.js';
import { memoByText } from '../../src/lib/memo.js';
import { atLeast, severityRank, type Severity } from '../../src/model/report/finding.js';
import { DEFAULT_SETTINGS, type Settings } from '../../src/model/report/settings.js';
import type { State } from '../../src/model/report/state.js';
import { RULES } from '../../src/rules/index.js';
import { blindness, inventoryOf, SEES_ALL, worlds, type Blindness, type World } from './made-up-world.js';

/** One scheduled run: the account as it is, what can be read of it, and whether SNS takes the message. */
interface Step {
  readonly world: World;
  readonly blind: Blindness;
  readonly published: boolean;
  readonly suppressed: boolean;
  readonly notifyAt: Severity;
  readonly leftOut: boolean;
  readonly version: string;
}

const RUNS = 250;
const SEED = 20261124;
const SUPPRESSED_RULES = ['subject-condition-missing', 'provider-missing', 'subject-wildcard-in-equals'];

const NOTHING = {
  setAside: null,
  changed: {},
  upgrade: null,
  resolved: [],
  turnedDown: [],
  silenced: [],
  tagsWithoutEffect: [],
  gapsBegun: [],
  gapsOver: [],
};

function settingsOf({ suppressed, notifyAt, leftOut }: Step): Settings {
  const suppressions = SUPPRESSED_RULES.map((rule) => ({ rule, subject: '*', reason: 'known', until: null }));
  const clusters = { include: [], exclude: leftOut ? ['prod'] : [] };
  return { ...DEFAULT_SETTINGS, notifyAt, clusters, suppressions: suppressed ? suppressions : [] };
}

const step: fc.Arbitrary<Step> = fc.record({
  world: worlds,
  blind: blindness,
  published: fc.constantFrom(true, true, true, false),
  suppressed: fc.constantFrom(false, false, false, true),
  notifyAt: fc.constantFrom<Severity>('info', 'low', 'low', 'medium', 'high', 'critical'),
  leftOut: fc.constantFrom(false, false, false, true),
  version: fc.constantFrom('1', '1', '1', '2'),
});

/** Half of the steps keep the world of the one before: only what is read of it changes. */
const histories: fc.Arbitrary<readonly Step[]> = fc
  .array(fc.tuple(step, fc.boolean()), { minLength: 1, maxLength: 8 })
  .map((steps) =>
    steps.reduce<Step[]>((all, [one, keeps]) => [...all, keeps ? { ...one, world: all.at(-1)?.world ?? one.world } : one], []),
  );

const dayOf = (index: number): string => new Date(Date.UTC(2026, 10, 1 + index)).toISOString();

/** All that an audit depends on. */
interface Audited extends Pick<Step, 'world' | 'blind'> {
  readonly day: string;
  readonly settings: SuppressionSettings;
}

/** Each audit once: the histories of one property are those of the others, and half of their steps have the world of the one before. */
const auditOnce = memoByText((text): Audit => {
  const { world, blind, day, settings } = JSON.parse(text) as Audited;
  return auditWith(RULES, inventoryOf(world, blind, day), { now: day, settings });
});
const auditOf = (audited: Audited): Audit => auditOnce(JSON.stringify(audited));

function runOn(previous: State | null, { world, blind, version }: Step, settings: Settings, day: string): Changes {
  const { clusters, suppressions, suppressByTag } = settings;
  const audit = auditOf({ world, blind, day, settings: { clusters, suppressions, suppressByTag } });
  return changesSince(previous, audit, { rules: RULES, settings, version });
}

/** Everything that is wrong in a world, told or hidden behind something else: what an audit sees that can read all of it. Nothing in a world has a date. */
function truth(world: World): ReadonlySet<string> {
  const { report, hidden } = auditOf({ world, blind: SEES_ALL, day: dayOf(0), settings: DEFAULT_SETTINGS });
  return new Set([...report.findings, ...hidden].map(({ fingerprint }) => fingerprint));
}

/** What somebody who reads every message knows. */
class Subscriber {
  /** By fingerprint: the severity told, and whether it was silent, hidden or resolved since. */
  readonly knows = new Map<string, { readonly severity: Severity; readonly past: boolean }>();

  /** High and critical findings that count as open and reported, as far as the messages say. */
  private loud = new Set<string>();

  /** Nothing high or critical that was told and is there vanishes without a word. */
  private watches({ report, news, next }: Changes, { notifyAt }: Step, really: ReadonlySet<string>): void {
    const shown = report.findings.filter(({ suppressed, severity }) => suppressed === null && atLeast(severity, notifyAt));
    const open = new Set([...shown.map(({ problem }) => problem), ...report.carriedOver.map(({ fingerprint }) => fingerprint)]);
    const isOpen = new Set(
      report.findings.flatMap(({ suppressed, problem, fingerprint }) => (suppressed === null && open.has(problem) ? [fingerprint] : [])),
    );
    const upgraded = [...(news.upgrade?.milder ?? []), ...(news.upgrade?.gone ?? [])];
    const said = new Set([...news.silenced, ...news.resolved, ...upgraded].map(({ fingerprint }) => fingerprint));
    for (const fingerprint of this.loud) {
      const memory = next.findings[fingerprint];
      const behind = memory?.status === 'superseded' && open.has(memory.problem);
      const accounted = said.has(fingerprint) || isOpen.has(fingerprint) || open.has(fingerprint) || behind;
      if (really.has(fingerprint)) expect([fingerprint, accounted]).toEqual([fingerprint, true]);
      if (!isOpen.has(fingerprint) && !open.has(fingerprint)) this.loud.delete(fingerprint);
    }
    const told = new Set([...Object.keys(news.changed), ...Object.keys(news.upgrade?.problems ?? {})]);
    for (const { fingerprint, problem, severity } of report.findings)
      if (told.has(problem) && isOpen.has(fingerprint) && atLeast(severity, 'high')) this.loud.add(fingerprint);
  }

  hears(changes: Changes, one: Step): void {
    const { report, news, next } = changes;
    const changed = new Set(Object.values(news.changed).flatMap((problem) => problem.changed));
    const told = new Set([...Object.keys(news.changed), ...Object.keys(news.upgrade?.problems ?? {})]);
    const really = truth(one.world);
    this.watches(changes, one, really);
    for (const { fingerprint, severity } of report.findings.filter((finding) => changed.has(finding.fingerprint))) {
      const before = this.knows.get(fingerprint);
      // Nothing is told twice without a change.
      if (before !== undefined && !before.past) expect(severityRank(severity)).toBeGreaterThan(severityRank(before.severity));
    }
    for (const { fingerprint } of news.resolved) {
      // Nothing is told as resolved while it is there, nor what nobody was told of.
      expect([fingerprint, really.has(fingerprint)]).toEqual([fingerprint, false]);
      expect(this.knows.get(fingerprint)?.past).not.toBe(undefined);
      this.knows.delete(fingerprint);
    }
    for (const { fingerprint } of news.upgrade?.gone ?? []) this.knows.delete(fingerprint);
    for (const finding of report.findings)
      if (finding.suppressed === null && told.has(finding.problem))
        this.knows.set(finding.fingerprint, { severity: finding.severity, past: false });
    const silenced = new Set(news.silenced.map(({ fingerprint }) => fingerprint));
    for (const [fingerprint, { severity, past }] of this.knows) {
      const memory = next.findings[fingerprint];
      const heard = memory?.told ?? severity;
      const quiet = past || silenced.has(fingerprint) || memory === undefined || memory.status !== 'open' || memory.suppressed;
      this.knows.set(fingerprint, { severity: severityRank(heard) < severityRank(severity) ? heard : severity, past: quiet });
    }
  }
}

function live(steps: readonly Step[]): { readonly subscriber: Subscriber; readonly state: State | null; readonly last: Changes | null } {
  const subscriber = new Subscriber();
  let state: State | null = null;
  let last: Changes | null = null;
  for (const [index, one] of steps.entries()) {
    last = runOn(state, one, settingsOf(one), dayOf(index));
    if (!one.published) continue;
    subscriber.hears(last, one);
    state = last.next;
  }
  return { subscriber, state, last };
}

const finally_ = (steps: readonly Step[], over: Partial<Step> = {}): Step => ({
  ...(steps.at(-1) as Step),
  blind: SEES_ALL,
  published: true,
  suppressed: false,
  leftOut: false,
  notifyAt: 'low',
  ...over,
});

describe('over any history of an account, of what could be read, and of messages that were not taken', () => {
  it('nothing is told twice without a change, nor as resolved while it is there; nothing vanishes, and what is open at the end was told', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const all = [...steps, finally_(steps)];
        const { subscriber, last } = live(all);
        for (const { fingerprint, severity } of last?.report.findings ?? []) {
          if (atLeast(severity, 'low')) expect([fingerprint, subscriber.knows.get(fingerprint)?.past]).toEqual([fingerprint, false]);
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it('a run that sees what the run before saw says nothing', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const end = { ...(steps.at(-1) as Step), published: true };
        const { last } = live([...steps, end, end]);
        expect(last?.news).toMatchObject({ ...NOTHING, first: false, reminder: expect.any(Boolean) });
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it('what could not be looked at again is still called open', () => {
    fc.assert(
      fc.property(histories, worlds, blindness, (steps, world, blind) => {
        const first = finally_(steps, { world, notifyAt: 'info' });
        const { last } = live([first, { ...first, blind }]);
        const open = new Set([...(last?.report.findings ?? []), ...(last?.report.carriedOver ?? [])].map(({ fingerprint }) => fingerprint));
        const before = auditWith(RULES, inventoryOf(world, SEES_ALL, dayOf(0)));
        for (const { fingerprint } of before.report.findings) {
          const memory = last?.next.findings[fingerprint]?.status;
          expect([fingerprint, open.has(fingerprint) || memory === 'superseded']).toEqual([fingerprint, true]);
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it('what is repaired is told as resolved by the first run that can see it', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const end = finally_(steps);
        const mended: World = { ...end.world, roles: end.world.roles.map(() => 'gone'), annotated: null };
        const { subscriber } = live([...steps, end, { ...end, world: mended }]);
        const wrong = truth(mended);
        for (const [fingerprint, { past }] of subscriber.knows)
          if (!past) expect([fingerprint, wrong.has(fingerprint)]).toEqual([fingerprint, true]);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});
