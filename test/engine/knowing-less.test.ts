import { describe, expect, it } from '@jest/globals';
import { CASES } from '../cases/all-cases.js';
import { FoundPairs, type Pairs } from '../cases/found-pairs.js';
import { isAstray, toldOf } from '../cases/told-of.js';
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
