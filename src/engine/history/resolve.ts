import { serviceAccountKey, partsOfServiceAccount } from '../../facts/account/service-account-key.js';
import type { Subject } from '../../model/report/finding.js';
import type { Inventory } from '../../model/inventory/inventory.js';
import { seen, type Observed } from '../../model/inventory/observed.js';
import type { RuleOutcome } from '../../model/report/report.js';
import { readsOf, SECTIONS, thingsIn, type Section } from '../../model/contract/sections.js';
import type { Remembered, RememberedGap } from '../../model/report/state.js';
import type { Rule } from '../../rules/contract/define-rule.js';
import type { MissingRead } from './gaps.js';

/**
 * What became of a finding that is not seen any more.
 * - `passed`: its rule checked the subject, with at least what it had when it raised the finding, and found nothing.
 * - `gone`: the subject is absent from a complete list.
 * - `unread`: neither can be said; it stays open.
 * - `retired`: this version has no such rule.
 */
export type Resolution = 'passed' | 'gone' | 'unread' | 'retired';

/** Whether a list holds something; null where it does not, and is not complete. */
function holds<T>(list: Observed<readonly T[]>, wanted: (item: T) => boolean): boolean | null {
  if (seen(list).some(wanted)) return true;
  return list.known ? false : null;
}

/** Whether a section holds a thing that findings call so; null where the section that would tell was not read in full. */
function among({ subjects }: Section, observed: Observed<unknown>, id: string): boolean | null {
  if (thingsIn(observed).some((thing) => subjects?.idOf(thing) === id)) return true;
  return observed.known ? false : null;
}

/** Whether a subject exists; null where the list that would tell was not read in full. */
function exists({ type, id, arn, region }: Subject, inventory: Inventory): boolean | null {
  if (type === 'account') return true;
  const section = SECTIONS.find(({ subjects }) => subjects?.type === type);
  if (section?.per === 'account') return among(section, inventory[section.at], id);
  const clusters = inventory.regions.find((one) => one.region === region)?.clusters;
  if (clusters === undefined) return null;
  if (type === 'cluster') return holds(clusters, (cluster) => cluster.arn === arn);
  const { cluster: clusterName, namespace, name } = partsOfServiceAccount(id);
  const cluster = seen(clusters).find((one) => one.name === clusterName);
  if (cluster === undefined) return clusters.known ? false : null;
  return section === undefined ? null : among(section, cluster[section.at], serviceAccountKey(namespace, name));
}

/** Reasons that leave nothing half read: what was raised beside such a gap can pass beside it. */
const STEADY: readonly string[] = ['denied', 'disabled-region', 'not-requested'];

const OUT_OF_TIME = 'out-of-time';
/** Why a rule did not look at something that was read: the time was up, or the subject is too involved to be decided. */
const LEFT_OUT: readonly string[] = [OUT_OF_TIME, 'too-involved'];

/** The scope of the cluster that a subject is, or is in; null outside of clusters. */
function clusterScope({ type, id, region }: Subject): string | null {
  return region === null ? null : `${region}/${type === 'cluster' ? id : (id.split('/')[0] ?? '')}`;
}

/** Whether a gap could change what is said of a subject: one in another region cannot reach a cluster, everything reaches a role. */
function reaches({ what, scope }: MissingRead, subject: Subject): boolean {
  // A rule that crashed says nothing of what the others saw.
  if (what.startsWith('rule:')) return false;
  // Who may write one role shall not keep others from being resolved; what rules left out of this one is looked up by rule.
  if (what === 'judge:Rules' && subject.type === 'role' && scope !== 'account') return scope === subject.id;
  if (subject.region === null || scope === '*' || scope === 'account' || scope.startsWith('arn:')) return true;
  return scope === subject.region || scope === clusterScope(subject);
}

export interface AuditedRun {
  readonly inventory: Inventory;
  readonly rules: readonly Rule[];
  readonly outcomes: readonly RuleOutcome[];
  readonly gaps: readonly MissingRead[];
  /** The gaps of the run before. */
  readonly gapsBefore: readonly RememberedGap[];
}

/**
 * Tells of remembered findings that no rule raises now what became of them. A finding passes only where nothing is missing
 * that was there when it was last seen: a gap may be why a rule is silent, whatever the rule says that it reads.
 */
export function resolutions({ inventory, rules, outcomes, gaps, gapsBefore }: AuditedRun): (finding: Remembered) => Resolution {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const crashed = new Set(outcomes.flatMap((outcome) => (outcome.crashed === null ? [] : [outcome.id])));
  const skipped = new Map(outcomes.map((outcome) => [outcome.id, new Set(outcome.notEvaluated.map(({ scope }) => scope))]));
  /** What the time of the run or the steps of a subject did not suffice for, by rule. */
  const leftOut = new Map(
    outcomes.map((outcome) => [
      outcome.id,
      new Set(outcome.notEvaluated.flatMap(({ scope, reason }) => (LEFT_OUT.includes(reason) ? [scope] : []))),
    ]),
  );
  const timeWasUp = new Set(
    outcomes.flatMap(({ id, notEvaluated }) => (notEvaluated.some(({ reason }) => reason === OUT_OF_TIME) ? [id] : [])),
  );
  const wasLeftOut = (id: string, subject: Subject): boolean => {
    const scopes = leftOut.get(id);
    if (scopes === undefined) return false;
    // What lies in no region may be the subject of rules that run by region or cluster.
    if (subject.region === null && timeWasUp.has(id)) return true;
    return ['account', subject.region, clusterScope(subject), subject.id].some((one) => scopes.has(one ?? ''));
  };
  const sinceWhen = new Map(gapsBefore.map(({ what, scope, reason, since }) => [`${what} ${scope} ${reason}`, since]));
  const wasThere = ({ what, scope, reason }: MissingRead, lastSeen: string): boolean => {
    const since = sinceWhen.get(`${what} ${scope} ${reason}`);
    return STEADY.includes(reason) && since !== undefined && since <= lastSeen;
  };
  return ({ rule: id, subject, lastSeen }) => {
    const rule = byId.get(id);
    if (rule === undefined) return 'retired';
    const there = exists(subject, inventory);
    if (there === null) return 'unread';
    if (!there && rule.subjectsAbsent !== true) return 'gone';
    if (crashed.has(id)) return 'unread';
    // What nobody asked for, or what the usual permissions keep back, is no gap; the rule did not look anyway.
    if ([clusterScope(subject) ?? '', subject.id].some((scope) => skipped.get(id)?.has(scope) === true)) return 'unread';
    if (wasLeftOut(id, subject)) return 'unread';
    const needed = rule.needs.flatMap(readsOf);
    // What the rule cannot do without is not made good by accepting that it is missing.
    const harmless = (gap: MissingRead): boolean => wasThere(gap, lastSeen) || (gap.accepted && !needed.includes(gap.what));
    return gaps.every((gap) => !reaches(gap, subject) || harmless(gap)) ? 'passed' : 'unread';
  };
}
