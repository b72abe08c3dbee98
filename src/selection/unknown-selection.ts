import { nearest } from '../lib/nearest.js';
import type { Inventory } from '../model/inventory/inventory.js';
import { allClusters } from '../model/inventory/all-clusters.js';
import { seen } from '../model/inventory/observed.js';
import type { Report } from '../model/report/report.js';
import { isNamed, type SelectionWanted } from './select-findings.js';

/** Something that was chosen to be shown, and is not there. */
export interface UnknownSelection {
  /** `There is no cluster "prd". Did you mean prod?` */
  readonly words: string;
  /** Not all of these were read, so that it may be there. */
  readonly unread: boolean;
}

const SLIP = 3;

/** What there is of one kind. */
interface Known {
  readonly what: string;
  readonly wanted: readonly string[];
  /** As names match them: whole, or behind a slash. */
  readonly values: readonly string[];
  readonly isWhole: boolean;
}

function unknownOf({ what, wanted, values, isWhole }: Known): UnknownSelection[] {
  return wanted
    .filter((name) => !isNamed([name], values))
    .map((name) => {
      const own = name.startsWith('arn:') || name.includes('/') ? values : values.map((value) => value.slice(value.lastIndexOf('/') + 1));
      const near = nearest(name, own, SLIP);
      const hint = near === null ? '' : ` Did you mean ${near}?`;
      const words = isWhole
        ? `There is no ${what} ${JSON.stringify(name)} here.${hint}`
        : `No ${what} that was read is ${JSON.stringify(name)}, and not all were.${hint}`;
      return { words, unread: !isWhole };
    });
}

/**
 * The clusters, roles and namespaces that were chosen and are not there: without a word a slip would read as "nothing found".
 * A role that is not there is one all the same where a finding is about it.
 */
export function unknownSelections(
  { clusters = [], namespaces = [], roles = [] }: SelectionWanted,
  inventory: Inventory,
  { findings }: Pick<Report, 'findings'>,
): readonly UnknownSelection[] {
  const all = allClusters(inventory);
  const isEvery = inventory.regions.every((region) => region.clusters.known);
  const told = findings.flatMap(({ subject, related }) => [subject, ...related].flatMap(({ type, id }) => (type === 'role' ? [id] : [])));
  const inside = all.flatMap(({ serviceAccounts, podIdentityAssociations, workloads }) =>
    [...seen(serviceAccounts), ...seen(podIdentityAssociations), ...seen(workloads)].map(({ namespace }) => namespace),
  );
  // A namespace may be empty: that nothing of it was read is said, and is no slip for certain.
  const readInside = all.some(({ serviceAccounts }) => serviceAccounts.known);
  return [
    ...unknownOf({ what: 'cluster', wanted: clusters, values: all.map(({ region, name }) => `${region}/${name}`), isWhole: isEvery }),
    ...unknownOf({
      what: 'role',
      wanted: roles,
      values: [...seen(inventory.roles).map(({ arn }) => arn), ...told],
      isWhole: inventory.roles.known,
    }),
    ...(readInside ? unknownOf({ what: 'namespace', wanted: namespaces, values: [...new Set(inside)], isWhole: false }) : []),
  ];
}
