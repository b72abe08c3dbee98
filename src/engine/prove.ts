import { deriveFacts, type Facts, type RoleFacts } from '../facts/facts.js';
import { atLeast, severityRank, type Patch, type Severity } from '../model/finding.js';
import { evaluateParsed } from '../policy/evaluate.js';
import { providerArn } from '../policy/federated.js';
import { whatArrived } from '../model/observed.js';
import type { Rule } from '../rules/define-rule.js';
import { fingerprint } from './fingerprint.js';
import { groupIntoProblems, type Problem } from './leads.js';
import { patched, sliceFor } from './patched.js';
import { runRules, type Sighting, type StillTime } from './run-rules.js';
import { steppedSeverity } from './steps.js';

/** Identity of a sighting across audits of one account. */
export function sightingFingerprint(account: string, { rule, subject, raised }: Sighting): string {
  return fingerprint(account, rule.id, subject, raised.statement === undefined ? null : (raised.issuer ?? null));
}

/** How bad each sighting of an audit is; of twins the worse one counts. */
export type Severities = ReadonlyMap<string, Severity>;

export function severitiesOf(problems: readonly Problem[], facts: Facts): Severities {
  const bySighting = new Map<string, Severity>();
  for (const { primary, coDefects } of problems) {
    for (const sighting of [primary, ...coDefects]) {
      const key = sightingFingerprint(facts.inventory.account, sighting);
      const severity = steppedSeverity(sighting, facts);
      const before = bySighting.get(key);
      if (before === undefined || severityRank(severity) > severityRank(before)) bySighting.set(key, severity);
    }
  }
  return bySighting;
}

const RANK = { denied: 0, undecided: 1, allowed: 2 } as const;

/**
 * Whether every service account that carries one of the roles gets in at least as surely as before; and where the trust
 * policy itself is patched, whether that is certain: a repair of which nobody can tell whom it lets in proves nothing.
 */
function keepsItsUsers(roles: readonly RoleFacts[], patched: ReadonlySet<string>, after: Facts): boolean {
  const { partition, account } = after.inventory;
  return roles.every((role) =>
    role.users.every(({ url, audience, subject }) => {
      if (url === null) return true;
      const request = { providerArn: providerArn(partition, account, url), issuer: `https://${url}`, audience, subject };
      const before = evaluateParsed(role.policy, request).verdict;
      const repaired = after.role(role.role.arn);
      const now = repaired === null ? 'denied' : evaluateParsed(repaired.policy, request).verdict;
      return RANK[now] >= RANK[before] && !(now === 'undecided' && patched.has(role.role.arn));
    }),
  );
}

/** The whole account as it was audited: what a repair is held against. */
export interface Audited {
  readonly facts: Facts;
  readonly severities: Severities;
  readonly rules: readonly Rule[];
  /** Whether there is time for another proof. */
  readonly stillTime: StillTime;
}

/**
 * Proves a repair by auditing the patched slice: the findings are gone, nothing of severity medium or above is new (latent
 * exposures that the repair would open included), and whoever got in still does.
 */
export function prove(expectGone: readonly string[], patches: readonly Patch[], { facts, severities, rules }: Audited): boolean {
  const slice = sliceFor(facts, patches);
  const after = deriveFacts(patched(slice, patches));
  const { sightings, unread } = runRules(rules, after);
  // A rule that gave up found nothing, which proves nothing.
  if (unread.length > 0) return false;
  const found = severitiesOf(groupIntoProblems(sightings), after);
  const gone = expectGone.every((key) => !found.has(key));
  const nothingNew = [...found].every(
    ([key, severity]) => !atLeast(severity, 'medium') || severityRank(severity) <= severityRank(severities.get(key) ?? 'info'),
  );
  const touched = whatArrived(slice.roles).flatMap(({ arn }) => facts.role(arn) ?? []);
  const repaired = new Set(patches.flatMap(({ kind, resource }) => (kind === 'trust-policy' ? [resource] : [])));
  return gone && nothingNew && keepsItsUsers(touched, repaired, after);
}
