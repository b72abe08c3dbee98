import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { memo } from '../../lib/memo.js';
import type { ClusterHas } from '../../model/contract/has.js';
import { allClusters } from '../../model/inventory/all-clusters.js';
import { unanswered, seen, type Unless } from '../../model/inventory/observed.js';
import type { UsageNeed } from '../../model/contract/sections.js';
import type { Carriers, GivenBy, Has, RoleHas, ShowsAssociations } from '../account/facts.js';
import { eksIssuer, regionOfIssuer } from '../issuer/issuer.js';
import type { InRegions } from './associations.js';
import { isUsageUnanswered } from '../account/role-usage.js';
import { mayBeAssociated } from '../account/may-be-associated.js';

/** The first reason among several. */
const firstOf = (reasons: readonly (Unless | null)[]): Unless | null => reasons.find((one) => one !== null) ?? null;

const listed = <C>({ inventory }: InRegions<C>): readonly C[] => allClusters(inventory);

/** Why it is not known which service accounts of a cluster have which role. */
const unreadIn = (cluster: ClusterHas<GivenBy>, facts: Has<'roles'>): Unless | null =>
  unanswered(cluster.serviceAccounts) ?? mayBeAssociated(cluster, null, facts);

/** Why it is not known whether a cluster whose service accounts were asked for has some issuer. */
const issuerUnread = ({ detail, serviceAccounts }: ClusterHas<GivenBy>): Unless | null =>
  !serviceAccounts.known && serviceAccounts.reason === 'not-requested' ? null : unanswered(detail);

/** Why it is not known whom associations of a cluster give a role. */
const associatedRoleUnread = memo(({ podIdentityAssociations }: ClusterHas<'pod-identity-associations'>): Unless | null =>
  firstOf(seen(podIdentityAssociations).map(({ roleArn, unread }) => (roleArn === null ? (unread ?? null) : null))),
);

/**
 * Why it is not known which service accounts of an issuer's cluster use a role: they were asked for and not read, or it was
 * not read which cluster that is. Null where they were, and where nobody asked.
 */
export function carriersUnread(url: IssuerId, facts: Has<'roles' | GivenBy>): Unless | null {
  const cluster = facts.clusterOf(url)?.cluster;
  if (cluster !== undefined) return unreadIn(cluster, facts);
  const region = regionOfIssuer(url, facts.inventory.regions);
  if (region === undefined) return null;
  return unanswered(region.clusters) ?? firstOf(seen(region.clusters).map(issuerUnread));
}

/** Why it is not known which roles the add-ons of a cluster have, and as whom they run. */
export const addonsUnread = memo(({ addons }: ClusterHas<'addons'>): Unless | null =>
  firstOf([unanswered(addons), ...seen(addons).flatMap(({ detail, wants }) => [unanswered(detail), unanswered(wants)])]),
);

/** Why some add-on may have some role, for all that was read. */
export const anyAddonsUnread = memo((facts: Has<'addons'>): Unless | null => firstOf(listed(facts).map(addonsUnread)));

/** Whether some add-on may have some role, for all that was read. */
export function areAddonsUnread(facts: Has<'addons'>): boolean {
  return anyAddonsUnread(facts) !== null;
}

/**
 * Why it is not known who brings tokens of an issuer's cluster, and with which audience: beside those who use a role, its add-ons
 * and its pods. What is slight because nobody is seen may be grave then.
 */
export function tokensUnread(url: IssuerId, facts: Has<'roles' | Carriers | 'workloads'>): Unless | null {
  const cluster = facts.clusterOf(url)?.cluster;
  return carriersUnread(url, facts) ?? (cluster === undefined ? null : (addonsUnread(cluster) ?? unanswered(cluster.workloads)));
}

/** Whether a trust policy names the issuer of a cluster that nobody asked for: in a region, or beside the one cluster, that was read alone. */
export function namesClusterNotAsked({ statements }: RoleHas, facts: Has<'roles' | GivenBy>): boolean {
  const { regions, requestedRegions } = facts.inventory;
  const isNotAsked = (url: IssuerId): boolean => {
    if (eksIssuer(url) === null || facts.clusterOf(url) !== null) return false;
    const region = regionOfIssuer(url, regions);
    return region === undefined ? requestedRegions !== 'all' : !region.clusters.known && region.clusters.reason === 'not-requested';
  };
  return statements.some(({ issuers }) => issuers.some(isNotAsked));
}

/** Why it is not known who has a role, of those whom its trust policy may allow. */
export function holdersUnread({ statements }: RoleHas, facts: Has<'roles' | GivenBy>): Unless | null {
  const urls = new Set(statements.flatMap(({ issuers }) => issuers));
  return firstOf([...[...urls].map((url) => carriersUnread(url, facts)), ...listed(facts).map(associatedRoleUnread)]);
}

/** Why it is not known of every cluster that is listed who has which role there. */
export const anyCarriersUnread = memo((facts: Has<'roles' | GivenBy>): Unless | null =>
  firstOf(listed(facts).flatMap((cluster) => [unanswered(cluster.detail), unreadIn(cluster, facts), associatedRoleUnread(cluster)])),
);

/** Why not every cluster is listed. */
export const clustersUnread = ({ inventory }: InRegions<ClusterHas>): Unless | null =>
  firstOf(inventory.regions.map(({ clusters }) => unanswered(clusters)));

/** Why somebody may have some role for all that is known, in whatever cluster; of those whose service accounts nobody asked for, nobody does. */
export const mayBeCarried = memo(
  (facts: Has<'roles' | GivenBy>): Unless | null =>
    clustersUnread(facts) ??
    firstOf(listed(facts).flatMap((cluster) => [issuerUnread(cluster), unreadIn(cluster, facts), associatedRoleUnread(cluster)])),
);

/** Whether some role may be given by an association, or go on from one, for all that was read. */
export const areAssociationsUnread = memo((facts: Has<'roles' | ShowsAssociations>): boolean =>
  listed(facts).some((cluster) => mayBeAssociated(cluster, null, facts) !== null || associatedRoleUnread(cluster) !== null),
);

/** Whether somebody may use a role of which nobody is seen to. */
export const isUsageUnread = memo(
  (facts: Has<'roles' | UsageNeed | 'workloads'>): boolean =>
    clustersUnread(facts) !== null || anyCarriersUnread(facts) !== null || listed(facts).some(isUsageUnanswered),
);
