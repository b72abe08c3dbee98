import { memo } from '../lib/memo.js';
import type { Cluster } from '../model/inventory.js';
import { unanswered, whatArrived, type Unless } from '../model/observed.js';
import type { Facts, RoleFacts } from './facts.js';
import { eksIssuer } from './issuer.js';
import { isUsageUnanswered } from './role-usage.js';
import { mayBeAssociated } from './subject-of.js';

/** The first reason among several. */
const firstOf = (reasons: readonly (Unless | null)[]): Unless | null => reasons.find((one) => one !== null) ?? null;

const listed = ({ inventory }: Facts): readonly Cluster[] => inventory.regions.flatMap(({ clusters }) => whatArrived(clusters));

/** Why it is not known which service accounts of a cluster carry which role. */
const unreadIn = (cluster: Cluster, facts: Facts): Unless | null => unanswered(cluster.serviceAccounts) ?? mayBeAssociated(cluster, facts);

/** Why it is not known whether a cluster whose service accounts were asked for has some issuer. */
const issuerUnread = ({ detail, serviceAccounts }: Cluster): Unless | null =>
  !serviceAccounts.known && serviceAccounts.reason === 'not-requested' ? null : unanswered(detail);

/** Why it is not known whom associations of a cluster give a role. */
const associatedRoleUnread = memo(({ podIdentityAssociations }: Cluster): Unless | null =>
  firstOf(whatArrived(podIdentityAssociations).map(({ roleArn, unread }) => (roleArn === null ? (unread ?? null) : null))),
);

/**
 * Why it is not known which service accounts of an issuer's cluster carry a role: they were asked for and not read, or it was
 * not read which cluster that is. Null where they were, and where nobody asked.
 */
export function carriersUnread(url: string, facts: Facts): Unless | null {
  const cluster = facts.clusterOf(url)?.cluster;
  if (cluster !== undefined) return unreadIn(cluster, facts);
  const place = eksIssuer(url)?.region;
  const region = facts.inventory.regions.find((one) => one.region === place);
  if (region === undefined) return null;
  return unanswered(region.clusters) ?? firstOf(whatArrived(region.clusters).map(issuerUnread));
}

/** Why it is not known who has a role, of those whom its trust policy may let in. */
export function holdersUnread({ statements }: RoleFacts, facts: Facts): Unless | null {
  const urls = new Set(statements.flatMap(({ issuers }) => issuers));
  return firstOf([...[...urls].map((url) => carriersUnread(url, facts)), ...listed(facts).map(associatedRoleUnread)]);
}

/** Why it is not known of every cluster that is listed who has which role there. */
export const anyCarriersUnread = memo((facts: Facts): Unless | null =>
  firstOf(listed(facts).flatMap((cluster) => [unanswered(cluster.detail), unreadIn(cluster, facts), associatedRoleUnread(cluster)])),
);

/** Why not every cluster is listed. */
export const clustersUnread = ({ inventory }: Facts): Unless | null =>
  firstOf(inventory.regions.map(({ clusters }) => unanswered(clusters)));

/** Whether some role may be given by an association, or go on from one, for all that was read. */
export const areAssociationsUnread = memo((facts: Facts): boolean =>
  listed(facts).some((cluster) => mayBeAssociated(cluster, facts) !== null || associatedRoleUnread(cluster) !== null),
);

/** Whether somebody may use a role of which nobody is seen to. */
export const isUsageUnread = memo(
  (facts: Facts): boolean => clustersUnread(facts) !== null || anyCarriersUnread(facts) !== null || listed(facts).some(isUsageUnanswered),
);
