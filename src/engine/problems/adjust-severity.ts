import { ageOf, LATELY } from '../../facts/account/age.js';
import { doesWithout } from '../../facts/trust/dead-piece.js';
import type { Facts, RoleFacts } from '../../facts/account/facts.js';
import { isKubernetesIssuer } from '../../facts/provider/kubernetes-issuer.js';
import { mayBeAssociated } from '../../facts/account/may-be-associated.js';
import type { Usage } from '../../facts/account/role-users.js';
import { DAY } from '../../lib/day.js';
import { memo } from '../../lib/memo.js';
import { lowerConfidence, SEVERITIES, severityRank, type Confidence, type Severity } from '../../model/report/finding.js';
import type { Sighting } from '../run/run-rules.js';

/** The lower of two severities. */
function atMost(severity: Severity, ceiling: Severity): Severity {
  return SEVERITIES[Math.min(severityRank(severity), severityRank(ceiling))] ?? severity;
}

/**
 * Whether what is broken is a dead piece of a trust policy beside what allows everybody whom it could be for: that is untidy, and no
 * more. Who leads a problem, how grave it is and what people see all ask.
 */
const isBesideLiving = memo(({ rule, subject, raised }: Sighting, facts: Facts): boolean => {
  const role = rule.deadPiece === true && subject.type === 'role' ? facts.role(subject.id) : null;
  if (role === null) return false;
  const paths = raised.evidence.flatMap(({ path }) => path ?? []);
  const isPrincipal = paths.length > 0 && paths.every((path) => path.includes('.Principal'));
  const { statement = null, concerns } = raised;
  return doesWithout(role, { statement, isPrincipal, ...(concerns === undefined ? {} : { concerns }) }, facts);
});

/** What people see where it bites: nothing, where it is merely untidy. */
export function steppedError(sighting: Sighting, facts: Facts): string | null {
  const { rule, raised } = sighting;
  const error = raised.error === undefined ? rule.error : raised.error;
  return error === null || isBesideLiving(sighting, facts) ? null : error;
}

/**
 * Whether somebody uses a role, as far as what is broken of it concerns them. Clusters tell nothing of who runs on an issuer that
 * none of them has, such as a pipeline: there a role that nobody uses is one that was used once, long ago.
 */
function usageFor({ subject, raised: { issuer } }: Sighting, facts: Facts): Usage {
  const role = facts.role(subject.id);
  if (role === null) return 'unknown';
  const { users } = role;
  // All of them may have another role, by an association that nobody read.
  if (users.length > 0 && users.every((one) => mayBeAssociated(one.cluster, one.serviceAccount, facts) !== null)) return 'unknown';
  if (role.usage !== 'unused' || issuer === undefined || isKubernetesIssuer(issuer, facts)) return role.usage;
  const lastUsed = role.role.lastUsed?.date ?? null;
  return lastUsed !== null && ageOf(lastUsed, facts) > LATELY ? 'unused' : 'unknown';
}

/**
 * The severity of a sighting after its steps: something broken counts in full only where it is known to
 * be in use, and for little where the role does without it; an exposure that another defect keeps shut is told at info.
 */
export function steppedSeverity(sighting: Sighting, facts: Facts): Severity {
  const { rule, subject, raised } = sighting;
  const severity = raised.severity ?? rule.severity;
  if (raised.latent === true) return atMost(severity, 'info');
  if (rule.kind !== 'break' || subject.type !== 'role') return severity;
  if (isBesideLiving(sighting, facts)) return atMost(severity, 'low');
  const usage = usageFor(sighting, facts);
  if (usage === 'used') return severity;
  return atMost(severity, usage === 'unknown' ? 'medium' : 'low');
}

/** The roles that nobody could use if a finding is right: the one that it is about, or those that are for the issuer alone whose provider is wrong. */
function rolesShut({ subject, raised }: Sighting, facts: Facts): readonly RoleFacts[] {
  if (subject.type === 'role') return [facts.role(subject.id)].flatMap((role) => role ?? []);
  const { issuer } = raised;
  if ((subject.type !== 'provider' && subject.type !== 'cluster') || issuer === undefined) return [];
  return facts.rolesTrusting(issuer).filter(({ policy, statements }) => {
    const allows = policy.statements.filter(({ effect }) => effect === 'Allow');
    return allows.length === statements.length && statements.every(({ issuers }) => issuers.every((url) => url === issuer));
  });
}

/**
 * The confidence of a sighting: lowered where a section that the rule uses was not read, and where a role said to be shut
 * was used within the last day (a free check on ourselves).
 */
export function steppedConfidence(sighting: Sighting, facts: Facts): Confidence {
  const { rule, raised, uncertain } = sighting;
  const confidence = raised.confidence ?? rule.confidence;
  const isUsedLately = ({ role: { lastUsed } }: RoleFacts): boolean => lastUsed !== null && ageOf(lastUsed.date, facts) <= DAY;
  const usedLately = rule.kind === 'break' && rolesShut(sighting, facts).some(isUsedLately);
  return uncertain || usedLately ? lowerConfidence(confidence, 'likely') : confidence;
}
