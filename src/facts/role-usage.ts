import type { Cluster, Inventory } from '../model/inventory.js';
import { whole, type Observed } from '../model/observed.js';
import { CLUSTER_SECTIONS, thingsIn, type Section } from '../model/sections.js';

function tellsUse({ usage, details = [] }: Section, observed: Observed<unknown>): boolean {
  if (!observed.known) return usage === 'asked' && observed.reason === 'not-requested';
  const telling = details.filter(({ tellsRoles }) => tellsRoles === true);
  return telling.length === 0 || thingsIn(observed).every((thing) => telling.every((detail) => detail.of(thing).known));
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
