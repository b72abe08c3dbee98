import type { Kind, Severity } from '../src/model/report/finding.js';
import type { PageProblem } from '../src/report/page/page-data.js';
import { isChosen, NONE } from './chosen.js';
import { el } from './lib/dom.js';
import { kindWord } from './lib/badge.js';
import type { ReportPage } from './lib/state.js';
import { KINDS, SEVERITIES, toggled, WHOLE, type View } from './lib/view.js';

/** Names with how often each is there, the most frequent first. */
function tallied(
  problems: readonly PageProblem[],
  namesOf: (problem: PageProblem) => readonly string[],
): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const problem of problems) for (const name of namesOf(problem)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([left, many], [right, more]) => more - many || (left < right ? -1 : 1));
}

type Listed = 'cluster' | 'namespace' | 'rule' | 'status';

/** Buttons and lists that choose among problems, and the search. All of them say what they would show. */
export class FilterBar {
  readonly element = el('form', { class: 'filters', role: 'search' });
  private readonly search = el('input', {
    'type': 'search',
    'placeholder': 'Search (/)',
    'aria-label': 'Search problems',
    'spellcheck': 'false',
  });
  private readonly buttons: {
    readonly button: HTMLButtonElement;
    readonly count: HTMLElement;
    readonly severity?: Severity;
    readonly kind?: Kind;
  }[] = [];
  private readonly lists = new Map<Listed, HTMLSelectElement>();
  private readonly clear = el(
    'button',
    { type: 'button', class: 'clear', click: () => this.page.go({ ...WHOLE, tab: this.page.view().tab }) },
    'Clear',
  );

  constructor(private readonly page: ReportPage) {
    const { problems, memory } = page.data;
    this.element.addEventListener('submit', (event) => event.preventDefault());
    this.search.addEventListener('input', () => this.page.go({ search: this.search.value, open: '' }, false));
    const kinds = KINDS.filter((kind) => problems.some((one) => one.kind === kind));
    const severities = SEVERITIES.filter((severity) => problems.some((one) => one.severity === severity));
    this.element.append(
      this.search,
      this.group(
        'Kind',
        kinds.map((kind) => this.button(kindWord(kind), { kind })),
      ),
      this.group(
        'Severity',
        severities.map((severity) => this.button(severity, { severity })),
      ),
      ...this.list(
        'cluster',
        'All clusters',
        tallied(problems, ({ clusters }) => (clusters.length === 0 ? [NONE] : clusters)),
        'no cluster',
      ),
      ...this.list(
        'namespace',
        'All namespaces',
        tallied(problems, ({ namespaces }) => (namespaces.length === 0 ? [NONE] : namespaces)),
        'no namespace',
      ),
      ...this.list(
        'rule',
        'All rules',
        tallied(problems, ({ rule }) => [rule]),
      ),
      ...(memory
        ? this.list(
            'status',
            'New and open',
            tallied(problems, ({ status }) => [status]),
          )
        : []),
      this.clear,
    );
  }

  /** The field that the key `/` leads to. */
  focus(): void {
    this.search.focus();
    this.search.select();
  }

  /** What is pressed and chosen, and how many each button would show. */
  update(): void {
    const view = this.page.view();
    if (document.activeElement !== this.search) this.search.value = view.search;
    for (const { button, count, severity, kind } of this.buttons) {
      const isOn = severity === undefined ? kind !== undefined && view.kinds.includes(kind) : view.severities.includes(severity);
      button.setAttribute('aria-pressed', String(isOn));
      const asked: View =
        severity === undefined ? { ...view, kinds: kind === undefined ? [] : [kind] } : { ...view, severities: [severity] };
      count.textContent = this.page.data.problems.filter((problem) => isChosen(problem, asked)).length.toLocaleString('en');
    }
    for (const [name, select] of this.lists) select.value = view[name];
    const { search, severities, kinds, cluster, namespace, rule, status } = view;
    this.clear.hidden = [search, severities, kinds, cluster, namespace, rule, status].every(({ length }) => length === 0);
  }

  private group(label: string, buttons: readonly Node[]): HTMLElement {
    return el('div', { 'class': 'group', 'role': 'group', 'aria-label': label }, ...buttons);
  }

  private button(words: string, of: { readonly severity?: Severity; readonly kind?: Kind }): HTMLElement {
    const count = el('span', { class: 'count' });
    const button = el(
      'button',
      { 'type': 'button', 'class': `chip ${of.severity ?? of.kind ?? ''}`, 'aria-pressed': 'false' },
      words,
      ' ',
      count,
    );
    button.addEventListener('click', () => {
      const { severities, kinds } = this.page.view();
      if (of.severity !== undefined) this.page.go({ severities: toggled(severities, of.severity), open: '' });
      if (of.kind !== undefined) this.page.go({ kinds: toggled(kinds, of.kind), open: '' });
    });
    this.buttons.push({ button, count, ...of });
    return button;
  }

  /** A list to choose one of, where there are several. */
  private list(name: Listed, all: string, values: readonly (readonly [string, number])[], none = ''): readonly Node[] {
    if (values.length < 2) return [];
    const options = values.map(([value, count]) => el('option', { value }, `${value === NONE ? none : value} (${count})`));
    const select = el('select', { 'aria-label': all }, el('option', { value: '' }, all), ...options);
    select.addEventListener('change', () => this.page.go({ [name]: select.value, open: '' }));
    this.lists.set(name, select);
    return [select];
  }
}
