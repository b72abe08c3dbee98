import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../../src/collect/kubernetes/api-server.js';
import { readFrom } from '../../../src/collect/kubernetes/read-cluster.js';
import type { Inside } from '../../../src/model/contract/sections.js';
import { ReadQueue } from '../../../src/collect/reading/read-queue.js';
import { known } from '../../../src/model/inventory/observed.js';
import { ApiServerOfTest, nothingAt, page, type Reply, type SeenRequest } from '../../support/kubernetes/api-server-of-test.js';
import { AUTHORITY, inBase64 } from '../../support/kubernetes/certificates.js';

const LIMITS = { list: 5_000_000, run: 10_000_000, milliseconds: 60_000 };

/** What an API server answers that is not what it should be: none of it may end the run, fill the report, or be taken for nothing. */
describe('a hostile API server', () => {
  let server: ApiServerOfTest;
  afterEach(() => server.stop());

  async function read(reply: (seen: SeenRequest) => Reply | undefined, timeoutMs = 10_000): Promise<Inside> {
    server = await ApiServerOfTest.start((seen) => reply(seen) ?? nothingAt(seen));
    const queue = new ReadQueue({ now: () => 0, deadline: null, concurrency: 10 });
    const connection = connect(
      { name: 'prod', region: 'eu-west-1', url: server.url, certificateAuthority: inBase64(AUTHORITY) },
      () => Promise.resolve('t'),
      timeoutMs,
    );
    try {
      return await readFrom(connection, queue, { region: 'eu-west-1', name: 'prod', detail: known({} as never) }, { limits: LIMITS });
    } finally {
      queue.close();
    }
  }
  const at = (what: string, reply: Reply) => (seen: SeenRequest) => (seen.path.endsWith(what) ? reply : undefined);

  it.each([403, 401, 500])('that refuses with 10 MB of words (%d) is quoted with a few of them', async (status) => {
    const body = { kind: 'Status', message: 'no '.repeat(3_500_000) };
    const inside = await read(at('/pods', { status, body, headers: { 'retry-after': '0' } }));
    const { detail = '' } = inside.workloads as { detail?: string };
    expect([detail.startsWith(`HTTP ${status}: no no`), detail.includes('…')]).toEqual([true, true]);
    expect(detail.length).toBeLessThan(700);
  });

  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  const webhook = (resources: string): Reply => ({
    status: 200,
    body: `{"metadata":{},"items":[{"webhooks":[{"rules":[{"operations":["CREATE"],"resources":${resources}}]}]}]}`,
  });
  it.each<[string, string, Reply, keyof Inside, unknown]>([
    ['nested lists alone', '/pods', { status: 200, body: deep }, 'workloads', { known: false, reason: 'malformed' }],
    ['nested lists as the pods', '/pods', { status: 200, body: `{"items":[${deep}]}` }, 'workloads', { known: true }],
    ['nested lists as a resource', '/mutatingwebhookconfigurations', webhook(`[${deep}]`), 'webhooks', { known: true, value: [] }],
    ['what is no text', '/mutatingwebhookconfigurations', webhook('[{"toString":1}]'), 'webhooks', { known: true, value: [] }],
    [
      'nested lists as egress rules',
      '/networkpolicies',
      { status: 200, body: `{"items":[{"spec":{"policyTypes":["Egress"],"egress":[${deep}]}}]}` },
      'networkPolicies',
      { known: true, value: [{ name: '', selectsAll: true, allowsAgent: 'yes' }] },
    ],
    [
      'half a pod',
      'pod-identity-agent',
      { status: 200, body: { status: { desiredNumberScheduled: 1.5, numberReady: 1 } } },
      'podIdentityAgent',
      { reason: 'malformed' },
    ],
  ])('that answers %s ends nothing', async (_what, path, reply, section, expected) => {
    const inside = await read(at(path, reply));
    expect(inside[section]).toMatchObject(expected as object);
    expect(inside.namespaces).toEqual(known([]));
  });

  it('that answers more webhooks in one piece than a call takes arguments ends nothing', async () => {
    const one = '{"name":"a","rules":[{"operations":["*"],"resources":["*"]}]}';
    const inside = await read(
      at('/mutatingwebhookconfigurations', { status: 200, body: `{"items":[{"webhooks":[${`${one},`.repeat(130_000)}${one}]}]}` }),
    );
    expect(inside.webhooks.known || inside.webhooks.detail).toEqual(expect.stringMatching(/^too large/));
  });

  it('that packs millions of objects into a page is not read, however small they are', async () => {
    const inside = await read(at('/serviceaccounts', { status: 200, body: `{"items":[${'{},'.repeat(600_000)}{}]}` }));
    expect(inside.serviceAccounts).toMatchObject({ known: false, reason: 'failed', detail: expect.stringMatching(/^too large/) });
  });

  it('that answers word by word is given up after the time of one call', async () => {
    const started: number[] = [];
    const inside = await read((seen) => {
      started.push(started.length);
      return seen.path.endsWith('/namespaces') ? 'trickle' : undefined;
    }, 300);
    expect(inside.namespaces).toMatchObject({ reason: 'unreachable', detail: expect.stringContaining('ETIMEDOUT') });
    expect(started).toHaveLength(1);
  });

  it('that names pages without an end is given up', async () => {
    let next = 0;
    const inside = await read((seen) => (seen.path.endsWith('/pods') ? page([], String((next += 1))) : undefined));
    expect(inside.workloads).toMatchObject({ reason: 'malformed' });
  });
});
