import { inertJson } from '../../lib/escape-text.js';
import { VERSION } from '../../lib/version.js';
import type { Confidence, Finding, Severity, Subject } from '../../model/report/finding.js';
import type { CarriedOver, Report } from '../../model/report/report.js';
import { namesOf, type Names } from '../layout/names.js';
import { titleOf } from '../layout/phrases.js';
import { fixLinesOf, headlineOf, messageOfFinding } from './finding-words.js';
import { isUnread, limitsOf, type Limit } from './limits.js';
import { RESOURCE_TYPES, resourceId } from './resource.js';

/** The class Compliance Finding of OCSF 1.8.0 (https://schema.ocsf.io/1.8.0/classes/compliance_finding). */
const CLASS = { category_uid: 2, category_name: 'Findings', class_uid: 2003, class_name: 'Compliance Finding' };
const [CREATE, UPDATE] = [
  { activity_id: 1, activity_name: 'Create', type_uid: 200301, type_name: 'Compliance Finding: Create' },
  { activity_id: 2, activity_name: 'Update', type_uid: 200302, type_name: 'Compliance Finding: Update' },
];

const SEVERITY: Readonly<Record<Severity, { readonly severity_id: number; readonly severity: string }>> = {
  critical: { severity_id: 5, severity: 'Critical' },
  high: { severity_id: 4, severity: 'High' },
  medium: { severity_id: 3, severity: 'Medium' },
  low: { severity_id: 2, severity: 'Low' },
  info: { severity_id: 1, severity: 'Informational' },
};

const CONFIDENCE: Readonly<Record<Confidence, { readonly confidence_id: number; readonly confidence: string }>> = {
  certain: { confidence_id: 3, confidence: 'High' },
  likely: { confidence_id: 2, confidence: 'Medium' },
  possible: { confidence_id: 1, confidence: 'Low' },
};

/** What is open is not "In Progress", which says that somebody reviews it: OCSF has 99 for a state of the source. */
const STATUS = {
  'new': { status_id: 1, status: 'New' },
  'open': { status_id: 99, status: 'Open' },
  'reopened': { status_id: 99, status: 'Reopened' },
  'suppressed': { status_id: 3, status: 'Suppressed' },
  'not-rescanned': { status_id: 99, status: 'Not rescanned' },
} as const;

const FAIL = { status_id: 3, status: 'Fail' };
const UNKNOWN = { status_id: 0, status: 'Unknown' };

/** Milliseconds since 1970; 0 = the report has no time. */
const millisOf = (time: string): number => Date.parse(time) || 0;

function cloud({ account, accountAlias, partition }: Report, region: string | null): object {
  const name = accountAlias === undefined || accountAlias === null ? {} : { name: accountAlias };
  return {
    provider: 'AWS',
    account: { uid: account, ...name, type_id: 10, type: 'AWS Account' },
    cloud_partition: partition,
    ...(region === null ? {} : { region }),
  };
}

function resource(subject: Subject, { account, partition }: Report, names: Names): object {
  return {
    uid: resourceId(account, subject),
    name: names.place(subject),
    type: RESOURCE_TYPES[subject.type],
    cloud_partition: partition,
    ...(subject.region === null ? {} : { region: subject.region }),
  };
}

/** What every event has. @param status that of the check */
function event(
  report: Report,
  { rule, region, status }: { readonly rule: string; readonly region: string | null; readonly status: object },
): object {
  const text = report.texts[rule];
  return {
    ...CLASS,
    time: millisOf(report.generatedAt),
    metadata: {
      version: '1.8.0',
      profiles: ['cloud'],
      product: { name: 'irsa-auditor', uid: 'irsa-auditor', vendor_name: 'irsa-auditor', version: VERSION },
      event_code: rule,
    },
    cloud: cloud(report, region),
    compliance: { control: rule, ...(text === undefined ? {} : { desc: text.why }), ...status },
  };
}

/** How a finding is called, since when it is known, and which rule found it. */
function info({ rule, fingerprint, firstSeen, subject }: Finding | CarriedOver, report: Report, names: Names): object {
  return {
    uid: fingerprint,
    title: headlineOf({ rule, subject }, report, names),
    created_time: millisOf(firstSeen),
    first_seen_time: millisOf(firstSeen),
    analytic: { type_id: 1, type: 'Rule', uid: rule, name: titleOf(rule, report) },
  };
}

function findingEvent(finding: Finding, report: Report, names: Names): object {
  const { rule, subject, severity, confidence, evidence, fix, kind, cause, place, problem, clusters, namespaces } = finding;
  const references = report.texts[rule]?.references ?? [];
  const words = messageOfFinding(finding);
  return {
    ...event(report, { rule, region: subject.region, status: FAIL }),
    ...(finding.status === 'new' ? CREATE : UPDATE),
    ...SEVERITY[severity],
    ...CONFIDENCE[confidence],
    ...STATUS[finding.suppressed === null ? finding.status : 'suppressed'],
    ...(finding.suppressed === null ? {} : { status_detail: finding.suppressed.reason }),
    message: words,
    finding_info: {
      ...info(finding, report, names),
      desc: words,
      last_seen_time: millisOf(report.generatedAt),
      ...(kind === null ? {} : { types: [kind] }),
    },
    resources: [resource(subject, report, names)],
    evidences: evidence.map((data) => ({ data })),
    ...(fix === null ? {} : { remediation: { desc: fixLinesOf(finding).join('\n'), references } }),
    unmapped: { cause, place, problem, clusters, namespaces, fix_verified: fix?.verified ?? null },
  };
}

/** A finding of an earlier run that could not be scanned again: nothing says that it is gone, and nothing that it is there. */
function carriedEvent(carried: CarriedOver, report: Report, names: Names): object {
  return {
    ...event(report, { rule: carried.rule, region: carried.subject.region, status: UNKNOWN }),
    ...UPDATE,
    ...SEVERITY[carried.severity],
    ...STATUS['not-rescanned'],
    finding_info: { ...info(carried, report, names), last_seen_time: millisOf(carried.lastSeen) },
    resources: [resource(carried.subject, report, names)],
  };
}

/** What was not scanned, as a check without a result. */
function limitEvent({ kind, what, scope, message }: Limit, report: Report): object {
  return {
    ...event(report, { rule: what, region: null, status: UNKNOWN }),
    ...CREATE,
    ...SEVERITY.info,
    ...(kind === 'accepted' ? STATUS.suppressed : STATUS.new),
    message,
    finding_info: {
      uid: `irsa-auditor/${report.account}/${kind}/${what}/${scope}`,
      title: `Not scanned: ${what} in ${scope}`,
      desc: message,
      types: [kind],
    },
  };
}

/** A report as one JSON array of events of OCSF 1.8.0, class Compliance Finding (2003), with the profile of clouds. */
export function renderOcsf(report: Report): string {
  const names = namesOf(report);
  const events = [
    ...report.findings.map((finding) => findingEvent(finding, report, names)),
    ...report.carriedOver.map((carried) => carriedEvent(carried, report, names)),
    ...limitsOf(report)
      .filter(isUnread)
      .map((limit) => limitEvent(limit, report)),
  ];
  return inertJson(`${JSON.stringify(events, null, 1)}\n`);
}
