import { describe, expect, it } from '@jest/globals';
import { readFrom } from '../../../src/collect/kubernetes/read-cluster.js';
import { foldPages } from '../../../src/collect/kubernetes/pages.js';
import type { Answer, ApiServer } from '../../../src/collect/kubernetes/ports.js';
import { ReadQueue } from '../../../src/collect/reading/read-queue.js';
import { known } from '../../../src/model/inventory/observed.js';

const ok = (body: unknown): Answer => ({ status: 200, body, retryAfter: null });
const list = (items: unknown, next = ''): Answer => ok({ kind: 'List', metadata: { continue: next }, items });
const named = (name: string) => ({ metadata: { name } });
const gone = (next?: string): Answer => ({ ...ok({ kind: 'Status', message: 'too old', metadata: { continue: next } }), status: 410 });
const busy = (retryAfter: number): Answer => ({ status: 429, body: { message: 'slow down' }, retryAfter });
const AGENT = ok({ kind: 'DaemonSet', status: { desiredNumberScheduled: 1, numberReady: 1 } });
const isAgent = (path: string): boolean => path.includes('/daemonsets/');

function serverOf(get: (path: string) => Answer): ApiServer {
  return { get: (path) => Promise.resolve(get(path)), close: () => undefined };
}
const queueOf = (concurrency = 10): ReadQueue => new ReadQueue({ now: () => 0, deadline: null, concurrency });
const place = (name: string) => ({ region: 'eu-west-1', name, detail: known({} as never) });

/** The names of a list that comes by these answers, one after the other. */
function listed(...answers: readonly Answer[]): Promise<readonly string[]> {
  const left = [...answers];
  return foldPages<string[]>(
    {
      server: serverOf(() => left.shift() ?? list([])),
      cluster: 'prod',
      inTurn: (call) => call(new AbortController().signal),
    },
    { path: '/api/v1/pods' },
    () => [],
    (into, item) => into.push((item['metadata'] as { name: string }).name),
  );
}

describe('a list', () => {
  it.each<[string, unknown]>([
    ['no JSON', null],
    ['a Status in place of a list', { kind: 'Status', status: 'Failure', code: 500 }],
    ['null items', { kind: 'PodList', metadata: {}, items: null }],
    ['items under another name', { kind: 'PodList', metadata: {}, pods: [] }],
  ])('is not taken for an empty one where the answer is %s', (_what, body) =>
    expect(listed(list([named('a')], 'next'), ok(body))).rejects.toMatchObject({ reason: 'malformed' }),
  );

  it('is read to its end however often the server forgets the place, as long as it goes on', async () => {
    const pages = ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((name) => [list([named(name)], `after ${name}`), gone(`still after ${name}`)]);
    expect(await listed(...pages, list([named('g')]))).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  });

  it('is given up where the server forgets each place before it gives what follows', () =>
    expect(listed(list([named('a')], '0'), ...[1, 2, 3, 4, 5].map((n) => gone(String(n))), list([]))).rejects.toMatchObject({
      reason: 'failed',
      detail: 'HTTP 410: too old',
    }));

  it('that comes round to a page that was read already is given up', () =>
    expect(listed(list([named('a')], '1'), list([named('b')], '2'), list([named('a')], '1'))).rejects.toMatchObject({
      reason: 'malformed',
    }));

  it('begun anew may have the pages that it had before', async () => {
    const first = list([named('a')], '1');
    expect(await listed(first, gone(), first, list([named('b')]))).toEqual(['a', 'b']);
  });
});

describe('the agent', () => {
  it.each<[string, unknown]>([
    ['no JSON', null],
    ['a Status', { kind: 'Status', status: 'Failure' }],
    ['a list', { kind: 'List', items: [] }],
  ])('is not said to be missing, or on no node, where the answer is %s', async (_what, body) => {
    const queue = queueOf();
    const inside = await readFrom(
      serverOf((path) => (isAgent(path) ? ok(body) : list([]))),
      queue,
      place('prod'),
    );
    queue.close();
    expect(inside.podIdentityAgent).toMatchObject({ known: false, reason: 'malformed' });
    expect(inside.workloads).toEqual(known([]));
  });
});

describe('a cluster that is busy', () => {
  it('takes no turn of the others while it is waited for, and the time budget ends the waiting', async () => {
    const queue = queueOf(1);
    const waitedFor = readFrom(
      serverOf(() => busy(3600)),
      queue,
      place('busy'),
    );
    const other = await readFrom(
      serverOf((path) => (isAgent(path) ? AGENT : list([]))),
      queue,
      place('other'),
    );
    expect(other.workloads).toEqual(known([]));
    queue.close();
    expect((await waitedFor).workloads).toMatchObject({ known: false, reason: 'out-of-time' });
  });

  it('is counted once for each thing that was asked', async () => {
    const queue = queueOf();
    const seen = new Set<string>();
    const server = serverOf((path) => {
      if (!seen.has(path)) {
        seen.add(path);
        return busy(0);
      }
      return isAgent(path) ? AGENT : list([]);
    });
    const inside = await readFrom(server, queue, place('prod'));
    queue.close();
    expect([inside.podIdentityAgent, Object.values(queue.calls())]).toEqual([known({ desired: 1, ready: 1 }), [1, 1, 1, 1, 1, 1]]);
  });
});
