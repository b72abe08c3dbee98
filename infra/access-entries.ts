import { createHash } from 'node:crypto';
import { Aws, Stack, Token } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { SettingError } from './setting-error.js';

export interface ClusterAccessProps {
  /**
   * Names of clusters of the stack's own region and account that let the function's role in, each by an access entry with the
   * view policy of EKS. A cluster whose authentication mode is CONFIG_MAP takes no access entries, and the deployment fails.
   * Default: none.
   */
  readonly clusterAccess?: readonly string[];
}

/** What EKS takes for the name of a cluster. */
const CLUSTER_NAME = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/;

/** @throws where a name is none, appears twice, or nothing would use the access */
export function checkClusterAccess(clusters: readonly string[], kubernetes: boolean): void {
  if (clusters.length > 0 && !kubernetes) {
    throw new SettingError(
      'clusterAccess lets the function into clusters, and without kubernetes it does not scan inside any: ' +
        'set kubernetes: true too (in the app: -c kubernetes=true), or leave clusterAccess out.',
    );
  }
  clusters.forEach((name, index) => {
    if (!Token.isUnresolved(name) && !CLUSTER_NAME.test(name)) {
      throw new SettingError(
        `${JSON.stringify(name)} is not the name of an EKS cluster. clusterAccess takes the names of clusters in the region of the stack, ` +
          'no ARNs: the commands that "irsa-auditor rbac" prints let it into clusters of other regions.',
      );
    }
    if (clusters.indexOf(name) !== index) throw new SettingError(`clusterAccess names the cluster ${name} twice; it can have one entry.`);
  });
}

/** A name that is only known at deployment is told from another by what it refers to: the order of a list must not matter. */
function idOf(name: string, scope: Construct): string {
  if (!Token.isUnresolved(name)) return name;
  return createHash('sha256')
    .update(JSON.stringify(Stack.of(scope).resolve(name)))
    .digest('hex')
    .slice(0, 12);
}

/** Lets a role scan inside clusters: the view policy of EKS, which holds no secrets, over all namespaces. */
export class AccessEntries extends Construct {
  constructor(scope: Construct, id: string, role: iam.IRole, clusters: readonly string[]) {
    super(scope, id);
    const policyArn = `arn:${Aws.PARTITION}:eks::aws:cluster-access-policy/AmazonEKSViewPolicy`;
    for (const clusterName of clusters) {
      new eks.CfnAccessEntry(this, idOf(clusterName, this), {
        clusterName,
        principalArn: role.roleArn,
        type: 'STANDARD',
        accessPolicies: [{ policyArn, accessScope: { type: 'cluster' } }],
      });
    }
  }
}
