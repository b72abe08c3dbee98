import { ROLE_ANNOTATION } from '../src/model/inventory/annotations.js';
import type { Cluster, Inventory, Json, PodIdentityAssociation, Role, ServiceAccount } from '../src/model/inventory/inventory.js';
import { known, seen } from '../src/model/inventory/observed.js';
import { auditInventory } from '../src/pipeline/pipeline.js';
import { trustOf } from './defects.js';
import { median, type Figure } from './figures.js';
import { generateAccount } from './generate-account.js';
import { inOwnProcess } from './measured-process.js';
import { runtime } from './runtime.js';

const RUNS = 3;
const SIZE = 2_000;
/** Twice the number may take at most this many times as long. Two would be linear; a quarter is left for noise. */
const MOST_GROWTH = 2.5;
/** A millisecond for each of them, and some for what is done once. */
const MOST_MS = 5_000;

interface Parts {
  readonly roles: readonly Role[];
  readonly serviceAccounts?: readonly ServiceAccount[];
  readonly podIdentityAssociations?: readonly PodIdentityAssociation[];
}

/** What the accounts below are made of, in the place of the one cluster and the one role of a generated account. */
interface Makers {
  readonly arnOf: (name: string) => string;
  readonly roleNamed: (name: string, trustPolicy: Json, inlinePolicies?: Role['inlinePolicies']) => Role;
  /** The trust policy for one service account. */
  readonly forPods: (name: string) => Json;
}

/** Accounts in 50 namespaces, each with the annotation of a role, or none. */
const accountsOf = (count: number, role: (index: number) => string | null): readonly ServiceAccount[] =>
  Array.from({ length: count }, (_, index) => {
    const arn = role(index);
    return { namespace: `team-${index % 50}`, name: `app-${index}`, annotations: arn === null ? {} : { [ROLE_ANNOTATION]: arn } };
  });

const TAGGED: Json = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: { StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'team-1' } },
    },
  ],
};

const resources = (count: number, name: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => `arn:aws:s3:::${name(index)}`);

/** What one account has very many of, all of them broken. */
const ACCOUNTS: Readonly<Record<string, (count: number, makers: Makers) => Parts>> = {
  'service accounts that carry a role which names one of them': (count, { arnOf, roleNamed, forPods }) => ({
    roles: [roleNamed('shared', forPods('app-0'))],
    serviceAccounts: accountsOf(count, () => arnOf('shared')),
  }),
  'service accounts that each carry the role of the next': (count, { arnOf, roleNamed, forPods }) => ({
    roles: Array.from({ length: count }, (_, index) => roleNamed(`app-${index}`, forPods(`app-${index}`))),
    serviceAccounts: accountsOf(count, (index) => arnOf(`app-${(index + 50) % count}`)),
  }),
  'roles whose service account is named otherwise': (count, { roleNamed, forPods }) => ({
    roles: Array.from({ length: count }, (_, index) => roleNamed(`app-${index}`, forPods(`apq-${index}`))),
    serviceAccounts: accountsOf(count, () => null),
  }),
  'associations of one role that all need their session tags': (count, { arnOf, roleNamed }) => ({
    roles: [roleNamed('shared', TAGGED)],
    podIdentityAssociations: accountsOf(count, () => null).map(({ namespace, name }) => ({
      namespace,
      serviceAccount: name,
      roleArn: arnOf('shared'),
      id: `a-${name}`,
      disableSessionTags: true,
    })),
  }),
  'resources of one role, half of them buckets where objects are meant': (count, { roleNamed, forPods }) => ({
    roles: [
      roleNamed('reader', forPods('app-0'), [
        {
          name: 'own',
          document: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Action: 's3:GetObject', Resource: resources(count / 2, (index) => `logs-${index}`) },
              { Effect: 'Allow', Action: 's3:GetObject', Resource: resources(count / 2, (index) => `other*${index}/*`) },
            ],
          },
        },
      ]),
    ],
  }),
};

function accountOf(make: (count: number, makers: Makers) => Parts, count: number): Inventory {
  const { inventory: one } = generateAccount({ roles: 1, clusters: 1, regions: 1 });
  const [template] = seen(one.roles);
  const [cluster] = one.regions.flatMap(({ clusters }) => seen(clusters));
  if (template === undefined || cluster === undefined) throw new TypeError('an account of one has one of each');
  const { partition, account } = one;
  const url = cluster.detail.known ? (cluster.detail.value.issuer ?? '').replace('https://', '') : '';
  const arnOf = (name: string): string => `arn:${partition}:iam::${account}:role/${name}`;
  const { roles, serviceAccounts, podIdentityAssociations } = make(count, {
    arnOf,
    roleNamed: (name, trustPolicy, inlinePolicies = []) => ({
      ...template,
      name,
      arn: arnOf(name),
      trustPolicy,
      inlinePolicies,
      attachedPolicyArns: [],
    }),
    forPods: (name) => trustOf([{ partition, account, url, namespace: 'team-0', name }]),
  });
  const given: Cluster = {
    ...cluster,
    serviceAccounts: known(serviceAccounts ?? []),
    podIdentityAssociations: known(podIdentityAssociations ?? []),
  };
  return { ...one, roles: known(roles), regions: one.regions.map((place) => ({ ...place, clusters: known([given]) })) };
}

interface Once {
  readonly ms: number;
  readonly findings: number;
}

/** The part that runs in a process of its own. @param packed the size, and the place of the account in the list times a million */
export function manyOnce(packed: number): void {
  const make = Object.values(ACCOUNTS)[Math.floor(packed / 1e6)];
  if (make === undefined) throw new RangeError(`there is no account ${packed}`);
  const inventory = accountOf(make, packed % 1e6);
  const start = process.cpuUsage();
  const { findings } = auditInventory(inventory);
  const { user, system } = process.cpuUsage(start);
  process.send?.({ ms: (user + system) / 1000, findings: findings.length } satisfies Once);
}

/** CPU of auditing an account that has thousands of one thing, all of them broken, and how it grows with their number. */
export async function manyOfOne(): Promise<readonly Figure[]> {
  const { node } = runtime();
  const figures: Figure[] = [];
  for (const [index, what] of Object.keys(ACCOUNTS).entries()) {
    const once = async (size: number): Promise<Once> => {
      const runs: Once[] = [];
      while (runs.length < RUNS) runs.push(await inOwnProcess<Once>(node, 'many-once', String(index * 1e6 + size)));
      return { ms: median(runs.map(({ ms }) => ms)), findings: runs[0]?.findings ?? 0 };
    };
    const [less, more] = [await once(SIZE), await once(2 * SIZE)];
    const growth = more.ms / less.ms;
    figures.push({
      what: `${2 * SIZE} ${what}`,
      measured: `${more.ms.toFixed(0)} ms, ${growth.toFixed(1)} times half as many (${more.findings} findings)`,
      limit: `≤ ${MOST_MS} ms, ≤ ${MOST_GROWTH} times`,
      ok: more.ms <= MOST_MS && growth <= MOST_GROWTH,
    });
  }
  return figures;
}
