import { parse as parseCsv } from 'csv-parse/sync';
import { XMLParser } from 'fast-xml-parser';
import markdownIt from 'markdown-it';
import type { Format } from '../../src/report/format-names.js';

/** What a program gets out of a report in some format, by a parser that is not ours. */
export interface ReadBack {
  /** How many findings, or problems where the format counts these, it is told of. */
  readonly count: number;
  /** Fingerprints of the findings that are told and not suppressed; null = the format has none. */
  readonly fingerprints: readonly string[] | null;
  /** `ACTION SCOPE` of what was not scanned, or as many words as it has of them. */
  readonly gaps: readonly string[];
}

type Row = Readonly<Record<string, string>>;

const linesOfJson = (output: string): readonly Record<string, unknown>[] =>
  output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

function jsonl(output: string): ReadBack {
  const [audit, ...findings] = linesOfJson(output) as unknown as readonly [
    { readonly coverage: { readonly unread: readonly { readonly what: string; readonly scope: string; readonly accepted: boolean }[] } },
    ...{ readonly fingerprint: string; readonly suppressed: unknown }[],
  ];
  const told = findings.filter(({ suppressed }) => suppressed === null).map(({ fingerprint }) => fingerprint);
  const unread = audit.coverage.unread.filter(({ accepted }) => !accepted);
  return { count: told.length, fingerprints: told, gaps: unread.map(({ what, scope }) => `${what} ${scope}`) };
}

export const csvRows = (output: string): readonly Row[] =>
  // Strict: a quote out of place or a row with another number of cells is refused, and rows end as RFC 4180 has it.
  parseCsv(output, { columns: true, relax_column_count: false, record_delimiter: '\r\n' });

function csv(output: string): ReadBack {
  const rows = csvRows(output);
  const told = rows.filter(({ record, suppressed }) => record === 'finding' && suppressed === '');
  return {
    count: told.length,
    fingerprints: told.map(({ fingerprint }) => fingerprint!),
    gaps: rows.filter(({ record }) => record === 'not-scanned').map(({ rule, subject }) => `${rule} ${subject}`),
  };
}

/** Markdown with everything that GitHub adds to it: HTML is let through, tables, and addresses without markup are links. */
export const GITHUB = markdownIt({ html: true, linkify: true });
GITHUB.linkify.set({ fuzzyLink: false, fuzzyEmail: true });

export const tokensOf = (output: string) => GITHUB.parse(output, {}).flatMap((token) => [token, ...(token.children ?? [])]);

function markdown(output: string): ReadBack {
  const [heading = '', ...paragraphs] = GITHUB.parse(output, {}).flatMap(({ type, children }) =>
    type === 'inline' ? [(children ?? []).map(({ content }) => content).join('')] : [],
  );
  const counts = heading.replace(/; suppressed: .*/, '').matchAll(/(\d+) (?:critical|high|medium|low|info)\b/g);
  const from = paragraphs.findIndex((text) => text.startsWith('Partial scan:'));
  const gaps =
    from === -1 ? [] : paragraphs.slice(from).flatMap((text) => /^(\w+:\w+) in ([\w-]+): /.exec(text)?.slice(1, 3).join(' ') ?? []);
  return { count: [...counts].reduce((sum, [, digits]) => sum + Number(digits), 0), fingerprints: null, gaps };
}

interface XmlCase {
  readonly name: string;
  readonly classname: string;
  readonly failure?: unknown;
  readonly error?: { readonly type: string };
  readonly skipped?: { readonly type: string };
}

export function xmlCases(output: string): readonly XmlCase[] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseAttributeValue: false,
    isArray: (name) => name === 'testsuite' || name === 'testcase',
  });
  const { testsuites } = parser.parse(output) as {
    readonly testsuites: { readonly testsuite?: readonly { readonly testcase?: readonly XmlCase[] }[] };
  };
  return testsuites.testsuite?.flatMap(({ testcase = [] }) => testcase) ?? [];
}

function junit(output: string): ReadBack {
  const cases = xmlCases(output);
  const failing = cases.filter(({ failure }) => failure !== undefined);
  const fingerprints = failing.flatMap(({ name }) => /\[([^[\]]*)\]$/.exec(name)?.[1]?.split(' ') ?? []);
  const gaps = cases
    .filter(({ error }) => error?.type === 'not-scanned')
    .map(({ name }) => name.replace('not-scanned: ', '').replace(' in ', ' '));
  return { count: fingerprints.length, fingerprints, gaps };
}

export interface SarifRun {
  readonly tool: {
    readonly driver: { readonly rules: readonly { readonly id: string; readonly properties: { readonly tags: readonly string[] } }[] };
  };
  readonly invocations: readonly [
    {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications: readonly {
        readonly descriptor: { readonly id: string };
        readonly message: { readonly text: string };
        readonly level: string;
        readonly properties?: { readonly what: string; readonly scope: string };
      }[];
    },
  ];
  readonly results: readonly {
    readonly ruleId: string;
    readonly ruleIndex: number;
    readonly message: { readonly text: string };
    readonly level: string;
    readonly partialFingerprints: Readonly<Record<string, string>>;
    readonly suppressions: readonly { readonly justification: string }[];
    readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[];
  }[];
}

export function sarifRun(output: string): SarifRun {
  const { runs } = JSON.parse(output) as { readonly runs: readonly [SarifRun] };
  return runs[0];
}

function sarif(output: string): ReadBack {
  const { results, invocations } = sarifRun(output);
  const told = results
    .filter(({ suppressions }) => suppressions.length === 0)
    .flatMap(({ partialFingerprints }) => Object.values(partialFingerprints));
  const gaps = invocations[0].toolExecutionNotifications.filter(({ descriptor }) => descriptor.id === 'not-scanned');
  return {
    count: told.length,
    fingerprints: told,
    gaps: gaps.map(({ properties }) => `${properties?.what ?? ''} ${properties?.scope ?? ''}`),
  };
}

export interface OcsfEvent {
  readonly status_id: number;
  readonly status: string;
  readonly compliance: { readonly status_id: number };
  readonly finding_info: { readonly uid: string; readonly title: string; readonly created_time?: number };
}

function ocsf(output: string): ReadBack {
  const events = JSON.parse(output) as readonly OcsfEvent[];
  const told = events.filter((event) => event.compliance.status_id === 3 && event.status_id !== 3).map((event) => event.finding_info.uid);
  const gaps = events.filter((event) => event.compliance.status_id === 0 && event.status_id === 1);
  return {
    count: told.length,
    fingerprints: told,
    gaps: gaps.map((event) => event.finding_info.title.replace('Not scanned: ', '').replace(' in ', ' ')),
  };
}

export interface AsffFinding {
  readonly Id: string;
  readonly Title: string;
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly RecordState: string;
  readonly Compliance: { readonly Status: string };
}

function asff(output: string): ReadBack {
  const findings = (JSON.parse(output) as readonly AsffFinding[]).filter(({ RecordState }) => RecordState === 'ACTIVE');
  const told = findings.filter(({ Compliance }) => Compliance.Status === 'FAILED').map(({ Id }) => Id.slice(Id.lastIndexOf('/') + 1));
  const gaps = findings.filter(({ Compliance }) => Compliance.Status === 'NOT_AVAILABLE');
  return { count: told.length, fingerprints: told, gaps: gaps.map(({ Title }) => Title.replace('Not scanned: ', '').replace(' in ', ' ')) };
}

/** A series by its name and labels. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[n"\\])*)"(?:,|$)/y;

/** The labels between braces; anything that is none is refused. */
function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (LABEL.lastIndex = 0; LABEL.lastIndex < text.length;) {
    const found = LABEL.exec(text);
    if (found === null) throw new Error(`no label: ${text}`);
    labels[found[1]!] = found[2]!.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
  }
  return labels;
}

/** The grammar of OpenMetrics 1.0 for gauges, without leniency: https://prometheus.io/docs/specs/om/open_metrics_spec/ */
export function seriesOf(output: string): readonly Series[] {
  const lines = output.split('\n');
  if (lines.pop() !== '' || lines.pop() !== '# EOF') throw new Error('it does not end with # EOF and a line feed');
  const [series, seen, families] = [[] as Series[], new Set<string>(), new Set<string>()];
  let family = '';
  for (const line of lines) {
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) gauge$/.exec(line);
    if (type !== null) {
      family = type[1]!;
      // A family is in one piece, and its name is not taken twice.
      if (families.has(family)) throw new Error(`twice: ${family}`);
      families.add(family);
      continue;
    }
    if (line.startsWith(`# HELP ${family} `) || line === `# UNIT ${family} seconds`) {
      if (line.startsWith('# UNIT') && !family.endsWith('_seconds')) throw new Error(line);
      continue;
    }
    const [, name, labels, value] = /^([a-zA-Z_:][a-zA-Z0-9_:]*)\{(.*)\} (\d+(?:\.\d+)?)$/.exec(line) ?? [];
    if (name !== family) throw new Error(`of no family: ${line}`);
    const key = `${name}{${labels!}}`;
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    series.push({ name, labels: labelsOf(labels!), value: Number(value) });
  }
  return series;
}

function openmetrics(output: string): ReadBack {
  const all = seriesOf(output);
  const sum = (name: string, where: Readonly<Record<string, string>> = {}): number =>
    all
      .filter((one) => one.name === `irsa_auditor_${name}` && Object.entries(where).every(([key, value]) => one.labels[key] === value))
      .reduce((total, { value }) => total + value, 0);
  return {
    count: sum('findings'),
    fingerprints: null,
    gaps: Array.from({ length: sum('unread', { accepted: 'false' }) }, () => 'a read'),
  };
}

/** Every format for programs, with what reads it back. */
export const FORMAT_READERS = { jsonl, csv, markdown, junit, sarif, ocsf, asff, openmetrics } satisfies Partial<
  Record<Format, (output: string) => ReadBack>
>;
