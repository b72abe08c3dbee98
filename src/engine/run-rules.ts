import type { Facts } from '../facts/facts.js';
import type { Subject } from '../model/finding.js';
import type { NotEvaluated, RuleOutcome } from '../model/report.js';
import type { Entry, Raised, Rule, Scope } from '../rules/define-rule.js';
import { gapsFor, scopesOf } from './availability.js';

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
  readonly outcomes: readonly RuleOutcome[];
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function distinct(gaps: ReadonlySet<NotEvaluated>): NotEvaluated[] {
  const seen = new Map([...gaps].map(({ scope, reason }) => [`${scope} ${reason}`, { scope, reason }]));
  return [...seen.values()].sort((left, right) => (left.scope < right.scope ? -1 : left.scope > right.scope ? 1 : 0));
}

/** What one rule has come to so far. */
interface Tally {
  readonly sightings: Sighting[];
  readonly gaps: Set<NotEvaluated>;
  checked: number;
  failed: number;
}

function lookAt(rule: Rule, entry: Entry<unknown>, facts: Facts, uncertain: boolean, tally: Tally): void {
  if (entry.unread !== undefined) {
    tally.gaps.add({ scope: entry.subject.id, reason: entry.unread.reason });
    return;
  }
  tally.checked += 1;
  if (entry.settled === true) return;
  const raised = rule.evaluate(entry.of, facts);
  if (raised.length === 0) return;
  tally.failed += 1;
  tally.sightings.push(...raised.map((one) => ({ rule, subject: entry.subject, raised: one, uncertain })));
}

function runIn(scope: Scope, rule: Rule, facts: Facts, tally: Tally): void {
  if (scope.kind !== rule.scope) {
    // The region's list of clusters is missing altogether: there is no cluster to run on.
    for (const gap of gapsFor('clusters', facts.inventory, scope)) tally.gaps.add(gap);
    return;
  }
  let isBlocked = false;
  for (const need of rule.needs)
    for (const gap of gapsFor(need, facts.inventory, scope)) {
      tally.gaps.add(gap);
      isBlocked ||= gap.blocks;
    }
  if (isBlocked) return;
  const uncertain = rule.uses.some((use) => gapsFor(use, facts.inventory, scope).length > 0);
  for (const entry of rule.subjects(facts, scope)) lookAt(rule, entry, facts, uncertain, tally);
}

function runRule(rule: Rule, facts: Facts): { readonly sightings: readonly Sighting[]; readonly outcome: RuleOutcome } {
  const tally: Tally = { sightings: [], gaps: new Set(), checked: 0, failed: 0 };
  let crashed: string | null = null;
  try {
    for (const scope of scopesOf(rule.scope, facts.inventory)) runIn(scope, rule, facts, tally);
  } catch (error) {
    // One rule's defect ends nothing else: it is reported, and makes the report incomplete.
    crashed = describe(error);
  }
  const { sightings, gaps, checked, failed } = tally;
  return { sightings: crashed === null ? sightings : [], outcome: { id: rule.id, checked, failed, notEvaluated: distinct(gaps), crashed } };
}

/** Runs every rule over every scope whose needs were read. Never throws. */
export function runRules(rules: readonly Rule[], facts: Facts): RuleRun {
  const runs = rules.map((rule) => runRule(rule, facts));
  return { sightings: runs.flatMap(({ sightings }) => sightings), outcomes: runs.map(({ outcome }) => outcome) };
}
