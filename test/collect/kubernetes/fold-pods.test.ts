import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PodFold } from '../../../src/collect/kubernetes/fold-pods.js';
import type { Workload } from '../../../src/model/inventory/workload.js';

const ROLE = 'arn:aws:iam::210987654321:role/app';
const MOUNT = '/var/run/secrets/eks.amazonaws.com/serviceaccount';

/** A pod as the webhook leaves it behind, but for what a test changes. */
const pod = (name: string, { metadata = {}, spec = {}, status = {} }: { metadata?: object; spec?: object; status?: object } = {}) => ({
  metadata: {
    namespace: 'shop',
    name,
    creationTimestamp: '2026-11-01T10:00:00Z',
    labels: { 'pod-template-hash': '7c9d', 'app': 'shop' },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'app-7c9d', controller: true }],
    ...metadata,
  },
  spec: {
    serviceAccountName: 'app',
    containers: [
      {
        name: 'main',
        env: [
          { name: 'AWS_ROLE_ARN', value: ROLE },
          { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: `${MOUNT}/token` },
          { name: 'AWS_DEFAULT_REGION', value: 'eu-west-1' },
        ],
        volumeMounts: [
          { name: 'aws-iam-token', mountPath: MOUNT },
          { name: 'kube-api-access-x', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
        ],
      },
    ],
    volumes: [
      { name: 'aws-iam-token', projected: { sources: [{ serviceAccountToken: { audience: 'sts.amazonaws.com', path: 'token' } }] } },
      { name: 'kube-api-access-x', projected: { sources: [{ serviceAccountToken: { path: 'token' } }, { configMap: {} }] } },
    ],
    ...spec,
  },
  status,
});

function folded(...pods: readonly object[]): readonly Workload[] {
  const fold = new PodFold();
  for (const one of pods) fold.add(one as Record<string, unknown>);
  return fold.workloads();
}
const only = (one: object): Workload => {
  const [workload, ...more] = folded(one);
  if (workload === undefined || more.length > 0) throw new Error('not one');
  return workload;
};

describe('folding pods', () => {
  it('makes one record of pods that are alike, with the oldest and the newest', () => {
    const at = (creationTimestamp: string) => ({ metadata: { creationTimestamp } });
    expect(
      folded(
        pod('app-7c9d-b', at('2026-11-02T00:00:00Z')),
        pod('app-7c9d-a', at('2026-11-03T00:00:00Z')),
        pod('app-7c9d-c', at('2026-11-01T00:00:00Z')),
      ),
    ).toEqual([
      {
        namespace: 'shop',
        owner: { kind: 'Deployment', name: 'app' },
        revision: '7c9d',
        serviceAccount: 'app',
        pods: 3,
        example: 'app-7c9d-a',
        oldest: '2026-11-01T00:00:00Z',
        newest: '2026-11-03T00:00:00Z',
        os: 'linux',
        fargate: false,
        hostNetwork: false,
        annotations: {},
        skipsWebhook: false,
        app: 'shop',
        containers: [
          {
            name: 'main',
            init: false,
            variables: ['AWS_DEFAULT_REGION', 'AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
            roleArn: ROLE,
            tokenFile: `${MOUNT}/token`,
            region: 'eu-west-1',
            credentialsUri: null,
            authorizationTokenFile: null,
            tokens: [{ audience: 'sts.amazonaws.com', volume: 'aws-iam-token', mountPath: MOUNT, path: 'token' }],
            error: null,
          },
        ],
      },
    ]);
  });

  it('keeps apart those that differ in how they get credentials', () => {
    const without = pod('app-7c9d-x', { spec: { containers: [{ name: 'main' }] } });
    expect(folded(pod('app-7c9d-a'), without, pod('app-7c9d-b')).map(({ pods, example }) => [pods, example])).toEqual(
      expect.arrayContaining([
        [2, 'app-7c9d-a'],
        [1, 'app-7c9d-x'],
      ]),
    );
  });

  it('keeps apart those that were made from two versions of their template, and leaves out those being deleted', () => {
    const next = { labels: { 'pod-template-hash': '8d0e' }, ownerReferences: [{ kind: 'ReplicaSet', name: 'app-8d0e', controller: true }] };
    const found = folded(
      pod('app-7c9d-a'),
      pod('app-7c9d-b', { metadata: { deletionTimestamp: '2026-11-01T10:30:00Z' } }),
      pod('app-8d0e-a', { metadata: next }),
    );
    expect(found.map(({ owner, revision, pods }) => [owner.name, revision, pods])).toEqual([
      ['app', '7c9d', 1],
      ['app', '8d0e', 1],
    ]);
  });

  it('takes the last of two variables of one name, and no empty ones but those that keep the webhook away', () => {
    const env = [
      { name: 'AWS_ROLE_ARN', value: 'first' },
      { name: 'AWS_ROLE_ARN', value: 'last' },
      { name: 'AWS_WEB_IDENTITY_TOKEN_FILE' },
      { name: 'AWS_ACCESS_KEY_ID', value: '' },
      { name: 'AWS_SECRET_ACCESS_KEY' },
      { name: 'AWS_PROFILE', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
    ];
    const { containers } = only(pod('x', { spec: { containers: [{ name: 'main', env, envFrom: [{ configMapRef: { name: 'c' } }] }] } }));
    expect(containers.map(({ variables, roleArn, hasEnvFrom }) => [variables, roleArn, hasEnvFrom])).toEqual([
      [['AWS_PROFILE', 'AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'], 'last', true],
    ]);
  });

  it.each<[string, object, Workload['owner']]>([
    [
      'a replica set of nobody',
      { labels: {}, ownerReferences: [{ kind: 'ReplicaSet', name: 'app-7c9d', controller: true }] },
      { kind: 'ReplicaSet', name: 'app-7c9d' },
    ],
    [
      'the controller among several',
      {
        ownerReferences: [
          { kind: 'Node', name: 'n' },
          { kind: 'StatefulSet', name: 'db', controller: true },
        ],
      },
      { kind: 'StatefulSet', name: 'db' },
    ],
    ['nobody', { ownerReferences: [] }, { kind: 'Pod', name: 'x' }],
    ['a job', { ownerReferences: [{ kind: 'Job', name: 'nightly-29300000' }] }, { kind: 'Job', name: 'nightly-29300000' }],
    [
      'a job with a date in its name',
      { ownerReferences: [{ kind: 'Job', name: 'import-20261101' }] },
      { kind: 'Job', name: 'import-20261101' },
    ],
    // 29892120 minutes after 1970 it was ten o'clock on the first of November 2026.
    ['the cron job of a job', { ownerReferences: [{ kind: 'Job', name: 'nightly-29892120' }] }, { kind: 'CronJob', name: 'nightly' }],
    [
      'a rollout of Argo',
      { labels: { 'rollouts-pod-template-hash': '7c9d' }, ownerReferences: [{ kind: 'ReplicaSet', name: 'app-7c9d', controller: true }] },
      { kind: 'Rollout', name: 'app' },
    ],
  ])('names as its owner %s', (_what, metadata, owner) => expect(only(pod('x', { metadata })).owner).toEqual(owner));

  it.each<[string, object, Partial<Workload>]>([
    ['Windows by its field', { spec: { os: { name: 'windows' } } }, { os: 'windows' }],
    ['Windows by its node', { spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } } }, { os: 'windows' }],
    ['Fargate', { metadata: { labels: { 'eks.amazonaws.com/fargate-profile': 'p' } } }, { fargate: true, app: null }],
    ['the network of its host', { spec: { hostNetwork: true } }, { hostNetwork: true }],
    [
      'the label that keeps the webhook away',
      { metadata: { labels: { 'eks.amazonaws.com/skip-pod-identity-webhook': '' } } },
      { skipsWebhook: true },
    ],
    ['its name in the label of its chart', { metadata: { labels: { 'app.kubernetes.io/name': 'cart', 'app': 'x' } } }, { app: 'cart' }],
    ['no service account', { spec: { serviceAccountName: undefined } }, { serviceAccount: 'default' }],
    [
      'annotations of EKS',
      { metadata: { annotations: { 'eks.amazonaws.com/skip-containers': 'a', 'other/secret': 'b' } } },
      { annotations: { 'eks.amazonaws.com/skip-containers': 'a' } },
    ],
  ])('knows %s', (_what, change, expected) => expect(only(pod('x', change))).toMatchObject(expected));

  it('keeps names of variables, and of their values those of the role, file and region alone', () => {
    const env = [
      { name: 'AWS_SECRET_ACCESS_KEY', value: 'wJalrXUtnFEMI' },
      { name: 'AWS_ACCESS_KEY_ID', valueFrom: { secretKeyRef: { name: 'keys', key: 'id' } } },
      { name: 'DATABASE_PASSWORD', value: 'hunter2' },
      { name: 'AWS_ROLE_ARN', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
      { name: 'AWS_CONTAINER_CREDENTIALS_FULL_URI', value: 'http://169.254.170.23/v1/credentials' },
    ];
    const workload = only(pod('x', { spec: { initContainers: [{ name: 'init', env }], containers: [], volumes: [] } }));
    expect(workload.containers).toEqual([
      {
        name: 'init',
        init: true,
        variables: ['AWS_ACCESS_KEY_ID', 'AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_ROLE_ARN', 'AWS_SECRET_ACCESS_KEY'],
        roleArn: null,
        tokenFile: null,
        region: null,
        credentialsUri: 'http://169.254.170.23/v1/credentials',
        authorizationTokenFile: null,
        tokens: [],
        error: null,
      },
    ]);
    expect(JSON.stringify(workload)).not.toMatch(/wJalr|hunter2|PASSWORD/);
  });

  const main = (container: object) => only(pod('x', { spec: { containers: [{ name: 'main', ...container }], volumes: [] } })).containers[0];

  it('takes of two variables of one name the last, as Kubernetes does', () => {
    const twice = (...values: readonly object[]) => main({ env: values.map((one) => ({ name: 'AWS_ROLE_ARN', ...one })) })?.roleArn;
    expect(twice({ value: 'first' }, { value: ROLE })).toBe(ROLE);
    expect(twice({ value: ROLE }, { valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } })).toBeNull();
  });

  it('knows no value that Kubernetes puts together from other variables', () =>
    expect(main({ env: [{ name: 'AWS_ROLE_ARN', value: 'arn:aws:iam::$(ACCOUNT):role/app' }] })).toMatchObject({
      variables: ['AWS_ROLE_ARN'],
      roleArn: null,
    }));

  it('keeps that variables come from config maps and secrets, and not from which', () => {
    const container = main({ envFrom: [{ secretRef: { name: 'keys-of-billing' } }] });
    expect(container?.hasEnvFrom).toBe(true);
    expect(JSON.stringify(container)).not.toContain('billing');
    expect(main({ envFrom: [] })).not.toHaveProperty('hasEnvFrom');
  });

  it.each([
    ['waiting', 'An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation', 'AccessDenied'],
    ['terminated', 'InvalidIdentityToken: Incorrect token audience; token=eyJhbGciOi', 'InvalidIdentityToken'],
    ['terminated', 'fatal: Unable to locate credentials', 'Unable to locate credentials'],
    ['terminated', 'password=hunter2', null],
  ])('keeps of the last words of a container that is %s a code that it knows', (state, message, error) => {
    const status = { containerStatuses: [{ name: 'main', lastState: { [state]: { message, reason: 'Error' } } }] };
    const workload = only(pod('x', { status }));
    expect(workload.containers[0]?.error).toBe(error);
    expect(JSON.stringify(workload)).not.toMatch(/eyJ|hunter2|when calling/);
  });

  it('says the same whatever the order of the list, and takes whatever a pod holds', () => {
    const some = fc.constantFrom('a', 'b', 'c');
    const pods = fc.array(
      fc
        .record({ name: fc.string(), owner: some, account: some, at: some, extra: fc.jsonValue() })
        .map(({ name, owner, account, at, extra }) => ({
          metadata: { namespace: 'n', name, creationTimestamp: at, ownerReferences: [{ kind: 'Job', name: owner }], annotations: extra },
          spec: { serviceAccountName: account, containers: extra, volumes: extra },
          status: extra,
        })),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(pods, (given) => {
        const workloads = folded(...given);
        expect(folded(...[...given].reverse())).toEqual(workloads);
        expect(workloads.reduce((sum, one) => sum + one.pods, 0)).toBe(given.length);
      }),
      { numRuns: 300, seed: 20261124 },
    );
  });
});
