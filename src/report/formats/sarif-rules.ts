import { inert } from '../../lib/escape-text.js';
import { severityRank, type Severity } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import { titleOf } from '../layout/phrases.js';

/** How GitHub rates an alert of code scanning: above 9 critical, from 7 high, from 4 medium, below low. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0', info: '0.1' };

const LEVEL = { critical: 'error', high: 'error', medium: 'warning', low: 'note', info: 'note' } as const satisfies Record<
  Severity,
  string
>;

export const levelOf = (severity: Severity): 'error' | 'warning' | 'note' => LEVEL[severity];

/**
 * A text as a message of SARIF (2.1.0, 3.11): braces are doubled, as one alone begins a placeholder, and what would be read as a
 * link to a file gets a blank between its brackets.
 */
export const message = (text: string): string => inert(text).replace(/[{}]/g, '$&$&').replaceAll('](', '] (');

const isAddress = (text: string): boolean => /^https:\/\/[A-Za-z0-9.-]+(?:\/[\w.~%/#?&=+-]*)?$/.test(text);

/** What a report says of one rule, as `tool.driver.rules` has it. Its severity is the gravest of its findings. */
export function sarifRule(
  id: string,
  found: readonly { readonly severity: Severity; readonly kind: string | null }[],
  report: Report,
): object {
  const text = report.texts[id];
  const title = titleOf(id, report);
  const gravest = found.reduce<Severity>((most, { severity }) => (severityRank(severity) > severityRank(most) ? severity : most), 'info');
  const kinds = [...new Set(found.flatMap(({ kind }) => (kind === null ? [] : [kind])))].sort();
  const why = text === undefined || text.why === '' ? title : text.why;
  const addresses = (text?.references ?? []).filter(isAddress);
  const [address] = addresses;
  return {
    id: inert(id),
    shortDescription: { text: message(title) },
    fullDescription: { text: message(why) },
    ...(address === undefined ? {} : { helpUri: address }),
    help: { text: message([why, ...addresses, `irsa-auditor explain ${id} prints the page of this rule.`].join(' ')) },
    defaultConfiguration: { level: LEVEL[gravest] },
    properties: { 'tags': ['security', 'iam', 'eks', ...kinds], 'precision': 'high', 'security-severity': SECURITY_SEVERITY[gravest] },
  };
}
