import type { Kind } from '../src/model/report/finding.js';
import type { PageProblem } from '../src/report/page/page-data.js';
import { el } from './lib/dom.js';
import { kindWord } from './lib/badge.js';
import type { ReportPage, ShownData } from './lib/state.js';
import { toneOf } from './picture/strands.js';
import { KINDS, SEVERITIES, WHOLE } from './lib/view.js';
import { NONE } from './chosen.js';

const MEANS: Readonly<Record<Kind, string>> = {
  exposure: 'more can assume a role than should',
  break: 'a workload cannot assume its role',
  hygiene: 'works, and will not for long or need not be there',
};

const inWords = (problems: readonly PageProblem[]): string =>
  SEVERITIES.flatMap((severity) => {
    const count = problems.filter((one) => one.severity === severity).length;
    return count === 0 ? [] : [`${count.toLocaleString('en')} ${severity}`];
  }).join(', ');

/** One number for each kind of problem, which leads to those. */
function tiles({ data, address }: ReportPage): readonly Node[] {
  return KINDS.map((kind) => {
    const some = data.problems.filter((one) => one.kind === kind);
    const content = [
      el('span', { class: 'figure' }, some.length.toLocaleString('en')),
      el('span', { class: 'what' }, kindWord(kind)),
      el('span', { class: 'quiet' }, some.length === 0 ? (data.complete ? 'none found' : 'none found in what was scanned') : inWords(some)),
      el('span', { class: 'quiet means' }, MEANS[kind]),
    ];
    if (some.length === 0) return el('div', { class: `tile ${kind}` }, ...content);
    return el('a', { class: `tile ${kind}`, href: address({ ...WHOLE, kinds: [kind] }) }, ...content);
  });
}

const MOST_CLUSTERS = 8;

/** Problems by cluster, the worst first. */
function clusters({ data, address }: ReportPage): Node | null {
  const counts = new Map<string, PageProblem[]>();
  for (const problem of data.problems)
    for (const name of problem.clusters.length === 0 ? [NONE] : problem.clusters) {
      const known = counts.get(name);
      if (known === undefined) counts.set(name, [problem]);
      else known.push(problem);
    }
  if (counts.size < 2) return null;
  const there = SEVERITIES.filter((severity) => data.problems.some((one) => one.severity === severity));
  const weight = (list: readonly PageProblem[]): readonly number[] =>
    there.map((severity) => list.filter((one) => one.severity === severity).length);
  const rows = [...counts]
    .map(([name, list]) => ({ name, weight: weight(list) }))
    .sort((left, right) => {
      if ((left.name === NONE) !== (right.name === NONE)) return left.name === NONE ? 1 : -1;
      const at = left.weight.findIndex((count, index) => count !== right.weight[index]);
      return at === -1 ? (left.name < right.name ? -1 : 1) : (right.weight[at] ?? 0) - (left.weight[at] ?? 0);
    });
  const cells = (list: readonly number[]): readonly Node[] =>
    list.map((count) => el('td', { class: count === 0 ? 'zero' : '' }, count === 0 ? '–' : count.toLocaleString('en')));
  const left = rows.length - MOST_CLUSTERS;
  return el(
    'table',
    { class: 'by-cluster' },
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Cluster'), ...there.map((severity) => el('th', { scope: 'col' }, severity)))),
    el(
      'tbody',
      {},
      ...rows
        .slice(0, MOST_CLUSTERS)
        .map((row) =>
          el(
            'tr',
            {},
            el(
              'th',
              { scope: 'row' },
              el('a', { href: address({ ...WHOLE, cluster: row.name }) }, row.name === NONE ? 'no cluster' : row.name),
            ),
            ...cells(row.weight),
          ),
        ),
    ),
    left > 0 ? el('tfoot', {}, el('tr', {}, el('td', { colspan: there.length + 1, class: 'quiet' }, `and ${left} more`))) : null,
  );
}

const MOST_REACH = 6;

/** What can be said where no path is red: never more than was read and decided. */
function nothingOpen({ complete, picture }: ShownData): string {
  const isDecided = picture?.paths.every(({ state }) => state !== 'undecided') === true;
  const limits = [...(complete ? [] : ['in what was scanned']), ...(isDecided ? [] : ['as far as configuration decides it'])];
  const words = 'No web identity from the internet can assume a role, and none that is not named an administrative one';
  return `${words}${limits.length === 0 ? '' : `, ${limits.join(' and ')}`}.`;
}

/** The ways by which more than are named reach what they should not, in words: the same as the picture in red. */
function reach({ data, address }: ReportPage): Node | null {
  const { picture } = data;
  if (picture === null)
    return el('p', { class: 'quiet' }, 'Who can assume what is not in this page: it was made of a report, without the inventory.');
  const grave = picture.paths.filter((path) => toneOf(path, picture) === 'danger');
  const line = ({ issuer, role, label }: (typeof grave)[number]): Node => {
    const [from, to] = [picture.issuers[issuer], picture.roles[role]];
    const who = from?.kind === 'internet' ? `Internet, ${from.note}` : (from?.name ?? '');
    return el(
      'li',
      {},
      `${who} → ${label} → `,
      el('a', { href: address({ tab: 'picture', at: `role:${to?.arn ?? ''}`, ways: '' }) }, to?.name ?? ''),
      to?.administrative == null ? '' : el('strong', {}, ` administrative by ${to.administrative}`),
    );
  };
  if (grave.length === 0) return el('p', { class: 'quiet' }, nothingOpen(data));
  const left = grave.length - MOST_REACH;
  return el(
    'div',
    { class: 'reach' },
    el(
      'h2',
      {},
      grave.length === 1
        ? '1 path opens an administrative role, or a role to strangers'
        : `${grave.length.toLocaleString('en')} paths open an administrative role, or a role to strangers`,
    ),
    el('ul', {}, ...grave.slice(0, MOST_REACH).map(line)),
    left > 0 ? el('p', {}, el('a', { href: address({ tab: 'picture', ways: 'admin' }) }, `and ${left.toLocaleString('en')} more`)) : null,
  );
}

/** What was audited and when, what is missing of it, and the counts. */
export function header({ data }: ReportPage): Node {
  return el(
    'header',
    {},
    el('h1', {}, data.account),
    el('p', { class: 'quiet' }, `${data.generated} · scanned ${data.scanned}`),
    data.gap === null ? null : el('p', { class: 'gap' }, data.gap, '. Missing findings do not mean that all is well.'),
  );
}

export function summary(page: ReportPage): Node {
  return el('div', { class: 'summary' }, el('div', {}, el('div', { class: 'tiles' }, ...tiles(page)), reach(page)), clusters(page));
}
