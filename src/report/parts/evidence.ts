import { inert } from '../../lib/escape-text.js';
import type { Evidence } from '../../model/report/finding.js';
import { shortened } from '../layout/phrases.js';

const LIST = 6;
/** `Condition.StringLike[…:sub]`: of a path what matters. */
export function pathInWords(path: string): string {
  return path.replace(/^\$\.(?:Statement\[0\]\.)?/, '').replace(/\['[^']*?:(aud|sub|amr|[\w.-]+)'\]/g, '[…:$1]');
}

/** With spaces at which it can be broken. */
const oneLine = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 1).replace(/\n */g, ' '));

/** A value on one line; a list is cut at an element. */
function valueInWords(value: Evidence['found']): string {
  if (!Array.isArray(value)) return shortened(oneLine(value));
  const items: readonly unknown[] = value;
  const shown = items.slice(0, LIST).map((item) => shortened(oneLine(item)));
  return `${shown.join(', ')}${items.length > LIST ? ` … and ${items.length - LIST} more` : ''}` || '(none)';
}

/** What was found and where, and what was expected, as lines. */
export function evidenceInWords({ what, path, found, expected }: Evidence): string[] {
  const where = path === null ? '' : ` (${inert(pathInWords(path))})`;
  return [
    `${inert(what)}${where}: ${inert(valueInWords(found))}`,
    ...(expected === null ? [] : [`expected: ${inert(valueInWords(expected))}`]),
  ];
}
