import { describe, expect, it } from '@jest/globals';
import { foldPages } from '../../../src/collect/kubernetes/pages.js';
import { readFrom } from '../../../src/collect/kubernetes/read-cluster.js';
import type { Answer, ApiServer } from '../../../src/collect/kubernetes/ports.js';
import { TooLargeError } from '../../../src/collect/kubernetes/too-large-error.js';
import { ReadQueue } from '../../../src/collect/reading/read-queue.js';
import { known } from '../../../src/model/inventory/observed.js';

const ok = (body: unknown): Answer => ({ status: 200, body, retryAfter: null });
const list = (items: readonly unknown[], next = ''): Answer => ok({ metadata: { continue: next }, items });
const account = (name: string, annotations: object = {}) => ({ metadata: { namespace: 'n', name, annotations } });
const pod = (name: string, owner: string) => ({
  metadata: { namespace: 'n', name, ownerReferences: [{ kind: 'Job', name: owner }] },
  spec: { containers: [{ name: 'main', env: [{ name: 'AWS_ROLE_ARN', value: `arn:of:${name}` }] }] },
});
const many = <T>(count: number, one: (index: number) => T): readonly T[] => Array.from({ length: count }, (_, index) => one(index));
const queueOf = (now = (): number => 0): ReadQueue => new ReadQueue({ now, deadline: null, concurrency: 10 });
const place = (name: string) => ({ region: 'eu-west-1', name, detail: known({} as never) });
const AGENT = ok({ status: { desiredNumberScheduled: 1, numberReady: 1 } });

/** A server that gives these lists, and else empty ones. */
function serverOf(lists: Readonly<Record<string, (query: URLSearchParams) => Answer>>): ApiServer {
  return {
    get: (path) => {
      const url = new URL(path, 'https://server');
      const resource = url.pathname.split('/').at(-1) ?? '';
      return Promise.resolve(resource === 'eks-pod-identity-agent' ? AGENT : (lists[resource]?.(url.searchParams) ?? list([])));
    },
    close: () => undefined,
  };
}

const SMALL = { list: 20_000, run: 30_000, milliseconds: 1000 };
async function read(lists: Parameters<typeof serverOf>[0], queue = queueOf(), limits = SMALL) {
  const inside = await readFrom(serverOf(lists), queue, place('prod'), { limits });
  queue.close();
  return inside;
}

describe('a cluster that holds more than can be kept', () => {
  it('makes that list unread and no other one', async () => {
    const inside = await read({ serviceaccounts: () => list(many(500, (n) => account(`a-${n}`))), pods: () => list([pod('p', 'j')]) });
    expect(inside.serviceAccounts).toEqual({
      known: false,
      reason: 'failed',
      detail: expect.stringMatching(/^too large: .*more than \d+ MB.*`kubectl get serviceaccounts --all-namespaces`/),
    });
    expect([inside.namespaces.known, inside.workloads.known, inside.podIdentityAgent.known]).toEqual([true, true, true]);
  });

  it('is told of by its pods too, where each differs from the others', async () => {
    const inside = await read({ pods: () => list(many(500, (n) => pod(`p-${n}`, `j-${n}`))) });
    expect(inside.workloads).toMatchObject({ reason: 'failed', detail: expect.stringMatching(/^too large: .*kubectl get pods/) });
    expect(inside.serviceAccounts).toEqual(known([]));
    const alike = await read({
      pods: () => list(many(500, (n) => ({ ...pod('same', 'j'), metadata: { ...pod('p', 'j').metadata, name: `p-${n}` } }))),
    });
    expect(alike.workloads).toMatchObject({ known: true, value: [{ pods: 500 }] });
  });

  it('leaves room to the next one, and a run that holds too much says so of the last', async () => {
    const queue = queueOf();
    const limits = { ...SMALL, run: 25_000 };
    const of = (count: number) => ({ serviceaccounts: () => list(many(count, (n) => account(`a-${n}`))) });
    const [large, first, second] = [
      await readFrom(serverOf(of(500)), queue, place('large'), { limits }),
      await readFrom(serverOf(of(50)), queue, place('first'), { limits }),
      await readFrom(serverOf(of(50)), queue, place('second'), { limits }),
    ];
    queue.close();
    expect([large.serviceAccounts.known, first.serviceAccounts.known]).toEqual([false, true]);
    expect(second.serviceAccounts).toMatchObject({ reason: 'failed', detail: expect.stringMatching(/^too large: .*all clusters.*memory/) });
  });

  it('keeps the other pods where one is too large for itself', async () => {
    const huge = { metadata: { namespace: 'n', name: 'huge' }, spec: { containers: many(65, (n) => ({ name: `c-${n}` })) } };
    const inside = await read({ pods: () => list([huge, pod('p', 'j')]) });
    expect(inside.workloads).toMatchObject({
      known: false,
      detail: expect.stringMatching(/^too large: 1 pod, n\/huge, .*containers/),
      partial: [{ example: 'p' }],
    });
  });
});

/** What becomes of a list that is answered so. */
function listed(get: (query: URLSearchParams) => Answer | Error): { readonly read: Promise<number>; readonly limits: string[] } {
  const limits: string[] = [];
  const server: ApiServer = {
    get: (path) => {
      const { searchParams } = new URL(path, 'https://server');
      limits.push(searchParams.get('limit') ?? '');
      const answer = get(searchParams);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    close: () => undefined,
  };
  const fold = foldPages(
    { server, cluster: 'prod', inTurn: (call) => call(new AbortController().signal) },
    { path: '/api/v1/pods', limit: 8 },
    () => ({ count: 0 }),
    (into) => {
      into.count += 1;
    },
  );
  return { read: fold.then(({ count }) => count), limits };
}
const following = (query: URLSearchParams): string => String(Number(query.get('continue') ?? 0) + 1);

describe('a list without an end', () => {
  it.each([
    ['empty pages', 0, 5],
    ['pages with next to nothing on them', 1, 110],
  ])('of %s is given up', async (_what, size, most) => {
    const { read: count, limits } = listed((query) =>
      list(
        many(size, () => account('a')),
        following(query),
      ),
    );
    await expect(count).rejects.toMatchObject({ reason: 'malformed', detail: expect.stringContaining('comes to no end') });
    expect(limits.length).toBeLessThan(most);
  });

  it('of tokens without an end is given up', () =>
    expect(listed(() => list([account('a')], 'x'.repeat(100_000))).read).rejects.toMatchObject({ reason: 'malformed' }));

  it('of full pages is given up after as many as no cluster has', async () => {
    const { read: count, limits } = listed((query) =>
      list(
        many(8, () => null),
        following(query),
      ),
    );
    await expect(count).rejects.toMatchObject({ detail: expect.stringContaining('comes to no end') });
    expect(limits.length).toBeLessThan(10_100);
  });

  it('that takes too long for itself is given up, and the others are read', async () => {
    let clock = 0;
    const inside = await read(
      {
        pods: (query) => {
          clock += 300;
          return list(
            many(250, (n) => pod(`p-${n}`, 'j')),
            following(query),
          );
        },
      },
      queueOf(() => clock),
      { ...SMALL, list: 10 ** 9, run: 10 ** 9 },
    );
    expect(inside.workloads).toMatchObject({ reason: 'failed', detail: expect.stringMatching(/took more than 1 s/) });
    expect(inside.serviceAccounts.known).toBe(true);
  });
});

it('pages grow again some time after one that was too large', async () => {
  let turned = false;
  const { read: count, limits } = listed((query) => {
    if (turned)
      return list(
        many(Number(query.get('limit')), () => account('a')),
        Number(query.get('continue')) > 8 ? '' : following(query),
      );
    turned = true;
    return new TooLargeError('it');
  });
  expect([await count, limits.join(' ')]).toEqual([2 * 4 + 4 * 4 + 8 * 2, '8 2 2 2 2 4 4 4 4 8 8']);
});
