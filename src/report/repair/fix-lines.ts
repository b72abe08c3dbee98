import { inert } from '../../lib/escape-text.js';
import { listed } from '../../lib/list-in-words.js';
import { plural } from '../../lib/plural.js';
import type { Finding, Fix, Patch } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import { commandLine, writeCommands, type Shell } from '../parts/command-lines.js';
import { elsewhere } from '../parts/elsewhere.js';
import { changeOf, grantsInWords, managedInWords, noCommand, STEP_WORDS, withoutHost, type Repaired } from './fix-parts.js';
import { cut } from '../layout/fit-line.js';
import type { Names } from '../layout/names.js';
import { checkCommand, grantCommand, restartCommands, type AskedBy } from '../layout/next-steps.js';
import type { TextPage } from '../layout/terminal-layout.js';
import type { Paint } from '../layout/paint.js';

export interface FixOptions extends AskedBy {
  readonly color: boolean;
  /** Columns to stay within; null = nothing is broken. */
  readonly width: number | null;
  readonly links: boolean;
  readonly shell: Shell;
  /** What shows this problem again: `irsa-auditor show 3`. */
  readonly self: string;
  /** The same of what `show` takes options for: another command than itself where that has none. */
  readonly shows?: string;
  /** Commands of files that were written, in place of those that hold a document; null = none were. */
  readonly written: Written | null;
}

/** What was written for a repair, and the commands that take it. */
export interface Written {
  readonly commands: readonly string[];
  readonly back: readonly string[];
}

/** The same, with what the words of one report need. */
export interface FixStyle extends FixOptions {
  readonly paint: Paint;
  readonly names: Names;
  readonly report: Report;
  /** Whether the command is named that tells if it has worked. */
  readonly check: boolean;
  /** The whole is to fit on a screen. */
  readonly brief: boolean;
  /** Of a fix so many lines of its difference, where it is to be brief; absent = as many as usual. */
  readonly mostDiff?: number;
}

/** A command that takes more rows than this on a terminal is better taken from a file. */
const MOST_ROWS = 3;
/** Lines of one patch, in full and where the whole is to fit on a screen. */
const [MOST_DIFF, MOST_BRIEF] = [12, 6];
/** A subject in a sentence: where the whole is to fit on a screen, as `namespace/name`. */
const SUBJECT = /(?<![\w:*-])system:serviceaccount:([a-z0-9-]+):([a-z0-9.-]*[a-z0-9])(?!:\w|[\w*-])/g;

/** What a patch changes, as lines that go and lines that come. */
function writePatch(page: TextPage, patch: Patch, patches: number, { paint, names, width, brief, mostDiff: most }: FixStyle): void {
  const mostDiff = brief ? Math.max(1, Math.floor((most ?? MOST_BRIEF) / patches)) : MOST_DIFF;
  const change = changeOf(patch, names);
  if (change === null) return;
  page.text(paint.bold(change.title), 2);
  const shown = change.lines;
  const room = width === null ? Number.MAX_SAFE_INTEGER : brief ? width - 4 : 3 * width;
  for (const line of shown.slice(0, mostDiff)) {
    const words = cut(line.length > room ? line.replace('"system:serviceaccount:', '"…:') : line, room);
    page.verbatim(`${line.startsWith('-') ? paint.red('-') : paint.green('+')}${words.slice(1)}`, 4);
  }
  if (shown.length > mostDiff) page.text(`… and ${plural(shown.length - mostDiff, 'more line', 'more lines')}`, 4);
}

/** The same change as what manages the object takes it, in each way that it has. */
function writeElsewhere(page: TextPage, patch: Patch, { report: { clusters } }: FixStyle): void {
  for (const { what, lines } of elsewhere(patch, clusters)) {
    page.text(`${what}:`, 2);
    for (const line of lines) page.verbatim(inert(line), line === '' ? 0 : 4);
  }
}

const MOST_GRANTS = 4;

/** The commands of a repair: those that hold a long document by way of a file, where somebody sits at a terminal. */
function fixCommands(fix: Fix, { width, written, shell }: FixStyle): readonly string[] {
  if (written !== null) return written.commands;
  const isLong = (command: string): boolean => width !== null && commandLine(command, shell).length > MOST_ROWS * width;
  return fix.commands.some(isLong) ? [] : fix.commands;
}

/** The commands in the order in which they are run: the fix, the restart of what it bites on, the check. */
export function writeSteps(page: TextPage, finding: Finding, style: FixStyle): void {
  const { paint, shell, self, shows, written, report, check, brief } = style;
  const { fix } = finding;
  const step = (command: string, why: string): void => {
    page.text(`${why}:`, 2);
    writeCommands(page, [command], paint, shell);
  };
  if (fix !== null) {
    const commands = fixCommands(fix, style);
    if (commands.length === 0 && fix.commands.length > 0)
      step(`${self} --write .`, 'writes the documents and prints the command, and the way back');
    commands.forEach((command, index) => step(command, index === 0 ? STEP_WORDS[fix.verified ? 'verified' : 'fix'] : STEP_WORDS.then));
    for (const command of written?.back ?? []) step(command, 'the way back');
    const grant = grantCommand(finding, report, shows ?? self);
    // On one screen the command says it, beside whom it grants access.
    if (fix.commands.length === 0 && fix.patches.length > 0 && (grant === null || !brief))
      page.text(noCommand(fix, '--write has the document'), 4);
    if (grant !== null) page.verbatim(`Next: ${grant}`, 4);
    for (const command of restartCommands(finding, fix, report)) step(command, STEP_WORDS.restart);
  }
  const checked = check ? checkCommand(finding, report, style) : null;
  if (checked !== null) step(checked, STEP_WORDS.check);
}

/** Whom a repair grants access. @param style so many of them by name, and what is before the label */
export function writeGrants(
  page: TextPage,
  of: Repaired,
  {
    paint,
    names,
    mostGrants = MOST_GRANTS,
    margin,
  }: Pick<FixStyle, 'paint' | 'names'> & { readonly mostGrants?: number; readonly margin?: string },
): void {
  const grants = grantsInWords(of, names);
  if (grants.length > 0) page.labeled('Grants access to: ', [`${listed(grants, mostGrants)} – confirm before running`], paint.bold, margin);
}

/** What a repair is, what it changes, and whom it grants access. */
export function writeFix(page: TextPage, of: Repaired & { readonly fix: Fix }, style: FixStyle): void {
  const { fix } = of;
  const { paint, names } = style;
  const there = managedInWords(fix, names);
  if (there.length > 0) page.labeled('Change it there first: ', there, paint.bold);
  const summary = withoutHost(names.sentence(fix.summary));
  page.labeled('Fix: ', [style.brief ? summary.replace(SUBJECT, '$1/$2') : summary], paint.bold);
  if (style.brief && style.mostDiff === 0) page.text('The change itself: [-v]', 2);
  else for (const patch of fix.patches) writePatch(page, patch, fix.patches.length, style);
  if (!style.brief) for (const patch of fix.patches) writeElsewhere(page, patch, style);
  writeGrants(page, of, style);
}
