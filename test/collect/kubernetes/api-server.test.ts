import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { connect, connectAs } from '../../../src/collect/kubernetes/api-server.js';
import type { Answer } from '../../../src/collect/kubernetes/ports.js';
import { ApiServerOfTest, page, type Reply } from '../../support/kubernetes/api-server-of-test.js';
import { AUTHORITY, inBase64, OTHER_AUTHORITY } from '../../support/kubernetes/certificates.js';

const TOKEN = 'k8s-aws-v1.c2VjcmV0';

describe('one answer of an API server', () => {
  let server: ApiServerOfTest;
  afterEach(() => server.stop());

  async function get(reply: Reply, over: { url?: string; authority?: string; timeoutMs?: number } = {}): Promise<Answer> {
    server = await ApiServerOfTest.start(() => reply);
    const { url = server.url, authority = inBase64(AUTHORITY), timeoutMs = 10_000 } = over;
    const connection = connect({ name: 'prod', url, certificateAuthority: authority }, () => Promise.resolve(TOKEN), timeoutMs);
    try {
      return await connection.get('/api/v1/pods', new AbortController().signal);
    } finally {
      connection.close();
    }
  }

  it('is none where the connection is cut in the middle of it', () =>
    expect(get('cut')).rejects.toMatchObject({ name: 'ReadError', reason: 'unreachable' }));

  it('is given up where it comes word by word without an end', () =>
    expect(get('trickle', { timeoutMs: 400 })).rejects.toMatchObject({
      reason: 'unreachable',
      detail: expect.stringContaining('gave no answer (ETIMEDOUT)'),
    }));

  it('that leads elsewhere is not followed', async () => {
    const answer = await get({ status: 307, headers: { location: 'https://127.0.0.1:1/' } });
    expect([answer.status, server.seen.length]).toEqual([307, 1]);
  });

  it.each([
    ['an empty address', { url: '' }, 'failed'],
    ['an address that is none', { url: 'prod.example' }, 'failed'],
    ['an empty authority, which would make those of browsers do', { authority: '' }, 'malformed'],
    ['an authority that is no certificate', { authority: inBase64('nothing') }, 'failed'],
  ])('is not asked for with %s', async (_what, over, reason) => {
    await expect(get(page([]), over)).rejects.toMatchObject({ name: 'ReadError', reason });
    expect(server.seen).toEqual([]);
  });

  it('is taken of the authority of the cluster, whatever the environment says', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { NODE_TLS_REJECT_UNAUTHORIZED: '0', HTTPS_PROXY: 'http://127.0.0.1:1', https_proxy: 'http://127.0.0.1:1' });
    try {
      await expect(get(page([]), { authority: inBase64(OTHER_AUTHORITY) })).rejects.toMatchObject({ reason: 'failed' });
      await server.stop();
      expect((await get(page([]))).status).toBe(200);
    } finally {
      process.env = before;
    }
  });

  it('of a context of a kubeconfig is verified too, where that says not to', async () => {
    server = await ApiServerOfTest.start(() => page([]));
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'prod', server: server.url, caData: inBase64(OTHER_AUTHORITY), skipTLSVerify: true },
      { name: 'somebody', token: TOKEN },
    );
    await expect(connectAs(config).get('/api/v1/pods', new AbortController().signal)).rejects.toMatchObject({ reason: 'failed' });
    expect(server.seen).toEqual([]);
  });

  it.each<Reply>(['cut', 'reset'])('tells nobody the token where it fails (%s)', async (reply) => {
    const error: unknown = await get(reply).catch((caught: unknown) => caught);
    const all = JSON.stringify(error, (_key, value: unknown) =>
      value instanceof Error ? { ...value, message: value.message, stack: value.stack, cause: value.cause } : value,
    );
    expect(all).toContain('ReadError');
    expect(all).not.toContain(TOKEN);
  });
});

it('an answer over plain HTTP is not asked for, though a kubeconfig names such a server', async () => {
  let asked = 0;
  const plain = createServer((_, response) => {
    asked += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  try {
    const config = new KubeConfig();
    const { port } = plain.address() as AddressInfo;
    config.loadFromClusterAndUser(
      { name: 'prod', server: `http://127.0.0.1:${port}`, skipTLSVerify: false },
      { name: 'somebody', token: TOKEN },
    );
    await expect(connectAs(config).get('/api/v1/pods', new AbortController().signal)).rejects.toMatchObject({ name: 'ReadError' });
    expect(asked).toBe(0);
  } finally {
    plain.close();
  }
});
