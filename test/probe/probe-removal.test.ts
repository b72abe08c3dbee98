import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../src/collect/kubernetes/api-server.js';
import type { ProbePlan } from '../../src/model/report/probe.js';
import { probeInPod } from '../../src/probe/probe-pod.js';
import { DEFAULT_IMAGE } from '../../src/probe/pod-manifest.js';
import { ApiServerOfTest, type Reply } from '../support/kubernetes/api-server-of-test.js';
import { AUTHORITY, inBase64 } from '../support/kubernetes/certificates.js';

const ROLE = 'arn:aws:iam::210987654321:role/app';
const SESSION = 'arn:aws:sts::210987654321:assumed-role/app/session';
const target = { region: 'eu-west-1', cluster: 'prod', namespace: 'shop', serviceAccount: 'app', pod: null };
/** A chain of which every link holds: it is expected to work. */
const PLAN = { chain: { target, links: [] }, roleArn: ROLE, audience: 'sts.amazonaws.com' } as unknown as ProbePlan;

const ended = (given: string, status: string, answer: string): Reply => {
  const message = `${given}keys=\nstatus=${status}\nanswer=${answer}`;
  return { status: 200, body: { status: { containerStatuses: [{ state: { terminated: { message } } }] } } };
};
const WORKED = ended(`role=${ROLE}\ntokenFile=/t\ncredentialsUri=\n`, '0', SESSION);
const BUSY: Reply = { status: 503, body: { message: 'shutting down' } };

describe('the pod of a probe', () => {
  let server: ApiServerOfTest;
  afterEach(() => server.stop());

  /** A probe against a server that answers DELETE in this order, its last answer for ever. */
  async function probe(removals: readonly Reply[], made: Reply = { status: 201 }, pod: Reply = WORKED): Promise<unknown> {
    let asked = 0;
    server = await ApiServerOfTest.start(({ method, path }) => {
      if (method === 'POST') return made;
      if (method === 'GET') return path.endsWith('/pods') ? { status: 200, body: { items: [] } } : pod;
      asked += 1;
      return removals[Math.min(asked, removals.length) - 1] ?? BUSY;
    });
    const endpoint = { name: 'prod', url: server.url, certificateAuthority: inBase64(AUTHORITY) };
    const api = connect(endpoint, () => Promise.resolve('token'));
    const never = new AbortController().signal;
    const options = { image: DEFAULT_IMAGE, seconds: 30, now: Date.now, interrupted: never, timeIsUp: never };
    return probeInPod(api, PLAN, 'prod', options).finally(() => api.close());
  }
  const removals = (): number => server.seen.filter(({ method }) => method === 'DELETE').length;

  it.each<[string, readonly Reply[], number]>([
    ['is gone at once', [{ status: 200 }], 1],
    ['is gone already', [{ status: 404 }], 1],
    ['is asked for again of a server that is busy', [BUSY, { status: 429 }, { status: 202 }], 3],
    ['is asked for again where the answer was cut off', ['reset', { status: 404 }], 2],
  ])('%s', async (_, replies, times) => {
    expect(await probe(replies)).toMatchObject({ outcome: { kind: 'admitted' }, asExpected: true });
    expect(removals()).toBe(times);
  });

  it('is told with the command where the server stays busy', async () => {
    await expect(probe([BUSY])).rejects.toThrow(
      /could not be removed: HTTP 503: shutting down\. Remove it: kubectl delete pod irsa-auditor-probe-\w{8} --namespace shop --context prod$/,
    );
    expect(removals()).toBe(5);
  });

  it('is taken away too where nobody knows whether it was made', async () => {
    await expect(probe([{ status: 404 }], { status: 504, body: { message: 'timeout' } })).rejects.toThrow(
      /made no pod in shop: HTTP 504: timeout/,
    );
    expect(removals()).toBe(1);
  });

  it('is not where it was refused', async () => {
    await expect(probe([{ status: 404 }], { status: 403, body: { message: 'no' } })).rejects.toThrow(/made no pod in shop: HTTP 403: no/);
    expect(removals()).toBe(0);
  });

  it('that the webhook gave nothing says nothing against the audit', async () => {
    const nothing = ended('role=\ntokenFile=\ncredentialsUri=\n', '253', 'Unable to locate credentials');
    expect(await probe([{ status: 200 }], { status: 201 }, nothing)).toMatchObject({ outcome: { kind: 'refused' }, asExpected: null });
  });
});
