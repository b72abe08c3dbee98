import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Place } from '../../../src/collect/kubernetes/read-cluster.js';
import type { Inside } from '../../../src/model/contract/sections.js';
import { unreadIn } from '../../../src/engine/run/coverage.js';
import { known, unknown, seen } from '../../../src/model/inventory/observed.js';
import { describeOnMoto } from '../../support/aws/moto.js';
import { signatureOf } from '../../support/presigned-signature.js';
import { AccountUnderTest, clustersIn } from '../account-under-test.js';

describeOnMoto('reading inside the clusters of an account', () => {
  let test: AccountUnderTest;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
    for (const name of ['prod', 'dev']) await test.account.cluster('eu-west-1', name);
  });
  afterEach(() => test.endpoint.stop());

  const nothing = {
    namespaces: known([]),
    serviceAccounts: known([]),
    workloads: known([]),
    webhooks: known([]),
    networkPolicies: known([]),
    podIdentityAgent: known(null),
  };

  it('happens where it is asked for, with a token of each cluster, and one that fails leaves the others', async () => {
    const asked: [Place, string][] = [];
    const inventory = await test.collect({
      kubernetes: async (token, _queue, place): Promise<Inside> => {
        asked.push([place, await token()]);
        return place.name === 'dev'
          ? {
              ...nothing,
              serviceAccounts: unknown('unreachable', 'gone'),
              webhooks: unknown('denied', 'no'),
              networkPolicies: unknown('denied', 'no'),
              podIdentityAgent: unknown('denied', 'no'),
            }
          : nothing;
      },
    });
    expect(asked.map(([{ region, name, detail }]) => [region, name, detail.known]).sort()).toEqual([
      ['eu-west-1', 'dev', true],
      ['eu-west-1', 'prod', true],
    ]);
    for (const [{ name }, token] of asked) {
      const [prefix, encoded = ''] = token.split('k8s-aws-v1.');
      expect([prefix, Buffer.from(encoded, 'base64url').toString()]).toEqual([
        '',
        expect.stringContaining('X-Amz-SignedHeaders=host%3Bx-k8s-aws-id'),
      ]);
      expect(name).not.toBe('');
    }
    const clusters = seen(clustersIn(inventory, 'eu-west-1'));
    expect(clusters.map(({ name, serviceAccounts, workloads }) => [name, serviceAccounts.known, workloads.known])).toEqual([
      ['dev', false, true],
      ['prod', true, true],
    ]);
    // The view policy of EKS keeps webhooks to itself, and an older narrow role network policies: no answer hangs on them.
    expect(unreadIn(inventory, []).map(({ what, scope, reason }) => [what, scope, reason])).toEqual([
      ['kubernetes:ListServiceAccounts', 'eu-west-1/dev', 'unreachable'],
    ]);
  });

  it('names a local cluster by its id in the token, and every other by its name', async () => {
    const id = 'b3c2b1a0-1111-4222-8333-444455556666';
    const rewrite = (answer: string): string => {
      const { cluster } = JSON.parse(answer) as { cluster: { name: string } };
      return JSON.stringify({ cluster: cluster.name === 'dev' ? { ...cluster, id } : cluster });
    };
    test.endpoint.on({ operation: 'DescribeCluster' }, { kind: 'after', rewrite });
    const tokens: Record<string, string> = {};
    await test.collect({
      kubernetes: async (token, _queue, { name }) => {
        tokens[name] = await token();
        return nothing;
      },
    });
    for (const [name, named] of Object.entries({ dev: id, prod: 'prod' })) {
      const url = new URL(Buffer.from((tokens[name] ?? '').replace('k8s-aws-v1.', ''), 'base64url').toString());
      expect(url.searchParams.get('X-Amz-Signature')).toBe(signatureOf(url, named, 'eu-west-1', test.account.credentials.secretAccessKey));
    }
  });
});
