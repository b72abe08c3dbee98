import { describe, expect, it } from '@jest/globals';
import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as eks from 'aws-cdk-lib/aws-eks';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IrsaAuditor } from '../../infra/irsa-auditor.js';
import { app, constructIn, stackOf } from './synthesise.js';

const ENTRY = 'AWS::EKS::AccessEntry';

/** Logical ids of the access entries, by the name of the cluster as the template has it. */
const idsOf = (template: Template): Record<string, string> =>
  Object.fromEntries(
    Object.entries(template.findResources(ENTRY)).map(([id, entry]) => [
      JSON.stringify((entry as { Properties: { ClusterName: unknown } }).Properties.ClusterName),
      id,
    ]),
  );
const withAccess = (...clusterAccess: readonly string[]): Template => constructIn(() => ({ kubernetes: true, clusterAccess })).template;

describe('access entries', () => {
  it('let the role into each named cluster, to view and no more, in every partition', () => {
    const view = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':eks::aws:cluster-access-policy/AmazonEKSViewPolicy']] };
    for (const template of [
      withAccess('shop', 'Data_2-b'),
      Template.fromStack(stackOf({ kubernetes: 'true', clusterAccess: 'shop, Data_2-b' })),
    ]) {
      const entries = Object.values(template.findResources(ENTRY)).map((entry) => (entry as { Properties: unknown }).Properties);
      expect(entries).toEqual(
        ['shop', 'Data_2-b'].map((ClusterName) => ({
          ClusterName,
          PrincipalArn: { 'Fn::GetAtt': [expect.stringMatching(/^AuditorRole/), 'Arn'] },
          Type: 'STANDARD',
          AccessPolicies: [{ PolicyArn: view, AccessScope: { Type: 'cluster' } }],
        })),
      );
    }
  });

  it('are not made unless clusters are named', () => {
    constructIn(() => ({ kubernetes: true })).template.resourceCountIs(ENTRY, 0);
    constructIn(() => ({ clusterAccess: [] })).template.resourceCountIs(ENTRY, 0);
  });

  it('are for an existing role, also one that may not be changed', () => {
    const arn = 'arn:aws:iam::111122223333:role/audit/reader';
    constructIn((stack) => ({
      role: iam.Role.fromRoleArn(stack, 'Given', arn, { mutable: false }),
      kubernetes: true,
      clusterAccess: ['shop'],
    })).template.hasResourceProperties(ENTRY, { ClusterName: 'shop', PrincipalArn: arn });
  });

  it('stay the same where another is added or the order changes: one that is made anew would stand in its own way', () => {
    const before = idsOf(withAccess('shop', 'data'));
    expect(idsOf(withAccess('new', 'data', 'shop'))).toMatchObject(before);
    expect(new Set(Object.values(idsOf(withAccess('a-b', 'ab', 'a_b')))).size).toBe(3);
  });

  it('take a cluster that the app makes itself, whose name is not known yet', () => {
    const made = (...order: readonly string[]): Template => {
      const stack = new Stack(app(), 'Theirs');
      const names = order.map((id) => new CfnParameter(stack, id).valueAsString);
      const cluster = new eks.CfnCluster(stack, 'Cluster', {
        roleArn: 'arn:aws:iam::111122223333:role/eks',
        resourcesVpcConfig: { subnetIds: ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'] },
      });
      new IrsaAuditor(stack, 'Auditor', { kubernetes: true, clusterAccess: [cluster.ref, ...names] });
      return Template.fromStack(stack);
    };
    made('One', 'Two').hasResourceProperties(ENTRY, { ClusterName: { Ref: 'Cluster' }, PrincipalArn: Match.anyValue() });
    expect(idsOf(made('One', 'Two'))).toEqual(idsOf(made('Two', 'One')));
    made('One', 'Two').resourceCountIs(ENTRY, 3);
  });

  it.each([
    ['', /"" is not the name of an EKS cluster/],
    ['-shop', /"-shop" is not the name/],
    ['shop.prod', /"shop\.prod" is not the name/],
    ['a'.repeat(101), /is not the name/],
    [
      'arn:aws:eks:eu-west-1:111122223333:cluster/shop',
      /is not the name.*no ARNs: the commands that "irsa-auditor rbac" prints.*other regions/,
    ],
  ])('refuse %j', (name, message) => {
    expect(() => withAccess(name)).toThrow(message);
  });

  it('take a name of a hundred characters', () => withAccess('a'.repeat(100)).resourceCountIs(ENTRY, 1));

  it('refuse a cluster that is named twice', () =>
    expect(() => withAccess('shop', 'data', 'shop')).toThrow(/names the cluster shop twice/));

  it.each([undefined, false])('are refused where nothing would use them: kubernetes is %s', (kubernetes) => {
    const props = { clusterAccess: ['shop'], ...(kubernetes === undefined ? {} : { kubernetes }) };
    expect(() => constructIn(() => props)).toThrow(/set kubernetes: true too \(in the app: -c kubernetes=true\)/);
    expect(() => stackOf({ clusterAccess: 'shop' })).toThrow(/-c kubernetes=true/);
  });
});
