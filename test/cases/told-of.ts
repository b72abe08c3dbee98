import { auditWith } from '../../src/engine/audit.js';
import { atLeast, CONFIDENCES, type Finding } from '../../src/model/report/finding.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { RULES } from '../../src/rules/index.js';

/** What a report tells of an account, by fingerprint. */
export interface ToldOfAccount {
  readonly findings: ReadonlyMap<string, Finding>;
  /** What was seen and is told by another finding in its place. */
  readonly hidden: ReadonlySet<string>;
}

export function toldOf(inventory: Inventory): ToldOfAccount {
  const { report, hidden } = auditWith(RULES, inventory);
  return {
    findings: new Map(report.findings.map((finding) => [finding.fingerprint, finding])),
    hidden: new Set(hidden.map(({ fingerprint }) => fingerprint)),
  };
}

export const commandsOf = ({ fix }: Finding): number => fix?.commands.length ?? 0;

const isWorth = ({ severity }: Finding): boolean => atLeast(severity, 'medium');
const certaintyOf = ({ confidence }: Finding): number => CONFIDENCES.indexOf(confidence);

/** Whether a finding says more than the one of the full report, or weighs so much less that nobody is told. */
export function isAstray(finding: Finding, full: ToldOfAccount): boolean {
  const before = full.findings.get(finding.fingerprint);
  if (before === undefined) return isWorth(finding) && !full.hidden.has(finding.fingerprint);
  return (
    certaintyOf(finding) > certaintyOf(before) ||
    (commandsOf(finding) > 0 && commandsOf(before) === 0) ||
    (isWorth(before) && !isWorth(finding))
  );
}
