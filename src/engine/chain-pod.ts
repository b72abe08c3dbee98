import { injectedContainers } from '../facts/running-pods.js';
import type { ChainTarget } from '../model/chain.js';
import type { Cluster } from '../model/inventory.js';
import type { ContainerIdentity, Workload } from '../model/workload.js';
import { broken, notRead, ok, undecided, type Found } from './chain-link.js';

const hasKeys = ({ variables }: ContainerIdentity): boolean => variables.includes('AWS_ACCESS_KEY_ID');

/** Whether the pods of a service account got what the webhook gives: the variables of web identity, and a token. */
export function injectionLink(workload: Workload | null, cluster: Cluster, { pod }: ChainTarget, role: string): Found {
  if (workload === null) {
    if (!cluster.workloads.known) return notRead('The pods of the cluster', cluster.workloads);
    return pod === null
      ? undecided('No running pod uses this service account.')
      : broken(`No running pod ${pod} uses this service account.`);
  }
  const name = `${workload.owner.kind} ${workload.owner.name} (pod ${workload.example})`;
  if (workload.skipsWebhook) return broken(`${name} carries the label that keeps the webhook away.`, 'Unable to locate credentials');
  const own = injectedContainers(workload);
  const overridden = own.find(hasKeys);
  if (overridden !== undefined)
    return broken(`The container ${overridden.name} of ${name} sets AWS_ACCESS_KEY_ID, which SDKs take before the role.`);
  const without = own.find(({ roleArn, tokenFile }) => roleArn === null || tokenFile === null);
  if (without !== undefined)
    return broken(
      `The container ${without.name} of ${name} got no AWS_ROLE_ARN and token: it was made before the annotation, or without the webhook.`,
      'Unable to locate credentials',
    );
  const stale = own.find(({ roleArn }) => roleArn !== role);
  if (stale !== undefined)
    return broken(`The container ${stale.name} of ${name} has the role ${String(stale.roleArn)}, and the annotation names another.`);
  return ok(`${name} has the role and a token.`);
}
