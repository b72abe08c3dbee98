import { DescribeNodegroupCommand, ListNodegroupsCommand } from '@aws-sdk/client-eks';
import type { Page } from '../reading/ports.js';
import { askEks, askEksAbout } from './ask-eks.js';
import type { ApiCall } from './clients.js';
import { nextIn, textIn, textsIn } from './contents.js';

/** A page of the names of a cluster's managed node groups. */
export async function listNodeGroups(
  { clients, region, signal }: ApiCall,
  clusterName: string,
  token: string | null,
): Promise<Page<string>> {
  const command = new ListNodegroupsCommand({ clusterName, maxResults: 100, ...(token !== null && { nextToken: token }) });
  const answer = await askEks(clients, region, (eks) => eks.send(command, { abortSignal: signal }));
  return { items: textsIn(answer.nodegroups, 'nodegroups'), next: nextIn(answer.nextToken) };
}

/** The ARN of the role of a group's nodes; null where the group is gone. */
export async function nodeRole({ clients, region, signal }: ApiCall, clusterName: string, nodegroupName: string): Promise<string | null> {
  const command = new DescribeNodegroupCommand({ clusterName, nodegroupName });
  const answer = await askEksAbout(clients, region, (eks) => eks.send(command, { abortSignal: signal }));
  return answer === null ? null : textIn(answer.nodegroup?.nodeRole, 'role of the node group');
}
