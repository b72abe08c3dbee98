import { ROLE_ANNOTATION } from '../../src/model/inventory/annotations.js';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { known, seen, unknown, type Observed } from '../../src/model/inventory/observed.js';
import { NOTHING_INSIDE } from '../../src/model/contract/sections.js';

/** A service account of a cluster. */
export interface OneAccount {
  readonly namespace: string;
  readonly serviceAccount: string;
}

const PART = 'One workload alone was asked for.';

/** Of a section that was read whole those that are asked for; what was not read stays as it is. */
const partOf = <T>(observed: Observed<readonly T[]>, is: (one: T) => boolean): Observed<readonly T[]> =>
  observed.known ? unknown('not-requested', PART, observed.value.filter(is)) : observed;

/** What `why` reads of one workload in the place of an account (src/collect/workload.ts), as an inventory of the whole holds it. */
export function narrowed(inventory: Inventory, cluster: Cluster, { namespace, serviceAccount }: OneAccount): Inventory {
  const isOf = (one: { readonly namespace: string; readonly serviceAccount: string }): boolean =>
    one.namespace === namespace && one.serviceAccount === serviceAccount;
  const account = seen(cluster.serviceAccounts).find((one) => one.namespace === namespace && one.name === serviceAccount);
  const association = seen(cluster.podIdentityAssociations).find(isOf);
  const own = { ...NOTHING_INSIDE, name: cluster.name, region: cluster.region, arn: cluster.arn, detail: cluster.detail };
  const { podIdentityAssociations: all, serviceAccounts, workloads } = cluster;
  const annotated = account?.annotations[ROLE_ANNOTATION] ?? '';
  const isRoleless = all.known && association === undefined && annotated === '';
  const isLost = serviceAccounts.known && association !== undefined;
  const isWhole = account === undefined ? isLost : isRoleless;
  const narrow: Cluster = {
    ...own,
    serviceAccounts,
    workloads: partOf(workloads, isOf),
    networkPolicies: cluster.networkPolicies.known
      ? known(cluster.networkPolicies.value.filter((one) => one.namespace === namespace))
      : cluster.networkPolicies,
    podIdentityAgent: cluster.podIdentityAgent,
    podIdentityAssociations: all.known ? known(all.value.filter(isOf)) : all,
    namespaces: partOf(cluster.namespaces, ({ name }) => name === namespace),
    nodeGroups: association === undefined ? NOTHING_INSIDE.nodeGroups : cluster.nodeGroups,
  };
  const arn = association?.roleArn ?? account?.annotations[ROLE_ANNOTATION];
  const arns = association?.targetRoleArn == null && arn != null ? [arn] : [];
  const roles = arns.flatMap((arn) => seen(inventory.roles).filter((role) => role.arn === arn));
  const isEveryRole = arns.length === 0 || roles.length < arns.length;
  return {
    ...inventory,
    regionList: unknown('not-requested', PART),
    regions: [{ region: cluster.region, clusters: unknown('not-requested', PART, [isWhole ? cluster : narrow]) }],
    providers: association === undefined ? inventory.providers : unknown('not-requested', PART),
    roles: isEveryRole ? inventory.roles : unknown('not-requested', PART, roles),
    managedPolicies: isEveryRole ? inventory.managedPolicies : unknown('not-requested', PART),
  };
}
