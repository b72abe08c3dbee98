import { POD_IDENTITY_AGENT, wantsNothing } from '../model/inventory/eks-addons.js';
import type { Addon, AddonPermissions, PodIdentityAssociation } from '../model/inventory/inventory.js';
import { known, unknown, seen, type Observed } from '../model/inventory/observed.js';
import { observe, observePages, observeUnlessGone } from './reading/observe.js';
import type { Asking } from './reading/read-queue.js';

type Wants = Addon['wants'];

/** What versions of add-ons want, as far as it was asked for: the answers, and those that are waited for. */
export type AskedWants = Map<string, Promise<Wants>>;

/** What reading add-ons needs. */
export interface ReadingAddons extends Asking {
  /** Of the whole account. */
  readonly wants: AskedWants;
}

const NO_VERSION: Wants = unknown('not-requested', 'The version of the add-on is not known.');
const NO_USE = unknown('not-requested', 'AWS says that this add-on wants nothing of IAM.');

/** The first answer to a question, asked when it comes up for the first time. */
function once(asked: AskedWants, question: string, ask: () => Promise<Wants>): Promise<Wants> {
  const answer = asked.get(question) ?? ask();
  asked.set(question, answer);
  return answer;
}

/**
 * What one version of an add-on wants is the same in every region of a partition (facts: DescribeAddonConfiguration), so that one
 * answer does for the account. Why there is none may be a matter of the region: where the one that was asked first gave none, each
 * asks for itself.
 */
async function wantsOf({ aws, queue, wants }: ReadingAddons, place: string, name: string, version: string): Promise<Wants> {
  const [region = ''] = place.split('/');
  const question = `${name} ${version}`;
  const ask = (): Promise<Wants> =>
    once(wants, `${region} ${question}`, () =>
      observe<readonly AddonPermissions[]>(
        queue.ask('eks:DescribeAddonConfiguration', place, (signal) => aws.addonPermissions(region, name, version, signal)),
      ),
    );
  const first = await once(wants, question, ask);
  return first.known ? first : ask();
}

/**
 * Whether a rule has a use for an add-on that wants nothing: the health of the agent where there are associations, and whether one
 * that owns an association is still being installed.
 */
function isOfUse(name: string, associations: readonly PodIdentityAssociation[]): boolean {
  if (name === POD_IDENTITY_AGENT) return associations.length > 0;
  return associations.some(({ ownerArn }) => ownerArn?.includes(`/${name}/`) === true);
}

/**
 * The EKS add-ons of a cluster, each with what EKS says that its version wants from IAM, where that is of use to a rule. One that is
 * gone between being listed and being described is left out.
 * @param associations those of the cluster, which not every add-on waits for
 */
export async function collectAddons(
  reading: ReadingAddons,
  region: string,
  cluster: string,
  associations: Promise<Observed<readonly PodIdentityAssociation[]>>,
): Promise<Observed<readonly Addon[]>> {
  const { aws, queue } = reading;
  const place = `${region}/${cluster}`;
  const describe = async (name: string): Promise<readonly Addon[]> => {
    if (wantsNothing(name) && !isOfUse(name, seen(await associations))) return [{ name, detail: NO_USE, wants: NO_USE }];
    const detail = await observeUnlessGone(
      queue.ask('eks:DescribeAddon', place, (signal) => aws.describeAddon(region, cluster, name, signal)),
    );
    if (detail === null) return [];
    if (!detail.known) return [{ name, detail, wants: unknown(detail.reason, detail.detail) }];
    const { version } = detail.value;
    if (version === null) return [{ name, detail, wants: NO_VERSION }];
    return [{ name, detail, wants: wantsNothing(name) ? NO_USE : await wantsOf(reading, place, name, version) }];
  };
  const listed = await observePages((token) =>
    queue.ask('eks:ListAddons', place, (signal) => aws.listAddons(region, cluster, token, signal)),
  );
  const addons = (await Promise.all([...seen(listed)].sort().map(describe))).flat();
  if (listed.known) return known(addons);
  return unknown(listed.reason, listed.detail, listed.partial && addons);
}
