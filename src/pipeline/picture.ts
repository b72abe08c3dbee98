import { admissionsOf } from '../engine/admissions.js';
import { deriveFacts, type Facts } from '../facts/account/facts.js';
import { isPermissionUnread } from '../facts/account/administrative.js';
import { sharedStatements } from '../facts/exposure/tenant.js';
import { policyName } from '../facts/permissions/role-permissions.js';
import { sharedIssuer } from '../facts/issuer/shared-issuers.js';
import type { Inventory } from '../model/inventory/inventory.js';
import type { OpenToStrangers, Picture } from '../model/report/picture.js';

/** Through which issuers strangers can assume which roles: what is behind another defect opens nothing today. */
function strangersIn(drawn: ReadonlySet<string>, facts: Facts): readonly OpenToStrangers[] {
  return facts.roles
    .filter(({ role }) => drawn.has(role.arn))
    .flatMap((one) =>
      sharedStatements(one, facts)
        .filter(({ limit, latent }) => limit !== 'limited' && !latent)
        .map(({ url }): OpenToStrangers => ({ role: one.role.arn, issuer: url })),
    );
}

/** What the picture of an account is drawn of. Pure. */
export function pictureOf(inventory: Inventory): Picture {
  const facts = deriveFacts(inventory);
  const admissions = admissionsOf(inventory, null, facts);
  const issuers = new Set(admissions.roles.flatMap(({ entrances }) => entrances.map(({ issuer }) => issuer)));
  const drawn = new Set(admissions.roles.map(({ role }) => role));
  return {
    admissions,
    shared: Object.fromEntries(
      [...issuers].flatMap((issuer) => {
        const name = sharedIssuer(issuer)?.name;
        return name === undefined ? [] : [[issuer, name]];
      }),
    ),
    strangers: strangersIn(drawn, facts),
    policies: Object.fromEntries(
      facts.roles.flatMap(({ role }) =>
        !drawn.has(role.arn) || isPermissionUnread(role, inventory)
          ? []
          : [[role.arn, [...role.attachedPolicyArns.map(policyName), ...role.inlinePolicies.map(({ name }) => name)]]],
      ),
    ),
  };
}
