import { inert } from '../../lib/escape-text.js';
import type { Finding } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import { titleOf } from '../layout/phrases.js';
import { suppressedInWords } from '../parts/silence-lines.js';
import { fixLinesOf } from './finding-words.js';
import { limitsOf, type Limit } from './limits.js';

const COLUMNS = [
  'record',
  'severity',
  'confidence',
  'kind',
  'rule',
  'title',
  'subject_type',
  'subject',
  'arn',
  'region',
  'clusters',
  'namespaces',
  'message',
  'error',
  'fix',
  'fix_verified',
  'status',
  'first_seen',
  'suppressed',
  'place',
  'problem',
  'fingerprint',
  'account',
  'generated_at',
] as const;
type Row = Partial<Record<(typeof COLUMNS)[number], string | null>>;

/** What a spreadsheet takes for a formula, at the beginning of a cell or after what another locale separates cells by. */
const FORMULA = /(^|;)(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

/**
 * One cell, as RFC 4180 has it. What would be run as a formula gets an apostrophe before it, which spreadsheets read as "this is
 * text" (https://owasp.org/www-community/attacks/CSV_Injection).
 */
function cell(value: string): string {
  const text = inert(value).replace(FORMULA, "$1$2'");
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const findingRow = (finding: Finding, report: Report): Row => ({
  record: 'finding',
  severity: finding.severity,
  confidence: finding.confidence,
  kind: finding.kind,
  rule: finding.rule,
  title: titleOf(finding.rule, report),
  subject_type: finding.subject.type,
  subject: finding.subject.id,
  arn: finding.subject.arn,
  region: finding.subject.region,
  clusters: finding.clusters.join(' '),
  namespaces: finding.namespaces.join(' '),
  message: finding.message,
  error: finding.error,
  fix: fixLinesOf(finding).join(' '),
  fix_verified: finding.fix === null ? null : String(finding.fix.verified),
  status: finding.status,
  first_seen: finding.firstSeen,
  suppressed: finding.suppressed === null ? null : suppressedInWords(finding.suppressed),
  place: finding.place,
  problem: finding.problem,
  fingerprint: finding.fingerprint,
});

const limitRow = ({ kind, what, scope, message }: Limit): Row => ({ record: kind, rule: what, subject: scope, message });

/**
 * A report as CSV (RFC 4180): a header, a row for each finding, and a row for each thing that was not scanned, told apart by `record`,
 * so that a file without findings is not taken for a clean account.
 */
export function renderCsv(report: Report): string {
  const { account, generatedAt: generated_at } = report;
  const rows: readonly Row[] = [...report.findings.map((finding) => findingRow(finding, report)), ...limitsOf(report).map(limitRow)];
  const lines = rows.map((row) => {
    const whole: Row = { ...row, account, generated_at };
    return COLUMNS.map((name) => cell(whole[name] ?? '')).join(',');
  });
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}
