import type { PageProblem } from '../src/report/page/page-data.js';
import { badge, kindWord } from './lib/badge.js';
import { isChosen } from './chosen.js';
import { el } from './lib/dom.js';
import { counted } from './lib/words.js';
import { problemBody } from './problem.js';
import type { ReportPage } from './lib/state.js';

/** Rows that are there at once; more come when they are asked for. */
const MOST_ROWS = 200;
/** On paper so many are there in full, and the rest by their rows. */
const MOST_IN_FULL = 200;

const STATUS = { new: 'new', open: '', reopened: 'reopened' } as const;

/** How old a problem is, or that it is new or back. */
function ageOf({ days, status }: PageProblem): string {
  const age = days === null ? '' : days === 0 ? 'today' : counted(days, 'day');
  return [STATUS[status], status === 'new' ? '' : age].filter((word) => word !== '').join(', ');
}

/** Makes what is in a row, once. */
function fill(details: HTMLDetailsElement, problem: PageProblem, page: ReportPage): void {
  if (details.childElementCount === 1) details.append(problemBody(problem, page));
}

/** One line a problem; what is in it is made when it is opened. */
function row(problem: PageProblem, number: number, page: ReportPage): HTMLDetailsElement {
  const { severity, kind, name, title, clusters } = problem;
  const details = el(
    'details',
    { 'class': 'problem', 'data-fingerprint': problem.fingerprint },
    el(
      'summary',
      {},
      el('span', { class: 'number' }, String(number)),
      badge(severity),
      el('span', { class: `kind ${kind ?? ''}` }, kindWord(kind)),
      el('span', { class: 'name' }, name),
      el('span', { class: 'title' }, title),
      el('span', { class: 'cluster' }, clusters.slice(0, 2).join(', '), clusters.length > 2 ? ` and ${clusters.length - 2} more` : ''),
      page.data.memory ? el('span', { class: 'age' }, ageOf(problem)) : null,
    ),
  );
  details.addEventListener('toggle', () => {
    if (details.open) fill(details, problem, page);
    if (page.isPrinting()) return;
    const open = problem.fingerprint.slice(0, 12);
    if (details.open && page.view().open !== open) page.go({ open }, false);
    else if (!details.open && page.view().open === open) page.go({ open: '' }, false);
  });
  return details;
}

/** The list of problems that are chosen. */
export class ProblemList {
  readonly element = el('div', { class: 'problems' });
  private readonly count = el('p', { class: 'quiet', role: 'status' });
  private readonly list = el('div', { class: 'rows' });
  private readonly more = el('button', { type: 'button', class: 'more-rows', click: () => this.fill(Number.MAX_SAFE_INTEGER) });
  private readonly rows = new Map<PageProblem, HTMLDetailsElement>();
  private chosen: readonly (readonly [PageProblem, number])[] = [];

  constructor(private readonly page: ReportPage) {
    this.element.append(this.count, this.list, this.more);
  }

  /** Shows what the view asks for, and opens the problem that it names. */
  update(): void {
    const { data, view } = this.page;
    const asked = view();
    const all = data.problems.map((problem, index) => [problem, index + 1] as const);
    this.chosen = all.filter(([problem]) => isChosen(problem, asked));
    this.fill(MOST_ROWS);
    this.count.textContent =
      this.chosen.length === all.length
        ? all.length === 0
          ? data.nothing
          : ''
        : `${this.chosen.length.toLocaleString('en')} of ${counted(all.length, 'problem')}`;
    this.count.hidden = this.count.textContent === '';
    if (asked.open !== '') this.open(asked.open);
  }

  /** The row of the problem whose fingerprint begins so, opened and in sight. */
  private open(fingerprint: string): void {
    const found = this.page.data.problems.findIndex((problem) => problem.fingerprint.startsWith(fingerprint));
    const problem = this.page.data.problems[found];
    if (problem === undefined) return;
    const details = this.rowOf(problem, found + 1);
    if (!details.isConnected) this.list.prepend(details);
    if (details.open) return;
    // Before it is brought into sight, not when the event comes.
    fill(details, problem, this.page);
    details.open = true;
    details.scrollIntoView({ block: 'start' });
    details.querySelector('summary')?.focus({ preventScroll: true });
  }

  private rowOf(problem: PageProblem, number: number): HTMLDetailsElement {
    const known = this.rows.get(problem);
    if (known !== undefined) return known;
    const made = row(problem, number, this.page);
    this.rows.set(problem, made);
    return made;
  }

  private fill(most: number): void {
    const shown = this.chosen.slice(0, most);
    this.list.replaceChildren(...shown.map(([problem, number]) => this.rowOf(problem, number)));
    const left = this.chosen.length - shown.length;
    this.more.hidden = left === 0;
    this.more.textContent = `Show ${left.toLocaleString('en')} more`;
  }

  /** Everything that is chosen, for paper. @returns what puts it back */
  unfold(): () => void {
    this.fill(Number.MAX_SAFE_INTEGER);
    const shut = this.chosen
      .slice(0, MOST_IN_FULL)
      .map(([problem, number]) => ({ problem, details: this.rowOf(problem, number) }))
      .filter(({ details }) => !details.open);
    for (const { problem, details } of shut) {
      fill(details, problem, this.page);
      details.open = true;
    }
    return () => {
      for (const { details } of shut) details.open = false;
      this.fill(MOST_ROWS);
    };
  }
}
