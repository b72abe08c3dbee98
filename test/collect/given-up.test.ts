import { describe, expect, it } from '@jest/globals';
import { awsPort } from '../../src/collect/aws/aws-port.js';
import type { ClientOptions } from '../../src/collect/aws/clients.js';
import { collect } from '../../src/collect/collect.js';
import { unreadIn } from '../../src/engine/run/coverage.js';
import { seen } from '../../src/model/inventory/observed.js';
import { knownRegions } from '../../src/model/inventory/partitions.js';
import { rawAnswer, serviceError } from '../support/aws/faulty-endpoint.js';
import { faultyAwsInMemory } from './aws-in-memory.js';

const LONG_MS = 86_400_000;
const AT_A_TIME = 3;
const throttled = serviceError('ThrottlingException', 'Rate exceeded', 429);

describe('a read that goes on failing', () => {
  const aws = faultyAwsInMemory();

  // Every pause is longer than the test: that anything ends at all is the doing of what is under test.
  const read = (regions: readonly string[], over: Partial<ClientOptions> = {}) =>
    collect(awsPort({ version: '0', pauseMs: LONG_MS, giveUpAfterMs: 50, ...over }), {
      regions,
      now: () => 0,
      startedAt: '2026-11-23T10:00:00.000Z',
      deadline: null,
      concurrency: AT_A_TIME,
    });
  const clusters = (count: number) => rawAnswer(JSON.stringify({ clusters: Array.from({ length: count }, (_, at) => `c${at}`) }));

  it('is given up for the region: what has not been asked is not asked any more', async () => {
    aws.endpoint.on({ operation: 'ListClusters' }, clusters(20));
    aws.endpoint.on({ operation: 'DescribeAddon' }, throttled);

    const inventory = await read(['eu-west-1']);

    expect(aws.endpoint.counts()['DescribeAddon']).toBeLessThanOrEqual(AT_A_TIME);
    expect(inventory.calls).toMatchObject({
      'eks:DescribeAddon': aws.endpoint.counts()['DescribeAddon'],
      'eks:DescribeCluster': 20,
      'eks:ListAddons': 20,
    });
    const found = seen(inventory.regions[0]?.clusters ?? { known: true, value: [] });
    expect(found.filter(({ detail, addons }) => detail.known && addons.known)).toHaveLength(20);
    expect(unreadIn(inventory, [])).toEqual([
      {
        what: 'eks:DescribeAddon',
        scope: 'eu-west-1',
        reason: 'throttled',
        detail: 'ThrottlingException: Rate exceeded. Given up: eks:DescribeAddon in eu-west-1 went on failing.',
        accepted: false,
        acceptedBecause: null,
      },
    ]);
  });

  it.each([
    ['5xx', serviceError('ServerException', 'no', 500)],
    ['silence', { kind: 'hang' }],
    ['answers that do not end', { kind: 'drip' }],
  ] as const)('is given up for %s too, with all that is under way', async (_, fault) => {
    aws.endpoint.on({ operation: 'ListClusters' }, clusters(20));
    aws.endpoint.on({ operation: 'DescribeCluster', url: /c0$/ }, serviceError('ServerException', 'no', 500));
    aws.endpoint.on({ operation: 'DescribeCluster' }, fault);
    const inventory = await read(['eu-west-1'], { requestTimeoutMs: LONG_MS });
    expect(unreadIn(inventory, [])).toMatchObject([{ what: 'eks:DescribeCluster', scope: 'eu-west-1', reason: 'failed' }]);
    expect(aws.endpoint.counts()['DescribeCluster']).toBeLessThanOrEqual(AT_A_TIME);
  });

  it('is given up 25 s after it has first failed, where nothing else is said', () =>
    expect(awsPort({ version: '0' }).limits?.giveUpAfterMs).toBe(25_000));

  it('is not given up while others of its kind are answered', async () => {
    aws.endpoint.on({ operation: 'ListClusters' }, clusters(20));
    aws.endpoint.on({ operation: 'DescribeCluster', url: /c7$/ }, throttled);
    const inventory = await read(['eu-west-1'], { pauseMs: 1, maxAttempts: 5, giveUpAfterMs: LONG_MS });
    expect(unreadIn(inventory, [])).toMatchObject([{ scope: 'eu-west-1/c7', detail: 'ThrottlingException: Rate exceeded' }]);
    expect(aws.endpoint.counts()['DescribeCluster']).toBe(19 + 5);
  });

  it('says nothing of other regions, and holds none of them up', async () => {
    const [dark = '', ...others] = knownRegions('aws');
    aws.endpoint.on({ operation: 'ListClusters', region: dark }, clusters(20));
    const done = Promise.all(others.map((region) => aws.endpoint.arrival({ operation: 'DescribeNodegroup', region })));
    aws.endpoint.on({ operation: 'DescribeCluster', region: dark }, { kind: 'hold', until: done.then(() => undefined) });
    const inventory = await read(knownRegions('aws'));
    expect(inventory.regions.filter(({ clusters: read }) => read.known)).toHaveLength(others.length + 1);
    expect(unreadIn(inventory, [])).toEqual([]);
  });

  it('is given up where it is what the run begins with', async () => {
    aws.endpoint.on({ service: 'sts' }, throttled);
    await expect(read(['eu-west-1'])).rejects.toMatchObject({ name: 'NoIdentityError', problem: 'failed' });
    expect(aws.endpoint.counts()).toEqual({ GetCallerIdentity: 1 });
  });
});
