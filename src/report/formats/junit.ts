import { groupBy } from '../../lib/group-by.js';
import { escaped, inert } from '../../lib/escape-text.js';
import { plural } from '../../lib/plural.js';
import type { Finding } from '../../model/report/finding.js';
import type { Report, RuleOutcome } from '../../model/report/report.js';
import { namesOf, type Names } from '../layout/names.js';
import { titleOf } from '../layout/phrases.js';
import { evidenceInWords } from '../parts/evidence.js';
import { suppressedInWords } from '../parts/silence-lines.js';
import { fixLinesOf, messageOfFinding } from './finding-words.js';
import { limitsOf, type Limit } from './limits.js';

/** How a case ended: without an end it has passed. */
interface End {
  readonly how: 'failure' | 'error' | 'skipped';
  readonly type: string;
  readonly message: string;
  readonly body?: string;
}

interface Case {
  readonly name: string;
  readonly end: End | null;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** The two that XML forbids beside controls and half surrogate pairs, which are inert. */
const NO_CHARACTERS = /[\ufffe\uffff]/g;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const xml = (text: string): string =>
  text
    .split('\n')
    .map((line) => inert(line).replace(NO_CHARACTERS, escaped))
    .join('\n')
    .replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);

/** One subject of one rule: it fails by all that is found on it, and is skipped where that is suppressed. */
function caseOf(findings: readonly [Finding, ...Finding[]], names: Names): Case {
  const [{ subject, severity, message, suppressed }] = findings;
  const name = `${names.place(subject)} [${findings.map(({ fingerprint }) => fingerprint).join(' ')}]`;
  const body = findings
    .flatMap((finding) => [
      `${finding.severity} (${finding.confidence}): ${messageOfFinding(finding)}`,
      ...finding.evidence.flatMap(evidenceInWords),
      ...fixLinesOf(finding),
    ])
    .join('\n');
  if (suppressed !== null) return { name, end: { how: 'skipped', type: 'suppressed', message: suppressedInWords(suppressed), body } };
  return { name, end: { how: 'failure', type: severity, message, body } };
}

/** What a rule says where none of its findings is here. It has passed only where it judged every subject and found nothing. */
function withoutFindings({ id, checked, failed, notEvaluated, crashed }: RuleOutcome, { carriedOver }: Report): Case[] {
  if (crashed !== null || notEvaluated.length > 0 || carriedOver.some(({ rule }) => rule === id)) return [];
  if (failed > 0)
    return [
      {
        name: 'other findings',
        end: { how: 'skipped', type: 'not-shown', message: 'What it found is told by another rule, or not selected.' },
      },
    ];
  if (checked === 0) return [{ name: 'no subject', end: { how: 'skipped', type: 'no-subject', message: 'There was nothing to check.' } }];
  return [{ name: `all of ${plural(checked, 'subject')}`, end: null }];
}

function suiteOf(rule: RuleOutcome, findings: readonly Finding[], { report, names }: { report: Report; names: Names }): Suite {
  const subjects = groupBy(findings, ({ subject, suppressed }) =>
    JSON.stringify([subject.type, subject.region, subject.arn ?? subject.id, suppressed === null]),
  );
  const failing = [...subjects.values()].flatMap(([first, ...more]) => (first === undefined ? [] : [caseOf([first, ...more], names)]));
  const skipped = rule.notEvaluated.map(({ scope, reason }): Case => ({
    name: `not evaluated: ${scope} (${reason})`,
    end: { how: 'skipped', type: 'not-evaluated', message: `Not evaluated in ${scope}: ${reason}.` },
  }));
  const crashed: Case[] =
    rule.crashed === null ? [] : [{ name: 'internal error', end: { how: 'error', type: 'rule-crashed', message: rule.crashed } }];
  const cases = [...failing, ...skipped, ...crashed];
  const title = titleOf(rule.id, report);
  return {
    name: title === rule.id ? rule.id : `${rule.id}: ${title}`,
    cases: failing.length > 0 ? cases : [...cases, ...withoutFindings(rule, report)],
  };
}

/** What was not scanned ends in an error, so that nobody takes the rest for all; what was accepted or not asked for is skipped. */
function coverageCase({ kind, what, scope, message }: Limit): Case {
  return { name: `${kind}: ${what} in ${scope}`, end: { how: kind === 'not-scanned' ? 'error' : 'skipped', type: kind, message } };
}

function caseLines(suite: string, { name, end }: Case): string[] {
  const open = `    <testcase name="${xml(name)}" classname="irsa-auditor.${xml(suite)}" time="0"`;
  if (end === null) return [`${open}/>`];
  const { how, type, message, body } = end;
  const inside = `      <${how} type="${xml(type)}" message="${xml(message)}"`;
  return [`${open}>`, body === undefined ? `${inside}/>` : `${inside}>${xml(body)}</${how}>`, '    </testcase>'];
}

function countsOfSuite(suites: readonly Suite[]): {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
} {
  const cases = suites.flatMap((suite) => suite.cases);
  const ended = (how: End['how']): number => cases.filter(({ end }) => end?.how === how).length;
  return { tests: cases.length, failures: ended('failure'), errors: ended('error'), skipped: ended('skipped') };
}

function suiteLines(suite: Suite, generatedAt: string): string[] {
  const { tests, failures, errors, skipped } = countsOfSuite([suite]);
  const id = suite.name.replace(/: .*/s, '');
  const counts = `tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
  return [
    `  <testsuite name="${xml(suite.name)}" ${counts} time="0" timestamp="${xml(generatedAt)}">`,
    ...suite.cases.flatMap((one) => caseLines(id, one)),
    '  </testsuite>',
  ];
}

/**
 * A report as the XML of JUnit, by the schema of Jenkins (junit-10.xsd): one suite a rule, one case a subject that fails. What was
 * suppressed or not evaluated is skipped, what could not be scanned is an error, and a rule has passed only where it judged all.
 */
export function renderJunit(report: Report): string {
  const names = namesOf(report);
  const byRule = groupBy(report.findings, ({ rule }) => rule);
  // A report of a program that was put together by hand may have findings of rules that it does not list.
  const others = [...byRule.keys()]
    .filter((id) => !report.rules.some((rule) => rule.id === id))
    .map((id): RuleOutcome => ({ id, checked: 0, failed: 0, notEvaluated: [], crashed: null }));
  const suites = [
    {
      name: 'coverage',
      cases: limitsOf(report)
        .filter(({ kind }) => kind !== 'rule-crashed')
        .map(coverageCase),
    },
    ...[...report.rules, ...others].map((rule) => suiteOf(rule, byRule.get(rule.id) ?? [], { report, names })),
  ].filter(({ cases }) => cases.length > 0);
  const { tests, failures, errors } = countsOfSuite(suites);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="irsa-auditor ${xml(report.account)}" tests="${tests}" failures="${failures}" errors="${errors}" time="0">`,
    ...suites.flatMap((suite) => suiteLines(suite, report.generatedAt)),
    '</testsuites>',
    '',
  ].join('\n');
}
