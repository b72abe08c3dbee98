import type { PodIdentityAssociation } from '../model/inventory/inventory.js';
import { known, unknown, seen, type Observed } from '../model/inventory/observed.js';
import { observePages, observeUnlessGone } from './reading/observe.js';
import type { ListedAssociation, ServiceAccountName } from './reading/ports.js';
import type { Asking } from './reading/read-queue.js';

/**
 * The Pod Identity associations of a cluster, each with its role or the reason why that is not known. One that is gone
 * between being listed and being described is left out, as if it had gone a moment earlier.
 * @param of only that service account's, where it is given
 */
export async function collectAssociations(
  { aws, queue }: Asking,
  region: string,
  cluster: string,
  of?: ServiceAccountName,
): Promise<Observed<readonly PodIdentityAssociation[]>> {
  const place = `${region}/${cluster}`;
  const listed = await observePages((token) =>
    queue.ask('eks:ListPodIdentityAssociations', place, (signal) => aws.listAssociations(region, { cluster, of }, token, signal)),
  );
  const describe = async (one: ListedAssociation): Promise<readonly PodIdentityAssociation[]> => {
    const answer = await observeUnlessGone(
      queue.ask('eks:DescribePodIdentityAssociation', place, (signal) => aws.describeAssociation(region, cluster, one.id, signal)),
    );
    if (answer === null) return [];
    if (answer.known) return [{ ...one, ...answer.value }];
    return [{ ...one, roleArn: null, unread: { reason: answer.reason, detail: answer.detail } }];
  };
  const associations = (await Promise.all(seen(listed).map(describe))).flat().sort(byPlace);
  if (listed.known) return known(associations);
  return unknown(listed.reason, listed.detail, listed.partial && associations);
}

const keyOf = ({ namespace, serviceAccount }: PodIdentityAssociation): string => `${namespace}/${serviceAccount}`;

function byPlace(left: PodIdentityAssociation, right: PodIdentityAssociation): number {
  return keyOf(left) < keyOf(right) ? -1 : 1;
}
