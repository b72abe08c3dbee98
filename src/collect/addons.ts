import type { Addon, AddonPermissions } from '../model/inventory/inventory.js';
import { known, unknown, seen, type Observed } from '../model/inventory/observed.js';
import { observe, observePages, observeUnlessGone } from './reading/observe.js';
import type { Asking } from './reading/read-queue.js';

/** What one version of an add-on wants is the same for every cluster of a region: it is asked once. */
export type AskedWants = Map<string, Promise<Observed<readonly AddonPermissions[]>>>;

const NO_VERSION: Addon['wants'] = unknown('not-requested', 'The version of the add-on is not known.');

/**
 * The EKS add-ons of a cluster, each with what EKS says that its version wants from IAM. One that is gone between being
 * listed and being described is left out.
 */
export async function collectAddons(
  { aws, queue }: Asking,
  region: string,
  cluster: string,
  asked: AskedWants,
): Promise<Observed<readonly Addon[]>> {
  const place = `${region}/${cluster}`;
  const wantsOf = (name: string, version: string): Promise<Observed<readonly AddonPermissions[]>> => {
    const key = `${region} ${name} ${version}`;
    const answer =
      asked.get(key) ??
      observe(queue.ask('eks:DescribeAddonConfiguration', place, (signal) => aws.addonPermissions(region, name, version, signal)));
    asked.set(key, answer);
    return answer;
  };
  const describe = async (name: string): Promise<readonly Addon[]> => {
    const detail = await observeUnlessGone(
      queue.ask('eks:DescribeAddon', place, (signal) => aws.describeAddon(region, cluster, name, signal)),
    );
    if (detail === null) return [];
    if (!detail.known) return [{ name, detail, wants: unknown(detail.reason, detail.detail) }];
    const { version } = detail.value;
    return [{ name, detail, wants: version === null ? NO_VERSION : await wantsOf(name, version) }];
  };
  const listed = await observePages((token) =>
    queue.ask('eks:ListAddons', place, (signal) => aws.listAddons(region, cluster, token, signal)),
  );
  const addons = (await Promise.all([...seen(listed)].sort().map(describe))).flat();
  if (listed.known) return known(addons);
  return unknown(listed.reason, listed.detail, listed.partial && addons);
}
