import type { V1PolicyRule } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { clusterRole } from '../../../src/rbac/cluster-access.js';
import { overHttps } from '../../../src/collect/kubernetes/over-https.js';
import type { Cluster, Inventory } from '../../../src/model/inventory/inventory.js';
import { seen } from '../../../src/model/inventory/observed.js';
import type { Workload } from '../../../src/model/inventory/workload.js';
import { auditInventory } from '../../../src/pipeline/pipeline.js';
import { trustFor, type RoleOptions } from '../../support/aws/account.js';
import { controlPlane, EKS, TestNamespace } from '../../support/kubernetes/kube.js';
import { AccountUnderTest, clustersIn } from '../account-under-test.js';

/** What the role that `rbac --narrow` prints allows. */
export const NARROW = (parseAllDocuments(clusterRole())[0]?.toJS() as { rules: V1PolicyRule[] }).rules;

/** What EKS says of the one cluster, so that it is the API server of the tests; the rest of the answer stays. */
export function toControlPlane(test: AccountUnderTest, over: { readonly endpoint?: string; readonly ca?: string } = {}): void {
  const { url, ca, issuer } = controlPlane();
  test.endpoint.on(
    { operation: 'DescribeCluster' },
    {
      kind: 'after',
      rewrite: (answer) => {
        const { cluster } = JSON.parse(answer) as { cluster: object };
        const certificateAuthority = { data: Buffer.from(over.ca ?? ca).toString('base64') };
        const identity = { oidc: { issuer } };
        return JSON.stringify({ cluster: { ...cluster, endpoint: over.endpoint ?? url, certificateAuthority, identity } });
      },
    },
  );
}

/** An account with one cluster, which is the real API server; whoever reads it is a user that RBAC knows nothing of yet. */
export class RealAccount {
  private constructor(
    readonly test: AccountUnderTest,
    readonly namespace: TestNamespace,
    readonly providerArn: string,
  ) {}

  static async make(clusterName = controlPlane().cluster): Promise<RealAccount> {
    const test = await AccountUnderTest.make();
    await test.account.cluster(controlPlane().region, clusterName);
    toControlPlane(test);
    // All accounts see the service accounts of all tests: none may ask for an audience that the provider of another does not take.
    const providerArn = await test.account.provider(controlPlane().issuer, ['sts.amazonaws.com', 'vault']);
    return new RealAccount(test, await TestNamespace.make(), providerArn);
  }

  /** A role that lets one service account of the namespace in. */
  role(name: string, serviceAccount: string, options: RoleOptions = {}): Promise<string> {
    return this.test.account.role(name, trustFor(this.providerArn, controlPlane().issuer, this.namespace.name, serviceAccount), options);
  }

  /** A role, and a service account that it lets in and that asks for it. */
  async carrier(name: string): Promise<string> {
    const arn = await this.role(name, name);
    await this.namespace.serviceAccount(name, { [`${EKS}role-arn`]: arn });
    return arn;
  }

  /** Lets the reader do this, and waits until the authorizer knows: it watches, so it learns a moment later. */
  async allow(rules: V1PolicyRule[]): Promise<void> {
    const { rbac, name } = this.namespace;
    const group = 'rbac.authorization.k8s.io';
    await rbac.createClusterRole({ body: { metadata: { name }, rules } });
    await rbac.createClusterRoleBinding({
      body: {
        metadata: { name },
        roleRef: { apiGroup: group, kind: 'ClusterRole', name },
        subjects: [{ apiGroup: group, kind: 'User', name: this.test.account.credentials.accessKeyId }],
      },
    });
    const last = rules.at(-1);
    for (let tries = 0; last !== undefined && tries < 1000; tries += 1) if (await this.namespace.allowed(this.user, last)) return;
  }

  get user(): string {
    return this.test.account.credentials.accessKeyId;
  }

  collect(): Promise<Inventory> {
    return this.test.collect({ regions: [controlPlane().region], kubernetes: overHttps });
  }

  /** Rule and subject of what is wrong in the namespace of this test. */
  async wrong(): Promise<readonly string[]> {
    const { findings } = auditInventory(await this.collect(), { now: new Date().toISOString() });
    return findings
      .filter(({ subject }) => subject.id.includes(`/${this.namespace.name}/`))
      .map(({ rule, subject }) => `${rule} ${subject.id.split('/').at(-1) ?? ''}`)
      .sort();
  }

  /** The pods of this test, as they are kept. */
  async workloads(): Promise<readonly Workload[]> {
    return seen((await this.cluster()).workloads).filter(({ namespace }) => namespace === this.namespace.name);
  }

  async cluster(): Promise<Cluster> {
    const [cluster] = seen(clustersIn(await this.collect(), controlPlane().region));
    if (cluster === undefined) throw new Error('The account has no cluster.');
    return cluster;
  }
}
