import { inert, inertJson } from '../../lib/escape-text.js';
import { VERSION } from '../../lib/version.js';
import { homeRegion } from '../../model/inventory/partitions.js';
import type { Confidence, Finding, Kind, Severity, Subject, SubjectType } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import { cut } from '../layout/fit-line.js';
import { namesOf, type Names } from '../layout/names.js';
import { suppressedInWords } from '../parts/silence-lines.js';
import { fixInWords, headlineOf, messageOfFinding, plainCommands } from './finding-words.js';
import { isUnread, limitsOf, type Limit } from './limits.js';
import { resourceId } from './resource.js';

/** Lengths that Security Hub takes (user guide, "Required top-level ASFF attributes" and what follows it). */
const LONGEST = { arn: 2048, id: 512, title: 256, description: 1024, recommendation: 512, resource: 512, field: 2047 };

const LABEL: Readonly<Record<Severity, string>> = {
  critical: 'CRITICAL',
  high: 'HIGH',
  medium: 'MEDIUM',
  low: 'LOW',
  info: 'INFORMATIONAL',
};
const CONFIDENCE: Readonly<Record<Confidence, number>> = { certain: 100, likely: 75, possible: 50 };

const CHECKS = 'Software and Configuration Checks/AWS Security Best Practices';
const TYPE: Readonly<Record<Kind, string>> = {
  exposure: `${CHECKS}/Overly permissive role trust`,
  break: `${CHECKS}/Broken role trust`,
  hygiene: `${CHECKS}/Role trust hygiene`,
};

/** The types of resources that ASFF has; every other is called Other. */
const RESOURCE: Partial<Record<SubjectType, string>> = { account: 'AwsAccount', cluster: 'AwsEksCluster', role: 'AwsIamRole' };
/** ASFF knows no further partitions. */
const PARTITIONS: ReadonlySet<string> = new Set(['aws', 'aws-cn', 'aws-us-gov']);

/** A text that ASFF takes: something is in it, and it is no longer than that. */
function text(value: string, longest: number): string {
  const words = inert(value);
  return words.trim() === '' ? '(empty)' : cut(words, longest);
}

/** Security Hub takes a finding in the region of its product alone: that of the audit where it was one, else where IAM is. */
function regionOf({ coverage, partition }: Report): string {
  const [only, ...others] = coverage.regions;
  return only !== undefined && others.length === 0 ? only : (homeRegion(partition) ?? 'us-east-1');
}

/** What every finding has. */
function common(report: Report): object {
  const { account, partition, generatedAt } = report;
  const region = regionOf(report);
  return {
    SchemaVersion: '2018-10-08',
    ProductArn: text(`arn:${partition}:securityhub:${region}:${account}:product/${account}/default`, LONGEST.arn),
    AwsAccountId: text(account, LONGEST.id),
    UpdatedAt: text(generatedAt, LONGEST.id),
    LastObservedAt: text(generatedAt, LONGEST.id),
  };
}

function resource(subject: Subject, { account, partition }: Report): object {
  const id = subject.type === 'account' ? `AWS::::Account:${account}` : resourceId(account, subject);
  return {
    Type: RESOURCE[subject.type] ?? 'Other',
    Id: text(id, LONGEST.resource),
    ...(PARTITIONS.has(partition) ? { Partition: partition } : {}),
    ...(subject.region === null ? {} : { Region: text(subject.region, LONGEST.resource) }),
  };
}

function fields(finding: Finding): Readonly<Record<string, string>> {
  const { rule, cause, problem, place, status, confidence, clusters, namespaces, fingerprint, suppressed, error, fix } = finding;
  const all = {
    version: VERSION,
    rule,
    cause,
    fingerprint,
    problem,
    place,
    status,
    confidence,
    clusters: clusters.join(' '),
    namespaces: namespaces.join(' '),
    error: error ?? '',
    fixVerified: fix === null ? '' : String(fix.verified),
    suppressed: suppressed === null ? '' : suppressedInWords(suppressed),
  };
  const filled = Object.entries(all).filter(([, value]) => value !== '');
  return Object.fromEntries(filled.map(([key, value]) => [`irsa-auditor/${key}`, text(value, LONGEST.field)]));
}

function findingOf(finding: Finding, report: Report, names: Names): object {
  const { rule, fingerprint, firstSeen, severity, confidence, kind, subject, suppressed } = finding;
  // No command: a text that is cut there would be another command.
  const remedy = [
    ...fixInWords(finding),
    ...(plainCommands(finding).length > 0 ? [`irsa-auditor show ${fingerprint} prints the commands.`] : []),
  ].join(' ');
  const [address] = report.texts[rule]?.references ?? [];
  const recommendation = {
    ...(remedy === '' ? {} : { Text: text(remedy, LONGEST.recommendation) }),
    ...(address?.startsWith('https://') === true ? { Url: text(address, LONGEST.recommendation) } : {}),
  };
  return {
    ...common(report),
    Id: text(`irsa-auditor/${fingerprint}`, LONGEST.id),
    GeneratorId: text(`irsa-auditor/${rule}`, LONGEST.id),
    CreatedAt: text(firstSeen, LONGEST.id),
    FirstObservedAt: text(firstSeen, LONGEST.id),
    Title: text(headlineOf(finding, report, names), LONGEST.title),
    Description: text(messageOfFinding(finding), LONGEST.description),
    // In place of Severity, Confidence and Types, which an update would overwrite where people have set them; Workflow is theirs alone.
    FindingProviderFields: {
      Severity: { Label: LABEL[severity], Original: severity },
      Confidence: CONFIDENCE[confidence],
      Types: [kind === null ? CHECKS : TYPE[kind]],
    },
    Compliance: { Status: 'FAILED' },
    RecordState: suppressed === null ? 'ACTIVE' : 'ARCHIVED',
    Resources: [resource(subject, report)],
    ...(Object.keys(recommendation).length === 0 ? {} : { Remediation: { Recommendation: recommendation } }),
    ProductFields: fields(finding),
  };
}

/** What was not scanned, as a check without a result. */
function limitOf({ kind, what, scope, message }: Limit, report: Report): object {
  const account: Subject = { type: 'account', id: report.account, arn: null, region: null };
  return {
    ...common(report),
    Id: text(`irsa-auditor/${kind}/${what}/${scope}`, LONGEST.id),
    GeneratorId: text(`irsa-auditor/${kind}`, LONGEST.id),
    CreatedAt: text(report.generatedAt, LONGEST.id),
    Title: text(`Not scanned: ${what} in ${scope}`, LONGEST.title),
    Description: text(message, LONGEST.description),
    FindingProviderFields: { Severity: { Label: LABEL.info, Original: 'info' }, Types: [CHECKS] },
    Compliance: { Status: 'NOT_AVAILABLE' },
    RecordState: kind === 'accepted' ? 'ARCHIVED' : 'ACTIVE',
    Resources: [resource(account, report)],
  };
}

/**
 * A report in the AWS Security Finding Format: the findings for BatchImportFindings, of the account itself, whoever calls it sending
 * a hundred at a time. A finding of an earlier run that could not be scanned again is not sent: as Security Hub has it, it stays.
 */
export function renderAsff(report: Report): string {
  const names = namesOf(report);
  const all = [
    ...report.findings.map((finding) => findingOf(finding, report, names)),
    ...limitsOf(report)
      .filter(isUnread)
      .map((limit) => limitOf(limit, report)),
  ];
  return inertJson(`${JSON.stringify(all, null, 1)}\n`);
}
