import type { PageData } from '../src/report/page/page-data.js';
import { el } from './lib/dom.js';
import { counted } from './lib/words.js';
import { FilterBar } from './filter-bar.js';
import { PictureView } from './picture/picture-view.js';
import { ProblemList } from './problems.js';
import { rules, scanned } from './sections.js';
import type { ReportPage, ShownData } from './lib/state.js';
import { header, summary } from './summary.js';
import { unpackedPicture } from './picture/unpack-picture.js';
import { fragmentOf, viewOf, type View } from './lib/view.js';

/** A part of the page that is shown alone. It is made when it is first asked for. */
interface Tab {
  readonly name: View['tab'];
  readonly link: HTMLAnchorElement;
  readonly section: HTMLElement;
  readonly make: () => Node;
}

/** One page, as its address has it. */
class Program {
  private view = viewOf(location.hash);
  private printing = false;
  private readonly page: ReportPage;
  private readonly filters: FilterBar;
  private readonly list: ProblemList;
  private readonly picture: PictureView | null;
  private readonly tabs: readonly Tab[];
  private readonly nav = el('nav', { 'aria-label': 'Parts of the report' });

  constructor(private readonly data: ShownData) {
    this.page = {
      data,
      view: () => this.view,
      go: (change, isStep = true) => this.go(change, isStep),
      isPrinting: () => this.printing,
      address: (change) => fragmentOf({ ...this.view, ...change }),
    };
    this.filters = new FilterBar(this.page);
    this.list = new ProblemList(this.page);
    this.picture = data.picture === null ? null : new PictureView(this.page, data.picture);
    this.tabs = this.makeTabs();
    this.nav.append(...this.tabs.map(({ link }) => link));
  }

  start(): void {
    document.body.append(header(this.page), this.nav, el('main', {}, ...this.tabs.map(({ section }) => section)));
    addEventListener('hashchange', () => this.read());
    addEventListener('keydown', (event) => this.key(event));
    let restore: (() => void) | null = null;
    const print = (): void => void (restore ??= this.print());
    const printed = (): void => {
      restore?.();
      restore = null;
    };
    addEventListener('beforeprint', print);
    addEventListener('afterprint', printed);
    matchMedia('print').addEventListener('change', ({ matches }) => (matches ? print() : printed()));
    this.update();
  }

  private makeTabs(): readonly Tab[] {
    const { data, page } = this;
    const tab = (name: View['tab'], label: string, make: () => Node): Tab => ({
      name,
      link: el('a', {}, label),
      section: el('section', { 'id': `tab-${name}`, 'aria-label': label }),
      make,
    });
    const suppressed = data.suppressed.length === 0 ? '' : `, ${data.suppressed.length} suppressed`;
    const { picture } = this;
    return [
      tab('problems', counted(data.problems.length, 'problem'), () =>
        el('div', {}, summary(page), this.filters.element, this.list.element),
      ),
      ...(picture === null ? [] : [tab('picture', 'Who can assume what', () => picture.element)]),
      tab('scan', `${data.gap === null ? 'Scan' : 'Partial scan'}${suppressed}`, () => scanned(page)),
      ...(Object.keys(data.rules).length === 0 ? [] : [tab('rules', 'Rules', () => rules(page))]),
    ];
  }

  private go(change: Partial<View>, isStep: boolean): void {
    const fragment = fragmentOf({ ...this.view, ...change });
    if (isStep) {
      // Its event shows it.
      if (location.hash !== fragment) location.hash = fragment;
      return;
    }
    this.view = { ...this.view, ...change };
    history.replaceState(null, '', fragment);
    this.update();
  }

  private read(): void {
    this.view = viewOf(location.hash);
    this.update();
  }

  private update(): void {
    const shown = this.tabs.find(({ name }) => name === this.view.tab) ?? this.tabs[0];
    if (shown === undefined) return;
    for (const { section } of this.tabs) section.hidden = section !== shown.section;
    this.fill(shown);
    for (const { name, link } of this.tabs) {
      link.href = this.page.address({ tab: name, open: '' });
      // The link stays the same one: whoever is on it with the keyboard stays there.
      if (name === shown.name) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    if (shown.name === 'problems') {
      this.filters.update();
      this.list.update();
    }
    if (shown.name === 'picture') this.picture?.update();
    if (shown.name === 'rules') this.showRule();
  }

  private fill({ section, make }: Tab): void {
    if (section.childElementCount === 0) section.append(make());
  }

  private showRule(): void {
    const heading = [...document.querySelectorAll<HTMLElement>('.rule')]
      .find(({ dataset }) => dataset['rule'] === this.view.rule)
      ?.querySelector('h2');
    heading?.focus();
    heading?.scrollIntoView();
  }

  /** All of the report, for paper. @returns what puts it back */
  private print(): () => void {
    this.printing = true;
    for (const tab of this.tabs) this.fill(tab);
    this.picture?.update();
    const fold = this.list.unfold();
    return () => {
      fold();
      this.printing = false;
      this.update();
    };
  }

  private key(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      if (this.view.tab === 'problems') this.filters.focus();
      else document.querySelector<HTMLElement>('.finder input')?.focus();
    }
    if (event.key === 'Escape' && this.view.tab === 'picture' && this.view.at !== '') this.go({ at: '' }, true);
  }
}

const data = JSON.parse(document.getElementById('data')?.textContent ?? 'null') as PageData;
new Program({ ...data, picture: data.picture === null ? null : unpackedPicture(data.picture) }).start();
