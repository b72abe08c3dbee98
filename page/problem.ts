import type { PageFinding, PageLines, PageProblem } from '../src/report/page/page-data.js';
import { commandBox } from './lib/copy.js';
import { el } from './lib/dom.js';
import type { ReportPage } from './lib/state.js';

const labeled = (label: string, ...content: readonly (Node | string)[]): HTMLElement =>
  el('div', { class: 'labeled' }, el('div', { class: 'label' }, label), el('div', { class: 'content' }, ...content));

const listOf = (items: readonly string[]): Node => {
  const [only] = items;
  return items.length === 1 && only !== undefined ? el('p', {}, only) : el('ul', {}, ...items.map((item) => el('li', {}, item)));
};

/** Of more lines than these the rest is behind a click. */
const MOST_SHOWN = 8;

function affected(items: readonly string[]): Node {
  if (items.length <= MOST_SHOWN) return listOf(items);
  return el('details', { class: 'more' }, el('summary', {}, `${items.length} affected`), listOf(items));
}

const isGone = (line: string): boolean => line.startsWith('-');

function diff({ title, lines }: PageLines): Node {
  const rows = lines.map((line) =>
    el('span', { class: isGone(line) ? 'gone' : 'come' }, el('span', { class: 'sign' }, line.slice(0, 1)), line.slice(1), '\n'),
  );
  return el('figure', { class: 'diff' }, el('figcaption', {}, title), el('pre', { tabindex: '0' }, ...rows));
}

const verbatim = ({ title, lines }: PageLines): Node =>
  el('figure', { class: 'diff' }, el('figcaption', {}, title), el('pre', { tabindex: '0' }, lines.join('\n')));

function steps({ steps: all, noCommand }: PageFinding): readonly Node[] {
  return [
    ...(noCommand === null ? [] : [el('p', { class: 'quiet' }, noCommand)]),
    ...all.flatMap(({ why, command }) => [el('p', { class: 'why' }, why), commandBox(command)]),
  ];
}

/** One finding: what is seen in the pod, why, what the fix changes and whom it grants access, and the commands in their order. */
function finding(one: PageFinding): Node {
  const { also, message, tag, error, cause, managed, fix, changes, elsewhere, grants } = one;
  const commands = steps(one);
  return el(
    'div',
    { class: 'finding' },
    also === null ? null : el('p', { class: 'also' }, `Also: ${also}`),
    el('p', { class: 'message' }, message),
    tag === null ? null : el('p', { class: 'warning' }, tag),
    error === null ? null : labeled('Error in the pod', el('code', { class: 'error' }, error)),
    cause.length === 0 ? null : labeled('Cause', listOf(cause)),
    one.affected.length === 0 ? null : labeled('Affected', affected(one.affected)),
    managed.length === 0 ? null : labeled('Change it there first', listOf(managed)),
    fix === null ? null : labeled('Fix', el('p', {}, fix), ...changes.map(diff), ...elsewhere.map(verbatim)),
    grants.length === 0
      ? null
      : labeled('Grants access to', el('div', { class: 'warning' }, listOf(grants), el('p', {}, 'Confirm before running.'))),
    commands.length === 0 ? null : labeled('Commands', ...commands),
  );
}

function rule({ rule: id, confidence, fingerprint }: PageProblem, { data, address }: ReportPage): Node {
  const text = data.rules[id];
  return labeled(
    'Rule',
    el('p', {}, el('a', { href: address({ tab: 'rules', rule: id }) }, id), text === undefined ? '' : `: ${text.why}`),
    el('p', { class: 'quiet' }, `${confidence}, fingerprint `, el('code', {}, fingerprint.slice(0, 12))),
  );
}

/** All of one problem, as `show` prints it. */
export function problemBody(problem: PageProblem, page: ReportPage): Node {
  const { data, address } = page;
  const roles = problem.roles.flatMap((place) => data.picture?.roles[place] ?? []).slice(0, 5);
  return el(
    'div',
    { class: 'body' },
    problem.since === null
      ? null
      : el('p', { class: 'quiet' }, problem.since, problem.status === 'reopened' ? '; it was fixed and is back.' : ''),
    ...problem.findings.map(finding),
    roles.length === 0
      ? null
      : labeled(
          'Who can assume',
          ...roles.map(({ arn, name }) => el('p', {}, el('a', { href: address({ tab: 'picture', at: `role:${arn}`, ways: '' }) }, name))),
        ),
    problem.links.length === 0
      ? null
      : labeled(
          'AWS console',
          ...problem.links.map((link) => el('p', {}, el('a', { href: link, rel: 'noreferrer noopener', target: '_blank' }, link))),
        ),
    rule(problem, page),
  );
}
