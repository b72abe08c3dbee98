import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import type { Chain } from '../../src/model/report/chain.js';
import { captured } from './io-of-test.js';

const FILES = { 'account.json': readFileSync('examples/account.json', 'utf8') };

async function why(...argv: readonly string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const { io, out, err } = captured({ files: FILES });
  const status = await run(['why', ...argv, '--inventory', 'account.json'], io);
  return { status, out: out(), err: err() };
}
const BROKEN = ['sa/catalog', '-n', 'shop', '--cluster', 'shop-staging'];

describe('irsa-auditor why', () => {
  it('begins with the verdict, marks the first link that does not hold, and ends with the fix', async () => {
    const { status, out } = await why(...BROKEN);
    expect(status).toBe(1);
    expect(out).toMatch(/^shop\/catalog in shop-staging likely cannot assume role\/catalog: /);
    expect(out.match(/^> .*/gm)).toEqual([expect.stringMatching(/^> ✗ audience of the provider: likely: /)]);
    expect(out).toContain('Error in the pod: InvalidIdentityToken: Incorrect token audience');
    expect(out).toMatch(/\n {4}\$ aws iam add-client-id-to-open-id-connect-provider [^\n]*--client-id sts\.amazonaws\.com\n$/);
    expect(out).toContain('fix, verified by re-evaluation:');
  });

  it('is asked by what owns the pods, by type and name apart, and by a name alone', async () => {
    const of = async (...words: readonly string[]): Promise<string> => {
      const { out, err } = await why(...words, '-n', 'shop', '--cluster', 'shop-prod', '--format', 'json');
      return err === '' ? (JSON.parse(out) as Chain).target.serviceAccount : err;
    };
    for (const words of [
      ['deployment/wishlist'],
      ['deploy', 'wishlist'],
      ['Deployments.apps/wishlist'],
      ['wishlist'],
      ['pod', 'wishlist-6f9c7d5b8-4kq2x'],
      ['sa', 'wishlist'],
    ])
      expect([words, await of(...words)]).toEqual([words, 'wishlist']);
    expect(await of('sts/wishlist')).toMatch(/There is no statefulset wishlist with running pods in namespace shop of cluster shop-prod\./);
    expect(await of('deployment/wishlst')).toMatch(/Did you mean wishlist\?/);
    expect(await of('sa/a', 'b')).toMatch(/sa\/a and b are two workloads: name one\./);
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
    expect([await run(argv, io), out()]).toEqual([
      3,
      expect.stringMatching(
        /^Inconclusive whether shop\/checkout in shop-prod can assume role\/checkout: 1 check could not be evaluated\n/,
      ),
    ]);
    expect(out()).toMatch(/^> \? pod: not read: The pods of the cluster: not asked for\./m);
  });

  it('ends with 0 where every link holds', async () => {
    const { status, out } = await why('sa/checkout', '-n', 'shop', '--cluster', 'shop-prod');
    expect([status, out]).toEqual([
      0,
      expect.stringMatching(/^shop\/checkout in shop-prod can assume role\/checkout\n {2}✓ 13 checks passed: /),
    ]);
  });

  it('says of what could not be read what this chain may hang on, and no other region or cluster', async () => {
    const { out } = await why('sa/checkout', '-n', 'shop', '--cluster', 'shop-prod');
    expect(out).not.toMatch(/Partial scan|eu-central-1|edge/);
    expect((await why('sa/ebs-csi-controller-sa', '-n', 'kube-system', '--cluster', 'edge')).out).toContain(
      'Partial scan: kubernetes:ListPods in us-east-1/edge (denied)\n',
    );
  });

  it('takes the one cluster that has the workload, and says so', async () => {
    const { status, out } = await why('sa/search', '-n', 'shop');
    expect([status, out]).toEqual([1, expect.stringMatching(/^shop\/search in shop-prod cannot assume role\/search: /)]);
    expect(out).toContain('  Of 4 clusters read only this one has it; --cluster names another.\n');
    expect((await why('sa/search', '-n', 'shop', '--cluster', 'shop-prod')).out).not.toContain('only this one');
    // Pods of edge were not read.
    expect((await why('deployment/ratings', '-n', 'shop')).err).toMatch(
      /name one of them with --cluster \(eu-west-1\/shop-prod, us-east-1\/edge\)/,
    );
    expect((await why('sa/catalog', '-n', 'shop')).err).toMatch(/with --cluster \(eu-west-1\/shop-prod, eu-west-1\/shop-staging\)/);
  });

  it('takes the name that findings print', async () => {
    const asPrinted = await why('shop/search', '--cluster', 'shop-prod');
    expect([asPrinted.status, asPrinted.out]).toEqual([
      1,
      expect.stringMatching(/^shop\/search in shop-prod cannot assume role\/search: /),
    ]);
    expect(await why('shop/search', '-n', 'shop', '--cluster', 'shop-prod')).toEqual(asPrinted);
  });

  it('says of a service account that is not there who has a role in its namespace', async () => {
    const { out } = await why('sa/cart', '-n', 'shop', '--cluster', 'shop-prod');
    expect(out).toMatch(/^There is likely no service account shop\/cart in shop-prod\n/);
    expect(out.replace(/\s+/g, ' ')).toContain(
      'in this cluster; in its namespace catalog, checkout, newsletter, ratings, search have a role.',
    );
  });

  it('lists every link where that is asked for', async () =>
    expect((await why(...BROKEN, '-v')).out).toMatch(
      /^ {2}✓ cluster: shop-staging signs tokens as https:\/\/oidc\.eks\.[^]*^> ✗ audience of the provider: [^]*^ {2}✓ deny: /m,
    ));

  it.each<[readonly string[], RegExp]>([
    [['service/x', '-n', 'shop', '--cluster', 'shop'], /service\/x is no workload: write pod\/NAME, sa\/NAME, deployment\/NAME/],
    [['-n', 'shop', '--cluster', 'shop'], /Missing the workload: write pod\/NAME, sa\/NAME/],
    [['sa/x', '--cluster', 'nowhere'], /There is no cluster "nowhere" among those that were read\./],
    [['sa/x'], /No cluster that was read has x in namespace default; there are eu-west-1\/shop-prod, /],
    [
      ['deploy/x'],
      /No cluster that was read has deployment x in namespace default, and not all of us-east-1\/edge was read: name that with --cluster/,
    ],
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
