import { parseRoleArn } from '../../facts/account/role-arn.js';
import { groupBy } from '../../lib/group-by.js';
import type { ChainLink, ChainTarget } from '../../model/report/chain.js';
import type { Cluster } from '../../model/inventory/inventory.js';
import { seen } from '../../model/inventory/observed.js';
import { deniedToNode } from '../../model/report/pod-identity-errors.js';
import { NO_CREDENTIALS, NO_NODE_ROLE } from '../../model/report/sdk-errors.js';

/** Roles of nodes that are named: pods run on some node, and which one is not kept. */
const MOST_NODES = 3;

/**
 * What SDKs say in pods that nothing gave credentials: most ask the node for its own, which answers or does not
 * (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html). Pods on Fargate have no such node.
 * @returns empty where something gave them credentials
 */
export function errorsWithoutRole(
  cluster: Cluster,
  target: ChainTarget,
  links: readonly ChainLink[],
  isRoleless: boolean,
): readonly string[] {
  const broken = links.find(({ state }) => state === 'broken');
  if (broken === undefined ? !isRoleless : broken.error !== NO_CREDENTIALS) return [];
  const pods = seen(cluster.workloads).filter((one) => one.namespace === target.namespace && one.serviceAccount === target.serviceAccount);
  if (pods.length > 0 && pods.every(({ fargate }) => fargate)) return [NO_CREDENTIALS];
  const byRole = groupBy(seen(cluster.nodeGroups), ({ roleArn }) => (roleArn.known ? roleArn.value : ''));
  const roles = [...byRole.keys()].filter((arn) => parseRoleArn(arn) !== null).slice(0, MOST_NODES);
  const [, partition = 'aws', , , account = ''] = cluster.arn.split(':');
  const named = roles.length > 0 ? roles : [`arn:${partition}:iam::${account}:role/<role of the node>`];
  return [NO_CREDENTIALS, NO_NODE_ROLE, ...named.map((arn) => deniedToNode(arn, '…', '…'))];
}
