import type { RoleFacts } from '../facts/facts.js';
import { listed } from '../lib/list-in-words.js';
import { policyName } from '../facts/role-permissions.js';
import { unknown } from '../model/observed.js';
import type { Report } from '../model/report.js';
import { notRead, ok, undecided, type Found } from './chain-link.js';
import { LINKS } from './links.js';

const RULES: ReadonlySet<string> = new Set(LINKS.find(({ link }) => link === 'permissions')?.rules);

/**
 * What a role may do, as far as that is anybody's business here: whether it has a policy at all, and what the audit doubts
 * about those. Which permissions its pods need nobody tells.
 */
export function permissionsLink({ role, administrative }: RoleFacts, { findings }: Pick<Report, 'findings'>): Found {
  const { attachedPolicyArns, inlinePolicies, permissionsUnread } = role;
  if (permissionsUnread !== undefined && permissionsUnread !== 'text')
    return notRead(`The policies of ${role.name}`, unknown(permissionsUnread.reason, permissionsUnread.detail));
  const doubt = findings.find(({ rule, subject }) => RULES.has(rule) && subject.arn === role.arn);
  if (doubt !== undefined) return undecided(doubt.message);
  const names = [...attachedPolicyArns.map(policyName), ...inlinePolicies.map(({ name }) => name)];
  if (names.length === 0)
    // Roles that others let in by name need none: it is told, and is no defect.
    return ok(
      `The role ${role.name} has no policy of its own: only the policies of what it reaches, such as a bucket or a key, let it in.`,
    );
  const master = administrative === null ? '' : ' It is administrative.';
  return ok(`The role ${role.name} has ${listed(names)}; whether that is what its pods need, it does not say.${master}`);
}
