import type { Facts } from '../../facts/account/facts.js';
import { errorInWords } from '../../lib/error-in-words.js';
import { addTo } from '../../lib/group-by.js';
import { memoByText } from '../../lib/memo.js';
import type { Subject } from '../../model/report/finding.js';
import type { NotEvaluated, RuleOutcome, Unread } from '../../model/report/report.js';
import { StepsEnded } from '../../policy/pattern/steps.js';
import type { Entry, Scope } from '../../model/contract/scope.js';
import type { Need } from '../../model/contract/sections.js';
import type { Raised, Rule } from '../../rules/contract/define-rule.js';
import { gapsAt, lackingIn, scopesOf, type Gap } from './availability.js';

/** What one rule saw on one subject. */
export interface Sighting {
  readonly rule: Rule;
  readonly subject: Subject;
  readonly raised: Raised;
  /** A section that the rule uses was not read in this scope: its word is `likely` at most. */
  readonly uncertain: boolean;
}

export interface RuleRun {
  readonly sightings: readonly Sighting[];
  /** What holds only unless something that was not read says otherwise; it is not told. */
  readonly doubtful: readonly Sighting[];
  readonly outcomes: readonly RuleOutcome[];
  /**
   * The rules that were asked anywhere. Of each of the others something that it needs was read nowhere, and so of no part of the
   * account: proofs, of which there are hundreds, leave them out.
   */
  readonly asked: readonly Rule[];
  /** What the time did not suffice for, or the steps of one subject, as reads that gave no answer; empty where every rule checked everything. */
  readonly unread: readonly Unread[];
}

/** Whether there is time for more. Given by whoever has a clock; it is asked between rules, scopes and subjects, and between proofs. */
export type StillTime = () => boolean;

/** How long an audit may judge. */
export interface TimeOption {
  /** What is not judged when it says no is told as out of time; without it, everything is judged. */
  readonly stillTime?: StillTime | undefined;
}

const always: StillTime = () => true;
const OUT_OF_TIME = 'out-of-time';
const TOO_INVOLVED = 'too-involved';

const NONE: readonly never[] = [];

function distinct(gaps: readonly NotEvaluated[]): readonly NotEvaluated[] {
  if (gaps.length === 0) return NONE;
  const seen = new Map(gaps.map(({ scope, reason }) => [`${scope} ${reason}`, { scope, reason }]));
  return [...seen.values()].sort((left, right) => (left.scope < right.scope ? -1 : left.scope > right.scope ? 1 : 0));
}

/** What one rule has come to so far. */
interface Tally {
  readonly sightings: Sighting[];
  readonly doubtful: Sighting[];
  readonly gaps: NotEvaluated[];
  checked: number;
  failed: number;
  /** It was asked somewhere. */
  asked: boolean;
  /** Some of it was left out because the time was up. */
  cut: boolean;
  /** Ids of subjects that take more steps than are spent on one. */
  readonly involved: string[];
}

/** A scope as reports name it. */
function nameOf(scope: Scope): string {
  if (scope.kind === 'account') return 'account';
  return scope.kind === 'region' ? scope.region : `${scope.region}/${scope.cluster}`;
}

function cutOff(scope: Scope, tally: Tally): void {
  tally.cut = true;
  tally.gaps.push({ scope: nameOf(scope), reason: OUT_OF_TIME });
}

/** What a rule sees on a subject; null where that takes more steps than are spent on one. */
function evaluated(rule: Rule, of: unknown, facts: Facts): readonly Raised[] | null {
  try {
    return rule.evaluate(of, facts);
  } catch (error) {
    if (error instanceof StepsEnded) return null;
    throw error;
  }
}

/** One rule at work. */
interface Run {
  readonly rule: Rule;
  /** What the rule declares that was not read somewhere in the account. */
  readonly lacking: Pick<Rule, 'needs' | 'uses'>;
  readonly facts: Facts;
  readonly tally: Tally;
  readonly stillTime: StillTime;
}

function lookAt(entry: Entry<unknown>, uncertain: boolean, { rule, facts, tally }: Run): void {
  if (entry.unread !== undefined) {
    tally.gaps.push({ scope: entry.subject.id, reason: entry.unread.reason });
    return;
  }
  const found = evaluated(rule, entry.of, facts);
  if (found?.length === 0) {
    tally.checked += 1;
    return;
  }
  if (found === null) {
    tally.involved.push(entry.subject.id);
    tally.gaps.push({ scope: entry.subject.id, reason: TOO_INVOLVED });
    return;
  }
  const { sightings, doubtful, gaps } = tally;
  const before = sightings.length;
  for (const raised of found) {
    const doubt = raised.unless ?? entry.unless ?? null;
    (doubt === null ? sightings : doubtful).push({ rule, subject: entry.subject, raised, uncertain });
    if (doubt !== null) gaps.push({ scope: entry.subject.id, reason: doubt.reason });
  }
  if (sightings.length === before) return;
  tally.checked += 1;
  tally.failed += 1;
}

/** A scope, and what is missing in it of what a rule needs. */
interface Place {
  readonly scope: Scope;
  readonly gapsOf: (need: Need) => readonly Gap[];
}

function runIn({ scope, gapsOf }: Place, run: Run): void {
  const { rule, lacking, facts, tally, stillTime } = run;
  if (!stillTime()) {
    cutOff(scope, tally);
    return;
  }
  if (scope.kind !== rule.scope) {
    // The region's list of clusters is missing altogether: there is no cluster to run on.
    tally.gaps.push(...gapsOf('clusters'));
    return;
  }
  let isBlocked = false;
  for (const need of lacking.needs)
    for (const gap of gapsOf(need)) {
      tally.gaps.push(gap);
      isBlocked ||= gap.blocks;
    }
  if (isBlocked) return;
  tally.asked = true;
  const uncertain = lacking.uses.some((use) => gapsOf(use).length > 0);
  for (const entry of rule.subjects(facts, scope)) {
    // What is settled takes no time, and nearly everything is: there are hundreds of thousands of these.
    if (entry.settled === true) {
      tally.checked += 1;
      continue;
    }
    if (!stillTime()) {
      cutOff(scope, tally);
      return;
    }
    lookAt(entry, uncertain, run);
  }
}

interface OneRun {
  readonly rule: Rule;
  readonly tally: Tally;
  readonly crashed: string | null;
}

function runRule(rule: Rule, facts: Facts, places: readonly Place[], stillTime: StillTime): OneRun {
  const tally: Tally = { sightings: [], doubtful: [], gaps: [], checked: 0, failed: 0, asked: false, cut: false, involved: [] };
  const { inventory } = facts;
  try {
    const lacking = { needs: lackingIn(inventory, rule.needs), uses: lackingIn(inventory, rule.uses) };
    const run = { rule, lacking, facts, tally, stillTime };
    for (const place of places) runIn(place, run);
  } catch (error) {
    // One rule's defect ends nothing else: it is reported, and makes the report incomplete.
    return { rule, tally: { ...tally, sightings: [], doubtful: [] }, crashed: errorInWords(error) };
  }
  return { rule, tally, crashed: null };
}

function outcomeOf({ rule, tally: { checked, failed, gaps }, crashed }: OneRun): RuleOutcome {
  return { id: rule.id, checked, failed, notEvaluated: distinct(gaps), crashed };
}

type NoAnswer = Pick<Unread, 'scope' | 'reason' | 'detail'>;

/** Rules that the time did not suffice for, as one read that gave no answer. */
function outOfTime(runs: readonly OneRun[]): readonly NoAnswer[] {
  const cut = runs.filter(({ tally }) => tally.cut).length;
  if (cut === 0) return [];
  const detail = `The time was up before ${cut} of ${runs.length} rules had checked everything; what the others found, and these until then, is told.`;
  return [{ scope: 'account', reason: OUT_OF_TIME, detail }];
}

/** Subjects that some rule could not decide, each as one. */
function tooInvolved(runs: readonly OneRun[]): readonly NoAnswer[] {
  const bySubject = new Map<string, string[]>();
  for (const { rule, tally } of runs) for (const id of tally.involved) addTo(bySubject, id, rule.id);
  return [...bySubject].map(([scope, rules]) => {
    const detail = `Its policies are too involved for ${rules.join(', ')} to be decided within the steps that are spent on one role.`;
    return { scope, reason: 'failed', detail };
  });
}

/**
 * Runs every rule over every scope whose needs were read. Never throws. What there is no time for is recorded as not evaluated:
 * what was found until then is told, and what was not checked again is not resolved.
 */
export function runRules(rules: readonly Rule[], facts: Facts, stillTime: StillTime = always): RuleRun {
  let isUp = false;
  // Once the time is up it stays so, whatever a clock says.
  const asked: StillTime = () => {
    isUp ||= !stillTime();
    return !isUp;
  };
  const { inventory } = facts;
  const placesOf = memoByText((kind: Scope['kind']): readonly Place[] =>
    scopesOf(kind, inventory).map((scope) => ({ scope, gapsOf: gapsAt(scope, inventory) })),
  );
  const runs = rules.map((rule) => runRule(rule, facts, placesOf(rule.scope), asked));
  return {
    sightings: runs.flatMap(({ tally }) => tally.sightings),
    doubtful: runs.flatMap(({ tally }) => tally.doubtful),
    // What was cut off may have been asked, had there been time.
    asked: runs.filter(({ tally }) => tally.asked || tally.cut).map(({ rule }) => rule),
    // A proof, of which there are hundreds, does not ask.
    get outcomes() {
      return runs.map(outcomeOf);
    },
    unread: [...outOfTime(runs), ...tooInvolved(runs)].map((gap) => ({
      what: 'judge:Rules',
      ...gap,
      accepted: false,
      acceptedBecause: null,
    })),
  };
}
