import { DescribeNodegroupCommand, ListNodegroupsCommand, ResourceNotFoundException } from '@aws-sdk/client-eks';
import type { Page } from '../ports.js';
import { answered } from './classify-error.js';
import type { Clients } from './clients.js';
import { listIn, nextIn, present } from './contents.js';
import { isElsewhere } from './eks.js';

/** A page of the names of a cluster's managed node groups. */
export async function listNodeGroups(
  clients: Clients,
  region: string,
  clusterName: string,
  token: string | null,
  signal: AbortSignal,
): Promise<Page<string>> {
  const command = new ListNodegroupsCommand({ clusterName, maxResults: 100, ...(token !== null && { nextToken: token }) });
  const elsewhere = await isElsewhere(clients, region);
  const answer = await answered(clients.eks(region).send(command, { abortSignal: signal }), elsewhere);
  return { items: listIn(answer.nodegroups, 'nodegroups'), next: nextIn(answer.nextToken) };
}

/** The ARN of the role of a group's nodes; null where the group is gone. */
export async function nodeRole(
  clients: Clients,
  region: string,
  clusterName: string,
  nodegroupName: string,
  signal: AbortSignal,
): Promise<string | null> {
  const elsewhere = await isElsewhere(clients, region);
  const call = clients
    .eks(region)
    .send(new DescribeNodegroupCommand({ clusterName, nodegroupName }), { abortSignal: signal })
    .catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) return null;
      throw error;
    });
  const answer = await answered(call, elsewhere);
  return answer === null ? null : present(answer.nodegroup?.nodeRole, 'role of the node group');
}
