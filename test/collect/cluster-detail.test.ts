import { describe, expect, it } from '@jest/globals';
import { awsPort } from '../../src/collect/aws/aws-port.js';
import { collect } from '../../src/collect/collect.js';
import { seen } from '../../src/model/inventory/observed.js';
import { faultyAwsInMemory } from './aws-in-memory.js';

describe('what EKS says of a cluster', () => {
  const aws = faultyAwsInMemory();

  it.each<[object, true | undefined]>([
    [{ remoteNodeNetworks: [{ cidrs: ['10.2.0.0/16'] }], remotePodNetworks: [{ cidrs: ['10.3.0.0/16'] }] }, true],
    [{ remoteNodeNetworks: [] }, undefined],
    [{}, undefined],
  ])('has hybrid nodes by its networks for them: %j', async (remoteNetworkConfig, expected) => {
    const rewrite = (answer: string): string =>
      JSON.stringify({ cluster: { ...(JSON.parse(answer) as { cluster: object }).cluster, remoteNetworkConfig } });
    aws.endpoint.on({ operation: 'DescribeCluster' }, { kind: 'after', rewrite });
    const inventory = await collect(awsPort({ version: '0', maxAttempts: 1 }), {
      regions: ['eu-west-1'],
      now: () => 0,
      startedAt: '2026-11-23T10:00:00.000Z',
      deadline: null,
    });
    const [cluster] = seen(inventory.regions[0]?.clusters ?? { known: true, value: [] });
    expect(cluster?.detail).toMatchObject({ known: true });
    expect(cluster?.detail.known === true && cluster.detail.value.hybridNodes).toBe(expected ?? undefined);
  });
});
