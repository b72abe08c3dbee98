import type { ClusterHas } from '../../model/contract/has.js';
import type { Cluster, Inventory } from '../../model/inventory/inventory.js';
import { unanswered, whole, type Observed, type Unknown } from '../../model/inventory/observed.js';
import { CLUSTER_SECTIONS, missing, thingsIn, type Section, type UsageNeed } from '../../model/contract/sections.js';

/** What was not read of the things of a section by which it would be known which roles they use. */
function rolesUnread({ details = [] }: Section, observed: Observed<unknown>): readonly Unknown<unknown>[] {
  const telling = details.filter(({ tellsRoles }) => tellsRoles === true);
  return telling.length === 0
    ? []
    : thingsIn(observed).flatMap((thing) => telling.flatMap((detail) => missing(detail, detail.of(thing)) ?? []));
}

function tellsUse(section: Section, observed: Observed<unknown>): boolean {
  if (!observed.known) return section.usage === 'asked' && observed.reason === 'not-requested';
  return rolesUnread(section, observed).length === 0;
}

/** Whether something of a cluster by which a role may be in use was asked for and not read. */
export function isUsageUnanswered(cluster: ClusterHas<UsageNeed>): boolean {
  return CLUSTER_SECTIONS.some((section) => {
    if (section.usage === undefined) return false;
    const observed = cluster[section.at as keyof typeof cluster & typeof section.at];
    return [observed, ...rolesUnread(section, observed)].some((one) => unanswered(one) !== null);
  });
}

/** Whether everything of a cluster was read by which a role may be in use. */
export function isReadForUsage(cluster: Cluster): boolean {
  return CLUSTER_SECTIONS.every((section) => section.usage === undefined || tellsUse(section, cluster[section.at]));
}

/** Whether that was read of every cluster that was asked for: only then is "nobody uses it" a fact. */
export function tellsEveryUse({ regions }: Inventory): boolean {
  return regions.every(({ clusters }) => whole(clusters)?.every(isReadForUsage) === true);
}

/** The ARNs of the roles that things in clusters use, but for those of service accounts. */
export function rolesInUse(clusters: readonly Cluster[]): ReadonlySet<string> {
  const arns = CLUSTER_SECTIONS.flatMap((section) =>
    section.rolesOf === undefined
      ? []
      : clusters.flatMap((cluster) => thingsIn(cluster[section.at]).flatMap((thing) => section.rolesOf?.(thing) ?? [])),
  );
  return new Set(arns.filter((arn) => arn != null));
}
