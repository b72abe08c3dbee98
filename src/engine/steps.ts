import type { Facts } from '../facts/facts.js';
import { DAY } from '../lib/day.js';
import { lowerConfidence, SEVERITIES, severityRank, type Confidence, type Severity } from '../model/finding.js';
import type { Sighting } from './run-rules.js';

/** The lower of two severities. */
function atMost(severity: Severity, ceiling: Severity): Severity {
  return SEVERITIES[Math.min(severityRank(severity), severityRank(ceiling))] ?? severity;
}

/**
 * The severity of a sighting after the steps of the catalogue: something broken counts in full only where it is known to
 * be in use; an exposure that another defect keeps shut is told at info.
 */
export function steppedSeverity({ rule, subject, raised }: Sighting, facts: Facts): Severity {
  const severity = raised.severity ?? rule.severity;
  if (raised.latent === true) return atMost(severity, 'info');
  if (rule.kind !== 'break' || subject.type !== 'role') return severity;
  const usage = facts.role(subject.id)?.usage ?? 'unknown';
  if (usage === 'used') return severity;
  return atMost(severity, usage === 'unknown' ? 'medium' : 'low');
}

/**
 * The confidence of a sighting: lowered where a section that the rule uses was not read, and where a role said to be shut
 * was used within the last day (a free check on ourselves).
 */
export function steppedConfidence({ rule, subject, raised, uncertain }: Sighting, facts: Facts): Confidence {
  const confidence = raised.confidence ?? rule.confidence;
  const lastUsed = subject.type === 'role' ? (facts.role(subject.id)?.role.lastUsed?.date ?? null) : null;
  const usedLately = rule.kind === 'break' && lastUsed !== null && Date.parse(facts.inventory.collectedAt) - Date.parse(lastUsed) <= DAY;
  return uncertain || usedLately ? lowerConfidence(confidence, 'likely') : confidence;
}
