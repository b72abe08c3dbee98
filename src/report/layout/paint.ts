import type pc from 'picocolors';
import { inert } from '../../lib/escape-text.js';
import type { Severity } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';

export type Paint = ReturnType<typeof pc.createColors>;

/** Colors that can be read on a light ground and on a dark one: no yellow, no cyan, no blue. */
export function severityPaint(paint: Paint): Readonly<Record<Severity, (text: string) => string>> {
  return {
    critical: (text) => paint.bold(paint.bgRed(paint.white(text))),
    high: paint.red,
    medium: paint.magenta,
    low: (text) => text,
    info: paint.dim,
  };
}

/** What a reader must not miss, such as that not everything was read. */
export const warningPaint =
  (paint: Paint) =>
  (text: string): string =>
    paint.bold(paint.magenta(text));

/** An address that may be behind a word: nothing in it can end the sequence. */
const ADDRESS = /^https:\/\/[\x21-\x7e]+$/;

/** A word that a terminal opens an address for (https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda). */
export function linked(text: string, address: string | undefined, links: boolean): string {
  return links && address !== undefined && ADDRESS.test(address) ? `\u001b]8;;${address}\u001b\\${text}\u001b]8;;\u001b\\` : text;
}

/** The id of a rule, which opens its first reference. */
export const ruleLink = (rule: string, { texts }: Pick<Report, 'texts'>, links: boolean): string =>
  linked(inert(rule), texts[rule]?.references[0], links);
