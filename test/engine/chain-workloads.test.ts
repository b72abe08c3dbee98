import { describe, expect, it } from '@jest/globals';
import { known, unknown, seen } from '../../src/model/inventory/observed.js';
import type { Workload } from '../../src/model/inventory/workload.js';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import { followWorkload, NoSuchWorkloadError, type WhyQuestion } from '../../src/pipeline/pipeline.js';
import { account, brokenAt, container, why, workload } from './account-of-chain.js';

const without = container({ variables: [], roleArn: null, tokenFile: null });
const of = (name: string, over: Partial<Workload> = {}): Workload =>
  workload({ owner: { kind: 'Deployment', name }, example: `${name}-7c9d-x2x4z`, ...over });
const running =
  (...workloads: readonly Workload[]): Parameters<typeof account>[1] =>
  (prod) => ({ ...prod, workloads: known(workloads) });
const podLink = (...workloads: readonly Workload[]): unknown => {
  const link = why(account({}, running(...workloads))).links.find((one) => one.link === 'pod');
  return [link?.state, link?.says];
};

describe('the workloads of a service account', () => {
  it('are looked at one by one, and the one that lacks something is named', () => {
    expect(podLink(of('app'), of('batch', { containers: [without] }), of('cron', { containers: [without] }))).toEqual([
      'broken',
      expect.stringMatching(/^No container of Deployment batch \(pod batch-7c9d-x2x4z\) got AWS_ROLE_ARN.* \(2 of 3 workloads\)$/),
    ]);
    expect(podLink(of('app'), of('batch'))).toEqual(['ok', '2 workloads use it, and have what they need.']);
    // Versions of one workload are one.
    const versions = [of('app', { revision: 'a', containers: [without] }), of('app', { revision: 'b', containers: [without] })];
    expect(podLink(...versions)).toEqual(['broken', expect.stringMatching(/without the webhook\.$/)]);
    expect(podLink(...versions, of('batch'))).toEqual(['broken', expect.stringMatching(/ \(1 of 2 workloads\)$/)]);
  });

  it('are not judged where a container takes its role from elsewhere', () => {
    expect(podLink(of('app', { containers: [container({ roleArn: null })] }))).toEqual([
      'undecided',
      expect.stringMatching(/takes AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE from elsewhere/),
    ]);
  });

  it('are not judged where they are all taken out of the hands of the webhook', () => {
    const annotations = { 'eks.amazonaws.com/skip-containers': 'app' };
    expect(podLink(of('app', { annotations, containers: [without] }))).toEqual(['undecided', expect.stringMatching(/skip-containers/)]);
  });

  it('are right where those that lack something are being replaced', () => {
    const [old, fresh] = [{ newest: '2026-11-23T00:00:00Z', containers: [without] }, { newest: '2026-11-24T00:00:00Z' }];
    expect(podLink(of('app', old), of('app', fresh))).toEqual(['ok', expect.stringContaining('has the role and a token')]);
    // Newer, and no better.
    expect(podLink(of('app', { newest: '2026-11-23T00:00:00Z' }), of('app', { ...old, newest: '2026-11-24T00:00:00Z' }))).toEqual([
      'broken',
      expect.anything(),
    ]);
  });

  it('are not right where others of the same owner, or right ones of another, have been running beside them', () => {
    const old = { newest: '2026-09-01T00:00:00Z', containers: [without] };
    expect(podLink(of('app', old), of('app', { newest: '2026-11-20T00:00:00Z' }))).toEqual(['broken', expect.anything()]);
    const other = { owner: { kind: 'Deployment', name: 'till' }, newest: '2026-11-24T00:00:00Z' };
    expect(podLink(of('app', old), of('app', other))).toEqual(['broken', expect.anything()]);
  });

  it('are told as not there where a part of the pods was asked for, and as not read where none came', () => {
    const some = account({}, (prod) => ({ ...prod, workloads: unknown('not-requested', 'no', []) }));
    expect(brokenAt(why(some))).toEqual(['open', 'pod', null]);
    expect(why(some).links[4]?.state).toBe('undecided');
  });
});

describe('findings', () => {
  it('of another region, whose cluster has the same name, are not those of this one', () => {
    const inventory = account({ clusters: { prod: { exists: true, provider: 'right' }, lab: { exists: true, provider: 'right' } } });
    const [west, east] = inventory.regions;
    if (west === undefined || east === undefined) throw new Error('two regions');
    const alike = seen(east.clusters).map((cluster) => ({
      ...cluster,
      name: 'prod',
      serviceAccounts: known([{ namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': 'role/app' } }]),
    }));
    const both = { ...inventory, regions: [west, { ...east, clusters: known(alike) }] };
    expect(why(both, { cluster: 'us-east-1/prod' }).findings.map(({ rule }) => rule)).toEqual(['annotation-malformed']);
    expect(why(both, { cluster: 'eu-west-1/prod' }).findings).toEqual([]);
  });

  it('do not take a service account to have no pods where only those of another were asked for', () => {
    const lost = of('app', { serviceAccount: 'default', app: 'app', containers: [without] });
    const all = account({}, running(lost));
    const some = account({}, (prod) => ({ ...prod, workloads: unknown('not-requested', 'no', [lost]) }));
    const asked = { serviceAccount: 'default', pod: lost.example };
    expect(why(all, asked).findings.map(({ rule }) => rule)).toEqual(['pod-service-account-wrong']);
    expect(why(some, asked).findings).toEqual([]);
  });

  it('on the service account that pods run as break the chain of each of them, and of no other of that account', () => {
    const lost = of('app', { serviceAccount: 'default', app: 'app', containers: [without] });
    const other = of('till', { serviceAccount: 'default', containers: [without] });
    const all = account(
      {},
      (prod) =>
        ({
          ...running(lost, other)?.(prod),
          serviceAccounts: known([...seen(prod.serviceAccounts), { namespace: 'shop', name: 'default', annotations: {} }]),
        }) as typeof prod,
    );
    const asked = (pod: string | undefined) => why(all, { serviceAccount: 'default', ...(pod === undefined ? {} : { pod }) });
    expect([asked(lost.example), asked('app-7c9d-another'), asked(undefined)].map(brokenAt)).toEqual(
      Array.from({ length: 3 }, () => ['broken', 'service account', 'Unable to locate credentials']),
    );
    expect([asked(other.example).verdict, asked(other.example).findings]).toEqual(['holds', []]);
  });

  it('on the pods are told with their service account', () => {
    const { findings } = why(account({}, running(of('app', { containers: [without] }))));
    expect(findings.map(({ rule, subject }) => [rule, subject.id])).toEqual([['pod-not-injected', 'prod/shop/app']]);
  });
});

describe('what owns pods of several versions', () => {
  const owner = { kind: 'Deployment', name: 'app' };
  const [old, fresh] = [
    { revision: '1', newest: '2026-11-23T00:00:00Z', example: 'app-1-x' },
    { revision: '2', newest: '2026-11-24T00:00:00Z', example: 'app-2-x' },
  ];
  const asked = (...workloads: readonly Workload[]) =>
    why(account({}, running(...workloads)), { owner, serviceAccount: undefined as never });

  it.each([
    ['the newest of them are right', [of('app', { ...old, containers: [without] }), of('app', fresh)], 'holds'],
    ['the newest of them are wrong', [of('app', old), of('app', { ...fresh, containers: [without] })], 'broken'],
    ['another owner of the account is wrong', [of('app', fresh), of('till', { containers: [without] })], 'holds'],
  ] as const)('is judged as its service account is where %s', (_, workloads, verdict) => expect(asked(...workloads).verdict).toBe(verdict));

  it('runs as its newest pods do', () => {
    const chain = asked(of('app', { ...old, serviceAccount: 'before', containers: [without] }), of('app', fresh));
    expect([chain.target.serviceAccount, chain.target.pod, chain.target.owner, chain.verdict]).toEqual(['app', null, owner, 'holds']);
  });

  it('hears of what the audit tells of its pods', () =>
    expect(
      brokenAt(asked(of('app', { containers: [container({ variables: [...container().variables, 'AWS_SHARED_CREDENTIALS_FILE'] })] }))),
    ).toEqual(['open', 'pod', null]));
});

const prodOf = ({ regions }: Inventory) => {
  const prod = regions.flatMap(({ clusters }) => seen(clusters)).find(({ name }) => name === 'prod');
  return { serviceAccounts: seen(prod?.serviceAccounts ?? known([])), workloads: seen(prod?.workloads ?? known([])) };
};

describe('which workload', () => {
  it('is a pod, by its name or that of its owner', () => {
    for (const pod of ['app-7c9d-x2x4z', 'app-7c9d-other', 'app'])
      expect(why(account(), { pod, serviceAccount: undefined as never }).target).toMatchObject({ serviceAccount: 'app', pod });
  });

  it('is a pod of the owner whose name is the longest that fits', () => {
    const worker = of('app-worker', { serviceAccount: 'worker' });
    const two = account({}, running(of('app'), worker));
    const asked = (pod: string) => why(two, { pod, serviceAccount: undefined as never }).target.serviceAccount;
    expect([asked('app-worker-5d4-zzzzz'), asked('app-7c9d-other'), asked(worker.example)]).toEqual(['worker', 'app', 'worker']);
  });

  it('is not told from others of its owner that differ, where one of each was kept', () => {
    const two = account({}, running(of('app'), of('app', { example: 'app-old', containers: [without] })));
    const linkOf = (pod: string) => why(two, { pod, serviceAccount: undefined as never }).links.find(({ link }) => link === 'pod');
    expect(linkOf('app-old')?.state).toBe('broken');
    expect(linkOf('app-7c9d-x2x4z')?.state).toBe('ok');
    expect(linkOf('app-7c9d-other')).toMatchObject({ state: 'undecided', says: expect.stringMatching(/which of them app-7c9d-other is/) });
  });

  it.each<[Partial<WhyQuestion>, RegExp]>([
    [{ cluster: 'prdo' }, /There is no cluster "prdo" among those that were read\. Did you mean prod\?/],
    [
      { cluster: undefined as never, serviceAccount: 'nobody' },
      /No cluster that was read has nobody in namespace shop; there are eu-west-1\/prod, us-east-1\/lab/,
    ],
    [{ pod: 'nobody', serviceAccount: undefined as never }, /There is no running pod nobody in namespace shop of cluster prod/],
  ])('%j is asked back', (asked, words) => {
    const two = account({ clusters: { prod: { exists: true, provider: 'right' }, lab: { exists: true, provider: 'right' } } });
    expect(() => why(two, asked)).toThrow(NoSuchWorkloadError);
    expect(() => why(two, asked)).toThrow(words);
  });

  /** shop/app runs in prod; lab has nothing but what a test puts there. */
  const besideLab = (lab: Partial<Cluster>): Inventory => {
    const two = account({ clusters: { prod: { exists: true, provider: 'right' }, lab: { exists: true, provider: 'right' } } });
    const changed = (one: Cluster): Cluster =>
      one.name === 'lab' ? { ...one, serviceAccounts: known([]), workloads: known([]), ...lab } : one;
    const regions = two.regions.map((one) => ({ ...one, clusters: known(seen(one.clusters).map(changed)) }));
    return { ...two, regions };
  };
  const ANYWHERE = { cluster: undefined as never, serviceAccount: undefined as never };

  it.each<[string, Partial<WhyQuestion>]>([
    ['a service account', { serviceAccount: 'app' }],
    ['a pod', { pod: 'app-7c9d-x2x4z' }],
    ['what owns pods', { owner: { kind: 'Deployment', name: 'app' } }],
    ['a bare name', { owner: { kind: null, name: 'app' } }],
  ])('is in the one cluster that has %s, which is said', (_what, asked) => {
    const follow = (inventory: Inventory) => followWorkload(inventory, { namespace: 'shop', ...asked }, DEFAULT_SETTINGS);
    const { chain, among } = follow(besideLab({}));
    expect([chain.target.cluster, chain.target.serviceAccount, among]).toEqual(['prod', 'app', 2]);
    expect(follow(account()).among).toBe(1);
    // What was not read may be what is meant; what both have is a choice.
    const unread = besideLab({ serviceAccounts: unknown('denied', ''), workloads: unknown('denied', '') });
    const both = besideLab({ serviceAccounts: known(prodOf(unread).serviceAccounts), workloads: known(prodOf(unread).workloads) });
    for (const inventory of [unread, both])
      expect(() => why(inventory, { ...ANYWHERE, ...asked })).toThrow(/with --cluster \(eu-west-1\/prod, us-east-1\/lab\)/);
  });

  it('is asked back by region, where two clusters have its name', () => {
    const inventory = account({ clusters: { prod: { exists: true, provider: 'right' }, lab: { exists: true, provider: 'right' } } });
    const alike = inventory.regions.map((one) => ({
      ...one,
      clusters: known(seen(one.clusters).map((cluster) => ({ ...cluster, name: 'prod' }))),
    }));
    expect(() => why({ ...inventory, regions: alike })).toThrow(
      /Several regions have a cluster prod: name one with --cluster \(eu-west-1\/prod, us-east-1\/prod\)/,
    );
    expect(why({ ...inventory, regions: alike }, { cluster: 'us-east-1/prod' }).target.region).toBe('us-east-1');
  });

  it('is that of the default service account, where none is named', () =>
    expect(why(account(), { serviceAccount: undefined as never }).target.serviceAccount).toBe('default'));
});
