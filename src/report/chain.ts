import pc from 'picocolors';
import { listed } from '../lib/list-in-words.js';
import type { Chain, ChainLink, LinkState } from '../model/chain.js';
import type { Finding } from '../model/finding.js';
import { writeCommands, type Shell } from './command-lines.js';
import { inert, inertJson } from '../lib/inert.js';
import { TextPage } from './page.js';
import { standingAlone } from './paragraph.js';
import type { TextOptions } from './text.js';
import { grantsInWords, noCommandInWords } from './words.js';

type Paint = ReturnType<typeof pc.createColors>;

const MARK: Readonly<Record<LinkState, string>> = {
  'ok': 'ok',
  'broken': 'BROKEN',
  'not-read': 'not read',
  'undecided': 'unclear',
  'waiting': 'waits',
};
const WIDEST = Math.max(...Object.values(MARK).map((mark) => mark.length));

function paintOf(state: LinkState, paint: Paint): (text: string) => string {
  if (state === 'ok') return paint.green;
  return state === 'broken' ? paint.red : paint.magenta;
}

/** What the audit takes for no more than likely. */
const LIKELY = 'LIKELY';

/** @param first how sure it is, of the first link that does not hold; null = another */
function writeLink(page: TextPage, { link, state, says, error }: ChainLink, first: Chain['confidence'] | null, paint: Paint): void {
  const isFirst = first !== null;
  const mark = state === 'broken' && first === 'likely' ? LIKELY : MARK[state];
  const words = `${paint.bold(link)}: ${inert(says)}`;
  page.labelled(`${mark.padEnd(WIDEST)}  `, [words], paintOf(state, paint), isFirst ? '> ' : '  ');
  if (error !== null && isFirst) page.text(`The pod sees: ${paint.italic(inert(error))}`, WIDEST + 4);
}

const MOST_GAPS = 5;

/** What could not be read comes first: what hangs on it is not known to hold. */
function writeGaps(page: TextPage, unread: Chain['unread'], paint: Paint): void {
  const open = unread.filter(({ accepted }) => !accepted);
  if (open.length === 0) return;
  const gaps = open.map(({ what, scope, reason }) => `${what} in ${scope} (${reason})`);
  page.text(paint.bold(paint.magenta(`INCOMPLETE: not everything could be read: ${inert(listed(gaps, MOST_GAPS))}.`)));
  page.blank();
}

/** The repair of what the chain breaks on: that of the finding which leads. */
function writeRepair(page: TextPage, finding: Finding, paint: Paint, shell: Shell): void {
  const { fix } = finding;
  page.text(standingAlone(inert(finding.message)), 2);
  if (fix === null) return;
  page.labelled('Repair: ', [inert(fix.summary), ...grantsInWords(finding)], paint.green);
  writeCommands(page, fix.commands, paint, shell);
  const none = noCommandInWords([fix], '--format json');
  if (none !== null) page.text(none, 4);
  page.text(paint.dim(`${inert(finding.rule)}, ${finding.confidence}${fix.verified ? ', proven by auditing again' : ''}`), 2);
}

const LIKELY_BROKEN = 'The chain is likely broken at the link marked >: configuration speaks for it and does not prove it.';

const CONCLUSION = {
  holds: 'The whole chain holds.',
  broken: 'The chain is broken at the link marked >.',
  open: 'No link is known to be broken, and not every one is known to hold.',
} as const;

const NO_ROLE = 'No role is set up for it, and the audit knows of none that is meant for it.';

/** One chain for a terminal: each link in its order, the first that does not hold marked, and the repairs. */
export function renderChain(
  { target, by, links, verdict, confidence, first, findings, unread }: Chain,
  { color, width, shell }: TextOptions,
): string {
  const paint = pc.createColors(color);
  const page = new TextPage(width);
  const way = by === null ? '' : by === 'irsa' ? ', by its role annotation (IRSA)' : ', by EKS Pod Identity';
  const { cluster, region, namespace, serviceAccount, pod } = target;
  const who = `${namespace}/${serviceAccount}${pod === null ? '' : ` (pod ${pod})`}`;
  writeGaps(page, unread, paint);
  page.text(paint.bold(inert(`${who} in cluster ${cluster}, ${region}${way}`)));
  page.blank();
  links.forEach((one, index) => writeLink(page, one, index === first && verdict !== 'holds' ? confidence : null, paint));
  page.blank();
  const isLikely = verdict === 'broken' && confidence === 'likely';
  const conclusion = by === null && verdict === 'holds' ? NO_ROLE : isLikely ? LIKELY_BROKEN : CONCLUSION[verdict];
  page.text(paintOf(verdict === 'holds' ? 'ok' : verdict === 'broken' ? 'broken' : 'undecided', paint)(conclusion));
  const told = findings.filter(({ suppressed }) => suppressed === null);
  if (told.length > 0) {
    page.blank();
    page.text(paint.bold(verdict === 'holds' ? 'Worth knowing:' : 'What the audit found on it:'));
    for (const finding of told) {
      writeRepair(page, finding, paint, shell ?? 'posix');
      page.blank();
    }
  }
  return page.toString();
}

/** The same as JSON, inert. */
export function renderChainJson(chain: Chain): string {
  return `${inertJson(JSON.stringify(chain, null, 2))}\n`;
}
