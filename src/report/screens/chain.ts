import pc from 'picocolors';
import { inert, inertJson } from '../../lib/escape-text.js';
import { listed } from '../../lib/list-in-words.js';
import { plural } from '../../lib/plural.js';
import type { Chain, ChainLink, LinkState } from '../../model/report/chain.js';
import type { Finding } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import { writeFix, writeSteps, type FixOptions, type FixStyle } from '../repair/fix-lines.js';
import { withoutHost } from '../repair/fix-parts.js';
import { firstFitting } from '../layout/fit-line.js';
import { namesOf } from '../layout/names.js';
import { clauseOf } from '../parts/overview-rows.js';
import { TextPage } from '../layout/terminal-layout.js';
import { unseenOf } from '../parts/unseen.js';
import { writeCommands } from '../parts/command-lines.js';
import { countsInWords, countsOf } from '../parts/problems.js';
import { ruleLink, warningPaint, type Paint } from '../layout/paint.js';
import { standingAlone } from '../layout/paragraph.js';

/** A chain, with what tells people of it. */
export interface FollowedChain {
  readonly chain: Chain;
  /** The audit that judged it, for the names in it and the titles of its rules. */
  readonly report: Report;
  /** The role that it was given; null where it has none, or that was not read. */
  readonly role: string | null;
  /** Among how many clusters its own is the only one that has it; 1 = that was named, or is the only one. */
  readonly among: number;
}

export interface ChainOptions extends FixOptions {
  /** Whether links that hold are told one by one. */
  readonly verbose: boolean;
}

interface Style extends FixStyle {
  readonly verbose: boolean;
  /** Other findings are counted alone. */
  readonly countOthers: boolean;
}

const MARK: Readonly<Record<LinkState, string>> = {
  'ok': '✓',
  'broken': '✗',
  'not-read': '?',
  'undecided': '?',
  'waiting': '·',
};
const STATE: Readonly<Record<LinkState, string>> = {
  'ok': '',
  'broken': '',
  'not-read': 'not read: ',
  'undecided': 'undecided: ',
  'waiting': 'not reached: ',
};

/** The same of a link after the first that is broken. */
const OTHER: Readonly<Record<LinkState, string>> = { ...STATE, 'broken': 'broken', 'not-read': 'not read', 'undecided': 'undecided' };

function paintOf(state: LinkState, paint: Paint): (text: string) => string {
  if (state === 'ok') return paint.green;
  return state === 'broken' ? paint.red : paint.magenta;
}

/** Links before which no role is asked for at all. */
const WITHOUT_ROLE: ReadonlySet<string> = new Set(['service account', 'annotation', 'association']);
/** Links after which the pod has no use for the role, though it can be assumed. */
const OF_PODS: ReadonlySet<string> = new Set(['pod', 'agent']);

/** What of the findings is told first. */
const lead = ({ findings }: Chain): Finding | undefined => findings.find(({ suppressed }) => suppressed === null);

/** What the finding that leads says in its rule's title, in so many words as a headline has; else what the link says. */
function because(chain: Chain, link: ChainLink, report: Report, { names }: Style): string {
  const finding = lead(chain);
  return finding?.kind === 'break' ? clauseOf(finding.rule, report) : withoutHost(names.sentence(link.says)).replace(/\.$/, '');
}

/** The verdict in one sentence: who, which role, and why not. */
function verdictOf({ chain, report, role }: FollowedChain, style: Style): string {
  const { target, verdict, confidence, links, first, by } = chain;
  // What configuration speaks for and does not prove is not told as certain.
  const likely = confidence === 'likely' ? 'likely ' : '';
  const who = `${target.namespace}/${target.serviceAccount} in ${style.names.cluster(`${target.region}/${target.cluster}`)}`;
  const whose = role === null || role === '' ? 'a role' : style.names.subject({ type: 'role', id: role });
  const link = first === null ? undefined : links[first];
  const open = links.filter(({ state }) => state === 'not-read' || state === 'undecided');
  if (verdict === 'holds') return inert(by !== null ? `${who} can assume ${whose}` : `${who} has no role: none is set up for it`);
  if (verdict === 'open' || link === undefined)
    return inert(`Inconclusive whether ${who} can assume ${whose}: ${plural(open.length, 'check')} could not be evaluated`);
  if (link.link === 'service account' && lead(chain)?.kind !== 'break') return inert(`There is ${likely}no service account ${who}`);
  const why = because(chain, link, report, style);
  if (link.link === 'permissions') return inert(`${who} can assume ${whose}, but${likely === '' ? '' : ' likely'}: ${why}`);
  if (OF_PODS.has(link.link)) return inert(`Pods of ${who} ${likely}do not use ${whose}: ${why}`);
  return inert(
    WITHOUT_ROLE.has(link.link) && by === null ? `${who} ${likely}has no role: ${why}` : `${who} ${likely}cannot assume ${whose}: ${why}`,
  );
}

/** @param first how sure it is, of the first link that does not hold; null = another */
function writeLink(
  page: TextPage,
  { link, state, says, error }: ChainLink,
  first: Chain['confidence'] | null,
  { paint, names, verbose }: Style,
): void {
  const isFirst = first !== null;
  const likely = state === 'broken' && first === 'likely' ? 'likely: ' : '';
  const words = verbose ? inert(says) : withoutHost(names.sentence(says));
  page.labeled(`${MARK[state]} `, [`${paint.bold(link)}: ${likely}${STATE[state]}${words}`], paintOf(state, paint), isFirst ? '> ' : '  ');
  if (error !== null && isFirst) page.text(`Error in the pod: ${verbose ? inert(error) : withoutHost(names.sentence(error))}`, 4);
}

/** What else people may read of the same where nothing gave the pod credentials, and the node's role is assumed. */
function writeWithoutRole(page: TextPage, { withoutRole, verdict }: Chain): void {
  const [none, ...others] = withoutRole.map(inert);
  if (none === undefined || (verdict === 'broken' && others.length === 0)) return;
  if (verdict === 'broken') page.text(`or, by SDK and node: ${others.join('; ')}`, 4);
  else page.text(`Error in the pod, should it call AWS: ${[none, ...others].join('; ')}`, 4);
}

/** What no link shows, and what would. */
function writeUnseen(page: TextPage, { chain, role }: FollowedChain, { paint, shell, ...style }: Style): void {
  const unseen = unseenOf(chain, role, style);
  if (unseen === null) return;
  page.text(unseen.words, 2);
  for (const { command, tells } of unseen.looks) {
    page.text(`${tells}:`, 2);
    writeCommands(page, [command], paint, shell);
  }
}

/** The links that hold in one line, and each that does not. */
function writeLinks(page: TextPage, { links, first, verdict, confidence, by }: Chain, style: Style): void {
  const { paint, verbose } = style;
  const last = links.at(-1);
  // That no role is set up for it, and who has one, is the answer.
  const isAnswer = (one: ChainLink): boolean => verdict === 'holds' && by === null && one === last;
  const ok = links.filter(({ state }) => state === 'ok');
  if (!verbose && ok.length > 0) {
    const passed = `${plural(ok.length, 'check')} passed`;
    const ways = [`${passed}: ${ok.map(({ link }) => link).join(', ')}  [-v]`, `${passed}  [-v]`];
    page.labeled('✓ ', [firstFitting(ways, (style.width ?? Number.MAX_SAFE_INTEGER) - 4)], paint.green);
  }
  links.forEach((one, index) => {
    const isFirst = index === first && verdict !== 'holds';
    if (verbose || isFirst || isAnswer(one) || (verdict === 'open' && one.state !== 'ok' && one.state !== 'waiting'))
      writeLink(page, one, isFirst ? confidence : null, style);
  });
}

/** Where the fix comes from, and what else does not hold. */
function writeRule(page: TextPage, { links, first }: Chain, { rule, confidence }: Finding, style: Style): void {
  const { paint, verbose, report } = style;
  const others = links.filter(({ state }, index) => index !== first && state !== 'ok' && state !== 'waiting');
  const also =
    verbose || others.length === 0 ? '' : `; also ${others.map(({ link, state }) => `${link} (${OTHER[state]})`).join(', ')}  [-v]`;
  page.text(paint.dim(`Rule ${ruleLink(rule, report, style.links)} (${confidence})${also}`), 2);
}

const MOST_GAPS = 3;

/** Only what this chain may depend on: what was not read of the account, of its region and of its cluster. */
function writeGaps(page: TextPage, { unread, target: { region, cluster } }: Chain, paint: Paint): void {
  const places = new Set(['account', region, `${region}/${cluster}`]);
  const open = unread.filter(({ accepted, scope }) => !accepted && (places.has(scope) || scope.startsWith('arn:')));
  if (open.length === 0) return;
  const gaps = open.map(({ what, scope, reason }) => `${what} in ${scope} (${reason})`);
  page.text(warningPaint(paint)(`Partial scan: ${inert(listed(gaps, MOST_GAPS))}`));
}

function writeFinding(page: TextPage, finding: Finding, report: Report, style: Style): void {
  page.text(standingAlone(style.names.sentence(finding.message)), 2);
  if (finding.fix !== null) writeFix(page, { ...finding, fix: finding.fix }, style);
  writeSteps(page, finding, style);
}

/** What the audit found besides, a line each; in full where that is asked for. */
function writeOthers(page: TextPage, findings: readonly Finding[], report: Report, style: Style): void {
  if (findings.length === 0) return;
  if (style.countOthers) {
    page.text(`Other findings: ${countsInWords(countsOf(findings))}  [-v]`);
    return;
  }
  page.text(style.paint.bold('Other findings:'));
  for (const finding of findings) {
    const rule = ruleLink(finding.rule, report, style.links);
    page.text(`- ${clauseOf(finding.rule, report)} (${finding.severity}, ${style.names.subject(finding.subject)}, ${rule})`, 2);
    if (style.verbose) writeFinding(page, finding, report, style);
  }
}

/** Rows of the smallest terminal that people have, less that of the prompt, which moves all others up. */
const SCREEN = 23;
/** What is left out where all of it would push the verdict off the screen. */
type Less = Pick<Style, 'mostDiff' | 'countOthers'>;
const LESS: readonly Less[] = [
  ...[6, 4, 2, 1, 0].map((mostDiff) => ({ mostDiff, countOthers: false })),
  { mostDiff: 0, countOthers: true },
];
const [AS_USUAL = { countOthers: false }, LEAST = AS_USUAL] = [LESS[0], LESS.at(-1)];

/** As many rows as a terminal takes for a text, which breaks what is longer. */
function rowsOf(text: string, width: number): number {
  const lines = text.trimEnd().split('\n');
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / width)), 0);
}

/** One chain for a terminal: the verdict first, what holds in a line, what does not, and the fix last, on one screen. */
export function renderChain(followed: FollowedChain, options: ChainOptions): string {
  const { width, verbose } = options;
  if (width === null || verbose) return renderWith(followed, options);
  // Color takes no room.
  const plain = { ...options, color: false, links: false };
  const less = LESS.find((one) => rowsOf(renderWith(followed, plain, one), width) <= SCREEN);
  return renderWith(followed, options, less ?? LEAST);
}

function renderWith(followed: FollowedChain, options: ChainOptions, less: Less = AS_USUAL): string {
  const { chain, report } = followed;
  const paint = pc.createColors(options.color);
  const style: Style = { ...options, paint, names: namesOf(report), report, check: false, brief: !options.verbose, ...less };
  const page = new TextPage(options.width);
  const state = chain.verdict === 'holds' ? 'ok' : chain.verdict === 'broken' ? 'broken' : 'undecided';
  const ofVerdict = state === 'ok' ? String : paintOf(state, paint);
  page.text(paint.bold(ofVerdict(standingAlone(verdictOf(followed, style)))));
  if (followed.among > 1) page.text(`Of ${followed.among} clusters read only this one has it; --cluster names another.`, 2);
  writeGaps(page, chain, paint);
  writeLinks(page, chain, style);
  writeWithoutRole(page, chain);
  const told = chain.findings.filter(({ suppressed }) => suppressed === null);
  const [first] = told;
  const others = chain.verdict === 'broken' && first !== undefined ? told.slice(1) : told;
  writeOthers(page, others, report, style);
  if (chain.verdict === 'holds') writeUnseen(page, followed, style);
  if (chain.verdict !== 'broken' || first === undefined) return page.toString();
  const broken = chain.links[chain.first ?? 0];
  // What the verdict and the link say already is not said again.
  const isSaid = broken?.says === first.message || (first.kind === 'break' && broken !== undefined && !WITHOUT_ROLE.has(broken.link));
  if (!isSaid || options.verbose) page.text(standingAlone(style.names.sentence(first.message)), 2);
  writeRule(page, chain, first, style);
  if (first.fix !== null) writeFix(page, { ...first, fix: first.fix }, style);
  writeSteps(page, first, style);
  return page.toString();
}

/** The same as JSON, inert. */
export function renderChainJson(chain: Chain): string {
  return `${inertJson(JSON.stringify(chain, null, 2))}\n`;
}
