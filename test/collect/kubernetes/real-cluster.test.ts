import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../../src/collect/kubernetes/api-server.js';
import { foldPages } from '../../../src/collect/kubernetes/pages.js';
import type { Answer, ApiServer } from '../../../src/collect/kubernetes/ports.js';
import { auditInventory } from '../../../src/pipeline/pipeline.js';
import { controlPlane, describeOnKube, EKS, TestNamespace } from '../../support/kubernetes/kube.js';
import { OTHER_AUTHORITY } from '../../support/kubernetes/certificates.js';
import { NARROW, RealAccount, toControlPlane } from './real-account.js';

describeOnKube('a real API server and the real webhook', () => {
  let account: RealAccount;
  afterEach(() => account.test.endpoint.stop());

  describe('pods as the webhook made them', () => {
    beforeEach(async () => {
      account = await RealAccount.make();
      await account.allow(NARROW);
    });

    it('are right where the service account asked for a role that lets it in: init containers and sidecars too', async () => {
      const { namespace } = account;
      await account.carrier('app');
      await namespace.pod('app-1', 'app', { initContainers: [{ name: 'init', image: 'i' }] });
      await namespace.pod('app-2', 'app', { annotations: { [`${EKS}skip-containers`]: 'side' }, ...withSide });
      await namespace.running('app-1');
      await namespace.running('app-2');
      const { workloads, serviceAccounts } = await account.cluster();
      const mine = (workloads.known ? workloads.value : []).filter((one) => one.namespace === namespace.name);
      expect(mine.map(({ owner, serviceAccount, pods }) => [owner.name, serviceAccount, pods])).toEqual([
        ['app-1', 'app', 1],
        ['app-2', 'app', 1],
      ]);
      expect(mine[0]?.containers.map(({ name, variables, tokens }) => [name, variables.includes('AWS_ROLE_ARN'), tokens.length])).toEqual([
        ['init', true, 1],
        ['main', true, 1],
      ]);
      expect(serviceAccounts.known && serviceAccounts.value.some(({ name }) => name === 'app')).toBe(true);
      expect(await account.wrong()).toEqual([]);
    });

    it('made before the service account was annotated went without, and keep an old role when it changes', async () => {
      const { namespace } = account;
      const [first, second] = [await account.role('first', 'late'), await account.role('second', 'late')];
      await namespace.serviceAccount('late');
      await namespace.pod('before', 'late');
      await namespace.annotate('late', { [`${EKS}role-arn`]: first });
      await namespace.pod('old', 'late');
      await namespace.annotate('late', { [`${EKS}role-arn`]: second });
      await namespace.pod('new', 'late');
      for (const pod of ['before', 'old', 'new']) await namespace.running(pod);
      expect(await account.wrong()).toEqual(['pod-env-stale old', 'pod-not-injected before']);
    });

    it('with keys of their own are told, and not those of a service account that asks for nothing', async () => {
      const { namespace } = account;
      await account.carrier('app');
      await namespace.serviceAccount('plain');
      const keys = [
        { name: 'AWS_ACCESS_KEY_ID', value: 'AKIAIOSFODNN7EXAMPLE' },
        { name: 'AWS_SECRET_ACCESS_KEY', value: 'hidden' },
      ];
      await namespace.pod('keys', 'app', { containers: [{ name: 'main', image: 'i', env: keys }] });
      await namespace.pod('none', 'plain', { containers: [{ name: 'main', image: 'i', env: keys }] });
      for (const pod of ['keys', 'none']) await namespace.running(pod);
      expect(await account.wrong()).toEqual(['pod-credentials-overridden keys']);
      expect(JSON.stringify(await account.collect())).not.toMatch(/AKIAIOSFODNN7EXAMPLE|hidden/);
    });

    it('with half of the two variables by hand are given neither', async () => {
      const { namespace } = account;
      const arn = await account.carrier('app');
      const env = [{ name: 'AWS_ROLE_ARN', value: arn }];
      await namespace.pod('half', 'app', { containers: [{ name: 'main', image: 'i', env }] });
      await namespace.running('half');
      expect(await account.wrong()).toEqual(['pod-role-without-token half']);
    });

    it('that should have run as another service account are told with it', async () => {
      const { namespace } = account;
      await account.carrier('app');
      for (const name of ['default', 'plain']) await namespace.serviceAccount(name);
      await namespace.pod('lost', 'plain', { labels: { app: 'app' } });
      await namespace.pod('bare', 'default', { labels: { app: 'app' } });
      for (const pod of ['lost', 'bare']) await namespace.running(pod);
      expect(await account.wrong()).toEqual(['pod-service-account-wrong bare']);
    });

    it('which the label kept from the webhook went without on purpose', async () => {
      await account.carrier('app');
      await account.namespace.pod('skipped', 'app', { labels: { [`${EKS}skip-pod-identity-webhook`]: 'true' } });
      await account.namespace.running('skipped');
      expect(await account.wrong()).toEqual([]);
    });

    it('of EKS Pod Identity have the token of that and no role', async () => {
      const associated = await TestNamespace.make('associated');
      const arn = await account.role('associated', 'associated');
      await associated.serviceAccount('associated', { [`${EKS}role-arn`]: arn });
      await associated.pod('app', 'associated');
      await associated.running('app');
      const { workloads } = await account.cluster();
      const pod = (workloads.known ? workloads.value : []).find(({ namespace }) => namespace === 'associated');
      expect(pod?.containers.map(({ roleArn, tokens }) => [roleArn, tokens.map(({ audience }) => audience)])).toEqual([
        [null, ['pods.eks.amazonaws.com']],
      ]);
    });

    it('have an audience of their own where the service account asks for it, and the trust has to agree', async () => {
      const arn = await account.role('other-audience', 'other');
      await account.namespace.serviceAccount('other', { [`${EKS}role-arn`]: arn, [`${EKS}audience`]: 'vault' });
      await account.namespace.pod('other-1', 'other');
      await account.namespace.running('other-1');
      const { findings } = auditInventory(await account.collect(), { now: new Date().toISOString() });
      // Its role has no policy, which is told too.
      expect(findings.filter(({ subject, kind }) => subject.id === arn && kind === 'break').map(({ rule }) => rule)).toEqual([
        'audience-mismatch',
      ]);
    });

    it('that finished are left out', async () => {
      const { namespace } = account;
      await account.carrier('app');
      await namespace.pod('done', 'app', { labels: { [`${EKS}skip-pod-identity-webhook`]: 'true' } });
      await namespace.phase('done', 'Succeeded');
      const { workloads } = await account.cluster();
      expect(workloads.known && workloads.value.filter((one) => one.namespace === namespace.name)).toEqual([]);
    });
  });

  describe('who may read it', () => {
    const SECTIONS = {
      namespaces: 'namespaces',
      serviceaccounts: 'serviceAccounts',
      pods: 'workloads',
      mutatingwebhookconfigurations: 'webhooks',
      networkpolicies: 'networkPolicies',
      daemonsets: 'podIdentityAgent',
    } as const;
    const unread = async (): Promise<readonly string[]> => {
      const cluster = await account.cluster();
      return Object.values(SECTIONS).flatMap((section) => {
        const read = cluster[section];
        return read.known ? [] : [`${section}: ${read.reason}: ${read.detail}`];
      });
    };

    it('the role that `rbac --narrow` prints is enough', async () => {
      account = await RealAccount.make();
      await account.allow(NARROW);
      expect(await unread()).toEqual([]);
    });

    it.each(NARROW.map((rule) => [rule.resources?.[0] ?? '', rule] as const))(
      'without its rule for %s that is not read',
      async (name, rule) => {
        account = await RealAccount.make();
        await account.allow(NARROW.filter((one) => one !== rule));
        expect(await unread()).toEqual([
          expect.stringMatching(
            new RegExp(
              `^${SECTIONS[name as keyof typeof SECTIONS]}: denied: HTTP 403: ${name}.* is forbidden: User "${account.user}" cannot .*rbac --narrow --cluster eu-west-1/kube`,
            ),
          ),
        ]);
      },
    );

    it('a token for a cluster of another name is none: 401, with the command that lets us in', async () => {
      account = await RealAccount.make('of-another-name');
      expect(await unread()).toEqual(
        Object.values(SECTIONS).map((section) =>
          expect.stringMatching(`^${section}: denied: HTTP 401: Unauthorized.*rbac --cluster eu-west-1/of-another-name`),
        ),
      );
    });

    it.each([
      ['an authority that did not sign its certificate', { ca: OTHER_AUTHORITY }, 'failed: The certificate of '],
      ['an endpoint where nobody listens', { endpoint: 'https://127.0.0.1:1' }, 'unreachable: https://127.0.0.1:1 gave no answer'],
    ])('%s: nothing is read, and nothing is called clean', async (_, over, words) => {
      account = await RealAccount.make();
      account.test.endpoint.clear();
      toControlPlane(account.test, over);
      expect(await unread()).toEqual(Object.values(SECTIONS).map((section) => expect.stringContaining(`${section}: ${words}`)));
    });
  });

  describe('long lists', () => {
    const ACCOUNTS = 600;
    const names = Array.from({ length: ACCOUNTS }, (_, n) => `sa-${String(n).padStart(3, '0')}`);
    let namespace: TestNamespace;
    beforeEach(async () => {
      account = await RealAccount.make();
      ({ namespace } = account);
      for (let n = 0; n < ACCOUNTS; n += 50) await Promise.all(names.slice(n, n + 50).map((name) => namespace.serviceAccount(name)));
    });

    function admin(): ApiServer {
      const { url, ca, adminToken } = controlPlane();
      const endpoint = { name: 'kube', url, certificateAuthority: Buffer.from(ca).toString('base64') };
      return connect(endpoint, () => Promise.resolve(adminToken));
    }

    async function listed(server: ApiServer): Promise<readonly string[]> {
      const read = { path: `/api/v1/namespaces/${namespace.name}/serviceaccounts` };
      try {
        return await foldPages<string[]>(
          { server, cluster: 'kube', inTurn: (get) => get(new AbortController().signal) },
          read,
          () => [],
          (into, item) => into.push((item['metadata'] as { name: string }).name),
        );
      } finally {
        server.close();
      }
    }

    it('come in pages, and the place that the server forgets (410) is found again', async () => {
      const asked: number[] = [];
      const server = admin();
      // The next page is asked for until the server has compacted that state away, which other writes bring about.
      const until410 = async (path: string, signal: AbortSignal): Promise<Answer> => {
        for (let n = 0; ; n += 1) {
          const answer = await server.get(path, signal);
          if (answer.status === 410) return answer;
          await namespace.core.createNamespacedConfigMap({ namespace: namespace.name, body: { metadata: { name: `write-${n}` } } });
        }
      };
      const forgetful: ApiServer = {
        get: async (path, signal) => {
          const answer = asked.length === 1 ? await until410(path, signal) : await server.get(path, signal);
          asked.push(answer.status);
          return answer;
        },
        close: () => server.close(),
      };
      expect(await listed(forgetful)).toEqual(names);
      expect(asked).toEqual([200, 410, 200, 200]);
    });
  });
});

const withSide = {
  containers: [
    { name: 'main', image: 'i' },
    { name: 'side', image: 'i' },
  ],
};
