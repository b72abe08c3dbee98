import { inert, isInert } from '../../lib/escape-text.js';
import { listed } from '../../lib/list-in-words.js';
import type { Finding } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import type { Names } from '../layout/names.js';
import { noCommandInWords, titleOf } from '../layout/phrases.js';
import { sentence } from './limits.js';

/** `IAM OIDC provider missing: cluster prod`. Inert. */
export function headlineOf({ rule, subject }: Pick<Finding, 'rule' | 'subject'>, report: Report, names: Names): string {
  return `${titleOf(rule, report)}: ${names.place(subject)}`;
}

/** What a finding says, with the error that its pods get. Inert. */
export function messageOfFinding({ message, error }: Pick<Finding, 'message' | 'error'>): string {
  return inert(error === null ? message : `${sentence(message)} Error: ${error}`);
}

/** The commands of a fix that can be copied: what holds a character that nobody sees cannot. */
export const plainCommands = ({ fix }: Pick<Finding, 'fix'>): readonly string[] => fix?.commands.filter(isInert) ?? [];

/** What a fix is and whom it grants access; empty where there is none. Inert, without its commands. */
export function fixInWords({ fix }: Pick<Finding, 'fix'>): readonly string[] {
  if (fix === null) return [];
  const grants = fix.grants.map(({ subject, role }) => inert(`${subject} (to ${role})`));
  const none = noCommandInWords([fix], '--format json');
  return [
    `${inert(sentence(fix.summary))}${fix.verified ? ' Verified by re-evaluation.' : ''}`,
    ...(grants.length === 0 ? [] : [`Grants access to: ${listed(grants)} – confirm before running.`]),
    ...(none === null ? [] : [none]),
  ];
}

/** The whole fix as lines of text, commands last. */
export const fixLinesOf = (finding: Pick<Finding, 'fix'>): readonly string[] => [...fixInWords(finding), ...plainCommands(finding)];
