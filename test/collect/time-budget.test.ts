import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { awsPort } from '../../src/collect/aws/aws-port.js';
import { collect, type CollectOptions } from '../../src/collect/collect.js';
import { known, seen } from '../../src/model/inventory/observed.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { AccountUnderTest, clustersIn, namesOf } from './account-under-test.js';
import { answeringAtOnce } from './port-in-memory.js';

const OUT_OF_TIME = { known: false, reason: 'out-of-time', detail: 'The time budget was used up before this was read.' };

const options: CollectOptions = { regions: ['eu-west-1'], now: () => 0, startedAt: '2026-11-23T10:00:00.000Z', deadline: 1000 };

describe('the time budget', () => {
  it('starts nothing more once it is used up and keeps what is there', async () => {
    let clock = 0;
    const aws = answeringAtOnce();
    const slow = answeringAtOnce({
      describeCluster: (region, name, signal) => {
        clock = name === 'a' ? 1000 : clock;
        return aws.describeCluster(region, name, signal);
      },
    });

    const inventory = await collect(slow, { ...options, now: () => clock, concurrency: 1 });

    const clusters = clustersIn(inventory, 'eu-west-1');
    expect(clusters.known && namesOf(clusters.value)).toEqual(['a', 'b', 'c']);
    expect(seen(clusters).map(({ detail }) => detail)).toEqual([expect.objectContaining({ known: true }), OUT_OF_TIME, OUT_OF_TIME]);
    expect(inventory.calls['eks:DescribeCluster']).toBe(1);
  });

  it('keeps the pages that came in time', async () => {
    let clock = 0;
    const aws = answeringAtOnce({
      listClusters: () => {
        clock = 1000;
        return Promise.resolve({ items: ['a'], next: 'more' });
      },
    });
    const inventory = await collect(aws, { ...options, now: () => clock });
    expect(clustersIn(inventory, 'eu-west-1')).toMatchObject({ ...OUT_OF_TIME, partial: [{ name: 'a', detail: OUT_OF_TIME }] });
  });

  it('cuts off what is under way, even where the call does not listen', async () => {
    const aws = answeringAtOnce({ accountQuotas: () => new Promise(() => undefined) });
    const inventory = await collect(aws, { ...options, deadline: 20 });
    expect(inventory.quotas).toEqual(OUT_OF_TIME);
    expect(inventory.roles).toEqual(known([]));
    expect(inventory.calls['iam:GetAccountSummary']).toBe(1);
  });

  it('may be longer than Node has a clock for', async () => {
    const quotas = { trustPolicyLength: 2048, roles: 1000 };
    const aws = answeringAtOnce({ accountQuotas: () => new Promise((answer) => setTimeout(() => answer(quotas), 20)) });
    expect((await collect(aws, { ...options, deadline: 2 ** 40 })).quotas).toEqual(known(quotas));
  });

  it('is no reason to hide a defect of the program', async () => {
    const defect = () => Promise.reject(new TypeError('a defect'));
    const aws = answeringAtOnce({ listProviders: defect, listRoles: defect });
    await expect(collect(aws, options)).rejects.toThrow(new TypeError('a defect'));
  });

  it('does not hide a defect in the reading of the identity', async () => {
    await expect(collect(answeringAtOnce({ identity: () => Promise.reject(new TypeError('a defect')) }), options)).rejects.toThrow(
      TypeError,
    );
  });

  it('holds the number of calls under way in each region', async () => {
    const underWay = new Map<string, number>();
    const most = new Map<string, number>();
    const aws = answeringAtOnce();
    const counting = answeringAtOnce({
      listClusters: () => Promise.resolve({ items: ['a', 'b', 'c', 'd', 'e', 'f'], next: null }),
      describeCluster: async (region, ...asked) => {
        underWay.set(region, (underWay.get(region) ?? 0) + 1);
        most.set(region, Math.max(most.get(region) ?? 0, underWay.get(region) ?? 0));
        await new Promise(setImmediate);
        underWay.set(region, (underWay.get(region) ?? 0) - 1);
        return aws.describeCluster(region, ...asked);
      },
    });
    await collect(counting, { ...options, regions: ['eu-west-1', 'eu-west-2', 'eu-west-3'], concurrency: 4 });
    expect(Object.fromEntries(most)).toEqual({ 'eu-west-1': 4, 'eu-west-2': 4, 'eu-west-3': 4 });
  });
});

describe('a partition that this version does not know', () => {
  it('is read through the region of the credentials', async () => {
    const asked: string[] = [];
    const aws = answeringAtOnce({
      identity: () =>
        Promise.resolve({
          arn: 'arn:aws-moon:iam::111122223333:root',
          account: '111122223333',
          partition: 'aws-moon',
          region: 'moon-east-1',
        }),
      listRegions: (home) => {
        asked.push(home);
        return Promise.resolve({ items: [{ name: 'moon-east-1', enabled: true }], next: null });
      },
    });
    expect((await collect(aws, { ...options, regions: 'all' })).regions.map(({ region }) => region)).toEqual(['moon-east-1']);
    expect(asked).toEqual(['moon-east-1']);
  });
});

describeOnMoto('a call that is cut off over the wire', () => {
  let test: AccountUnderTest;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
  });
  afterEach(() => test.endpoint.stop());

  it('ends at once, as out of time', async () => {
    const budget = new AbortController();
    test.endpoint.on({ operation: 'DescribeCluster' }, { kind: 'hang' });
    const arrived = test.endpoint.arrival({ operation: 'DescribeCluster' });
    const call = awsPort({ version: '0' }).describeCluster('eu-west-3', 'prod', budget.signal);
    await arrived;
    budget.abort();
    await expect(call).rejects.toMatchObject({ name: 'ReadError', reason: 'out-of-time' });
  });

  it('leaves no identity, where it is the identity', async () => {
    const budget = new AbortController();
    test.endpoint.on({ service: 'sts' }, { kind: 'hang' });
    const arrived = test.endpoint.arrival({ service: 'sts' });
    const call = awsPort({ version: '0' }).identity(budget.signal);
    void arrived.then(() => budget.abort());
    await expect(call).rejects.toMatchObject({ name: 'NoIdentityError', problem: 'unreachable' });
  });
});
