import { groupBy } from '../facts/group-by.js';
import type { Cluster, Inventory } from '../model/inventory.js';
import { isOfGivenUp, whatArrived, type Observed } from '../model/observed.js';
import type { AcceptUnread, Coverage, Unread } from '../model/report.js';

type Gap = Omit<Unread, 'accepted' | 'acceptedBecause'>;

function unreadOf(observed: Observed<unknown>, what: string, scope: string): readonly Gap[] {
  return observed.known || observed.reason === 'not-requested' ? [] : [{ what, scope, reason: observed.reason, detail: observed.detail }];
}

/** Associations whose role was not read, as one gap of their cluster. */
function associationGap({ podIdentityAssociations, name }: Cluster, region: string): readonly Gap[] {
  const unread = whatArrived(podIdentityAssociations).find((association) => association.unread !== undefined)?.unread;
  return unread === undefined ? [] : [{ what: 'eks:DescribePodIdentityAssociation', scope: `${region}/${name}`, ...unread }];
}

/** What was asked of the API server. That the usual view policy keeps webhooks to itself is no gap: no answer hangs on them. */
function insideGaps({ name, namespaces, serviceAccounts, workloads, webhooks, podIdentityAgent }: Cluster, region: string): readonly Gap[] {
  const scope = `${region}/${name}`;
  const isRefused = (observed: Observed<unknown>): boolean => !observed.known && observed.reason === 'denied';
  return [
    ...unreadOf(namespaces, 'kubernetes:ListNamespaces', scope),
    ...unreadOf(serviceAccounts, 'kubernetes:ListServiceAccounts', scope),
    ...unreadOf(workloads, 'kubernetes:ListPods', scope),
    ...(isRefused(webhooks) ? [] : unreadOf(webhooks, 'kubernetes:ListMutatingWebhookConfigurations', scope)),
    ...(isRefused(podIdentityAgent) ? [] : unreadOf(podIdentityAgent, 'kubernetes:GetDaemonSet', scope)),
  ];
}

/** Add-ons that were not described, and what they want, as one gap of their cluster each. */
function addonGaps({ addons, name }: Cluster, region: string): readonly Gap[] {
  const scope = `${region}/${name}`;
  const details = whatArrived(addons).flatMap(({ detail }) => unreadOf(detail, 'eks:DescribeAddon', scope));
  const wants = whatArrived(addons).flatMap((addon) =>
    addon.detail.known ? unreadOf(addon.wants, 'eks:DescribeAddonConfiguration', scope) : [],
  );
  return [...unreadOf(addons, 'eks:ListAddons', scope), ...details.slice(0, 1), ...wants.slice(0, 1)];
}

/** The roles of nodes that were not read, as one gap of their cluster. */
function nodeGroupGaps({ nodeGroups, name }: Cluster, region: string): readonly Gap[] {
  const scope = `${region}/${name}`;
  const roles = whatArrived(nodeGroups).flatMap(({ roleArn }) => unreadOf(roleArn, 'eks:DescribeNodegroup', scope));
  return [...unreadOf(nodeGroups, 'eks:ListNodegroups', scope), ...roles.slice(0, 1)];
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

/** Gaps with what the user accepts of them. */
function withAcceptance(gaps: readonly Gap[], accept: readonly AcceptUnread[]): readonly Unread[] {
  return gaps.map((gap) => {
    const accepted = accept.find(({ scope }) => scope === gap.scope || scope === gap.what || gap.scope.startsWith(`${scope}/`));
    return { ...gap, accepted: accepted !== undefined, acceptedBecause: accepted?.reason ?? null };
  });
}

/** Every read of an inventory that was asked for and not answered. Accepted ones stay, marked. */
export function unreadIn(inventory: Inventory, accept: readonly AcceptUnread[]): readonly Unread[] {
  const regionGaps = inventory.regions.flatMap(({ region, clusters }) => [
    ...(triedInVain(inventory, clusters) ? [] : unreadOf(clusters, 'eks:ListClusters', region)),
    ...whatArrived(clusters).flatMap((cluster) => [
      ...unreadOf(cluster.detail, 'eks:DescribeCluster', `${region}/${cluster.name}`),
      ...insideGaps(cluster, region),
      ...unreadOf(cluster.podIdentityAssociations, 'eks:ListPodIdentityAssociations', `${region}/${cluster.name}`),
      ...associationGap(cluster, region),
      ...addonGaps(cluster, region),
      ...nodeGroupGaps(cluster, region),
    ]),
  ]);
  const gaps = [
    ...unreadOf(inventory.regionList, 'account:ListRegions', 'account'),
    ...regionGaps,
    ...unreadOf(inventory.providers, 'iam:ListOpenIDConnectProviders', 'account'),
    ...whatArrived(inventory.providers).flatMap(({ arn, detail }) => unreadOf(detail, 'iam:GetOpenIDConnectProvider', arn)),
    ...unreadOf(inventory.roles, 'iam:GetAccountAuthorizationDetails', 'account'),
    ...unreadOf(inventory.quotas, 'iam:GetAccountSummary', 'account'),
  ];
  return toldOnce(withAcceptance(gaps, accept));
}

/** Families that nobody asked to look at. */
export function notLookedAt(inventory: Inventory): readonly string[] {
  const clusters = inventory.regions.flatMap((region) => whatArrived(region.clusters));
  const notRequested = (section: (cluster: Cluster) => Observed<unknown>): boolean =>
    clusters.every((cluster) => {
      const observed = section(cluster);
      return !observed.known && observed.reason === 'not-requested';
    });
  return [
    ...(notRequested(({ serviceAccounts }) => serviceAccounts) ? ['service-account'] : []),
    ...(notRequested(({ workloads }) => workloads) ? ['pod'] : []),
    ...(notRequested(({ podIdentityAssociations }) => podIdentityAssociations) ? ['pod-identity'] : []),
    ...(notRequested(({ addons }) => addons) ? ['add-on'] : []),
  ];
}

/**
 * What was looked at, and what was not.
 * @param notJudged what was read, and not judged to the end
 */
export function coverageOf(inventory: Inventory, accept: readonly AcceptUnread[], notJudged: readonly Unread[] = []): Coverage {
  const clusters = inventory.regions.flatMap((region) => whatArrived(region.clusters));
  const read = clusters.filter(({ serviceAccounts }) => serviceAccounts.known);
  const workloads = clusters.flatMap((cluster) => (cluster.workloads.known ? [cluster.workloads.value] : []));
  return {
    regions: inventory.regions.map(({ region }) => region),
    clusters: clusters.length,
    providers: whatArrived(inventory.providers).length,
    roles: whatArrived(inventory.roles).length,
    serviceAccounts: read.length === 0 ? null : read.reduce((sum, { serviceAccounts }) => sum + whatArrived(serviceAccounts).length, 0),
    pods: workloads.length === 0 ? null : workloads.flat().reduce((sum, { pods }) => sum + pods, 0),
    calls: inventory.calls,
    notLookedAt: notLookedAt(inventory),
    unread: [...unreadIn(inventory, accept), ...withAcceptance(notJudged, accept)],
    notes: inventory.notes,
  };
}
