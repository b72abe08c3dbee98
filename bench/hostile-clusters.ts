import type { Inventory } from '../src/model/inventory/inventory.js';
import { servedBy } from './api-servers.js';

/** What a tenant of one namespace can write: Kubernetes takes 256 KiB of annotations for an object, and 1.5 MiB of an object. */
const QUARTER = 245_000;

type Item = (index: number) => object;

/** One way to fill a cluster: how many objects of a list, and each of them. */
interface Hostile {
  readonly list: 'serviceaccounts' | 'pods';
  readonly count: number;
  readonly item: Item;
}

const account = (index: number, annotations: object): object => ({
  metadata: { namespace: 'evil', name: `a-${index}`, creationTimestamp: '2026-10-01T00:00:00Z', annotations },
});
const pod = (index: number, container: object, metadata: object = {}, spec: object = {}): object => ({
  metadata: { namespace: 'evil', name: `p-${index}`, creationTimestamp: '2026-10-01T00:00:00Z', ...metadata },
  spec: { serviceAccountName: `a-${index}`, containers: [{ name: 'main', ...container }], ...spec },
});
const fill = (bytes: number, part: (index: number) => string): readonly string[] => {
  const found: string[] = [];
  for (let left = bytes; left > 0; left -= found.at(-1)?.length ?? 1) found.push(part(found.length));
  return found;
};
const named = (names: readonly string[], value: string): object => Object.fromEntries(names.map((name) => [name, value]));
const long = (index: number): string => `arn:aws:iam::210987654321:role/${index}-${'x'.repeat(1000)}`;

const ANNOTATIONS = named(
  fill(QUARTER, (n) => `eks.amazonaws.com/${n}-${'x'.repeat(40)}`),
  'x',
);
const VARIABLES = fill(QUARTER, (n) => `AWS_${n}_${'X'.repeat(40)}`).map((name) => ({ name, value: 'x' }));

/** Every way that was thought of, each against one list of one cluster. */
const HOSTILE: Readonly<Record<string, Hostile>> = {
  'annotations of EKS': {
    list: 'serviceaccounts',
    count: 1_000,
    item: (index) => account(index, { ...ANNOTATIONS, [`eks.amazonaws.com/${index}`]: 'x' }),
  },
  'misspelt keys of the role, each with a long value': {
    list: 'serviceaccounts',
    count: 20_000,
    item: (index) =>
      account(
        index,
        named(
          ['role', 'arn', 'iamrole', 'rolearn'].map((key) => `eks.amazonaws.com/${key}`),
          long(index),
        ),
      ),
  },
  'roles that are not there': {
    list: 'serviceaccounts',
    count: 50_000,
    item: (index) => account(index, { 'eks.amazonaws.com/role-arn': long(index).slice(0, 600), 'eks.amazonaws.com/audience': long(index) }),
  },
  'one annotation of a quarter of a megabyte': {
    list: 'serviceaccounts',
    count: 1_000,
    item: (index) => account(index, { 'eks.amazonaws.com/role-arn': `${index}${'x'.repeat(QUARTER)}` }),
  },
  'names of variables': {
    list: 'pods',
    count: 600,
    item: (index) => pod(index, { env: [{ name: `AWS_${index}`, value: 'x' }, ...VARIABLES] }),
  },
  'containers, each with long values': {
    list: 'pods',
    count: 600,
    item: (index) =>
      pod(
        index,
        {},
        {},
        {
          containers: Array.from({ length: 60 }, (_, n) => ({
            name: `c-${n}`,
            env: ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_REGION'].map((name) => ({ name, value: long(index * 100 + n) })),
          })),
        },
      ),
  },
  'mounts times tokens': {
    list: 'pods',
    count: 200,
    item: (index) =>
      pod(
        index,
        { volumeMounts: Array.from({ length: 2_000 }, (_, n) => ({ name: 'v', mountPath: `/${index}/${n}` })) },
        {},
        {
          volumes: [
            { name: 'v', projected: { sources: Array.from({ length: 2_000 }, (_, n) => ({ serviceAccountToken: { audience: `${n}` } })) } },
          ],
        },
      ),
  },
  'owners of their own': {
    list: 'pods',
    count: 100_000,
    item: (index) => pod(index, {}, { ownerReferences: [{ kind: 'Job', name: `${index}-${'x'.repeat(200)}` }] }),
  },
  'variables without an end': {
    list: 'pods',
    count: 20,
    item: () => pod(0, { env: Array.from({ length: 300_000 }, () => ({ name: 'A' })) }),
  },
};

/** Full pages of pods that are alike, and ever a next one. */
const ENDLESS = 'pages without an end';
const EACH = 'each cluster in another way';
/** Just below what is kept of one list, all of it wrong: what is told of it takes memory too. */
const BELOW = 'one cluster with as much as is kept';
const ALL_BELOW = 'every cluster with as much as is kept';
export const WAYS: readonly string[] = [...Object.keys(HOSTILE), ENDLESS, EACH, BELOW, ALL_BELOW];

/** Nobody reads more of a page than this. */
const ENOUGH = 17 * 2 ** 20;

function page(count: number, query: URLSearchParams, item: Item): string {
  const start = Number(query.get('continue') ?? 0);
  const end = Math.min(count, start + Number(query.get('limit') ?? count));
  const items: string[] = [];
  for (let [index, length] = [start, 0]; index < end && length < ENOUGH; index += 1) {
    const text = JSON.stringify(item(index));
    items.push(text);
    length += text.length;
  }
  const metadata = JSON.stringify(end < count ? { continue: String(end) } : {});
  return `{"metadata":${metadata},"items":[${items.join(',')}]}`;
}

function answer(way: string, path: string, query: URLSearchParams): string {
  const resource = path.split('/').at(-1) ?? '';
  if (resource === 'eks-pod-identity-agent') return JSON.stringify({ status: { desiredNumberScheduled: 1, numberReady: 1 } });
  if (way === ENDLESS && resource === 'pods') return page(Number.MAX_SAFE_INTEGER, query, () => pod(0, {}));
  const { list, count, item } = HOSTILE[way] ?? { list: '', count: 0, item: () => ({}) };
  if (way === BELOW && resource === 'serviceaccounts')
    return page(2_300, query, HOSTILE['misspelt keys of the role, each with a long value']?.item ?? item);
  return page(resource === list ? count : 0, query, item);
}

/**
 * Gives the clusters of an account API servers that a tenant has filled: the first two in the way that is named, or all of them
 * each in a way of its own.
 * @returns the account, with their addresses
 */
export function filled(inventory: Inventory, way: string): Promise<Inventory> {
  const ways = Object.keys(HOSTILE);
  const wayOf = (index: number): string => {
    if (way === EACH) return ways[index % ways.length] ?? '';
    if (way === ALL_BELOW) return BELOW;
    return index < (way === BELOW ? 1 : 2) ? way : '';
  };
  return servedBy(inventory, (index, path, query) => answer(wayOf(index), path, query), 0);
}
