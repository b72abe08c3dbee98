import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../../src/collect/kubernetes/api-server.js';
import { readInside } from '../../../src/collect/kubernetes/read-cluster.js';
import type { Inside } from '../../../src/model/contract/sections.js';
import { ReadQueue } from '../../../src/collect/reading/read-queue.js';
import { known, unknown, type Observed } from '../../../src/model/inventory/observed.js';
import type { ClusterDetail } from '../../../src/model/inventory/inventory.js';
import { ApiServerOfTest, nothingAt, page, refusal, type Reply, type SeenRequest } from '../../support/kubernetes/api-server-of-test.js';
import { AUTHORITY, EXPIRED, inBase64, OTHER_AUTHORITY } from '../../support/kubernetes/certificates.js';

const account = (namespace: string, name: string, annotations = {}) => ({ metadata: { namespace, name, annotations, uid: 'x' } });
const EMPTY = page([]);
const at = (what: string, reply: (seen: SeenRequest) => Reply) => (seen: SeenRequest) =>
  seen.path.endsWith(what) ? reply(seen) : nothingAt(seen);

describe('reading inside a cluster', () => {
  let server: ApiServerOfTest | undefined;
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  interface Options {
    readonly authority?: string;
    readonly certificate?: string;
    readonly host?: string;
    readonly timeoutMs?: number;
    readonly token?: () => Promise<string>;
    readonly detail?: Observed<ClusterDetail>;
    readonly hybridNodes?: true;
    readonly url?: string;
  }

  async function read(
    reply: (seen: SeenRequest) => Reply,
    { authority = AUTHORITY, certificate, host = '127.0.0.1', timeoutMs = 10_000, token, detail, url, hybridNodes }: Options = {},
  ): Promise<{ inside: Inside; seen: readonly SeenRequest[]; calls: Readonly<Record<string, number>> }> {
    server = await ApiServerOfTest.start(reply, certificate);
    const given: ClusterDetail = {
      status: 'ACTIVE',
      issuer: null,
      endpoint: url ?? server.url.replace('127.0.0.1', host),
      certificateAuthority: inBase64(authority),
      endpointPublicAccess: null,
      createdAt: null,
      kubernetesVersion: null,
      tags: {},
      ...(hybridNodes === undefined ? {} : { hybridNodes }),
    };
    const queue = new ReadQueue({ now: () => 0, deadline: null, concurrency: 10 });
    try {
      const place = { region: 'eu-west-1', name: 'prod', detail: detail ?? known(given) };
      const inside = await readInside(
        {
          connect: (endpoint, bearer) => connect(endpoint, bearer, timeoutMs),
          token: token ?? (() => Promise.resolve('k8s-aws-v1.abc')),
        },
        queue,
        place,
      );
      return { inside, seen: server.seen, calls: queue.calls() };
    } finally {
      queue.close();
    }
  }
  const reasons = (inside: Inside) =>
    Object.fromEntries(
      Object.entries(inside).map(([section, observed]) => [
        section,
        (observed as Observed<unknown>).known ? 'known' : (observed as { reason: string }).reason,
      ]),
    );

  it('lists six things with the token of the cluster, and asks for nothing else', async () => {
    const { inside, seen, calls } = await read((one) =>
      one.path.includes('daemonsets') ? { status: 200, body: { status: { desiredNumberScheduled: 3, numberReady: 2 } } } : EMPTY,
    );
    expect(reasons(inside)).toEqual({
      namespaces: 'known',
      serviceAccounts: 'known',
      workloads: 'known',
      webhooks: 'known',
      networkPolicies: 'known',
      podIdentityAgent: 'known',
    });
    expect(inside.podIdentityAgent).toEqual(known({ desired: 3, ready: 2 }));
    expect(seen.map(({ path }) => path).sort()).toEqual([
      '/api/v1/namespaces',
      '/api/v1/pods',
      '/api/v1/serviceaccounts',
      '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
      '/apis/apps/v1/namespaces/kube-system/daemonsets/eks-pod-identity-agent',
      '/apis/networking.k8s.io/v1/networkpolicies',
    ]);
    expect(new Set(seen.map(({ method, authorization }) => `${method} ${authorization}`))).toEqual(new Set(['GET Bearer k8s-aws-v1.abc']));
    expect(seen.find(({ path }) => path.endsWith('/pods'))?.query.get('fieldSelector')).toBe(
      'status.phase!=Succeeded,status.phase!=Failed',
    );
    expect(Object.values(calls)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('follows pages, sorts, and keeps of annotations what concerns AWS', async () => {
    const annotations = {
      'eks.amazonaws.com/role-arn': 'arn',
      'eks.amazon.com/roleArn': 'x',
      'vault.example/secret': 's',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
    };
    const { inside, seen } = await read(
      at('/serviceaccounts', ({ query }) =>
        query.get('continue') === null ? page([account('shop', 'b', annotations)], 'next/+') : page([account('shop', 'a')]),
      ),
    );
    expect(inside.serviceAccounts).toEqual(
      known([
        { namespace: 'shop', name: 'a', createdAt: null, annotations: {} },
        {
          namespace: 'shop',
          name: 'b',
          createdAt: null,
          annotations: { 'eks.amazon.com/roleArn': 'x', 'eks.amazonaws.com/role-arn': 'arn' },
        },
      ]),
    );
    expect(
      seen.filter(({ path }) => path.endsWith('/serviceaccounts')).map(({ query }) => [query.get('limit'), query.get('continue')]),
    ).toEqual([
      ['1000', null],
      ['1000', 'next/+'],
    ]);
  });

  it('goes on with the token of a 410, and begins anew where it gives none', async () => {
    const replies = [
      page([account('a', '1')], 'old'),
      refusal(410, 'too old', { continue: 'inconsistent' }),
      page([account('a', '2')], 'old2'),
      refusal(410, 'too old'),
      page([account('b', '1')]),
    ];
    const { inside, seen } = await read(at('/serviceaccounts', () => replies.shift() ?? EMPTY));
    expect(inside.serviceAccounts).toEqual(known([{ namespace: 'b', name: '1', createdAt: null, annotations: {} }]));
    expect(seen.filter(({ path }) => path.endsWith('/serviceaccounts')).map(({ query }) => query.get('continue'))).toEqual([
      null,
      'old',
      'inconsistent',
      'old2',
      null,
    ]);
  });

  it('ends where a list is always too old', async () => {
    const { inside } = await read(at('/pods', ({ query }) => (query.get('continue') === null ? page([], 'old') : refusal(410, 'too old'))));
    expect(inside.workloads).toMatchObject({ known: false, reason: 'failed', detail: 'HTTP 410: too old' });
  });

  it.each<[string, Reply, string, RegExp]>([
    ['401', refusal(401, 'Unauthorized'), 'denied', /^HTTP 401: Unauthorized\. .*`irsa-auditor rbac --cluster eu-west-1\/prod`/],
    [
      '403',
      refusal(403, 'pods is forbidden'),
      'denied',
      /^HTTP 403: pods is forbidden\. `irsa-auditor rbac --narrow --cluster eu-west-1\/prod` prints/,
    ],
    ['an answer that is no JSON', { status: 200, body: '<html>' }, 'malformed', /holds no list of items/],
    ['a token of a page that comes back', page([], 'same'), 'malformed', /was read already/],
    ['a connection that is cut', 'reset', 'unreachable', /gave no answer \(ECONNRESET\)/],
  ])('takes %s for that list alone', async (_what, reply, reason, detail) => {
    const { inside } = await read(at('/pods', () => reply));
    expect(reasons(inside)).toEqual({
      namespaces: 'known',
      serviceAccounts: 'known',
      workloads: reason,
      webhooks: 'known',
      networkPolicies: 'known',
      podIdentityAgent: 'known',
    });
    expect(inside.workloads).toMatchObject({ detail: expect.stringMatching(detail) });
  });

  it('asks a busy server again, and gives up in the end', async () => {
    const busy = { status: 429, body: { message: 'slow down' }, headers: { 'retry-after': '0' } };
    const replies: Reply[] = [busy, { ...busy, status: 503 }, page([])];
    const patient = await read(at('/pods', () => replies.shift() ?? EMPTY));
    expect(patient.inside.workloads).toEqual(known([]));
    await server?.stop();
    const { inside, seen } = await read(at('/pods', () => busy));
    expect(inside.workloads).toMatchObject({ known: false, reason: 'throttled', detail: 'HTTP 429: slow down' });
    expect(seen.filter(({ path }) => path.endsWith('/pods'))).toHaveLength(5);
  });

  it('takes smaller pages where what is listed is large, and gives up one that is too large alone', async () => {
    const large = 'x'.repeat(200_000);
    const { inside, seen } = await read(
      at('/serviceaccounts', ({ query }) => {
        const [from, limit] = [Number(query.get('continue') ?? 0), Number(query.get('limit'))];
        const names = Array.from({ length: Math.min(limit, 120 - from) }, (_, n) => account(large, `sa-${String(from + n)}`));
        return page(names, from + limit < 120 ? String(from + limit) : '');
      }),
    );
    const limits = seen.filter(({ path }) => path.endsWith('/serviceaccounts')).map(({ query }) => query.get('limit'));
    expect([inside.serviceAccounts.known && inside.serviceAccounts.value.length, limits]).toEqual([120, ['1000', '250', '63', '63']]);
    await server?.stop();
    const endless = await read(at('/pods', () => ({ status: 200, body: 'x'.repeat(2 ** 24 + 1) })));
    expect(endless.inside.workloads).toMatchObject({ reason: 'failed', detail: expect.stringMatching(/an answer of more than 16 MiB/) });
  });

  it('is silent about an agent that is not there', async () => {
    const { inside } = await read((one) => (one.path.includes('daemonsets') ? refusal(404, 'not found') : EMPTY));
    expect(inside.podIdentityAgent).toEqual(known(null));
    await server?.stop();
    const denied = await read((one) => (one.path.includes('daemonsets') ? refusal(403, 'no') : EMPTY));
    expect(denied.inside.podIdentityAgent).toMatchObject({ known: false, reason: 'denied' });
  });

  it('asks of a cluster with hybrid nodes for the agents of these too, and knows nothing where one of them is denied', async () => {
    const agents = (hybrid: Reply) => (one: SeenRequest) =>
      !one.path.includes('daemonsets')
        ? EMPTY
        : one.path.endsWith('-hybrid')
          ? hybrid
          : one.path.endsWith('-agent')
            ? { status: 200, body: { status: { desiredNumberScheduled: 3, numberReady: 3 } } }
            : refusal(404, 'not found');
    const two = { status: 200, body: { status: { desiredNumberScheduled: 2, numberReady: 1 } } };
    expect((await read(agents(two), { hybridNodes: true })).inside.podIdentityAgent).toEqual(known({ desired: 5, ready: 4 }));
    await server?.stop();
    const onlyHybrid = (one: SeenRequest) => (one.path.endsWith('-agent') ? refusal(404, 'not found') : agents(two)(one));
    expect((await read(onlyHybrid, { hybridNodes: true })).inside.podIdentityAgent).toEqual(known({ desired: 2, ready: 1 }));
    await server?.stop();
    const denied = await read(agents(refusal(403, 'no')), { hybridNodes: true });
    expect(denied.inside.podIdentityAgent).toMatchObject({ known: false, reason: 'denied' });
  });

  it('trusts the authority of the cluster and no other', async () => {
    const { inside, seen } = await read(() => EMPTY, { authority: OTHER_AUTHORITY });
    expect(new Set(Object.values(reasons(inside)))).toEqual(new Set(['failed']));
    expect(inside.serviceAccounts).toMatchObject({
      detail: expect.stringMatching(/certificate of https:.* is not signed by the authority that EKS gives for prod/),
    });
    expect(seen).toEqual([]);
  });

  it.each<[string, Options, RegExp]>([
    ['that has expired', { authority: EXPIRED, certificate: EXPIRED }, / has expired by the clock of this machine \(CERT_HAS_EXPIRED\)\.$/],
    ['for another name', { host: 'localhost' }, / is for other names than this one \(ERR_TLS_CERT_ALTNAME_INVALID\)\.$/],
  ])('does not take a certificate %s', async (_what, options, detail) => {
    const { inside, seen } = await read(() => EMPTY, options);
    expect(inside.serviceAccounts).toMatchObject({ reason: 'failed', detail: expect.stringMatching(detail) });
    expect(seen).toEqual([]);
  });

  it('does not wait for an endpoint that never answers', async () => {
    const { inside, seen } = await read(() => 'hang', { timeoutMs: 50 });
    // Once: each more would wait as long, and those of fifty clusters longer than there is time.
    expect(seen).toHaveLength(1);
    expect(new Set(Object.values(reasons(inside)))).toEqual(new Set(['unreachable']));
    expect(inside.workloads).toMatchObject({
      detail: expect.stringMatching(
        /\(ETIMEDOUT\)\. An endpoint that is private.*`aws eks describe-cluster --region eu-west-1 --name prod --query cluster\.resourcesVpcConfig`/,
      ),
    });
  });

  it('sends no token to an endpoint that is not HTTPS', async () => {
    let asked = 0;
    const token = (): Promise<string> => {
      asked += 1;
      return Promise.resolve('x');
    };
    const { inside } = await read(() => EMPTY, { url: 'http://127.0.0.1:1', token });
    expect(new Set(Object.values(reasons(inside)))).toEqual(new Set(['failed']));
    expect(asked).toBe(0);
  });

  it('has nothing to ask where the cluster was not described, or has no endpoint yet', async () => {
    const undescribed = await read(() => EMPTY, { detail: unknown('denied', 'no') });
    expect(new Set(Object.values(reasons(undescribed.inside)))).toEqual(new Set(['denied']));
    await server?.stop();
    const creating = {
      status: 'CREATING',
      issuer: null,
      endpoint: null,
      certificateAuthority: null,
      endpointPublicAccess: null,
      createdAt: null,
      kubernetesVersion: null,
      tags: {},
    };
    const { inside, seen } = await read(() => EMPTY, { detail: known(creating) });
    expect([reasons(inside)['workloads'], seen.length]).toEqual(['not-requested', 0]);
  });

  it.each(['CREATING', 'DELETING', 'FAILED'])('asks nothing of a cluster that is %s, and leaves no gap', async (status) => {
    const detail = { status, issuer: null, endpoint: 'https://127.0.0.1:1', certificateAuthority: 'bm9uZQ==' };
    const rest = { endpointPublicAccess: null, createdAt: null, kubernetesVersion: null, tags: {} };
    const { inside } = await read(() => EMPTY, { detail: known({ ...detail, ...rest }) });
    expect(new Set(Object.values(reasons(inside)))).toEqual(new Set(['not-requested']));
  });

  it('tells webhooks that are asked about pods from the others', async () => {
    const rules = (resources: readonly string[], operations: readonly string[]) => [{ resources, operations }];
    const configuration = {
      metadata: { name: 'pod-identity-webhook' },
      webhooks: [
        { name: 'a', clientConfig: { caBundle: 'Q0E=' }, failurePolicy: 'Ignore', rules: rules(['pods'], ['CREATE']) },
        { name: 'b', rules: rules(['*'], ['*']) },
        { name: 'c', rules: rules(['pods'], ['DELETE']) },
        { name: 'd', rules: rules(['services'], ['CREATE']) },
      ],
    };
    const { inside } = await read(at('/mutatingwebhookconfigurations', () => page([configuration])));
    expect(inside.webhooks).toEqual(
      known([
        { configuration: 'pod-identity-webhook', name: 'a', hasCaBundle: true, failurePolicy: 'Ignore' },
        { configuration: 'pod-identity-webhook', name: 'b', hasCaBundle: false, failurePolicy: null },
      ]),
    );
  });

  it('tells namespaces that are being deleted', async () => {
    const { inside } = await read(
      at('/namespaces', () =>
        page([
          { metadata: { name: 'b' }, status: { phase: 'Terminating' } },
          { metadata: { name: 'a' }, status: { phase: 'Active' } },
        ]),
      ),
    );
    expect(inside.namespaces).toEqual(
      known([
        { name: 'a', terminating: false },
        { name: 'b', terminating: true },
      ]),
    );
  });
});
