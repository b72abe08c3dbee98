import pc from 'picocolors';
import { listed } from '../lib/list-in-words.js';
import { inert, isInert } from '../lib/inert.js';
import type { Evidence, Finding, Fix, Patch } from '../model/finding.js';
import type { Report } from '../model/report.js';
import { commandLine, type Shell } from './command-lines.js';
import type { NumberedProblem } from './find-problem.js';
import { jsonDiff } from './json-diff.js';
import { namesOf, type Names } from './names.js';
import { checkCommand, restartCommands } from './next-steps.js';
import { clauseOf, KIND_WORD, SEVERITY_WORD } from './overview-rows.js';
import { TextPage } from './page.js';
import { linked, severityPaint, type Paint } from './paint.js';
import { standingAlone } from './paragraph.js';
import { problemsOf } from './problems.js';
import { shortened, timeInWords } from './words.js';

export interface ShowOptions {
  readonly color: boolean;
  /** Columns to stay within; null = nothing is broken. */
  readonly width: number | null;
  readonly links: boolean;
  readonly shell: Shell;
  /** How the command line is called by whoever reads this. */
  readonly program: string;
  /** What shows this problem again: `irsa-auditor show 3`. */
  readonly self: string;
  /** Commands of files that were written, in place of those that hold a document; null = none were. */
  readonly written: Written | null;
}

/** What was written for a repair, and the commands that take it. */
export interface Written {
  readonly commands: readonly string[];
  readonly back: readonly string[];
}

interface Style extends ShowOptions {
  readonly paint: Paint;
  readonly names: Names;
}

/** A command that takes more rows than this on a terminal is better taken from a file. */
const MOST_ROWS = 3;
const MOST_DIFF = 12;
const LIST = 6;
/** An issuer of EKS inside a document: what tells two apart are the digits. */
const ISSUER = /oidc[.-]eks\.[a-z0-9-]+\.[a-z0-9.-]+\/id\/([0-9A-F]{8})[0-9A-F]{24}/g;
const withoutHost = (text: string): string => text.replace(ISSUER, '…$1');

/** `Condition.StringLike[…:sub]`: of a path what matters. */
function pathInWords(path: string): string {
  return path.replace(/^\$\.(?:Statement\[0\]\.)?/, '').replace(/\['[^']*?:(aud|sub|amr|[\w.-]+)'\]/g, '[…:$1]');
}

/** A value on one line; a list is cut at an element. */
function valueInWords(value: Evidence['found']): string {
  if (!Array.isArray(value)) return shortened(typeof value === 'string' ? value : JSON.stringify(value));
  const items: readonly unknown[] = value;
  const shown = items.slice(0, LIST).map((item) => shortened(typeof item === 'string' ? item : JSON.stringify(item)));
  return `${shown.join(', ')}${items.length > LIST ? ` … and ${items.length - LIST} more` : ''}` || '(none)';
}

function evidenceLines({ what, path, found, expected }: Evidence): string[] {
  const where = path === null ? '' : ` (${inert(pathInWords(path))})`;
  return [
    `${inert(what)}${where}: ${inert(valueInWords(found))}`,
    ...(expected === null ? [] : [`expected: ${inert(valueInWords(expected))}`]),
  ];
}

const DOCUMENT: Readonly<Record<Patch['kind'], string>> = {
  'trust-policy': 'Trust policy of',
  'provider': 'Provider',
  'service-account': 'Annotations of',
  'pod-identity-association': 'Association of',
};

function patchName({ kind, resource }: Patch, names: Names): string {
  if (kind === 'trust-policy') return names.subject({ type: 'role', id: resource });
  if (kind === 'provider') return names.subject({ type: 'provider', id: resource }).replace(/^provider /, '');
  return inert(resource);
}

/** What a patch changes, as lines that go and lines that come. */
function writePatch(page: TextPage, patch: Patch, { paint, names, width }: Style): void {
  const lines = jsonDiff(patch.before, patch.after);
  if (lines.length === 0) return;
  page.text(paint.bold(`${DOCUMENT[patch.kind]} ${patchName(patch, names)}`), 2);
  const short = lines.map(({ sign, text }) => `${sign} ${withoutHost(text)}`);
  const isTold = new Set(short.map((line) => line.slice(2))).size === short.length;
  const shown = isTold ? short : lines.map(({ sign, text }) => `${sign} ${text}`);
  for (const line of shown.slice(0, MOST_DIFF)) {
    const words = shortened(inert(line), width === null ? Number.MAX_SAFE_INTEGER : 2 * width);
    page.verbatim(line.startsWith('-') ? paint.red(words) : paint.green(words), 4);
  }
  if (shown.length > MOST_DIFF) page.text(`… and ${shown.length - MOST_DIFF} more lines`, 4);
}

/** Who can assume a role by a repair and cannot today. */
function grantLines({ grants }: Fix, names: Names): string[] {
  return grants.map(({ subject, role, administrative }) => {
    const [, namespace, name] = /^system:serviceaccount:([^:]+):(.+)$/.exec(subject) ?? [];
    const who = subject === '*' ? 'every service account of the cluster' : namespace === undefined ? subject : `${namespace}/${name ?? ''}`;
    return inert(`${who} (to ${administrative ? 'the administrative ' : ''}${names.subject({ type: 'role', id: role })})`);
  });
}

/** The commands of a repair: those that hold a long document by way of a file, where somebody sits at a terminal. */
function fixCommands(fix: Fix, { width, written, shell }: Style): readonly string[] {
  if (written !== null) return written.commands;
  const isLong = (command: string): boolean => width !== null && commandLine(command, shell).length > MOST_ROWS * width;
  return fix.commands.some(isLong) ? [] : fix.commands;
}

function writeSteps(page: TextPage, finding: Finding, style: Style, report: Report): void {
  const { fix } = finding;
  const { paint, shell, program, self, written } = style;
  const prompt = shell === 'powershell' ? 'PS>' : '$';
  const step = (command: string, why: string): void => {
    page.text(paint.dim(`${why}:`), 2);
    if (isInert(command)) page.verbatim(`${paint.dim(prompt)} ${commandLine(command, shell)}`, 4);
    else page.text(`(a command with characters that cannot be shown, take it from --format json) ${inert(command)}`, 4);
  };
  if (fix !== null) {
    const commands = fixCommands(fix, style);
    if (commands.length === 0 && fix.commands.length > 0)
      step(`${self} --write .`, 'writes the documents and prints the command, and the way back');
    commands.forEach((command, index) => step(command, index === 0 ? (fix.verified ? 'fix, verified by re-evaluation' : 'fix') : 'then'));
    for (const command of written?.back ?? []) step(command, 'the way back');
    if (fix.commands.length === 0 && fix.patches.length > 0) page.text(paint.dim(noCommand(fix)), 4);
    for (const command of restartCommands(finding, fix, report)) step(command, 'restart, so that the pods get it');
  }
  const check = checkCommand(finding, report, program);
  if (check !== null) step(check, 'check');
}

/** Why a repair that is known has no command. */
function noCommand({ verified, grants }: Fix): string {
  return verified && grants.length > 0
    ? 'No ready command: confirm first who is to assume this role. The document is above, and in --format json.'
    : 'No ready command. The document is in --format json.';
}

function writeFinding(page: TextPage, finding: Finding, report: Report, style: Style): void {
  const { paint, names } = style;
  const { fix } = finding;
  page.text(standingAlone(names.sentence(finding.message)), 2);
  if (finding.error !== null) page.labelled('Error in the pod: ', [names.sentence(finding.error)], paint.bold);
  const evidence = finding.evidence.flatMap(evidenceLines);
  if (evidence.length > 0) page.labelled('Cause: ', evidence, paint.bold);
  const affected = finding.related.map((one) => `${names.subject(one)}${inert(` (${one.why})`)}`);
  if (affected.length > 0) page.labelled('Affected: ', [listed(affected, 3)], paint.bold);
  if (fix === null) return;
  page.labelled('Fix: ', [names.sentence(fix.summary)], paint.bold);
  for (const patch of fix.patches) writePatch(page, patch, style);
  const grants = grantLines(fix, names);
  if (grants.length > 0) page.labelled('Grants access to: ', [`${listed(grants, 4)} – confirm before running`], paint.bold);
}

/** `4–62`, the other problems of the same rule and severity. */
function alike({ number, problem }: NumberedProblem, report: Report): string | null {
  const others = problemsOf(report).flatMap(({ primary, severity }, index) =>
    primary.rule === problem.primary.rule && severity === problem.severity && index + 1 !== number ? [index + 1] : [],
  );
  const [first, last] = [others[0], others.at(-1)];
  if (first === undefined || last === undefined) return null;
  return `${others.length === 1 ? `Number ${first} is` : `${others.length} more (numbers ${first} to ${last}) are`} of the same rule.`;
}

/** One problem in full: what is seen in the pod, why, what the repair changes and whom it grants access, and the commands in their order. */
export function renderShow(one: NumberedProblem, report: Report, options: ShowOptions): string {
  const paint = pc.createColors(options.color);
  const style: Style = { ...options, paint, names: namesOf(report) };
  const page = new TextPage(options.width);
  const { primary, coDefects, severity } = one.problem;
  const kind = primary.kind === null ? '' : ` ${KIND_WORD[primary.kind]}`;
  const name = style.names.subject(primary.subject);
  const clusters = primary.clusters.map(style.names.cluster).filter((cluster) => !name.endsWith(` ${cluster}`));
  const where = clusters.length === 0 ? '' : ` in ${listed(clusters, 3)}`;
  page.text(paint.dim(`Account ${inert(report.account)}, audited ${timeInWords(report.generatedAt)}`));
  page.text(
    `${one.number} ${severityPaint(paint)[severity](SEVERITY_WORD[severity])}${kind} ${paint.bold(name)}${where}: ${clauseOf(primary.rule, report)}`,
  );
  writeFinding(page, primary, report, style);
  writeSteps(page, primary, style, report);
  for (const finding of coDefects) {
    page.blank();
    page.text(`${paint.bold(`Also: ${clauseOf(finding.rule, report)}`)} (${finding.severity}, ${style.names.subject(finding.subject)})`, 2);
    writeFinding(page, finding, report, style);
    const fresh = finding.fix !== null && finding.fix.commands.some((command) => primary.fix?.commands.includes(command) !== true);
    if (fresh) writeSteps(page, finding, style, report);
  }
  const others = alike(one, report);
  if (others !== null) page.text(paint.dim(others), 2);
  const rule = linked(inert(primary.rule), report.texts[primary.rule]?.references[0], options.links);
  page.text(paint.dim(`${rule}, ${primary.confidence}, ${inert(primary.fingerprint.slice(0, 12))}`), 2);
  return page.toString();
}
