import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import type { Chain } from '../../src/model/chain.js';
import { captured } from './io-of-test.js';

const FILES = { 'account.json': readFileSync('examples/account.json', 'utf8') };

async function why(...argv: readonly string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const { io, out, err } = captured({ files: FILES });
  const status = await run(['why', ...argv, '--inventory', 'account.json'], io);
  return { status, out: out(), err: err() };
}
const BROKEN = ['sa/catalog', '-n', 'shop', '--cluster', 'shop-staging'];

describe('irsa-auditor why', () => {
  it('marks the first link that does not hold, says what the pod sees, and prints the repair', async () => {
    const { status, out } = await why(...BROKEN);
    expect(status).toBe(1);
    expect(out).toMatch(/^shop\/catalog in cluster shop-staging, eu-west-1, by its role annotation \(IRSA\)\n/m);
    expect(out.match(/^> .*/gm)).toEqual([expect.stringMatching(/^> LIKELY {4}audience of the provider: /)]);
    expect(out).toContain('The pod sees: InvalidIdentityToken: Incorrect token audience');
    expect(out).toMatch(/^ {4}\$ aws iam add-client-id-to-open-id-connect-provider .*--client-id sts\.amazonaws\.com$/m);
    expect(out).toContain('proven by auditing again');
  });

  it('is the same by options, and as JSON', async () => {
    const byOption = await why('--service-account', 'catalog', '--namespace', 'shop', '--cluster', 'shop-staging', '--format', 'json');
    const chain = JSON.parse(byOption.out) as Chain;
    expect([byOption.status, chain.verdict, chain.links[chain.first ?? 0]?.link]).toEqual([1, 'broken', 'audience of the provider']);
    expect(chain.target).toEqual({ region: 'eu-west-1', cluster: 'shop-staging', namespace: 'shop', serviceAccount: 'catalog', pod: null });
  });

  it('ends with 3 where nothing is broken and not everything was read', async () => {
    const unread = FILES['account.json'].replace(
      /"workloads": \{\s*"known": true,\s*"value"/,
      '"workloads": { "known": false, "reason": "not-requested", "detail": "no", "x"',
    );
    const { io, out } = captured({ files: { 'account.json': unread } });
    const argv = ['why', 'sa/checkout', '-n', 'shop', '--cluster', 'shop-prod', '--inventory', 'account.json'];
    expect([await run(argv, io), out().includes('No link is known to be broken')]).toEqual([3, true]);
    expect(out()).toMatch(/^> not read {2}pod: The pods of the cluster: not asked for\./m);
  });

  it('ends with 0 where every link holds', async () => {
    const { status, out } = await why('sa/checkout', '-n', 'shop', '--cluster', 'shop-prod');
    expect([status, out.includes('The whole chain holds.')]).toEqual([0, true]);
  });

  it('says first what could not be read, and keeps the lines of a link under its first word', async () => {
    const { out } = await why('sa/checkout', '-n', 'shop', '--cluster', 'shop-prod');
    expect(out).toMatch(
      /^INCOMPLETE: not everything could be read: eks:ListClusters in eu-central-1 \(denied\), kubernetes:ListPods in us-east-1\/edge \(denied\)\.\n\nshop\/checkout in /,
    );
    expect(out).toMatch(/^ {2}ok {8}cluster: shop-prod signs tokens as https:\/\/oidc\.eks\./m);
  });

  it.each<[readonly string[], RegExp]>([
    [['deployment/x', '-n', 'shop', '--cluster', 'shop'], /deployment\/x is no workload: write pod\/NAME or sa\/NAME\./],
    [['-n', 'shop', '--cluster', 'shop'], /Say of what: pod\/NAME, sa\/NAME, --pod or --service-account\./],
    [['sa/x', '--cluster', 'nowhere'], /There is no cluster "nowhere" among those that were read\./],
    [['sa/x'], /There are several clusters: name one of them with --cluster/],
    [['pod/x', '-n', 'shop', '--cluster', 'edge'], /The pods of cluster edge were not read, so the service account of x is not known/],
  ])('%j is wrong usage', async (argv, words) => {
    const { status, out, err } = await why(...argv);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(words);
  });

  it('lets no name of the account act in the terminal', async () => {
    const hostile = FILES['account.json'].replaceAll('"catalog"', '"cat\\u001b[2Jalog"');
    const { io, out } = captured({ files: { 'account.json': hostile } });
    await run(
      ['why', '--service-account', 'cat\u001b[2Jalog', '-n', 'shop', '--cluster', 'shop-staging', '--inventory', 'account.json'],
      io,
    );
    expect(out()).toContain('cat\\u001b[2Jalog');
    expect(out()).not.toContain('\u001b');
  });
});
