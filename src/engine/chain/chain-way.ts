import { issuerAddress, type IssuerId } from '../../model/inventory/issuer-id.js';
import type { Facts, RoleFacts } from '../../facts/account/facts.js';
import { isUndocumented } from '../../facts/issuer/issuer-difference.js';
import { nearMisses } from '../../facts/provider/near-issuer.js';
import { isForeignRole } from '../../facts/account/role-arn.js';
import type { ChainLink, ChainTarget } from '../../model/report/chain.js';
import type { Cluster } from '../../model/inventory/inventory.js';
import { noProvider, STS_NOT_AUTHORIZED, STS_WRONG_AUDIENCE } from '../../model/report/sts-errors.js';
import { broken, notRead, ok, undecided, waiting, type Found } from './chain-link.js';
import { permissionsLink, type AuditedBy } from './chain-permissions.js';

/** What a chain is followed through. */
export interface Followed {
  readonly facts: Facts;
  readonly target: ChainTarget;
  readonly cluster: Cluster;
  readonly audit: AuditedBy;
}

export const isForeign = (arn: string, { facts }: Followed): boolean => isForeignRole(arn, facts.inventory.account);

export function roleLink(arn: string, followed: Followed, role: RoleFacts | null): Found {
  const { roles, account } = followed.facts.inventory;
  if (arn === '') return waiting('No role is known to be meant.');
  if (role !== null) return ok(`The role ${arn} exists.`);
  if (isForeign(arn, followed))
    return { ...notRead('', roles), says: `The role ${arn} belongs to another account than ${account}, which this audit does not read.` };
  if (!roles.known) return notRead('The roles of the account', roles);
  return broken(`There is no role ${arn} in this account.`, STS_NOT_AUTHORIZED);
}

export function providerLink({ facts }: Followed, url: IssuerId): Found {
  const { providers } = facts.inventory;
  if (facts.providerOf(url) !== null) return ok(`The account has the provider of ${url}.`);
  if (!providers.known) return notRead('The OIDC providers of the account', providers);
  const near = nearMisses(url, facts).find(({ difference }) => isUndocumented(difference));
  if (near !== undefined)
    return undecided(`The provider ${near.url} is not quite the issuer ${url}: whether STS takes it, AWS does not say.`);
  return broken(`No OIDC provider of this account has the issuer ${url}.`, noProvider(issuerAddress(url)));
}

export function providerAudienceLink({ facts }: Followed, url: IssuerId, audience: string): Found {
  const detail = facts.providerOf(url)?.detail;
  if (detail === undefined) return notRead('The provider', facts.inventory.providers);
  if (!detail.known) return notRead('The audiences of the provider', detail);
  return detail.value.clientIds.includes(audience)
    ? ok(`The provider takes the audience ${audience}.`)
    : broken(`The provider does not take the audience ${audience}.`, STS_WRONG_AUDIENCE);
}

/** The last link: what the role that its pods act as may do. */
export function permissions({ audit }: Followed, role: RoleFacts | null): readonly ChainLink[] {
  return role === null ? [] : [{ link: 'permissions', ...permissionsLink(role, audit) }];
}
