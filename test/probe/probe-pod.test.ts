import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { V1Pod, V1PolicyRule } from '@kubernetes/client-node';
import { onInterruptOf } from '../../cli/terminal/interrupt.js';
import { run } from '../../cli/run.js';
import { awsPort } from '../../src/collect/aws/aws-port.js';
import { readPodAnswer } from '../../src/probe/pod-answer.js';
import { DEFAULT_IMAGE, isByDigest } from '../../src/probe/pod-manifest.js';
import { captured, type Captured } from '../cli/io-of-test.js';
import { NARROW, RealAccount } from '../collect/kubernetes/real-account.js';
import { controlPlane, describeOnKube } from '../support/kubernetes/kube.js';
import { endedWith, TestKubelet, waitingFor, type Fate } from '../support/kubernetes/test-kubelet.js';

const MAY_PROBE: V1PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['create', 'get', 'list', 'delete'] };

/** What the program in the pod finds in its environment. */
function variables({ spec }: V1Pod): Readonly<Record<string, string>> {
  return Object.fromEntries((spec?.containers[0]?.env ?? []).map(({ name, value = '' }) => [name, value]));
}

/** What the script of the manifest writes, with an answer of STS. */
function message(pod: V1Pod, status: number, answer: string): string {
  const given = variables(pod);
  return [
    `role=${given['AWS_ROLE_ARN'] ?? ''}`,
    `tokenFile=${given['AWS_WEB_IDENTITY_TOKEN_FILE'] ?? ''}`,
    `credentialsUri=${given['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? ''}`,
    `keys=${given['AWS_ACCESS_KEY_ID'] === undefined ? '' : 'set'}`,
    `status=${status}`,
    `answer=${answer}`,
  ].join('\n');
}

const says =
  (status: number, answer: string): Fate =>
  (pod) =>
    endedWith(message(pod, status, answer));
const session = (role: string): string => `arn:aws:sts::210987654321:assumed-role/${role}/session`;

describeOnKube('probe in a pod, on a real API server', () => {
  let account: RealAccount;
  let kubelet: TestKubelet | null = null;
  beforeEach(async () => {
    account = await RealAccount.make();
  });
  afterEach(async () => {
    await kubelet?.stop();
    kubelet = null;
    await account.test.endpoint.stop();
  });

  interface Told {
    readonly asExpected: boolean | null;
    readonly pod: string;
    readonly swept: number | null;
    readonly given: object;
    readonly outcome: { readonly kind: string; readonly arn?: string };
  }
  interface Outcome extends Pick<Captured, 'out' | 'err'> {
    readonly status: number;
    readonly told: Told;
  }
  async function probe(
    fate: Fate | null,
    argv: readonly string[] = ['--format', 'json'],
    over: Parameters<typeof captured>[0] & { readonly rules?: readonly V1PolicyRule[] } = {},
  ): Promise<Outcome> {
    await account.allow([...NARROW, ...(over.rules ?? [MAY_PROBE])]);
    if (fate !== null) kubelet = new TestKubelet(account.namespace, fate);
    const { io, out, err } = captured({ aws: () => awsPort({ version: '0', maxAttempts: 1 }), now: Date.now, ...over });
    const where = ['-n', account.namespace.name, '--cluster', `${controlPlane().region}/kube`];
    const status = await run(['probe', 'sa/app', '--pod', ...where, '--yes', ...argv], io);
    return { status, out, err, told: (out().startsWith('{') ? JSON.parse(out()) : {}) as Told };
  }
  const podsLeft = async (): Promise<readonly (string | undefined)[]> =>
    (await account.namespace.core.listNamespacedPod({ namespace: account.namespace.name })).items.map(({ metadata }) => metadata?.name);

  it('shows what the webhook gives and who one then is, and leaves nothing', async () => {
    const arn = await account.carrier('app');
    const { status, told, out } = await probe(says(0, session('app')));
    expect([status, told.asExpected, told.outcome]).toEqual([0, true, { kind: 'admitted', arn: session('app') }]);
    const tokenFile = '/var/run/secrets/eks.amazonaws.com/serviceaccount/token';
    expect(told.given).toEqual({ roleArn: arn, tokenFile, credentialsUri: null, hasKeys: false });
    expect(await podsLeft()).toEqual([]);
    expect(out()).not.toMatch(/eyJ/);
  });

  it('makes a pod that the restricted standard takes, for a short time, by digest', async () => {
    await account.carrier('app');
    const { core, name } = account.namespace;
    const body = await core.readNamespace({ name });
    const labels = { ...body.metadata?.labels, 'pod-security.kubernetes.io/enforce': 'restricted' };
    await core.replaceNamespace({ name, body: { ...body, metadata: { ...body.metadata, labels } } });
    const { status, out } = await probe(says(0, session('app')), ['--timeout', '77']);
    const [pod] = kubelet?.seen ?? [];
    expect([status, pod?.spec]).toMatchObject([
      0,
      { activeDeadlineSeconds: 77, restartPolicy: 'Never', serviceAccountName: 'app', containers: [{ image: DEFAULT_IMAGE }] },
    ]);
    expect(pod?.spec?.containers[0]?.resources?.limits).toEqual({ cpu: '500m', memory: '256Mi' });
    expect(out()).toMatch(/AWS_ROLE_ARN +arn:aws:iam::\d+:role\/app\n/);
    expect(out()).toMatch(/^works {2}It is then arn:aws:sts::\S+\nAs to configuration: the audit says that it works\.$/m);
  });

  it('holds it against the audit where the pod is somebody else', async () => {
    await account.carrier('app');
    const text = await probe(says(0, session('node')), []);
    expect(text.status).toBe(4);
    expect(text.out()).toMatch(/ANOTHER {2}It is arn:aws:sts::210987654321:assumed-role\/node\/session, and not\s+the role/);
  });

  it('says what STS says', async () => {
    const arn = await account.role('elsewhere', 'another');
    await account.namespace.serviceAccount('app', { 'eks.amazonaws.com/role-arn': arn });
    const words = 'An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized';
    const { status, out } = await probe(says(254, words), []);
    expect([status, out()]).toEqual([
      1,
      expect.stringMatching(/REFUSED {2}An error occurred \(AccessDenied\)[^]*First link that does not/),
    ]);
  });

  it('probes the role of an association, which a token alone cannot', async () => {
    await account.namespace.serviceAccount('app');
    const service = { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'] };
    const arn = await account.test.account.role('podid', { Version: '2012-10-17', Statement: [service] });
    await account.test.account.association(controlPlane().region, 'kube', account.namespace.name, 'app', arn);
    const uri = 'http://169.254.170.23/v1/credentials';
    const fate: Fate = (pod) => endedWith(message(pod, 0, session('podid')).replace('credentialsUri=', `credentialsUri=${uri}`));
    expect((await probe(fate)).told).toMatchObject({ outcome: { kind: 'admitted' }, given: { roleArn: null, credentialsUri: uri } });
  });

  it('makes nothing before somebody says yes', async () => {
    await account.carrier('app');
    await account.allow([...NARROW, MAY_PROBE]);
    const asked: string[] = [];
    const { io, err } = captured({
      aws: () => awsPort({ version: '0', maxAttempts: 1 }),
      confirm: (question) => Promise.resolve(asked.push(question) < 1),
    });
    const where = ['-n', account.namespace.name, '--cluster', `${controlPlane().region}/kube`];
    expect([await run(['probe', 'sa/app', '--pod', ...where], io), err()]).toEqual([2, 'irsa-auditor: Nothing was done.\n']);
    expect(asked[0]).toContain(`makes a pod of the image ${DEFAULT_IMAGE} in namespace ${account.namespace.name} of cluster kube`);
    expect(await podsLeft()).toEqual([]);
  });

  it.each<[string, Fate, RegExp]>([
    ['its image cannot be fetched', () => waitingFor('ImagePullBackOff', 'not found'), /cannot start: ImagePullBackOff: not found\./],
    [
      'its words would act',
      () => waitingFor('ImagePullBackOff', '\u001b[2J\u202e\nFORGED'),
      /BackOff: \\u001b\[2J\\u202e\\u000aFORGED\.\n$/,
    ],
    ['it is evicted', () => ({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' }), /said nothing: Evicted: low on memory\./],
    ['it says nothing', () => ({ phase: 'Succeeded' }), /ended and said nothing: the cluster does not say why\./],
    ['it says something else', () => endedWith('role=\nwhat?'), /said nothing that is understood/],
    ['it cannot ask', says(255, 'Could not connect to the endpoint URL'), /could not ask STS: Could not connect/],
  ])('is removed where %s, and that is said', async (_, fate, words) => {
    await account.carrier('app');
    const { status, err } = await probe(fate);
    expect([status, err()]).toEqual([2, expect.stringMatching(words)]);
    expect(await podsLeft()).toEqual([]);
  });

  it('is removed where its time is over, with what it waited for', async () => {
    await account.carrier('app');
    const condition = { type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' };
    const { status, err } = await probe(() => ({ phase: 'Pending', conditions: [condition] }), ['--timeout', '1.0001']);
    expect([status, err()]).toEqual([2, expect.stringMatching(/had not ended after 1\.0001 s: 0\/3 nodes are available\. --timeout/)]);
    expect(kubelet?.seen[0]?.spec?.activeDeadlineSeconds).toBe(2);
    expect(await podsLeft()).toEqual([]);
  });

  it('is removed at Ctrl-C', async () => {
    await account.carrier('app');
    let interrupt = (): void => undefined;
    const onInterrupt = (listener: () => void): (() => void) => {
      interrupt = listener;
      return () => undefined;
    };
    const fate: Fate = () => {
      interrupt();
      return Promise.resolve();
    };
    const { status, err } = await probe(fate, [], { onInterrupt });
    expect([status, err()]).toEqual([
      2,
      expect.stringMatching(/breaking off; what was made is removed first[^]*irsa-auditor: Broken off\.\n$/),
    ]);
    expect(await podsLeft()).toEqual([]);
  });

  it('says so where somebody else removes it', async () => {
    await account.carrier('app');
    const { core, name: namespace } = account.namespace;
    const { status, err } = await probe(async ({ metadata }) => {
      await core.deleteNamespacedPod({ namespace, name: metadata?.name ?? '', gracePeriodSeconds: 0 });
    });
    expect([status, err()]).toEqual([2, expect.stringMatching(/was removed by somebody else before it had said anything/)]);
  });

  const without = (verb: string): V1PolicyRule => ({ ...MAY_PROBE, verbs: MAY_PROBE.verbs.filter((one) => one !== verb) });

  it('says what is needed where no pod may be made, and removes none', async () => {
    await account.carrier('app');
    const { status, err } = await probe(null, [], { rules: [without('create')] });
    expect([status, err()]).toEqual([
      2,
      expect.stringMatching(/made no pod in test-.*HTTP 403.*allowed `create`, `get`, `list` and `delete` on `pods`/),
    ]);
    expect(err()).not.toContain('kubectl delete');
  });

  it('says what the quota of the namespace says', async () => {
    await account.carrier('app');
    const { core, name: namespace } = account.namespace;
    const metadata = { name: 'none' };
    const made = await core.createNamespacedResourceQuota({ namespace, body: { metadata, spec: { hard: { pods: '0' } } } });
    // Nothing counts there: without a status the API server waits for one.
    const status0 = { hard: { pods: '0' }, used: { pods: '0' } };
    await core.replaceNamespacedResourceQuotaStatus({ namespace, name: 'none', body: { ...made, status: status0 } });
    const { status, err } = await probe(null, []);
    expect([status, err()]).toEqual([2, expect.stringMatching(/made no pod in test-.*exceeded quota: none/)]);
  });

  it('says what it may not look at', async () => {
    await account.carrier('app');
    const { status, err } = await probe(null, [], { rules: [without('get')] });
    expect([status, err()]).toEqual([2, expect.stringMatching(/could not be read: HTTP 403.*allowed `get` on `pods`/)]);
    expect(await podsLeft()).toEqual([]);
  });

  it('says how to remove the pod where that is refused, beside what else went wrong', async () => {
    await account.carrier('app');
    const refused = await probe(says(0, session('app')), [], { rules: [without('delete')] });
    expect([refused.status, refused.err()]).toEqual([
      2,
      expect.stringMatching(
        /could not be removed: HTTP 403.*Remove it: kubectl delete pod irsa-auditor-probe-\w{8} --namespace test-\S+ --context arn:/,
      ),
    ]);
    expect(await podsLeft()).toHaveLength(1);
  });

  it('removes what earlier probes left, and not the pod of one that runs', async () => {
    await account.carrier('app');
    const { namespace } = account;
    const labels = { 'irsa-auditor/probe': 'true' };
    const [finished, overdue, live] = ['finished', 'overdue', 'live'].map((_, index) => `irsa-auditor-probe-0000000${index}`) as [
      string,
      string,
      string,
    ];
    await namespace.pod(finished, 'app', { labels, activeDeadlineSeconds: 600 });
    await namespace.phase(finished, 'Succeeded');
    await namespace.pod(overdue, 'app', { labels, activeDeadlineSeconds: 1 });
    await namespace.pod(live, 'app', { labels, activeDeadlineSeconds: 600 });
    await namespace.pod('other', 'app');
    await namespace.pod('labeled', 'app', { labels, activeDeadlineSeconds: 1 });
    const theirs = [finished, overdue, live, 'labeled'];
    const fate: Fate = (pod) => (theirs.includes(pod.metadata?.name ?? '') ? Promise.resolve() : says(0, session('app'))(pod));
    const { out } = await probe(fate, [], { now: () => Date.now() + 120_000 });
    expect(out()).toContain('2 pods of earlier probes that had been cut short were removed.');
    expect([...(await podsLeft())].sort()).toEqual([live, 'labeled', 'other']);
  });

  describe('by a context of a kubeconfig', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'irsa-auditor-'));
    });
    afterEach(() => {
      delete process.env['KUBECONFIG'];
      rmSync(folder, { recursive: true });
    });

    it.each([
      ['a token', []],
      ['a pod', ['--pod']],
    ])('probes with %s as its user', async (_, argv) => {
      await account.carrier('app');
      const { url, ca, adminToken } = controlPlane();
      const cluster = { 'server': url, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
      const context = { cluster: 'kube', user: 'admin', namespace: account.namespace.name };
      const config = {
        'apiVersion': 'v1',
        'kind': 'Config',
        'current-context': 'mine',
        'contexts': [{ name: 'mine', context }],
        'clusters': [{ name: 'kube', cluster }],
        'users': [{ name: 'admin', user: { token: adminToken } }],
      };
      process.env['KUBECONFIG'] = join(folder, 'config');
      writeFileSync(process.env['KUBECONFIG'], JSON.stringify(config));
      kubelet = new TestKubelet(account.namespace, says(0, session('app')));
      const { io, out } = captured({ aws: () => awsPort({ version: '0', maxAttempts: 1 }), now: Date.now });
      const where = ['--context', 'mine', '--cluster', `${controlPlane().region}/kube`];
      expect(await run(['probe', 'sa/app', ...where, '--yes', ...argv], io)).toBe(0);
      expect(out()).toMatch(/^works/m);
      expect(await podsLeft()).toEqual([]);
    });
  });
});

describe('the image of the pod', () => {
  it.each([
    [DEFAULT_IMAGE, true],
    ['registry.example:5000/aws@sha256:' + 'a'.repeat(64), true],
    ['public.ecr.aws/aws-cli/aws-cli:2.37.4', false],
    ['aws-cli@sha256:abc', false],
    ['$(x)@sha256:' + 'a'.repeat(64), false],
  ])('%s is taken: %s', (image, taken) => expect(isByDigest(image)).toBe(taken));

  it.each([
    [['--pod', '--image', 'aws-cli:2'], /aws-cli:2 is no image with a digest/],
    [['--image', `a@sha256:${'a'.repeat(64)}`], /--image is that of the pod: it needs --pod/],
  ])('is wrong usage as %j', async (argv, words) => {
    const { io, err } = captured();
    expect([await run(['probe', 'sa/app', '--cluster', 'a/b', ...argv], io), err()]).toEqual([2, expect.stringMatching(words)]);
  });
});

describe('what a pod says', () => {
  const ROLE = 'arn:aws:iam::210987654321:role/team/app';
  const told = (status: string, answer: string, head = `role=${ROLE}\ntokenFile=\ncredentialsUri=\nkeys=set`): string =>
    `${head}\nstatus=${status}\nanswer=${answer}`;
  const given = { roleArn: ROLE, tokenFile: null, credentialsUri: null, hasKeys: true };

  it.each([
    ['0', `${session('app')}\n`, { kind: 'admitted', arn: session('app') }],
    ['0', 'arn:aws:iam::210987654321:user/me', { kind: 'another', arn: 'arn:aws:iam::210987654321:user/me' }],
    ['253', 'Unable to locate credentials.\nMore', { kind: 'refused', error: 'Unable to locate credentials.\nMore' }],
  ])('with %s and %j is read', (status, answer, outcome) => {
    expect(readPodAnswer(told(status, answer), ROLE)).toEqual({ given, outcome });
  });

  it.each([
    ['127', 'sh: aws: not found', /no `aws` on its path/],
    ['1', '', /could not ask STS: it said nothing/],
  ])('with %s and %j is no answer', (status, answer, words) => {
    expect(() => readPodAnswer(told(status, answer), ROLE)).toThrow(words);
  });

  it.each(['', 'answer=x', told('0', 'x').replace('keys=set', 'keys=set\nmore=1'), told('0', 'x').replace('role=', 'rule=')])(
    'is not understood as %j',
    (text) => expect(() => readPodAnswer(text, ROLE)).toThrow(/nothing that is understood/),
  );
});

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('is heard once as %s: the next one ends the process as ever', (signal) => {
    const process = new EventEmitter();
    let heard = 0;
    onInterruptOf(process, () => (heard += 1));
    expect([process.emit(signal), process.emit('SIGINT'), process.emit('SIGTERM'), heard]).toEqual([true, false, false, 1]);
  });

  it('is not heard any more once nobody listens', () => {
    const process = new EventEmitter();
    onInterruptOf(process, () => undefined)();
    expect(process.emit('SIGINT')).toBe(false);
  });
});
