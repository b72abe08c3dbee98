import { deriveFacts, type Facts } from '../facts/account/facts.js';
import { groupBy } from '../lib/group-by.js';
import { severityRank, type Finding, type Fix, type Related } from '../model/report/finding.js';
import type { Inventory } from '../model/inventory/inventory.js';
import type { AcceptUnread, Report, RuleText } from '../model/report/report.js';
import { DEFAULT_SETTINGS } from '../model/report/settings.js';
import type { Rule } from '../rules/contract/define-rule.js';
import { coverageOf, reportedClusters } from './run/coverage.js';
import { fixesOf } from './repair/fix.js';
import { groupIntoProblems, placeOf, type Problem } from './problems/group-problems.js';
import { concernedBy, joinedPlaces, NOBODY_CONCERNED, placesOf, type Concerned } from './run/places.js';
import { hiddenIn, severitiesOf, sightingFingerprint, type Audited } from './repair/verify.js';
import { runRules, type Sighting, type TimeOption } from './run/run-rules.js';
import { steppedConfidence, steppedError, steppedSeverity } from './problems/adjust-severity.js';
import { suppressor, type SuppressionSettings } from './problems/suppress.js';

export interface AuditOptions extends TimeOption {
  /** When the report is made, ISO 8601 in UTC; the time of collection where left out. */
  readonly now?: string;
  readonly acceptUnread?: readonly AcceptUnread[];
  /** What is not told: suppressions, and clusters that are left out. Nothing where left out. */
  readonly settings?: SuppressionSettings;
}

/** What an audit came to, with what the next one needs to compare. */
export interface Audit {
  readonly report: Report;
  readonly facts: Facts;
  readonly hidden: readonly Hidden[];
  /** What repairs are held against. */
  readonly audited: Audited;
}

/** What was seen and is told by another problem in its place. */
export type Hidden = Pick<Finding, 'fingerprint' | 'rule' | 'subject' | 'severity' | 'problem'>;

/** What findings that are not told, for what was not read, are about or concern. */
function doubtedBy(doubtful: readonly Sighting[]): ReadonlySet<string> {
  return new Set(
    doubtful.flatMap(({ subject, raised: { related = [], issuer } }) => [
      subject.id,
      ...related.flatMap(({ type, id }) => (type === 'role' ? [id] : [])),
      ...(issuer === undefined ? [] : [issuer]),
    ]),
  );
}

/** Of several entries about one thing the first. */
function eachOnce(related: readonly Related[]): readonly Related[] {
  const seen = new Set<string>();
  return related.filter(({ type, id, serviceAccount = '' }) => {
    const key = `${type} ${id} ${serviceAccount}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Of which account and when it is told, and what is not. */
interface Telling {
  readonly facts: Facts;
  readonly now: string;
  readonly standingOf: ReturnType<typeof suppressor>;
}

/** What a sighting touches: what its rule named, and what follows from it. */
const relatedTo = (sighting: Sighting, { consequences }: Problem): readonly Related[] =>
  eachOnce([...(sighting.raised.related ?? []), ...(consequences.get(sighting) ?? [])]);

/** A problem as it is told: whom its findings concern, by fingerprint. */
interface ToldProblem extends Problem {
  readonly concerned: ReadonlyMap<string, Concerned>;
}

/** Whom the findings of a problem concern: sightings that are told as one together, with what else of their subject they speak for. */
function withConcerned(problem: Problem, facts: Facts): ToldProblem {
  const { primary, coDefects, spokenFor } = problem;
  const twins = groupBy([primary, ...coDefects], (one) => sightingFingerprint(facts.inventory.account, one));
  const concerned = [...twins].map(([key, own]) => {
    const all = own.flatMap((one) => [one, ...(spokenFor.get(one) ?? []).filter((other) => placeOf(other) === placeOf(one))]);
    const related = own.flatMap((one) => relatedTo(one, problem));
    const subject = (own[0] ?? primary).subject;
    return [key, concernedBy({ subject, related, raised: all.map(({ raised }) => raised) }, facts)] as const;
  });
  return { ...problem, concerned: new Map(concerned) };
}

function findingOf(sighting: Sighting, problem: ToldProblem, fix: Fix | null, { facts, now, standingOf }: Telling): Finding {
  const { rule, subject, raised } = sighting;
  const { account } = facts.inventory;
  const severity = steppedSeverity(sighting, facts);
  const related = relatedTo(sighting, problem);
  const fingerprint = sightingFingerprint(account, sighting);
  const concerned = problem.concerned.get(fingerprint) ?? NOBODY_CONCERNED;
  const standing = standingOf({ rule: rule.id, subject, concerned, severity });
  return {
    rule: rule.id,
    cause: rule.cause,
    severity,
    confidence: steppedConfidence(sighting, facts),
    kind: rule.kind,
    subject,
    ...placesOf({ subject, related }, concerned, facts),
    place: sighting === problem.primary ? 'primary' : 'co-defect',
    problem: sightingFingerprint(account, problem.primary),
    related,
    message: raised.message,
    error: steppedError(sighting, facts),
    evidence: raised.evidence,
    fix,
    fingerprint,
    status: 'new',
    firstSeen: now,
    suppressed: standing.suppressed,
    suppressionEnded: standing.ended,
    tagWithoutEffect: standing.tagWithoutEffect,
  };
}

function hiddenOf(problem: Problem, facts: Facts): readonly Hidden[] {
  const { account } = facts.inventory;
  const leader = sightingFingerprint(account, problem.primary);
  return problem.hidden.map((sighting) => ({
    fingerprint: sightingFingerprint(account, sighting),
    rule: sighting.rule.id,
    subject: sighting.subject,
    severity: steppedSeverity(sighting, facts),
    problem: leader,
  }));
}

/** Two sightings of one rule about one statement's issuer are one finding: the first tells, the evidence is joined. */
function joinTwins(findings: readonly Finding[]): Finding[] {
  const joined = new Map<string, Finding>();
  for (const finding of findings) {
    const twin = joined.get(finding.fingerprint);
    if (twin === undefined) joined.set(finding.fingerprint, finding);
    else {
      const [worse, other] = severityRank(finding.severity) > severityRank(twin.severity) ? [finding, twin] : [twin, finding];
      joined.set(finding.fingerprint, {
        ...worse,
        place: twin.place,
        evidence: [...twin.evidence, ...finding.evidence],
        related: eachOnce([...worse.related, ...other.related]),
        ...joinedPlaces(worse, other),
      });
    }
  }
  return [...joined.values()];
}

function findingsOf(problem: Problem, audited: Audited, telling: Telling): readonly Finding[] {
  const fixes = fixesOf(problem, audited);
  const told = withConcerned(problem, telling.facts);
  return joinTwins([told.primary, ...told.coDefects].map((sighting) => findingOf(sighting, told, fixes.get(sighting) ?? null, telling)));
}

const worst = (findings: readonly Finding[]): number => Math.max(...findings.map(({ severity }) => severityRank(severity)));

/** Orders problems by severity, each a primary with its co-defects. */
export function byWeight(left: readonly Finding[], right: readonly Finding[]): number {
  const key = ([first]: readonly Finding[]): string =>
    `${first?.rule ?? ''} ${first?.subject.region ?? ''} ${first?.subject.id ?? ''} ${first?.fingerprint ?? ''}`;
  return worst(right) - worst(left) || (key(left) < key(right) ? -1 : 1);
}

/** Texts of the rules that have findings. */
export function textsOf(rules: readonly Rule[], findings: readonly Finding[]): Record<string, RuleText> {
  const told = new Set(findings.map(({ rule }) => rule));
  return Object.fromEntries(
    rules.filter(({ id }) => told.has(id)).map(({ id, title, why, references }) => [id, { id, title, why, references }]),
  );
}

/**
 * Audits an inventory. Pure: the same inventory, rules and options give the same report, to the byte.
 * Never throws for what an inventory holds; a rule that crashes is recorded and makes the report incomplete.
 */
export function auditWith(rules: readonly Rule[], inventory: Inventory, options: AuditOptions = {}): Audit {
  const now = options.now ?? inventory.collectedAt;
  const facts = deriveFacts(inventory);
  const { sightings, doubtful, asked, outcomes, unread } = runRules(rules, facts, options.stillTime);
  const problems = groupIntoProblems(sightings, (sighting) => severityRank(steppedSeverity(sighting, facts)));
  const audited: Audited = {
    facts,
    doubtful: doubtedBy(doubtful),
    severities: severitiesOf(problems, facts),
    hidden: hiddenIn(problems, facts),
    rules: asked,
    stillTime: options.stillTime ?? (() => true),
  };
  const telling: Telling = { facts, now, standingOf: suppressor(options.settings ?? DEFAULT_SETTINGS, facts, now) };
  const findings = problems
    .map((problem) => findingsOf(problem, audited, telling))
    .sort(byWeight)
    .flat();
  const told = new Set(findings.map(({ fingerprint }) => fingerprint));
  const hidden = problems.flatMap((problem) => hiddenOf(problem, facts)).filter(({ fingerprint }) => !told.has(fingerprint));
  const coverage = coverageOf(inventory, options.acceptUnread ?? [], unread);
  const report: Report = {
    schemaVersion: 1,
    account: inventory.account,
    accountAlias: inventory.accountAlias,
    partition: inventory.partition,
    generatedAt: now,
    complete: coverage.unread.every(({ accepted }) => accepted) && outcomes.every(({ crashed }) => crashed === null),
    coverage,
    clusters: reportedClusters(inventory),
    findings,
    carriedOver: [],
    rules: outcomes,
    texts: textsOf(rules, findings),
  };
  return { report, facts, hidden, audited };
}
