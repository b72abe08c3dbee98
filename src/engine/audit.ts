import { deriveFacts, type Facts } from '../facts/facts.js';
import { severityRank, type Finding, type Fix } from '../model/finding.js';
import type { Inventory } from '../model/inventory.js';
import type { AcceptUnread, Report, RuleText } from '../model/report.js';
import type { Rule } from '../rules/define-rule.js';
import { coverageOf } from './coverage.js';
import { fixesOf } from './fix.js';
import { groupIntoProblems, type Problem } from './leads.js';
import { severitiesOf, sightingFingerprint, type Audited } from './prove.js';
import { runRules, type Sighting } from './run-rules.js';
import { steppedConfidence, steppedSeverity } from './steps.js';

export interface AuditOptions {
  /** When the report is made, ISO 8601 in UTC; the time of collection where left out. */
  readonly now?: string;
  readonly acceptUnread?: readonly AcceptUnread[];
}

/** Fills `{name}` in a message; a name without data stays visible as it is. */
function fill(template: string, data: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (name in data ? String(data[name]) : whole));
}

function findingOf(sighting: Sighting, problem: Problem, fix: Fix | null, facts: Facts, now: string): Finding {
  const { rule, subject, raised } = sighting;
  const { account } = facts.inventory;
  const error = raised.error === undefined ? rule.error : raised.error;
  return {
    rule: rule.id,
    cause: rule.cause,
    severity: steppedSeverity(sighting, facts),
    confidence: steppedConfidence(sighting, facts),
    subject,
    place: sighting === problem.primary ? 'primary' : 'co-defect',
    problem: sightingFingerprint(account, problem.primary),
    related: [...(raised.related ?? []), ...(problem.consequences.get(sighting) ?? [])].filter(
      (one, index, list) => list.findIndex(({ type, id }) => type === one.type && id === one.id) === index,
    ),
    message: fill(rule.messages[raised.message] ?? raised.message, raised.data),
    error: error === null ? null : fill(error, raised.data),
    evidence: raised.evidence,
    fix,
    fingerprint: sightingFingerprint(account, sighting),
    status: 'new',
    firstSeen: now,
    suppressed: null,
  };
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
        related: [...worse.related, ...other.related],
      });
    }
  }
  return [...joined.values()];
}

function findingsOf(problem: Problem, audited: Audited, now: string): readonly Finding[] {
  const fixes = fixesOf(problem, audited);
  return joinTwins(
    [problem.primary, ...problem.coDefects].map((sighting) =>
      findingOf(sighting, problem, fixes.get(sighting) ?? null, audited.facts, now),
    ),
  );
}

const worst = (findings: readonly Finding[]): number => Math.max(...findings.map(({ severity }) => severityRank(severity)));

function byWeight(left: readonly Finding[], right: readonly Finding[]): number {
  const key = ([first]: readonly Finding[]): string =>
    `${first?.rule ?? ''} ${first?.subject.region ?? ''} ${first?.subject.id ?? ''} ${first?.fingerprint ?? ''}`;
  return worst(right) - worst(left) || (key(left) < key(right) ? -1 : 1);
}

function textsOf(rules: readonly Rule[], findings: readonly Finding[]): Record<string, RuleText> {
  const told = new Set(findings.map(({ rule }) => rule));
  return Object.fromEntries(
    rules.filter(({ id }) => told.has(id)).map(({ id, title, why, references }) => [id, { id, title, why, references }]),
  );
}

/**
 * Audits an inventory. Pure: the same inventory, rules and options give the same report, to the byte.
 * Never throws for what an inventory holds; a rule that crashes is recorded and makes the report incomplete.
 */
export function auditWith(rules: readonly Rule[], inventory: Inventory, options: AuditOptions = {}): Report {
  const now = options.now ?? inventory.collectedAt;
  const facts = deriveFacts(inventory);
  const { sightings, outcomes } = runRules(rules, facts);
  const problems = groupIntoProblems(sightings);
  const audited: Audited = { facts, severities: severitiesOf(problems, facts), rules };
  const findings = problems
    .map((problem) => findingsOf(problem, audited, now))
    .sort(byWeight)
    .flat();
  const coverage = coverageOf(inventory, options.acceptUnread ?? []);
  return {
    schemaVersion: 1,
    account: inventory.account,
    partition: inventory.partition,
    generatedAt: now,
    complete: coverage.unread.every(({ accepted }) => accepted) && outcomes.every(({ crashed }) => crashed === null),
    coverage,
    findings,
    rules: outcomes,
    texts: textsOf(rules, findings),
  };
}
