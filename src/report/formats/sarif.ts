import { groupBy } from '../../lib/group-by.js';
import { inert, inertJson } from '../../lib/escape-text.js';
import { plural } from '../../lib/plural.js';
import { VERSION } from '../../lib/version.js';
import { severityRank, type Finding, type Suppressed } from '../../model/report/finding.js';
import type { CarriedOver, Report } from '../../model/report/report.js';
import { namesOf, type Names } from '../layout/names.js';
import { accountInWords, timeInWords } from '../layout/phrases.js';
import { suppressedInWords } from '../parts/silence-lines.js';
import { fixInWords, headlineOf, messageOfFinding } from './finding-words.js';
import { limitsOf, type Limit, type LimitKind } from './limits.js';
import { resourceId, resourcePath } from './resource.js';
import { levelOf, message, sarifRule } from './sarif-rules.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** What GitHub takes of one run (docs.github.com, "SARIF support for code scanning"): more results fail the upload. */
export const MOST_RESULTS = 25_000;
/** Beside the results; each region without an answer is one of them, and there are some dozens. */
const MOST_NOTIFICATIONS = 1_000;

/** A finding, or one of an earlier run that could not be scanned again: left out, GitHub would close its alert as fixed. */
type Told = Finding | CarriedOver;
const isFinding = (told: Told): told is Finding => 'message' in told;

function location({ subject }: Told, account: string, names: Names): object {
  return {
    // There is no file: a path that is the same in every run lets GitHub know the alert again.
    physicalLocation: { artifactLocation: { uri: resourcePath(account, subject) }, region: { startLine: 1 } },
    logicalLocations: [{ name: names.place(subject), fullyQualifiedName: inert(resourceId(account, subject)), kind: 'resource' }],
  };
}

const suppression = (suppressed: Suppressed): object => ({
  kind: 'external',
  status: 'accepted',
  justification: suppressedInWords(suppressed),
});

function words(told: Told, report: Report, names: Names): string {
  const head = `${headlineOf(told, report, names)}.`;
  if (isFinding(told)) return [head, messageOfFinding(told), ...fixInWords(told)].join(' ');
  return `${head} Last seen ${timeInWords(told.lastSeen)}; it could not be scanned again.`;
}

function result(told: Told, report: Report, names: Names): object {
  const more = isFinding(told)
    ? {
        confidence: told.confidence,
        kind: told.kind,
        status: told.status,
        problem: told.problem,
        place: told.place,
        clusters: told.clusters,
        error: told.error,
        commands: told.fix?.commands ?? [],
      }
    : { status: 'not-rescanned', lastSeen: told.lastSeen };
  const suppressed = isFinding(told) ? told.suppressed : null;
  return {
    ruleId: inert(told.rule),
    level: levelOf(told.severity),
    message: { text: message(words(told, report, names)) },
    locations: [location(told, report.account, names)],
    partialFingerprints: { 'irsaAuditorFingerprint/v1': told.fingerprint },
    // Without a suppression the list is there too: absent, it would say that nothing is known of any.
    suppressions: suppressed === null ? [] : [suppression(suppressed)],
    properties: { severity: told.severity, firstSeen: told.firstSeen, subject: told.subject, ...more },
  };
}

const NOTICE: Readonly<Record<LimitKind, 'error' | 'warning' | 'note'>> = {
  'not-scanned': 'warning',
  'rule-crashed': 'error',
  'not-rescanned': 'warning',
  'accepted': 'note',
  'not-requested': 'note',
  'left-out': 'note',
};

function notification({ kind, what, scope, message: text }: Limit): object {
  return {
    descriptor: { id: kind },
    level: NOTICE[kind],
    message: { text: message(text) },
    properties: { what, scope },
  };
}

/** What was cut, and what was not scanned. */
function notifications(report: Report, cut: number): object[] {
  const limits = limitsOf(report);
  const shown = limits.slice(0, MOST_NOTIFICATIONS);
  const notes = [
    ...(cut === 0 ? [] : [`${plural(cut, 'result is', 'results are')} left out: a run holds ${MOST_RESULTS} at most, the most severe.`]),
    ...(limits.length === shown.length
      ? []
      : [`${plural(limits.length - shown.length, 'notification is', 'notifications are')} left out.`]),
  ];
  return [...notes.map((text) => ({ descriptor: { id: 'cut' }, level: 'warning', message: { text } })), ...shown.map(notification)];
}

/** A time as SARIF takes it; others are left out. */
const isTime = (time: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(time);

/**
 * A report as SARIF 2.1.0 (OASIS), one run, within what GitHub's code scanning takes. What was not read is a notification and makes
 * the run unsuccessful; what an earlier run found and this one could not scan again stays a result.
 */
export function renderSarif(report: Report): string {
  const names = namesOf(report);
  const all: readonly Told[] = [...report.findings, ...report.carriedOver];
  // The sort is stable: within a severity the order of the report stays.
  const told = [...all].sort((left, right) => severityRank(right.severity) - severityRank(left.severity)).slice(0, MOST_RESULTS);
  const byRule = groupBy(told, ({ rule }) => rule);
  const rules = [...byRule].map(([id, found]) =>
    sarifRule(
      id,
      found.map((one) => ({ severity: one.severity, kind: isFinding(one) ? one.kind : null })),
      report,
    ),
  );
  const index = new Map([...byRule.keys()].map((id, at) => [id, at]));
  const run = {
    tool: { driver: { name: 'irsa-auditor', version: VERSION, rules } },
    // A category of its own for each account: GitHub compares an upload with the last one of its category.
    automationDetails: {
      id: `irsa-auditor/${encodeURIComponent(inert(report.account))}/`,
      description: { text: message(accountInWords(report)) },
    },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: report.complete,
        ...(isTime(report.generatedAt) ? { endTimeUtc: report.generatedAt } : {}),
        toolExecutionNotifications: notifications(report, all.length - told.length),
      },
    ],
    results: told.map((one) => ({ ruleIndex: index.get(one.rule), ...result(one, report, names) })),
    properties: { account: report.account, partition: report.partition, complete: report.complete, coverage: report.coverage },
  };
  return inertJson(`${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, 1)}\n`);
}
