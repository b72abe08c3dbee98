import pc from 'picocolors';
import { inert, inertJson } from '../../lib/escape-text.js';
import { listed } from '../../lib/list-in-words.js';
import { only } from '../../lib/one-or-list.js';
import { plural } from '../../lib/plural.js';
import { isPlainArgument } from '../../model/report/command.js';
import type { CauseState, ExplainedCause, Explanation, NamedThing } from '../../model/report/explanation.js';
import type { Report } from '../../model/report/report.js';
import { writeCommands, type Shell } from '../parts/command-lines.js';
import { writeGrants } from '../repair/fix-lines.js';
import { withoutHost } from '../repair/fix-parts.js';
import { namesOf, type Names } from '../layout/names.js';
import type { AskedBy } from '../layout/next-steps.js';
import { TextPage } from '../layout/terminal-layout.js';
import { warningPaint, type Paint } from '../layout/paint.js';
import { standingAlone } from '../layout/paragraph.js';
import type { TextOptions } from './text.js';
import { noCommandInWords, shortened } from '../layout/phrases.js';

const MOST_CAUSES = 5;
const MOST_NAMED = 8;
const LONGEST_NAME = 120;

/** What was read, for the names in it; absent = no account was asked. */
export type ReadAccount = Pick<Report, 'account' | 'partition' | 'clusters'>;

export interface ExplanationOptions extends TextOptions, AskedBy {
  readonly read?: ReadAccount | null;
  /** Where the account comes from, as it follows `why`: ` --inventory FILE`. */
  readonly source?: string;
  /** Every cause, those that are ruled out too, and every text that was recognized. */
  readonly all?: boolean;
}

const NOTHING_READ: ReadAccount = { account: '', partition: 'aws', clusters: [] };

const MARK: Readonly<Record<CauseState, string>> = { confirmed: 'CONFIRMED', possible: 'possible', refuted: 'ruled out' };

const paintOf = (paint: Paint): Readonly<Record<CauseState, (text: string) => string>> => ({
  confirmed: paint.red,
  possible: paint.magenta,
  refuted: paint.dim,
});

/** The answer in one line. */
function headline({ causes, account, means }: Explanation): string {
  if (means === null) return 'This text is not one that is known.';
  const confirmed = causes.filter(({ state }) => state === 'confirmed');
  const [first] = confirmed;
  if (first !== undefined)
    return confirmed.length === 1
      ? `Confirmed: ${first.title}.`
      : `${confirmed.length} causes are confirmed; the likeliest: ${first.title}.`;
  if (causes.length === 0) return 'What was given is not the error itself.';
  const possible = plural(causes.filter(({ state }) => state === 'possible').length, 'possible cause');
  return account === null ? `${possible}; no account was asked.` : `Nothing is confirmed in account ${inert(account)}: ${possible}.`;
}

function writeContext(page: TextPage, { means, texts, named }: Explanation, all: boolean): void {
  if (means !== null) page.labeled('It says:  ', [means], String);
  for (const { by, found, source } of all ? texts : texts.slice(0, 1)) {
    page.labeled('Known as: ', [`${shortened(found, LONGEST_NAME)} (${by})`], String);
    page.verbatim(source, 12);
  }
  const names = named.map(({ what, id, note }) => `${what} ${shortened(id, LONGEST_NAME)}${note === null ? '' : `: ${inert(note)}`}`);
  const more = names.length - MOST_NAMED;
  page.labeled('It names: ', all || more <= 0 ? names : [...names.slice(0, MOST_NAMED), `and ${more} more`], String);
}

interface Style {
  readonly paint: Paint;
  readonly shell: Shell;
  readonly names: Names;
  readonly program: string;
  /** Whether an account was asked. */
  readonly isChecked: boolean;
  /** Where it comes from: what is saved `show` reads too. */
  readonly from: string;
}

/** @param number its place, from 1 on; the commands of the first are printed */
function writeCause(page: TextPage, cause: ExplainedCause, number: number, style: Style): void {
  const { paint, shell, names, program, isChecked, from } = style;
  const { id, kind, title, state, reason, next, source, findings } = cause;
  page.text(`${number}. ${paintOf(paint)[state](MARK[state])}  ${paint.bold(title)}`);
  if (isChecked || kind === 'outside') page.text(standingAlone(names.sentence(reason).replace(/\brole role\//g, 'role/')), 3);
  const [finding] = findings;
  if (finding !== undefined) page.text(standingAlone(withoutHost(names.sentence(finding.message))), 3);
  if (next !== '') page.text(`${finding?.fix == null ? 'Next' : 'Fix'}: ${withoutHost(names.sentence(next))}`, 3);
  if (finding?.fix != null) {
    writeGrants(page, { ...finding, fix: finding.fix }, { ...style, margin: '   ' });
    if (number === 1 && state === 'confirmed') {
      writeCommands(page, finding.fix.commands, paint, shell);
      const none = noCommandInWords([finding.fix], '--format json');
      const shows = from.startsWith(' --inventory ') ? `${program} show ${inert(finding.fingerprint.slice(0, 12))}${from}` : null;
      if (none !== null && shows !== null) page.verbatim(`Next: ${shows}`, 3);
      else if (none !== null) page.text(none, 5);
    }
  }
  if (kind === 'rule') page.text(`${program} explain ${id}`, 3);
  else if (source !== null) page.verbatim(paint.dim(source), 3);
}

/** The command that follows the workload that is named, where it can be copied as it is. */
function writeWhy(page: TextPage, { named }: Explanation, { program, given, source = '' }: ExplanationOptions): void {
  const nameOf = (what: NamedThing['what']): string | null => only(named.filter((one) => one.what === what))?.id ?? null;
  const [place, cluster] = [nameOf('service account'), nameOf('cluster')];
  const [namespace = '', name = ''] = place?.split('/') ?? [];
  if (cluster === null || [namespace, name, cluster].some((word) => !isPlainArgument(word))) return;
  page.text('Its way to the role, link by link:');
  page.verbatim(`${program} why sa/${name} -n ${namespace} --cluster ${cluster}${source}${given?.access ?? ''}`, 2);
}

function writeRest(page: TextPage, { causes }: Explanation, shown: readonly ExplainedCause[]): void {
  const rest = causes.filter((cause) => !shown.includes(cause));
  const titles = (state: CauseState): readonly string[] => rest.filter((cause) => cause.state === state).map(({ title }) => title);
  const [possible, refuted] = [titles('possible'), titles('refuted')];
  if (possible.length > 0) page.text(`Also possible: ${listed(possible, 3)}.`);
  if (refuted.length > 0) page.text(`Ruled out: ${listed(refuted, 3)}.`);
  if (possible.length + refuted.length > 0) page.text('--all lists them.', 2);
}

/** What an error text means and which causes it has, for a terminal. */
export function renderExplanation(explanation: Explanation, options: ExplanationOptions): string {
  const { color, width, shell, program, read, all = false } = options;
  const paint = pc.createColors(color);
  const page = new TextPage(width);
  const { causes, lookAt, named, unread } = explanation;
  page.text(paint.bold(headline(explanation)));
  if (named.length === 0 && causes.filter(({ state }) => state === 'confirmed').length > 1)
    page.text('The text does not say whom it is about: name it with --service-account and -n, --pod, --role or --cluster.');
  writeContext(page, explanation, all);
  page.blank();
  const standing = causes.filter(({ state }) => state !== 'refuted');
  const shown = all ? causes : standing.slice(0, MOST_CAUSES);
  const names = namesOf(read ?? NOTHING_READ);
  const style: Style = {
    paint,
    shell: shell ?? 'posix',
    names,
    program,
    isChecked: explanation.account !== null,
    from: options.source ?? '',
  };
  shown.forEach((cause, index) => {
    writeCause(page, cause, index + 1, style);
    page.blank();
  });
  writeRest(page, explanation, shown);
  writeWhy(page, explanation, options);
  if (unread.length > 0) {
    const gaps = unread.map(({ what, scope, reason }) => `${what} in ${scope} (${reason})`);
    page.text(warningPaint(paint)(`Not everything could be read: ${inert(listed(gaps, 3))}.`));
  }
  if (lookAt.length > 0) {
    page.text('Look at:');
    for (const line of lookAt) page.text(`- ${line}`, 2);
  }
  return page.toString();
}

/** The same as JSON, inert. */
export function renderExplanationJson(explanation: Explanation): string {
  return `${inertJson(JSON.stringify(explanation, null, 2))}\n`;
}
