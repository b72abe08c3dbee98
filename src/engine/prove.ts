import { deriveFacts, type Facts } from '../facts/facts.js';
import { atLeast, severityRank, type Patch, type Severity } from '../model/finding.js';
import { evaluateParsed } from '../policy/evaluate.js';
import { providerArn } from '../policy/federated.js';
import type { Inventory } from '../model/inventory.js';
import type { Rule } from '../rules/define-rule.js';
import { fingerprint } from './fingerprint.js';
import { groupIntoProblems } from './leads.js';
import { patched, sliceFor } from './patched.js';
import { runRules, type Sighting } from './run-rules.js';
import { steppedSeverity } from './steps.js';

/** Identity of a sighting across audits of one account. */
export function sightingFingerprint(account: string, { rule, subject, raised }: Sighting): string {
  return fingerprint(account, rule.id, subject, raised.statement === undefined ? null : (raised.issuer ?? null));
}

function severities(inventory: Inventory, rules: readonly Rule[]): { readonly facts: Facts; readonly bySighting: Map<string, Severity> } {
  const facts = deriveFacts(inventory);
  const bySighting = new Map<string, Severity>();
  for (const { primary, coDefects } of groupIntoProblems(runRules(rules, facts).sightings)) {
    for (const sighting of [primary, ...coDefects]) {
      const key = sightingFingerprint(inventory.account, sighting);
      const severity = steppedSeverity(sighting, facts);
      const before = bySighting.get(key);
      if (before === undefined || severityRank(severity) > severityRank(before)) bySighting.set(key, severity);
    }
  }
  return { facts, bySighting };
}

/** Whether every service account that carries a touched role and gets in today still gets in. */
function keepsItsUsers(before: Facts, after: Facts): boolean {
  const { partition, account } = before.inventory;
  return before.roles.every((role) =>
    role.users.every(({ url, audience, subject }) => {
      if (url === null) return true;
      const request = { providerArn: providerArn(partition, account, url), issuer: `https://${url}`, audience, subject };
      if (evaluateParsed(role.policy, request).verdict !== 'allowed') return true;
      const now = after.role(role.role.arn);
      return now !== null && evaluateParsed(now.policy, request).verdict === 'allowed';
    }),
  );
}

/**
 * Proves a repair by auditing the patched slice: the findings are gone, nothing of severity medium or above is new (latent
 * exposures that the repair would open included), and whoever got in still does.
 */
export function prove(expectGone: readonly string[], patches: readonly Patch[], facts: Facts, rules: readonly Rule[]): boolean {
  const slice = sliceFor(facts.inventory, patches, (url) => facts.rolesTrusting(url).map(({ role }) => role), (arn) => facts.role(arn)?.role ?? null);
  const before = severities(slice, rules);
  const after = severities(patched(slice, patches), rules);
  const gone = expectGone.every((key) => !after.bySighting.has(key));
  const nothingNew = [...after.bySighting].every(([key, severity]) => !atLeast(severity, 'medium') || severityRank(severity) <= severityRank(before.bySighting.get(key) ?? 'info'));
  return gone && nothingNew && keepsItsUsers(before.facts, after.facts);
}
