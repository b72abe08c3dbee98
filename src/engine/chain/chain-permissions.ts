import type { RoleFacts } from '../../facts/account/facts.js';
import { listed } from '../../lib/list-in-words.js';
import { policyName } from '../../facts/permissions/role-permissions.js';
import { unknown } from '../../model/inventory/observed.js';
import type { Report } from '../../model/report/report.js';
import type { Rule } from '../../rules/contract/define-rule.js';
import { notRead, ok, undecided, type Found } from './chain-link.js';

/** An audit, with the rules that it went by. */
export interface AuditedBy {
  readonly rules: readonly Rule[];
  readonly report: Report;
}

/**
 * What a role may do, as far as that is anybody's business here: whether it has a policy at all, and what the audit doubts
 * about those. Which permissions its pods need nobody tells.
 */
export function permissionsLink({ role, administrative }: RoleFacts, { rules, report }: AuditedBy): Found {
  const { attachedPolicyArns, inlinePolicies, permissionsUnread } = role;
  if (permissionsUnread !== undefined && permissionsUnread !== 'text')
    return notRead(`The policies of ${role.name}`, unknown(permissionsUnread.reason, permissionsUnread.detail));
  const kindOf = (id: string): Rule['kind'] | undefined => rules.find((rule) => rule.id === id && rule.link === 'permissions')?.kind;
  const told = report.findings.filter(({ rule, subject }) => subject.arn === role.arn && kindOf(rule) !== undefined);
  const doubt = told.find(({ rule }) => kindOf(rule) === 'break');
  if (doubt !== undefined) return undecided(doubt.message);
  // What the policies of its resources allow is not read: that it has nothing else is told, and is no defect.
  if (told[0] !== undefined) return ok(told[0].message);
  const names = [...attachedPolicyArns.map(policyName), ...inlinePolicies.map(({ name }) => name)];
  if (names.length === 0)
    // Roles that others allow by name need none: it is told, and is no defect.
    return ok(`The role ${role.name} has no policy of its own: only the policies of what it reaches, such as a bucket or a key, allow it.`);
  const master = administrative === null ? '' : ' It is administrative.';
  return ok(`The role ${role.name} has ${listed(names)}; whether that is what its pods need, it does not say.${master}`);
}
