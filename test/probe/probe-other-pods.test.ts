import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../src/collect/kubernetes/api-server.js';
import type { Answer, WritableApiServer } from '../../src/collect/kubernetes/ports.js';
import { membersOf } from '../../src/lib/is-object.js';
import type { PodProbe, ProbePlan } from '../../src/model/report/probe.js';
import { DEFAULT_IMAGE } from '../../src/probe/pod-manifest.js';
import { probeInPod } from '../../src/probe/probe-pod.js';
import { ApiServerOfTest } from '../support/kubernetes/api-server-of-test.js';
import { AUTHORITY, inBase64 } from '../support/kubernetes/certificates.js';
import { controlPlane, describeOnKube, TestNamespace } from '../support/kubernetes/kube.js';
import { endedWith, TestKubelet } from '../support/kubernetes/test-kubelet.js';

const ROLE = 'arn:aws:iam::210987654321:role/app';
const SAID = `role=${ROLE}\ntokenFile=/t\ncredentialsUri=\nkeys=\nstatus=0\nanswer=arn:aws:sts::210987654321:assumed-role/app/session`;
const LABELS = { 'irsa-auditor/probe': 'true' };
const never = new AbortController().signal;
const EARLIER = 'irsa-auditor-probe-0a1b2c3d';

/** A chain of which every link holds: it is expected to work. */
function probeOn(server: WritableApiServer, namespace: string): Promise<PodProbe> {
  const target = { region: 'eu-west-1', cluster: 'prod', namespace, serviceAccount: 'app', pod: null };
  const plan = { chain: { target, links: [] }, roleArn: ROLE, audience: 'sts.amazonaws.com' } as unknown as ProbePlan;
  return probeInPod(server, plan, 'prod', { image: DEFAULT_IMAGE, seconds: 30, now: Date.now, interrupted: never, timeIsUp: never });
}

describe('a list of pods that a server made up', () => {
  let server: ApiServerOfTest;
  afterEach(() => server.stop());

  /** The paths that a probe deletes where earlier probes are said to have left these pods. */
  async function deleted(...left: readonly object[]): Promise<{ readonly swept: number | null; readonly paths: readonly string[] }> {
    const items = left.map((metadata) => ({ metadata, status: { phase: 'Succeeded' } }));
    server = await ApiServerOfTest.start(({ method, path }) => {
      if (method === 'POST') return { status: 201 };
      if (method === 'DELETE') return { status: 200 };
      const status = { containerStatuses: [{ state: { terminated: { message: SAID } } }] };
      return { status: 200, body: path.endsWith('/pods') ? { items } : { status } };
    });
    const endpoint = { name: 'prod', url: server.url, certificateAuthority: inBase64(AUTHORITY) };
    const { swept } = await probeOn(
      connect(endpoint, () => Promise.resolve('token')),
      'shop',
    );
    return { swept, paths: server.seen.flatMap(({ method, path }) => (method === 'DELETE' ? [path] : [])) };
  }

  it.each([
    { name: '..', uid: 'u' },
    { name: '.', uid: 'u' },
    { name: '', uid: 'u' },
    { name: 'checkout', uid: 'u' },
    { name: `${EARLIER}/../..`, uid: 'u' },
    { name: `${EARLIER}?dryRun=All`, uid: 'u' },
    { name: `${EARLIER}\n`, uid: 'u' },
    { name: 'irsa-auditor-probe-..', uid: 'u' },
    { name: 'IRSA-AUDITOR-PROBE-0A1B2C3D', uid: 'u' },
    { name: `x${EARLIER}`, uid: 'u' },
    { name: EARLIER },
    { name: EARLIER, uid: '' },
    { name: EARLIER, uid: { toString: 'u' } },
  ])('leaves alone what no probe names: %j', async (metadata) =>
    expect(await deleted(metadata)).toEqual({
      swept: 0,
      paths: [expect.stringMatching(/^\/api\/v1\/namespaces\/shop\/pods\/irsa-auditor-probe-[0-9a-f]{8}$/)],
    }),
  );

  it('still has what one left', async () => {
    const { swept, paths } = await deleted({ name: '..', uid: 'u' }, { name: EARLIER, uid: 'u' });
    expect([swept, paths[0], paths.length]).toEqual([1, `/api/v1/namespaces/shop/pods/${EARLIER}`, 2]);
  });
});

describeOnKube('a pod that has the name of another one, on a real API server', () => {
  let namespace: TestNamespace;
  let kubelet: TestKubelet;
  let server: WritableApiServer;
  beforeEach(async () => {
    const { url, ca, adminToken } = controlPlane();
    namespace = await TestNamespace.make();
    await namespace.serviceAccount('app');
    server = connect({ name: 'kube', url, certificateAuthority: inBase64(ca) }, () => Promise.resolve(adminToken));
    kubelet = new TestKubelet(namespace, ({ metadata }) => (metadata?.name === EARLIER ? Promise.resolve() : endedWith(SAID)));
  });
  afterEach(async () => {
    await kubelet.stop();
    server.close();
  });
  const pods = async (): Promise<readonly (string | undefined)[]> =>
    (await namespace.core.listNamespacedPod({ namespace: namespace.name })).items.map(({ metadata }) => metadata?.name);

  /** As if the pod that the answer tells of had gone since, and another one had been made in its place. */
  const ofAnother = (pod: unknown): object => ({
    ...membersOf(pod),
    metadata: { ...membersOf(membersOf(pod)['metadata']), uid: '00000000-0000-4000-8000-000000000000' },
  });

  async function leftOver(): Promise<void> {
    await namespace.pod(EARLIER, 'app', { labels: LABELS });
    await namespace.phase(EARLIER, 'Succeeded');
  }

  it('goes where it is the one that was listed', async () => {
    await leftOver();
    expect((await probeOn(server, namespace.name)).swept).toBe(1);
    expect(await pods()).toEqual([]);
  });

  it('stays where it is not, and is not counted', async () => {
    await leftOver();
    const statuses: number[] = [];
    const stale: WritableApiServer = {
      ...server,
      get: async (path, signal) => {
        const answer = await server.get(path, signal);
        const { items } = membersOf(answer.body);
        return Array.isArray(items) ? { ...answer, body: { items: items.map(ofAnother) } } : answer;
      },
      delete: async (...call): Promise<Answer> => {
        const answer = await server.delete(...call);
        statuses.push(answer.status);
        return answer;
      },
    };
    expect((await probeOn(stale, namespace.name)).swept).toBe(0);
    expect([statuses, await pods()]).toEqual([[409, 200], [EARLIER]]);
  });

  it('is not taken for the own one, nor taken away', async () => {
    const replaced: WritableApiServer = {
      ...server,
      post: async (...call) => {
        const answer = await server.post(...call);
        return { ...answer, body: ofAnother(answer.body) };
      },
    };
    await expect(probeOn(replaced, namespace.name)).rejects.toThrow(
      /^The pod \S+ was removed by somebody else before it had said anything\.$/,
    );
    expect(await pods()).toEqual([expect.stringMatching(/^irsa-auditor-probe-[0-9a-f]{8}$/)]);
  });
});
