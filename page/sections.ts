import { commandBox } from './lib/copy.js';
import { el } from './lib/dom.js';
import { counted } from './lib/words.js';
import { badge } from './lib/badge.js';
import type { ReportPage, ShownData } from './lib/state.js';

const list = (items: readonly Node[]): Node => el('ul', { class: 'plain' }, ...items);

function gaps({ gaps: all, complete }: ShownData): readonly Node[] {
  if (all.length === 0) return [el('h2', {}, complete ? 'Everything that was asked for was scanned' : 'Not scanned')];
  return [
    el('h2', {}, `Not scanned: ${counted(all.length, 'read')} without an answer`),
    list(
      all.map(({ title, detail, next }) =>
        el('li', {}, el('strong', {}, title), el('p', { class: 'quiet' }, detail), next === '' ? null : el('p', {}, next)),
      ),
    ),
  ];
}

function suppressed({ suppressed: all }: ShownData): readonly Node[] {
  if (all.length === 0) return [];
  return [
    el('h2', {}, `Suppressed: ${counted(all.length, 'finding')}`),
    list(
      all.map(({ severity, name, title, rule, why }) =>
        el('li', {}, badge(severity), ' ', el('strong', {}, name), ` ${title} `, el('code', {}, rule), el('p', { class: 'quiet' }, why)),
      ),
    ),
  ];
}

function carriedOver({ carriedOver: all }: ShownData): readonly Node[] {
  if (all.length === 0) return [];
  return [
    el('h2', {}, `Not scanned again: ${counted(all.length, 'finding')} of earlier runs may be there still`),
    list(
      all.map(({ severity, name, rule, seen }) =>
        el('li', {}, badge(severity), ' ', el('strong', {}, name), ' ', el('code', {}, rule), el('p', { class: 'quiet' }, seen)),
      ),
    ),
  ];
}

/** What the report does not hold: what was not scanned, what is suppressed, what could not be looked at again. */
export function scanned({ data }: ReportPage): Node {
  return el(
    'div',
    { class: 'sections' },
    ...gaps(data),
    list(data.remarks.map((remark) => el('li', {}, remark))),
    ...suppressed(data),
    ...carriedOver(data),
  );
}

/** What each rule that found something says. */
export function rules({ data, address }: ReportPage): Node {
  const all = Object.entries(data.rules).sort(([left], [right]) => (left < right ? -1 : 1));
  return el(
    'div',
    { class: 'sections' },
    ...all.map(([id, { title, why, references }]) => {
      const some = data.problems.filter((one) => one.rule === id).length;
      return el(
        'section',
        { 'class': 'rule', 'data-rule': id },
        el('h2', { tabindex: '-1' }, title, ' ', el('code', {}, id)),
        el('p', {}, why),
        some === 0 ? null : el('p', {}, el('a', { href: address({ tab: 'problems', rule: id, open: '' }) }, counted(some, 'problem'))),
        ...references.map((one) => el('p', {}, el('a', { href: one, rel: 'noreferrer noopener', target: '_blank' }, one))),
        commandBox(`irsa-auditor explain ${id}`),
      );
    }),
  );
}
