import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { TestAccount } from '../support/aws/account.js';
import { FaultyEndpoint, serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';

/** What the program prints that collects in a process of its own, as a user's does. */
async function collected(environment: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<unknown> {
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/run.mjs', 'test/collect/print-inventory.ts', ...args], { env });
  return JSON.parse(stdout);
}

const NOWHERE = 'http://127.0.0.1:1';
const clusters = (reason: string, detail: string) => ({
  regions: [{ clusters: { known: false, reason, detail } }],
  roles: { known: true },
});

describeOnMoto('connections that fail', () => {
  const account = new TestAccount();
  let endpoint: FaultyEndpoint;
  beforeEach(async () => {
    endpoint = await FaultyEndpoint.start();
  });
  afterEach(() => endpoint.stop());

  it('says unreachable of a service that breaks the connection', async () => {
    endpoint.on({ operation: 'ListClusters' }, { kind: 'reset' });
    expect(await collected(account.environment({ endpoint: endpoint.url }))).toMatchObject(clusters('unreachable', 'socket hang up'));
  });

  it('says unreachable of a service that takes no connection', async () => {
    const environment = { ...account.environment({ endpoint: endpoint.url }), AWS_ENDPOINT_URL_EKS: NOWHERE };
    expect(await collected(environment)).toMatchObject(clusters('unreachable', 'connect ECONNREFUSED 127.0.0.1:1'));
  });

  it('says unreachable of a service that does not answer in time', async () => {
    endpoint.on({ operation: 'ListClusters' }, { kind: 'hang' });
    const inventory = await collected(account.environment({ endpoint: endpoint.url }), '1', '3000');
    expect(inventory).toMatchObject(clusters('unreachable', 'There was no complete answer within 3 s'));
  });

  it('says unreachable of a service whose answer does not end', async () => {
    endpoint.on({ operation: 'ListClusters' }, { kind: 'drip' });
    const inventory = await collected(account.environment({ endpoint: endpoint.url }), '1', '3000');
    expect(inventory).toMatchObject(clusters('unreachable', 'HTTP 200: There was no complete answer within 3 s'));
  });

  it('ends with its reading, whatever was still waiting to be asked again', async () => {
    endpoint.on({ operation: 'ListClusters' }, serviceError('ThrottlingException', 'Rate exceeded', 429));
    const hour = '3600000';
    const given = 'ThrottlingException: Rate exceeded. Given up: eks:ListClusters in eu-west-3 went on failing.';
    expect(await collected(account.environment({ endpoint: endpoint.url }), '8', hour, hour, '50')).toMatchObject(
      clusters('throttled', given),
    );
  });

  it('has no identity where STS cannot be reached, and says what to check', async () => {
    const environment = { ...account.environment({ endpoint: endpoint.url }), AWS_ENDPOINT_URL_STS: NOWHERE };
    expect(await collected(environment)).toEqual({
      problem: 'unreachable',
      message:
        'AWS STS could not be reached: connect ECONNREFUSED 127.0.0.1:1. Check the network, the proxy, AWS_REGION and AWS_ENDPOINT_URL.',
    });
  });

  it('works without a region in the environment', async () => {
    const environment = account.environment({ endpoint: endpoint.url });
    delete environment['AWS_REGION'];
    expect(await collected(environment)).toMatchObject({
      account: account.id,
      regions: [{ region: 'eu-west-3', clusters: { known: true } }],
    });
    expect(endpoint.seen.find(({ service }) => service === 'sts')?.region).toBe('us-east-1');
  });
});
