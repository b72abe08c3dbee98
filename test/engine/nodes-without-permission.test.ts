import { describe, expect, it } from '@jest/globals';
import { chainOf } from '../../src/engine/chain/chain.js';
import type { Chain } from '../../src/model/report/chain.js';
import { allClusters } from '../../src/model/inventory/all-clusters.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { BOTH, forPods, HOST, policy, roleArn } from './made-up-statements.js';

const ofEc2 = policy({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' });
const OF_AGENT = {
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token',
};

/** What `why` says of an associated service account of a cluster with nodes of these roles. */
function verdictOn(nodes: readonly ('allowed' | 'denied')[], autoMode = false): Chain['verdict'] {
  const inventory = inventoryOfCase({
    clusters: [{ name: 'prod', issuer: `https://${HOST.prod}`, autoMode }],
    roles: [
      { arn: roleArn('app'), trustPolicy: policy(forPods(BOTH)) },
      { arn: roleArn('allowed'), trustPolicy: ofEc2, attachedPolicies: ['arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy'] },
      { arn: roleArn('denied'), trustPolicy: ofEc2, attachedPolicies: ['arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy'] },
    ],
    serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: {} }],
    podIdentityAssociations: [{ cluster: 'prod', namespace: 'shop', serviceAccount: 'app', roleArn: roleArn('app') }],
    pods: [{ cluster: 'prod', namespace: 'shop', name: 'app-1', serviceAccountName: 'app', env: OF_AGENT }],
    agents: [{ cluster: 'prod', desired: 2, ready: 2 }],
    nodeGroups: nodes.map((role, index) => ({ cluster: 'prod', name: `group-${String(index)}`, role: roleArn(role) })),
  });
  const [cluster] = allClusters(inventory);
  if (cluster === undefined) throw new Error('no cluster');
  const target = { region: cluster.region, cluster: cluster.name, namespace: 'shop', serviceAccount: 'app', pod: null };
  return chainOf(inventory, { rules: RULES, report: auditInventory(inventory) }, cluster, target).verdict;
}

describe('a role of nodes that the agent cannot use', () => {
  it.each<[readonly ('allowed' | 'denied')[], boolean, Chain['verdict']]>([
    [['allowed'], false, 'holds'],
    [['denied'], false, 'broken'],
    [['denied', 'denied'], false, 'broken'],
    // Which nodes its pods run on is not read.
    [['denied', 'allowed'], false, 'open'],
    [['denied'], true, 'open'],
  ])('nodes %j, Auto Mode %s: %s', (nodes, autoMode, verdict) => expect(verdictOn(nodes, autoMode)).toBe(verdict));
});
