import { awsPort } from '../../src/collect/aws/aws-port.js';
import { collect, type CollectOptions } from '../../src/collect/collect.js';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import type { Observed } from '../../src/model/inventory/observed.js';
import { TestAccount } from '../support/aws/account.js';
import { FaultyEndpoint } from '../support/aws/faulty-endpoint.js';

/** A fresh account behind an endpoint of its own, and a short way to collect it: two regions unless said otherwise. */
export class AccountUnderTest {
  readonly account = new TestAccount();

  private constructor(readonly endpoint: FaultyEndpoint) {
    this.account.enter({ endpoint: endpoint.url, region: 'eu-west-1' });
  }

  static async make(): Promise<AccountUnderTest> {
    return new AccountUnderTest(await FaultyEndpoint.start());
  }

  /** One attempt a call, so that a fault which stays does not cost the pauses between attempts. */
  collect(options: Partial<CollectOptions> = {}, maxAttempts = 1): Promise<Inventory> {
    return collect(awsPort({ version: '0', maxAttempts, requestTimeoutMs: 10_000 }), {
      regions: ['eu-west-1', 'eu-west-3'],
      now: () => 0,
      startedAt: '2026-11-23T10:00:00.000Z',
      deadline: null,
      ...options,
    });
  }
}

export function clustersIn(inventory: Inventory, region: string): Observed<readonly Cluster[]> {
  const found = inventory.regions.find((entry) => entry.region === region);
  if (found === undefined) throw new Error(`The inventory has no region ${region}.`);
  return found.clusters;
}

export function namesOf(clusters: readonly Cluster[]): string[] {
  return clusters.map(({ name }) => name);
}
