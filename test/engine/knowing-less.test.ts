import { describe, expect, it } from '@jest/globals';
import { auditWith } from '../../src/engine/audit.js';
import { atLeast, CONFIDENCES, type Finding } from '../../src/model/finding.js';
import type { Inventory } from '../../src/model/inventory.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';
import { FoundPairs, type Pairs } from '../cases/found-pairs.js';
import { SECTIONS } from '../cases/unread-sections.js';

/**
 * A report of less must not tell more. Where it does today, by rule and by what is unread. This list only gets shorter: what
 * is mended is taken out.
 */
const KNOWN: Pairs = {
  'addon-role-missing': ['roles', 'node groups', 'node group roles', 'service accounts', 'add-ons'],
  'annotation-key-misspelt': ['associations'],
  'annotation-malformed': ['roles', 'associations'],
  'annotation-missing': ['namespaces', 'workloads'],
  'annotation-role-missing': ['associations'],
  'association-service-account-missing': ['namespaces', 'add-ons'],
  'audience-mismatch': ['cluster lists', 'service accounts'],
  'conditions-contradictory': ['cluster lists', 'cluster details', 'service accounts'],
  'placeholder-left': ['cluster lists', 'cluster details'],
  'pod-identity-agent-missing': ['pod identity agent'],
  'pod-identity-agent-unhealthy': ['pod identity agent', 'add-on details'],
  'pod-identity-and-irsa': ['workloads', 'association roles', 'roles'],
  'pod-not-injected': ['namespaces'],
  'pod-service-account-wrong': ['namespaces'],
  'provider-audience-missing': ['cluster lists', 'service accounts', 'roles'],
  'provider-missing': ['roles', 'service accounts'],
  'service-account-missing': ['namespaces'],
  'subject-malformed': ['cluster lists', 'cluster details', 'service accounts'],
};

interface Told {
  readonly findings: ReadonlyMap<string, Finding>;
  /** What was seen and is told by another finding in its place. */
  readonly hidden: ReadonlySet<string>;
}

function toldOf(inventory: Inventory): Told {
  const { report, hidden } = auditWith(RULES, inventory);
  return {
    findings: new Map(report.findings.map((finding) => [finding.fingerprint, finding])),
    hidden: new Set(hidden.map(({ fingerprint }) => fingerprint)),
  };
}

const isWorth = ({ severity }: Finding): boolean => atLeast(severity, 'medium');
const commandsOf = ({ fix }: Finding): number => fix?.commands.length ?? 0;
const certaintyOf = ({ confidence }: Finding): number => CONFIDENCES.indexOf(confidence);

/** Whether a finding says more than the one of the full report, or weighs so much less that nobody is told. */
function isAstray(finding: Finding, full: Told): boolean {
  const before = full.findings.get(finding.fingerprint);
  if (before === undefined) return isWorth(finding) && !full.hidden.has(finding.fingerprint);
  return (
    certaintyOf(finding) > certaintyOf(before) ||
    (commandsOf(finding) > 0 && commandsOf(before) === 0) ||
    (isWorth(before) && !isWorth(finding))
  );
}

function pairsFound(): FoundPairs {
  const found = new FoundPairs();
  for (const { name, inventory } of CASES) {
    const full = toldOf(inventory);
    for (const section of SECTIONS) {
      const less = section.without(inventory);
      if (less === null) continue;
      for (const finding of toldOf(less).findings.values()) if (isAstray(finding, full)) found.add(finding.rule, section.name, name);
    }
  }
  return found;
}

describe('a report of an account of which a section is unread', () => {
  const found = pairsFound();

  it('tells nothing that the full report does not tell, beside what is known', () => {
    expect(found.beside(KNOWN)).toEqual([]);
  });

  it('is known to do so only where it does', () => {
    expect(found.missingFrom(KNOWN)).toEqual([]);
  });
});
