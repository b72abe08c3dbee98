import { DAY } from '../../lib/day.js';
import { groupBy } from '../../lib/group-by.js';
import { inert } from '../../lib/escape-text.js';
import { listed } from '../../lib/list-in-words.js';
import { plural } from '../../lib/plural.js';
import { severityRank, type Finding, type Severity } from '../../model/report/finding.js';
import type { ChangedProblem, NewsKind, News, Resolved, Upgrade } from '../../model/report/report-changes.js';
import type { Report } from '../../model/report/report.js';
import { section } from '../layout/listing.js';
import type { Names } from '../layout/names.js';
import { paragraphLines } from '../layout/paragraph.js';
import { countsInWords, countsOf, gravestOf } from './problems.js';
import { tagInWords } from './silence-lines.js';
import type { Told } from './select-problems.js';
import { overInWords, timeInWords, titleOf } from '../layout/phrases.js';

/** The parts of an email that tell of changes. What there is too much of is counted. */

/** What sections of an email need: how much of each list there is room for. */
export interface MailLists {
  readonly report: Report;
  readonly names: Names;
  readonly most: number;
}

/** What is gone, each problem once. */
export function fixedSection({ resolved }: News, { names, most }: MailLists): string[] {
  const leads = (one: Resolved): boolean =>
    one.problem === one.fingerprint || !resolved.some(({ fingerprint }) => fingerprint === one.problem);
  const behind = groupBy(
    resolved.filter((one) => !leads(one)),
    ({ problem }) => problem,
  );
  return section(
    'FIXED',
    resolved.filter(leads),
    ({ title, severity, subject, how, remaining, fingerprint }) => {
      const others = (behind.get(fingerprint) ?? []).map((one) => inert(one.title));
      return [
        `${severity}: ${names.place(subject)}: ${inert(title)}${how === 'gone' ? ' (it does not exist anymore)' : ''}`,
        ...(others.length === 0 ? [] : [`; also fixed: ${others.join(', ')}`]),
        ...(remaining.length === 0 ? [] : [`; still wrong: ${remaining.map(inert).join(', ')}`]),
      ].join('');
    },
    { most, rest: (cut) => countsInWords(countsOf(cut)) },
  );
}

const RATED = { new: ', new', reopened: ', reopened', worse: ', more severe' } as const satisfies Record<NewsKind, string>;

/** What a new version rates in one way: several where they differ in nothing but what they are about. */
interface Rated {
  readonly severity: Severity;
  readonly how: string;
  readonly title: string;
  readonly places: readonly string[];
}

function rated({ problems, milder, gone }: Upgrade, { fromUpgrade }: Told, { report, names }: MailLists): readonly Rated[] {
  const all = [
    ...fromUpgrade.map((problem): Rated => {
      const { rule, subject, severity } = gravestOf(problem);
      const how = RATED[problems[problem.primary.problem]?.kind ?? 'new'];
      return { severity, how, title: titleOf(rule, report), places: [names.place(subject)] };
    }),
    ...milder.map(({ severity, was, title, subject }): Rated => ({
      severity,
      how: `, less severe (it was ${was})`,
      title: inert(title),
      places: [names.place(subject)],
    })),
    ...gone.map(({ severity, title, subject }): Rated => ({
      severity,
      how: ', no longer found',
      title: inert(title),
      places: [names.place(subject)],
    })),
  ];
  const equal = groupBy(all, ({ severity, how, title }) => `${severity} ${how} ${title}`);
  return [...equal.values()].flatMap((some) => {
    const [first] = some;
    return first === undefined ? [] : [{ ...first, places: some.flatMap(({ places }) => places) }];
  });
}

/** What a new version of the program rates differently: what is new or more severe first, each the worst first. */
export function upgradeSection({ upgrade }: News, told: Told, lists: MailLists): string[] {
  if (upgrade === null) return [];
  const counted = (some: readonly Rated[]): readonly { readonly severity: Severity }[] =>
    some.flatMap(({ severity, places }) => places.map(() => ({ severity })));
  return section(
    `RATED DIFFERENTLY BY VERSION ${inert(upgrade.version)} (the account may not have changed)`,
    rated(upgrade, told, lists),
    ({ severity, how, title, places }) =>
      `${severity}${how}: ${title}${places.length > 1 ? ` ×${places.length}` : ''}: ${listed(places, 3)}`,
    { most: lists.most, rest: (cut) => countsInWords(countsOf(counted(cut))) },
  );
}

const OLDEST = 5;

/** Something that is open, by its age. */
interface Aged {
  readonly severity: Severity;
  readonly firstSeen: string;
  readonly words: string;
}

function agedOf({ stillOpen }: Told, { report, names }: MailLists): readonly Aged[] {
  const open = stillOpen.map((problem): Aged => {
    const gravest = gravestOf(problem);
    const tag = tagInWords(gravest);
    const words = `${names.place(gravest.subject)}: ${titleOf(gravest.rule, report)}${tag === null ? '' : `. ${tag}`}`;
    return { severity: problem.severity, firstSeen: problem.primary.firstSeen, words };
  });
  const unseen = report.carriedOver.map(({ rule, severity, subject, firstSeen, lastSeen }): Aged => ({
    severity,
    firstSeen,
    words: `${names.place(subject)}: ${inert(rule)} (last seen ${timeInWords(lastSeen)}, could not be scanned again)`,
  }));
  return [...open, ...unseen].sort(
    (left, right) =>
      (left.firstSeen < right.firstSeen ? -1 : left.firstSeen > right.firstSeen ? 1 : 0) ||
      severityRank(right.severity) - severityRank(left.severity),
  );
}

/** `34 days`; a time in no known form has no age. */
function ageInWords(firstSeen: string, now: string): string {
  const days = Math.floor((Date.parse(now) - Date.parse(firstSeen)) / DAY);
  return Number.isFinite(days) && days >= 0 ? plural(days, 'day') : `since ${timeInWords(firstSeen)}`;
}

/** What the reader knows and is still there, where a reminder is due: the oldest, and how many there are of each rule. */
export function stillOpenSection(told: Told, news: News, lists: MailLists): string[] {
  if (!news.reminder) return [];
  const aged = agedOf(told, lists);
  const rules = groupBy(told.stillOpen, ({ primary }) => primary.rule);
  const byRule = [...rules]
    .sort(([, left], [, right]) => right.length - left.length)
    .map(([rule, some]) => `${some.length} ${inert(rule)}`);
  const title = aged.length > OLDEST ? `STILL OPEN, the ${OLDEST} oldest of ${aged.length}` : 'STILL OPEN, the oldest first';
  return [
    ...section(
      title,
      aged.slice(0, OLDEST),
      ({ severity, firstSeen, words }) => `${ageInWords(firstSeen, lists.report.generatedAt)}, ${severity}: ${words}`,
      { most: OLDEST },
    ).filter((line) => line !== ''),
    ...(aged.length > OLDEST ? [`By rule: ${listed(byRule, 3)}`] : []),
    ...(aged.length > 0 ? [''] : []),
  ];
}

/** What earlier runs saw and this one could not look at. */
export function carriedOverLine({ carriedOver }: Report, columns: number): string[] {
  if (carriedOver.length === 0) return [];
  return paragraphLines(
    `${plural(carriedOver.length, 'finding')} of earlier runs could not be scanned again and may be there still.`,
    columns,
    0,
    2,
  );
}

/** Gaps that are closed. */
export function gapsOverSection({ gapsOver }: News, { most }: MailLists): string[] {
  return section('SCANNED AGAIN', gapsOver, overInWords, { most });
}

/** Since when a finding is there, and why it is told now. */
export function sinceLine(finding: Finding, change: ChangedProblem | undefined): string {
  const { firstSeen, suppressionEnded, fingerprint } = finding;
  const since = `First seen ${timeInWords(firstSeen)}`;
  if (suppressionEnded !== null)
    return `${since}. Its suppression ended on ${inert(suppressionEnded.until ?? '')}: ${inert(suppressionEnded.reason)}.`;
  if (change === undefined || !change.changed.includes(fingerprint)) return since;
  if (change.kind === 'reopened') return `${since}; it was fixed and is back.`;
  return change.kind === 'worse' ? `${since}; its severity was raised.` : since;
}
