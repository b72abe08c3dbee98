import type { IssuerId } from '../../model/inventory/issuer-id.js';
import type { Related } from '../../model/report/finding.js';
import { requestWith } from '../../policy/language/token.js';
import type { Carriers, Has, RoleHas, RoleUser } from '../account/facts.js';
import { mayBeAssociated } from '../account/may-be-associated.js';
import { relatedUsers } from '../account/subjects.js';

/** The service accounts that use a role by tokens of some issuers, and that its trust policy denies; not those that may be associated for all that was read. */
export function deniedUsers(
  role: RoleHas<Carriers>,
  issuers: readonly IssuerId[],
  facts: Has<'roles'>,
): readonly (RoleUser & { readonly url: IssuerId })[] {
  return role.users.flatMap((user) => {
    const { url, audience, subject, cluster } = user;
    if (url === null || !issuers.includes(url) || mayBeAssociated(cluster, user.serviceAccount, facts) !== null) return [];
    return facts.admits(role, requestWith({ url, audience, subject }, facts.inventory)) === 'denied' ? [{ ...user, url }] : [];
  });
}

/** The same as what a finding touches: who suffers by it. */
export const relatedDenied = (role: RoleHas<Carriers>, issuers: readonly IssuerId[], facts: Has<'roles'>): readonly Related[] =>
  relatedUsers(deniedUsers(role, issuers, facts), 'uses the role and is refused');
