import { describe, expect, it } from '@jest/globals';
import { generateAccount, sizeFor } from '../../bench/generate-account.js';
import { collect, type CollectOptions } from '../../src/collect/collect.js';
import type { AwsPort } from '../../src/collect/reading/ports.js';
import { ReadError } from '../../src/collect/reading/read-error.js';
import { unreadIn } from '../../src/engine/run/coverage.js';
import type { Addon, AddonDetail, Inventory } from '../../src/model/inventory/inventory.js';
import { seen } from '../../src/model/inventory/observed.js';
import { answeringAtOnce, describedAddon } from './port-in-memory.js';

const ROLE = 'arn:aws:iam::111122223333:role/r';
const AGENT = 'eks-pod-identity-agent';
/** AWS's own that want nothing of IAM: EKS User Guide, "AWS add-ons". */
const WANTING_NOTHING = ['coredns', 'kube-proxy', 'snapshot-controller', 'eks-node-monitoring-agent', 'aws-guardduty-agent'];

interface MadeUp {
  readonly addons: Readonly<Record<string, AddonDetail>>;
  /** Service accounts that have one, each with the add-on that owns it. */
  readonly associations?: Readonly<Record<string, string | null>>;
}
/** The clusters of regions, by name. */
type Regions = Readonly<Record<string, Readonly<Record<string, MadeUp>>>>;

const page = <T>(items: readonly T[]) => Promise.resolve({ items, next: null });
const named = (names: readonly string[], version = 'v1') => Object.fromEntries(names.map((name) => [name, describedAddon(version)]));

function accountOf(regions: Regions, instead: Partial<AwsPort> = {}): AwsPort {
  const made = (region: string, cluster: string): MadeUp => regions[region]?.[cluster] ?? { addons: {} };
  return answeringAtOnce({
    listClusters: (region) => page(Object.keys(regions[region] ?? {})),
    listAddons: (region, cluster) => page(Object.keys(made(region, cluster).addons)),
    describeAddon: (region, cluster, name) => Promise.resolve(made(region, cluster).addons[name] ?? null),
    addonPermissions: (_, name) => Promise.resolve([{ serviceAccount: `${name}-sa`, recommendedPolicyArns: [] }]),
    listAssociations: (region, { cluster }) =>
      page(
        Object.entries(made(region, cluster).associations ?? {}).map(([serviceAccount, owner]) => ({
          namespace: 'n',
          serviceAccount,
          id: `a-${serviceAccount}`,
          ownerArn: owner === null ? null : `arn:aws:eks:${region}:111122223333:addon/${cluster}/${owner}/1`,
        })),
      ),
    describeAssociation: () => Promise.resolve({ roleArn: ROLE, targetRoleArn: null, disableSessionTags: false, externalId: null }),
    listNodeGroups: () => page(['blue', 'green']),
    nodeRole: () => Promise.resolve(ROLE),
    ...instead,
  });
}

const read = (regions: Regions, instead: Partial<AwsPort> = {}, options: Partial<CollectOptions> = {}): Promise<Inventory> =>
  collect(accountOf(regions, instead), {
    regions: Object.keys(regions),
    now: () => 0,
    startedAt: '2026-11-23T10:00:00.000Z',
    deadline: null,
    ...options,
  });

const addonsOf = ({ regions }: Inventory): readonly Addon[] =>
  regions.flatMap(({ clusters }) => seen(clusters).flatMap(({ addons }) => seen(addons)));
const describedIn = (inventory: Inventory): readonly string[] =>
  addonsOf(inventory)
    .filter(({ detail }) => detail.known)
    .map(({ name }) => name);

describe('an account with two regions and clusters of five add-ons', () => {
  const usual = { ...named(['vpc-cni', 'coredns', 'kube-proxy', AGENT]), 'aws-ebs-csi-driver': describedAddon('v1', ROLE) };

  it('is read by these calls and no other', async () => {
    const regions = {
      'eu-west-1': { prod: { addons: usual, associations: { app: null } }, dev: { addons: usual } },
      'eu-west-3': { prod: { addons: usual }, dr: { addons: usual, associations: { app: null, job: null } } },
    };
    const { calls } = await read(regions, {
      listProviders: () => Promise.resolve(['arn:aws:iam::111122223333:oidc-provider/p', 'arn:aws:iam::111122223333:oidc-provider/q']),
    });
    expect(calls).toEqual({
      'sts:GetCallerIdentity': 1,
      'eks:ListClusters': 2,
      'eks:DescribeCluster': 4,
      'eks:ListPodIdentityAssociations': 4,
      'eks:DescribePodIdentityAssociation': 3,
      'eks:ListAddons': 4,
      // Of each cluster the two that want something, and the agent of the two clusters with associations.
      'eks:DescribeAddon': 2 * 4 + 2,
      // Of the two that want something, once each.
      'eks:DescribeAddonConfiguration': 2,
      // Of the two clusters with associations.
      'eks:ListNodegroups': 2,
      'eks:DescribeNodegroup': 4,
      'iam:ListOpenIDConnectProviders': 1,
      'iam:GetOpenIDConnectProvider': 2,
      'iam:GetAccountAuthorizationDetails': 1,
      'iam:GetAccountSummary': 1,
      'iam:ListAccountAliases': 1,
    });
  });
});

describe('the account that the bench reads', () => {
  const clusters = generateAccount(sizeFor(1_000)).inventory.regions.flatMap(({ clusters: those }) => seen(those));

  it('has clusters of four to six add-ons, of which one to three want something', () => {
    for (const { addons } of clusters) {
      const wanting = seen(addons).filter(({ wants }) => seen(wants).length > 0);
      expect([4, 5, 6]).toContain(seen(addons).length);
      expect([1, 2, 3]).toContain(wanting.length);
    }
  });

  it('is read by the least calls of EKS', async () => {
    const regions: Record<string, Record<string, MadeUp>> = {};
    for (const { region, name, addons, podIdentityAssociations } of clusters) {
      (regions[region] ??= {})[name] = {
        addons: Object.fromEntries(seen(addons).flatMap(({ name: addon, detail }) => (detail.known ? [[addon, detail.value]] : []))),
        associations: Object.fromEntries(seen(podIdentityAssociations).map(({ serviceAccount }) => [serviceAccount, 'the-owner'])),
      };
    }
    const { calls } = await read(regions);
    expect(Object.fromEntries(Object.entries(calls).filter(([action]) => action.startsWith('eks:')))).toEqual({
      'eks:ListClusters': 17,
      'eks:DescribeCluster': 50,
      'eks:ListPodIdentityAssociations': 50,
      'eks:DescribePodIdentityAssociation': 10,
      'eks:ListAddons': 50,
      // The CNI of each cluster, EBS of 25, CloudWatch of ten, and the agent of these ten, which have an association.
      'eks:DescribeAddon': 50 + 25 + 10 + 10,
      // Two versions of the CNI and of CloudWatch, and one of EBS.
      'eks:DescribeAddonConfiguration': 5,
      'eks:ListNodegroups': 10,
      'eks:DescribeNodegroup': 20,
    });
  });
});

describe('an add-on', () => {
  const inOne = (addons: MadeUp['addons'], associations: MadeUp['associations'] = {}) => ({
    'eu-west-1': { prod: { addons, associations } },
  });

  it.each(WANTING_NOTHING)('that wants nothing of IAM is listed and not described, which is no gap: %s', async (name) => {
    const inventory = await read(inOne(named([name])));
    const notAsked = { known: false, reason: 'not-requested' };
    expect(addonsOf(inventory)).toMatchObject([{ name, detail: notAsked, wants: notAsked }]);
    expect(unreadIn(inventory, [])).toEqual([]);
  });

  it('that is not known here is described, and asked what it wants', async () => {
    const inventory = await read(inOne(named(['acme_agent', 'metrics-server'])));
    expect(describedIn(inventory)).toEqual(['acme_agent', 'metrics-server']);
    expect(inventory.calls['eks:DescribeAddonConfiguration']).toBe(2);
  });

  it('that wants nothing, and owns an association all the same, is described', async () => {
    const own = inOne(named(['coredns', 'kube-proxy']), { 'coredns-sa': 'coredns' });
    expect(describedIn(await read(own))).toEqual(['coredns']);
  });

  it('that is the agent is described where there are associations, and not asked what it wants', async () => {
    const inventory = await read(inOne(named([AGENT]), { app: null }));
    expect(describedIn(inventory)).toEqual([AGENT]);
    expect(inventory.calls['eks:DescribeAddonConfiguration']).toBeUndefined();
    expect(unreadIn(inventory, [])).toEqual([]);
  });

  it('that is the agent is described where a list of associations was cut', async () => {
    const cut: AwsPort['listAssociations'] = (_, __, token) =>
      token === null
        ? Promise.resolve({ items: [{ namespace: 'n', serviceAccount: 's', id: 'a-1', ownerArn: null }], next: 'more' })
        : Promise.reject(new ReadError('denied', 'no'));
    expect(describedIn(await read(inOne(named([AGENT])), { listAssociations: cut }))).toEqual([AGENT]);
  });

  it('does not wait for the associations where it is described in any case', async () => {
    let answer = (): void => undefined;
    const described = new Promise<void>((resolve) => (answer = resolve));
    const inventory = await read(inOne(named(['vpc-cni'])), {
      listAssociations: () => described.then(() => ({ items: [], next: null })),
      describeAddon: () => {
        answer();
        return Promise.resolve(describedAddon('v1'));
      },
    });
    expect(describedIn(inventory)).toEqual(['vpc-cni']);
  });
});

describe('what a version of an add-on wants', () => {
  const REGIONS = ['eu-west-1', 'eu-west-2', 'eu-west-3'];
  const everywhere = (...versions: readonly string[]): Regions =>
    Object.fromEntries(
      REGIONS.map((region) => [
        region,
        Object.fromEntries(versions.map((version, at) => [`c${at}`, { addons: named(['acme_agent'], version) }])),
      ]),
    );
  /** Where each call went, and how it was answered: later than all calls that are made at once. */
  function asking(answers: (region: string) => boolean) {
    const asked: string[] = [];
    const addonPermissions: AwsPort['addonPermissions'] = async (region, name, version) => {
      asked.push(`${region} ${name} ${version}`);
      await new Promise(setImmediate);
      if (!answers(region)) throw new ReadError('denied', `not in ${region}`);
      return [{ serviceAccount: `${name}-sa`, recommendedPolicyArns: [] }];
    };
    return { asked, port: { addonPermissions } };
  }

  it('is asked once in the whole account, by clusters that are read side by side too', async () => {
    const { asked, port } = asking(() => true);
    const inventory = await read(everywhere('v1', 'v1', 'v2'), port);
    expect(asked.map((one) => one.split(' ').slice(1).join(' ')).sort()).toEqual(['acme_agent v1', 'acme_agent v2']);
    expect(addonsOf(inventory).map(({ wants }) => seen(wants).length)).toEqual(Array.from({ length: 9 }, () => 1));
  });

  it('is asked again in another region where the first has no answer, once in each', async () => {
    const { asked, port } = asking((region) => region !== 'eu-west-1');
    const inventory = await read(everywhere('v1', 'v1'), port);
    expect([...asked].sort()).toEqual(REGIONS.map((region) => `${region} acme_agent v1`));
    const unread = unreadIn(inventory, []).map(({ what, scope, detail }) => [what, scope, detail]);
    expect(unread).toEqual(['c0', 'c1'].map((name) => ['eks:DescribeAddonConfiguration', `eu-west-1/${name}`, 'not in eu-west-1']));
  });
});
