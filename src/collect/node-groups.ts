import type { Cluster, NodeGroup } from '../model/inventory/inventory.js';
import { known, unknown, seen, type Observed } from '../model/inventory/observed.js';
import { observePages, observeUnlessGone } from './reading/observe.js';
import type { Asking } from './reading/read-queue.js';

/** It is on the role of the nodes by default, whatever else that has. */
const ON_THE_NODES = 'vpc-cni';

/** Whether an answer of the audit can depend on the roles of the nodes. */
export function needsNodeGroups({ podIdentityAssociations, addons }: Pick<Cluster, 'podIdentityAssociations' | 'addons'>): boolean {
  const withoutRole = seen(addons).some(
    ({ name, detail, wants }) =>
      name !== ON_THE_NODES && detail.known && detail.value.serviceAccountRoleArn === null && seen(wants).length > 0,
  );
  return withoutRole || seen(podIdentityAssociations).length > 0;
}

/** The managed node groups of a cluster with the roles of their nodes. One that is gone between the two reads is left out. */
export async function collectNodeGroups({ aws, queue }: Asking, region: string, cluster: string): Promise<Observed<readonly NodeGroup[]>> {
  const place = `${region}/${cluster}`;
  const listed = await observePages((token) =>
    queue.ask('eks:ListNodegroups', place, (signal) => aws.listNodeGroups(region, cluster, token, signal)),
  );
  const describe = async (name: string): Promise<readonly NodeGroup[]> => {
    const roleArn = await observeUnlessGone(
      queue.ask('eks:DescribeNodegroup', place, (signal) => aws.nodeRole(region, cluster, name, signal)),
    );
    return roleArn === null ? [] : [{ name, roleArn }];
  };
  const groups = (await Promise.all([...seen(listed)].sort().map(describe))).flat();
  if (listed.known) return known(groups);
  return unknown(listed.reason, listed.detail, listed.partial && groups);
}
