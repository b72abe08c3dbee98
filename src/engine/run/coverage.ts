import { issuerIdOfCluster } from '../../model/inventory/issuer-id.js';
import { groupBy } from '../../lib/group-by.js';
import type { Inventory } from '../../model/inventory/inventory.js';
import { allClusters } from '../../model/inventory/all-clusters.js';
import { isByOrganization, isOfGivenUp, seen, type Observed } from '../../model/inventory/observed.js';
import type { AcceptUnread, Coverage, ReportedCluster, Unread } from '../../model/report/report.js';
import { matchesGlob, parseGlob } from '../../policy/pattern/glob.js';
import {
  ACCOUNT_SECTIONS,
  CLUSTER_SECTIONS,
  FAMILY_SECTIONS,
  thingsIn,
  type FamilySection,
  type Section,
} from '../../model/contract/sections.js';

type Gap = Omit<Unread, 'accepted' | 'acceptedBecause'>;

function unreadOf(observed: Observed<unknown>, what: string, scope: string): readonly Gap[] {
  return observed.known || observed.reason === 'not-requested' ? [] : [{ what, scope, reason: observed.reason, detail: observed.detail }];
}

/** What of a section was not read, and of its things: each by itself, or as one gap of their cluster. */
function gapsOfSection(
  { read, details = [], mayBeDenied, comesWithAnother }: Section,
  observed: Observed<unknown>,
  scope: string,
): readonly Gap[] {
  const isNoGap = comesWithAnother === true || (mayBeDenied === true && !observed.known && observed.reason === 'denied');
  const things = details.length === 0 ? [] : thingsIn(observed);
  return [
    ...(isNoGap ? [] : unreadOf(observed, read, scope)),
    ...details.flatMap((detail) => {
      const gaps = things.flatMap((thing) => unreadOf(detail.of(thing), detail.read, detail.scopeOf?.(thing) ?? scope));
      return detail.scopeOf === undefined ? gaps.slice(0, 1) : gaps;
    }),
  ];
}

/**
 * Where the list of regions was refused, every region of the partition is tried; one that is not enabled holds no cluster
 * of this account and is no gap. The refused list itself is one.
 */
function triedInVain({ requestedRegions, regionList }: Inventory, clusters: Observed<unknown>): boolean {
  return requestedRegions === 'all' && !regionList.known && !clusters.known && clusters.reason === 'disabled-region';
}

/** The place that a read was given up in which left this gap behind; null where there is none. */
function placeGivenUp({ scope, detail, accepted }: Unread): string | null {
  const place = scope.startsWith('arn:') ? 'account' : (scope.split('/')[0] ?? scope);
  return !accepted && place !== scope && isOfGivenUp(detail, place) ? place : null;
}

/** A read that was given up leaves the same gap in every cluster of a region: it is told once, for the region. */
function toldOnce(gaps: readonly Unread[]): readonly Unread[] {
  const alike = groupBy(gaps, (gap) => `${gap.what} ${gap.reason} ${placeGivenUp(gap) ?? `in ${gap.scope}`} ${gap.detail}`);
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    const place = first === undefined ? null : placeGivenUp(first);
    return first === undefined || place === null || group.length === 1 ? group : [{ ...first, scope: place }];
  });
}

/** What accepts every gap that a policy of the organization makes, wherever it is. */
const DENIED_BY_SCP = 'denied-by-scp';

const isPattern = (scope: string): boolean => /[*?]/.test(scope);

/** Whether an accepted gap is this one: its region, its cluster or its action, by name or with `*` and `?`; or all that an SCP denies. */
export function accepts({ scope }: Pick<AcceptUnread, 'scope'>, gap: Gap): boolean {
  if (scope === DENIED_BY_SCP) return isByOrganization(gap);
  if (scope === gap.scope || scope === gap.what || gap.scope.startsWith(`${scope}/`)) return true;
  if (!isPattern(scope)) return false;
  const pattern = parseGlob(scope);
  const [region = ''] = gap.scope.split('/');
  return [gap.scope, gap.what, region].some((name) => matchesGlob(pattern, name));
}

/** Gaps with what the user accepts of them. */
function withAcceptance(gaps: readonly Gap[], accept: readonly AcceptUnread[]): readonly Unread[] {
  return gaps.map((gap) => {
    const accepted = accept.find((one) => accepts(one, gap));
    return { ...gap, accepted: accepted !== undefined, acceptedBecause: accepted?.reason ?? null };
  });
}

/** Every read of an inventory that was asked for and not answered. Accepted ones stay, marked. */
export function unreadIn(inventory: Inventory, accept: readonly AcceptUnread[]): readonly Unread[] {
  const regionGaps = inventory.regions.flatMap(({ region, clusters }) => [
    ...(triedInVain(inventory, clusters) ? [] : unreadOf(clusters, 'eks:ListClusters', region)),
    ...seen(clusters).flatMap((cluster) => [
      ...unreadOf(cluster.detail, 'eks:DescribeCluster', `${region}/${cluster.name}`),
      ...CLUSTER_SECTIONS.flatMap((section) => gapsOfSection(section, cluster[section.at], `${region}/${cluster.name}`)),
    ]),
  ]);
  const gaps = [
    ...unreadOf(inventory.regionList, 'account:ListRegions', 'account'),
    ...regionGaps,
    ...ACCOUNT_SECTIONS.flatMap((section) => gapsOfSection(section, inventory[section.at], 'account')),
  ];
  return toldOnce(withAcceptance(gaps, accept));
}

/** The sections with a family of rules that nobody asked for, of no cluster. */
export function notAskedFor(inventory: Inventory): readonly FamilySection[] {
  const clusters = allClusters(inventory);
  return FAMILY_SECTIONS.filter(({ at }) => clusters.every(({ [at]: section }) => !section.known && section.reason === 'not-requested'));
}

/**
 * What was checked, and what was not.
 * @param notJudged what was read, and not judged to the end
 */
export function coverageOf(inventory: Inventory, accept: readonly AcceptUnread[], notJudged: readonly Unread[] = []): Coverage {
  const clusters = allClusters(inventory);
  const read = clusters.filter(({ serviceAccounts }) => serviceAccounts.known);
  const workloads = clusters.flatMap((cluster) => (cluster.workloads.known ? [cluster.workloads.value] : []));
  return {
    regions: inventory.regions.map(({ region }) => region),
    clusters: clusters.length,
    providers: seen(inventory.providers).length,
    roles: seen(inventory.roles).length,
    serviceAccounts: read.length === 0 ? null : read.reduce((sum, { serviceAccounts }) => sum + seen(serviceAccounts).length, 0),
    pods: workloads.length === 0 ? null : workloads.flat().reduce((sum, { pods }) => sum + pods, 0),
    calls: inventory.calls,
    notLookedAt: notAskedFor(inventory).map(({ family }) => family.name),
    unread: [...unreadIn(inventory, accept), ...withAcceptance(notJudged, accept)],
    notes: inventory.notes,
  };
}

/** Every cluster that was listed, with the issuer by which policies name it. */
export function reportedClusters(inventory: Inventory): readonly ReportedCluster[] {
  return allClusters(inventory).map((cluster) => ({ region: cluster.region, name: cluster.name, issuer: issuerIdOfCluster(cluster) }));
}
