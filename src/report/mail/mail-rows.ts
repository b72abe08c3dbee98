import { groupBy } from '../../lib/group-by.js';
import { inert, isInert } from '../../lib/escape-text.js';
import { listed } from '../../lib/list-in-words.js';
import { isInside, type Finding, type Kind } from '../../model/report/finding.js';
import type { ChangedProblem, NewsKind } from '../../model/report/report-changes.js';
import type { Report } from '../../model/report/report.js';
import { consoleLink } from '../parts/console-links.js';
import { managedInWords } from '../repair/fix-parts.js';
import { cut } from '../layout/fit-line.js';
import { COLUMNS, fitted } from '../layout/listing.js';
import type { Names } from '../layout/names.js';
import { clauseOf } from '../parts/overview-rows.js';
import { countsInWords, countsOf, gravestOf, type ToldProblem } from '../parts/problems.js';
import { tagInWords } from '../parts/silence-lines.js';

/** The problems of an email: a few lines each, as many as there is room for, and the others counted. */

/** One entry of an email: a problem, or several of one rule, severity and change. */
interface MailRow {
  readonly problems: readonly ToldProblem[];
  /** null = the reader knows of nothing before it, or asked for it. */
  readonly change: ChangedProblem | null;
}

/** What the words of rows need. */
export interface RowStyle {
  readonly report: Report;
  readonly names: Names;
  /** What has changed of a problem since the reader last heard of it. */
  readonly changeOf: (problem: ToldProblem) => ChangedProblem | null;
}

/** As many of one rule are one entry in any case. */
const FOLDED_FROM = 4;

function folded(problems: readonly ToldProblem[], { changeOf }: RowStyle, least: number): readonly MailRow[] {
  const equal = groupBy(problems, (problem) => `${problem.severity} ${gravestOf(problem).rule} ${changeOf(problem)?.kind ?? ''}`);
  return [...equal.values()].flatMap((some): MailRow[] =>
    (some.length >= least ? [some] : some.map((one) => [one])).map((ones) => ({
      problems: ones,
      change: ones[0] === undefined ? null : changeOf(ones[0]),
    })),
  );
}

const CHANGE: Readonly<Record<NewsKind, string>> = { new: '', reopened: ', reopened', worse: ', raised' };
const SEEN_AS: Readonly<Record<Kind, string>> = { break: 'Broken', exposure: 'Exposed', hygiene: 'Hygiene' };
const LONGEST_NAME = 60;

/** `sa shop/search in shop-prod`, `role/search in shop-prod and 2 more`. */
function nameOf({ subject, clusters }: Finding, names: Names): string {
  const name = names.place(subject);
  const known = clusters.map(names.cluster);
  const isSaid = subject.region !== null || known.some((cluster) => name.endsWith(` ${cluster}`));
  return cut(isSaid || known.length === 0 ? name : `${name} in ${listed(known, 1)}`, LONGEST_NAME);
}

const day = (time: string): string => inert(time.replace(/^(\d{4}-\d\d-\d\d)T.*$/, '$1'));

/** Who fails, since when, and by which rule. */
function sinceInWords(problem: ToldProblem, change: ChangedProblem | null, { names, report }: RowStyle): string {
  const gravest = gravestOf(problem);
  const { firstSeen, suppressionEnded, kind, rule } = gravest;
  const ends =
    suppressionEnded === null ? '' : ` Its suppression ended on ${inert(suppressionEnded.until ?? '')}: ${inert(suppressionEnded.reason)}.`;
  const back = change?.kind === 'reopened' && suppressionEnded === null ? ', fixed since and back' : '';
  const others = [...new Set([problem.primary, ...problem.coDefects].filter((one) => one !== gravest).map((one) => one.rule))];
  const inside = gravest.related.filter(isInside);
  const whom = (inside.length > 0 ? inside : gravest.related).map((one) => cut(names.subject(one), LONGEST_NAME));
  const affected = kind === 'exposure' || whom.length === 0 ? '' : ` Affects ${listed(whom, 2)}.`;
  const also = others.length === 0 ? '' : ` Also: ${listed(others.map(inert), 2)}.`;
  // Seen now for the first time is said by the email itself.
  const since = firstSeen === report.generatedAt ? [] : [`first seen ${day(firstSeen)}${back}`];
  const seen = [...(kind === null ? [] : [SEEN_AS[kind]]), ...since].join(', ');
  return `${seen}${seen === '' ? '' : '.'}${ends}${affected}${also} (${inert(rule)})`.trimStart();
}

const sentence = (text: string): string => /^[^]*?[.](?=\s|$)/.exec(text)?.[0] ?? text;

/** Longer ones hold a policy, or are not read in an email. */
const LONGEST_COMMAND = 200;

/** A command that is proven, short, holds no document and gives nobody access who has none. */
function shortCommand({ fix }: Finding): string | null {
  const [only, ...more] = fix?.commands ?? [];
  if (fix === null || only === undefined || more.length > 0 || !fix.verified || fix.grants.length > 0) return null;
  return only.length > LONGEST_COMMAND || /[{'"]/.test(only) || !isInert(only) ? null : only;
}

const FINGERPRINT = /^[\w-]{1,64}$/;
/** What shows a problem in full, wherever its account was audited. */
const showCommand = ({ fingerprint }: Finding): string =>
  FINGERPRINT.test(fingerprint) ? `irsa-auditor show ${fingerprint.slice(0, 12)}` : 'irsa-auditor audit --details';

const INDENT = { indent: 3, hang: 3 };

/** The fix in a sentence, with the command if that is short, else with what shows it. */
function fixLines(problem: ToldProblem, names: Names): string[] {
  const gravest = gravestOf(problem);
  const finding = gravest.fix === null ? problem.primary : gravest;
  const show = showCommand(problem.primary);
  if (finding.fix === null) return fitted(`Details: ${show}`, INDENT);
  const command = shortCommand(finding);
  const words = cut(names.sentence(sentence(finding.fix.summary)), 2 * COLUMNS - 20);
  const there = managedInWords(finding.fix, names);
  const first = there.length === 0 ? [] : [`   ${cut(`Change it there first: ${listed(there, 1)}`, COLUMNS - 3)}`];
  return [...first, ...fitted(`Fix: ${words}`, INDENT), `   $ ${command ?? show}`];
}

function headOf({ problems, change }: MailRow, number: number, { report, names }: RowStyle): string {
  const [first] = problems;
  if (first === undefined) return '';
  const gravest = gravestOf(first);
  const clusters = new Set(problems.flatMap(({ primary }) => primary.clusters)).size;
  const name = problems.length === 1 ? nameOf(gravest, names) : `×${problems.length}${clusters > 1 ? ` in ${clusters} clusters` : ''}`;
  return `${number}. ${first.severity.toUpperCase()}${change === null ? '' : CHANGE[change.kind]}: ${name}: ${clauseOf(gravest.rule, report)}`;
}

/** An entry in full: title and place, who fails since when, the fix, and the page of the console. */
function fullLines(row: MailRow, number: number, style: RowStyle): readonly string[] {
  const { problems, change } = row;
  const [first] = problems;
  if (first === undefined) return [];
  const gravest = gravestOf(first);
  const head = fitted(headOf(row, number, style), { hang: 3 });
  const link = consoleLink(gravest.subject, style.report);
  const console = link === null ? [] : [`   ${link}`];
  if (problems.length > 1) {
    const which = listed(
      problems.map((one) => nameOf(gravestOf(one), style.names)),
      3,
    );
    // The fix and the page are those of the first.
    return [...head, ...fitted(`${which} (${inert(gravest.rule)})`, INDENT), ...fixLines(first, style.names), ...console];
  }
  const tag = tagInWords(gravest);
  return [
    ...head,
    ...fitted(sinceInWords(first, change, style), INDENT),
    ...(tag === null ? [] : fitted(tag, INDENT)),
    ...fixLines(first, style.names),
    ...console,
  ];
}

/** So many entries are in full, whatever else finds room. */
const LEAST_FULL = 3;

const sum = (lists: readonly (readonly string[])[]): number => lists.reduce((all, list) => all + list.length, 0);

/** How many entries are in full: all of which the others still have a line each; else the first few. */
function fullOnes(full: readonly (readonly string[])[], room: number): number {
  const fits = (count: number, others: number): boolean => sum(full.slice(0, count)) + others <= room;
  for (let count = full.length; count >= Math.min(LEAST_FULL, full.length); count -= 1) if (fits(count, full.length - count)) return count;
  return [LEAST_FULL, 2, 1].find((count) => fits(count, 1)) ?? 0;
}

/** Entries, each in full. */
interface Entries {
  readonly rows: readonly MailRow[];
  readonly full: readonly (readonly string[])[];
  /** All of them in full, with a line between two. */
  readonly lines: number;
}

function entriesOf(problems: readonly ToldProblem[], style: RowStyle, least: number): Entries {
  const rows = folded(problems, style, least);
  const full = rows.map((row, index) => fullLines(row, index + 1, style));
  return { rows, full, lines: sum(full) + Math.max(0, full.length - 1) };
}

/** The problems of an email, before it is known how many lines there are for them. */
export interface ProblemLines {
  /** As many as they would take in full. */
  readonly most: number;
  /** In so many lines: the worst in full, then one line each; those that find no room are counted. */
  readonly within: (room: number) => readonly string[];
}

/** @param problems the worst first */
export function problemLines(problems: readonly ToldProblem[], style: RowStyle): ProblemLines {
  const loose = entriesOf(problems, style, FOLDED_FROM);
  const within = (room: number): readonly string[] => {
    const { rows, full, lines } = sum(loose.full) <= room ? loose : entriesOf(problems, style, 2);
    if (lines <= room) return full.flatMap((entry, index) => (index === 0 ? entry : ['', ...entry]));
    const count = fullOnes(full, room);
    const shorts = rows.slice(count).map((row, index) => cut(headOf(row, count + index + 1, style), COLUMNS));
    const left = room - sum(full.slice(0, count));
    const shown = shorts.length <= left ? shorts.length : Math.max(0, left - 1);
    const rest = rows.slice(count + shown).flatMap((row) => row.problems);
    return [
      ...full.slice(0, count).flat(),
      ...shorts.slice(0, shown),
      ...(rest.length === 0 ? [] : [`Not shown in this email: ${countsInWords(countsOf(rest))}.`]),
    ];
  };
  return { most: loose.lines, within };
}
