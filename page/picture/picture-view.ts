import type { PagePath, PagePicture } from '../../src/report/page/page-data.js';
import { el, svg } from '../lib/dom.js';
import { counted } from '../lib/words.js';
import { groupedStrands } from './grouped.js';
import { layoutOf, ROW, type Layout, type PlacedLine, type PlacedNode } from './layout.js';
import { nodePanel } from './panel.js';
import type { ReportPage } from '../lib/state.js';
import { goesThrough, strandOf, toneOf, WAYS, whoKey } from './strands.js';

/** More subjects than these are drawn in groups: nobody reads them, and no browser lays them out at once. */
const MOST_SUBJECTS = 80;

/** Where columns begin and end, of a width of 1000. */
const COLUMNS = { issuer: [0, 190], subject: [260, 530], role: [600, 800], may: [830, 1000] } as const;
const BETWEEN = { issuer: [190, 260], role: [530, 600], may: [800, 830] } as const;

function line({ y1, y2, between, tone, isBroken, paths }: PlacedLine, isDim: boolean): SVGElement {
  const [x1, x2] = BETWEEN[between];
  const middle = (x1 + x2) / 2;
  const way = `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
  const classes = `line tone-${tone}${isBroken ? ' fails' : ''}${isDim ? ' dim' : ''}${between === 'may' ? ' may' : ''}`;
  return svg('path', {
    'd': way,
    'class': classes,
    'data-between': between,
    'data-paths': paths.join(' '),
    'vector-effect': 'non-scaling-stroke',
  });
}

/** The mark on the link that fails. */
function cross({ y1, y2, between }: PlacedLine, isDim: boolean): HTMLElement {
  const [x1, x2] = BETWEEN[between];
  const mark = el('span', { 'class': `cross${isDim ? ' dim' : ''}`, 'aria-hidden': 'true' }, '✕');
  mark.style.left = `${(x1 + x2) / 20}%`;
  mark.style.top = `${(y1 + y2) / 2}px`;
  return mark;
}

/** The picture of who can assume what, with its filters and what is chosen in it. */
export class PictureView {
  readonly element = el('div', { class: 'picture-view' });
  private readonly canvas = el('div', { 'class': 'canvas', 'role': 'group', 'aria-label': 'Who can assume what' });
  private readonly said = el('p', { class: 'quiet', role: 'status' });
  private readonly panel = el('div', { class: 'panel', hidden: true });
  private readonly chips = el('div', { 'class': 'group', 'role': 'group', 'aria-label': 'Paths' });
  private drawn = '';

  constructor(
    private readonly page: ReportPage,
    private readonly picture: PagePicture,
  ) {
    const head = ['Issuer', 'Subject or pattern', 'Role', 'What it may do'].map((words, index) =>
      el('span', { class: `head head-${index}` }, words),
    );
    const scroller = el(
      'div',
      { 'class': 'scroller', 'tabindex': '0', 'role': 'region', 'aria-label': 'Picture' },
      el('div', { 'class': 'heads', 'aria-hidden': 'true' }, ...head),
      this.canvas,
    );
    this.element.append(
      el('div', { class: 'filters' }, this.chips, this.finder()),
      this.legend(),
      this.said,
      scroller,
      this.panel,
      this.table(),
    );
  }

  /** Draws what the view asks for. */
  update(): void {
    const { ways, at } = this.page.view();
    const { paths } = this.picture;
    const asked = WAYS[ways];
    const filtered = paths.flatMap((path, index) => (asked === undefined || asked.has(path, this.picture) ? [index] : []));
    this.fillChips(ways);
    const isLarge = this.subjectsOf(filtered) > MOST_SUBJECTS;
    // Of what is drawn in groups a node shows its own neighborhood; else it is enough to make the rest pale.
    const shown = isLarge && !at.startsWith('more:') ? filtered.filter((index) => this.isAt(index, at)) : filtered;
    this.say(shown, filtered.length);
    const isGrouped = this.subjectsOf(shown) > MOST_SUBJECTS;
    const key = `${ways}\n${at}`;
    if (key !== this.drawn) this.draw(shown, isGrouped, at);
    this.drawn = key;
    this.panel.hidden = at === '';
    this.panel.replaceChildren(...(at === '' ? [] : nodePanel(at, this.page, this.picture)));
  }

  private isAt(index: number, at: string): boolean {
    const path = this.picture.paths[index];
    return path !== undefined && goesThrough(this.picture, path, at);
  }

  private subjectsOf(paths: readonly number[]): number {
    const keys = new Set<string>();
    for (const index of paths) {
      const path = this.picture.paths[index];
      if (path !== undefined) keys.add(whoKey(this.picture, path));
      if (keys.size > MOST_SUBJECTS) break;
    }
    return keys.size;
  }

  private say(shown: readonly number[], filtered: number): void {
    const roles = new Set(shown.map((index) => this.picture.paths[index]?.role)).size;
    const of = shown.length === filtered ? '' : ` of ${filtered.toLocaleString('en')}`;
    const isGrouped = this.subjectsOf(shown) > MOST_SUBJECTS;
    this.said.textContent = `${shown.length.toLocaleString('en')}${of} ${shown.length === 1 && of === '' ? 'path' : 'paths'} to ${counted(roles, 'role')}${
      isGrouped ? ', drawn in groups: choose a node, or find one, to see each' : ''
    }.`;
  }

  private draw(paths: readonly number[], isGrouped: boolean, at: string): void {
    const strands = isGrouped ? groupedStrands(this.picture, paths) : paths.flatMap((index) => strandOf(this.picture, index) ?? []);
    const layout = layoutOf(strands);
    const isDim = (some: readonly number[]): boolean => at !== '' && !isGrouped && !some.some((index) => this.isAt(index, at));
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['key'] : undefined;
    const isLit = at !== '' && !isGrouped;
    const nodes = layout.nodes.map((node) => this.node(node, isLit ? (isDim(node.paths) ? ' dim' : ' lit') : '', at));
    this.canvas.style.height = `${layout.height}px`;
    this.canvas.replaceChildren(
      this.lines(layout, isDim),
      ...layout.lines.filter(({ isBroken }) => isBroken).map((one) => cross(one, isDim(one.paths))),
      ...nodes,
    );
    nodes.find((node) => focused !== undefined && node.dataset['key'] === focused)?.focus({ preventScroll: true });
  }

  private lines({ lines, height }: Layout, isDim: (paths: readonly number[]) => boolean): SVGElement {
    // What is grave is drawn over what is not.
    const drawn = [...lines].reverse().map((one) => line(one, isDim(one.paths)));
    return svg('svg', { 'viewBox': `0 0 1000 ${Math.max(1, height)}`, 'preserveAspectRatio': 'none', 'aria-hidden': 'true' }, ...drawn);
  }

  private node({ key, column, y, label, note, at: own, tone }: PlacedNode, light: string, at: string): HTMLElement {
    const [left, right] = COLUMNS[column];
    const words = [el('span', { class: 'node-label' }, label), note === '' ? null : el('span', { class: 'node-note' }, note)];
    const classes = `node column-${column} tone-${tone}${light}`;
    const given = { 'class': classes, 'data-key': key, 'title': note === '' ? label : `${label}\n${note}` };
    const node =
      column === 'may'
        ? el('div', given, ...words)
        : el(
            'button',
            { ...given, 'type': 'button', 'aria-pressed': String(at === own), 'click': () => this.page.go({ at: at === own ? '' : own }) },
            ...words,
          );
    node.style.left = `${left / 10}%`;
    node.style.width = `${(right - left) / 10}%`;
    node.style.top = `${y + 2}px`;
    node.style.height = `${ROW - 4}px`;
    return node;
  }

  private fillChips(ways: string): void {
    const { paths } = this.picture;
    const chip = (name: string, words: string, count: number): HTMLElement =>
      el(
        'button',
        {
          'type': 'button',
          'class': `chip way-${name}`,
          'aria-pressed': String(ways === name),
          'data-way': name,
          'click': () => this.page.go({ ways: name, at: '' }),
        },
        words,
        ' ',
        el('span', { class: 'count' }, count.toLocaleString('en')),
      );
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['way'] : undefined;
    const chips = Object.entries(WAYS).flatMap(([name, { label, has }]) => {
      const count = paths.filter((path) => has(path, this.picture)).length;
      return count === 0 ? [] : [chip(name, label, count)];
    });
    this.chips.replaceChildren(chip('', 'all paths', paths.length), ...chips);
    if (focused !== undefined) [...this.chips.querySelectorAll('button')].find((one) => one.dataset['way'] === focused)?.focus();
  }

  /** A field in which a role or an issuer is found by its name. */
  private finder(): HTMLElement {
    const { issuers, roles } = this.picture;
    const names = new Map<string, string>();
    for (const { name, arn } of roles) names.set(name, `role:${arn}`);
    for (const { name, note, kind, issuer } of issuers) names.set(`${name} (${note})`, `from:${kind} ${issuer}`);
    const options = el('datalist', { id: 'nodes' });
    const field = el('input', {
      'type': 'search',
      'list': 'nodes',
      'placeholder': 'Find a role or an issuer',
      'aria-label': 'Find a role or an issuer',
      'spellcheck': 'false',
    });
    field.addEventListener('focus', () => options.replaceChildren(...[...names.keys()].map((name) => el('option', { value: name }))), {
      once: true,
    });
    const find = (): void => {
      const at = names.get(field.value) ?? names.get(`role/${field.value}`);
      if (at !== undefined) this.page.go({ at, ways: '' });
    };
    field.addEventListener('change', find);
    return el('span', { class: 'finder' }, field, options);
  }

  private legend(): HTMLElement {
    const there = new Set(this.picture.paths.map((path) => toneOf(path, this.picture)));
    const items = [
      ['danger', 'open to the internet, or an administrative role open to more than it names'],
      ['open', 'open to more than it names'],
      ['admin', 'administrative, named subjects only'],
      ['plain', 'named subjects only'],
      ['undecided', 'configuration does not decide it'],
      ['broken', 'broken: ✕ is the link that fails'],
    ] as const;
    const sample = (tone: string): SVGElement =>
      svg(
        'svg',
        { 'viewBox': '0 0 24 8', 'class': 'sample', 'aria-hidden': 'true' },
        svg('path', { d: 'M0 4H24', class: `line tone-${tone}` }),
      );
    return el(
      'ul',
      { class: 'legend' },
      ...items.filter(([tone]) => there.has(tone)).map(([tone, words]) => el('li', {}, sample(tone), words)),
    );
  }

  /** The same as a table, for who reads rather than looks. */
  private table(): HTMLElement {
    const details = el('details', { class: 'more' }, el('summary', {}, 'Every path as a table'));
    details.addEventListener('toggle', () => {
      if (!details.open || details.childElementCount > 1) return;
      const { paths, issuers, roles } = this.picture;
      const cells = ({ issuer, role, label, note, state }: PagePath): readonly string[] => {
        const [from, to] = [issuers[issuer], roles[role]];
        return [from?.name ?? '', label, to?.name ?? '', to?.administrative ?? '', state === 'allowed' ? 'allowed' : `${state}: ${note}`];
      };
      const row = (path: PagePath): HTMLElement => el('tr', {}, ...cells(path).map((cell) => el('td', {}, cell)));
      const head = ['Issuer', 'Subject or pattern', 'Role', 'Administrative by', 'State'].map((words) => el('th', { scope: 'col' }, words));
      details.append(
        el(
          'div',
          { 'class': 'scroller', 'tabindex': '0', 'role': 'region', 'aria-label': 'Every path' },
          el('table', {}, el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...paths.map(row))),
        ),
      );
    });
    return details;
  }
}
