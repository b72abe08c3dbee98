import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { IrsaAuditor, type IrsaAuditorProps } from '../../infra/irsa-auditor.js';
import { actionsOf, app, constructIn, statementsOf } from './synthesise.js';

const { PUBLIC, PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS } = ec2.SubnetType;
/** A VPC with subnets of these types, each named like its type. */
// What CDK declares of its own VPC does not fit its interface under exactOptionalPropertyTypes.
const vpcOf = (stack: Stack, ...types: readonly ec2.SubnetType[]): ec2.IVpc =>
  new ec2.Vpc(stack, 'Vpc', {
    maxAzs: 2,
    subnetConfiguration: types.map((subnetType) => ({ name: subnetType, subnetType, cidrMask: 24 })),
  }) as ec2.IVpc;
const inVpc = (of: (vpc: ec2.IVpc) => IrsaAuditorProps, ...types: readonly ec2.SubnetType[]): Template =>
  constructIn((stack) => of(vpcOf(stack, ...types))).template;
const ALL = [PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED];

interface VpcConfig {
  readonly SubnetIds: readonly unknown[];
  readonly SecurityGroupIds: readonly unknown[];
}

function vpcConfig(template: Template): VpcConfig | undefined {
  const [auditor] = Object.values(template.findResources('AWS::Lambda::Function', { Properties: { Handler: 'index.handler' } }));
  return (auditor as { Properties: { VpcConfig?: VpcConfig } }).Properties.VpcConfig;
}

/** Names in the imported VPC say what CDK knows of each subnet. */
const imported = (stack: Stack): ec2.IVpc =>
  ec2.Vpc.fromVpcAttributes(stack, 'Imported', {
    vpcId: 'vpc-0a1b2c3d',
    availabilityZones: ['eu-west-1a'],
    publicSubnetIds: ['subnet-public'],
    publicSubnetRouteTableIds: ['rtb-1'],
    privateSubnetIds: ['subnet-private'],
    privateSubnetRouteTableIds: ['rtb-2'],
    isolatedSubnetIds: ['subnet-isolated'],
    isolatedSubnetRouteTableIds: ['rtb-3'],
  });

const MUST_REACH = /IAM, STS and the list of regions, EKS in every region that it reads, SNS and S3/;

describe('a function in a VPC', () => {
  it('is none unless one is named', () => {
    const { template } = constructIn();
    expect(vpcConfig(template)).toBeUndefined();
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });

  it('stands in the private subnets with a way out, with a group of its own that lets nobody in', () => {
    const template = inVpc((vpc) => ({ vpc }), ...ALL);
    expect(vpcConfig(template)).toEqual({
      SubnetIds: [1, 2].map((zone) => ({ Ref: expect.stringMatching(new RegExp(`^VpcPrivateSubnet${String(zone)}Subnet`)) })),
      SecurityGroupIds: [{ 'Fn::GetAtt': [expect.stringMatching(/^AuditorFunctionSecurityGroup/), 'GroupId'] }],
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: Match.absent(),
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '0.0.0.0/0', IpProtocol: '-1' })],
    });
  });

  it('stands where one says, in the groups that one names', () => {
    const template = inVpc(
      (vpc) => ({
        vpc,
        vpcSubnets: { subnetType: PRIVATE_WITH_EGRESS, availabilityZones: [vpc.availabilityZones[0] ?? ''] },
        securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(vpc.stack, 'Group', 'sg-0a1b2c3d', { mutable: false })],
      }),
      ...ALL,
    );
    expect(vpcConfig(template)).toEqual({
      SubnetIds: [{ Ref: expect.stringMatching(/^VpcPrivateSubnet1Subnet/) }],
      SecurityGroupIds: ['sg-0a1b2c3d'],
    });
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });

  it('can be let in by a cluster, by its connections', () => {
    const { stack, auditor } = constructIn((given) => ({ vpc: vpcOf(given, ...ALL) }));
    const cluster = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Cluster', 'sg-1a2b3c4d');
    cluster.connections.allowFrom(auditor.function, ec2.Port.tcp(443));
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: 'sg-1a2b3c4d',
      FromPort: 443,
      ToPort: 443,
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AuditorFunctionSecurityGroup'), 'GroupId'] },
    });
  });

  it.each([
    ['public ones, where the VPC has no others', [PUBLIC], {}, /Vpc\/PublicSubnet1 is public, and a function .* no public address/],
    ['public ones by type', ALL, { subnetType: PUBLIC }, /is public/],
    [
      'isolated ones, where the VPC has no private ones',
      [PUBLIC, PRIVATE_ISOLATED],
      {},
      /Vpc\/IsolatedSubnet1 is isolated: it has no way out/,
    ],
    ['isolated ones by type', ALL, { subnetType: PRIVATE_ISOLATED }, /is isolated/],
  ])('refuses %s, and says what it has to reach', (_what, types, vpcSubnets, message) => {
    const make = () => inVpc((vpc) => ({ vpc, ...('subnetType' in vpcSubnets ? { vpcSubnets } : {}) }), ...types);
    expect(make).toThrow(message);
    expect(make).toThrow(MUST_REACH);
    expect(make).toThrow(/PRIVATE_WITH_EGRESS/);
  });

  it('refuses one isolated subnet among good ones', () =>
    expect(() =>
      inVpc((vpc) => ({ vpc, vpcSubnets: { subnets: [...vpc.privateSubnets, ...vpc.isolatedSubnets.slice(1)] } }), ...ALL),
    ).toThrow(/IsolatedSubnet2 is isolated/));

  it('knows the subnets of a VPC that was imported, also by their ids alone', () => {
    const named = (subnetId: string) =>
      constructIn((stack) => {
        const subnet = ec2.Subnet.fromSubnetAttributes(stack, 'Named', { subnetId, routeTableId: 'rtb-4' });
        return { vpc: imported(stack), vpcSubnets: { subnets: [subnet] } };
      }).template;
    expect(vpcConfig(named('subnet-private'))?.SubnetIds).toEqual(['subnet-private']);
    expect(vpcConfig(constructIn((stack) => ({ vpc: imported(stack) })).template)?.SubnetIds).toEqual(['subnet-private']);
    expect(() => named('subnet-isolated')).toThrow(/The subnet subnet-isolated is isolated/);
    expect(() => named('subnet-public')).toThrow(/The subnet subnet-public is public/);
  });

  it.each<[string, (stack: Stack) => IrsaAuditorProps]>([
    ['subnets', () => ({ vpcSubnets: { subnetType: PRIVATE_WITH_EGRESS } })],
    ['security groups', (stack) => ({ securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0a1b2c3d')] })],
  ])('refuses %s without a VPC', (_what, props) => expect(() => constructIn(props)).toThrow(/name the VPC too \(vpc\)/));
});

describe('its role', () => {
  const OF_LAMBDA = [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const onEc2 = (template: Template, role: string) =>
    statementsOf(template, role).filter((statement) => actionsOf([statement]).some((action) => action.startsWith('ec2:')));

  it.each<[string, string, (stack: Stack) => IrsaAuditorProps]>([
    ['made here', 'AuditorRole', () => ({})],
    ['that exists', 'reader', (stack) => ({ role: iam.Role.fromRoleArn(stack, 'Given', 'arn:aws:iam::111122223333:role/reader') })],
  ])('%s lets Lambda connect the function, and the function itself do nothing of that', (_what, role, props) => {
    const { template } = constructIn((stack) => ({ vpc: vpcOf(stack, ...ALL), ...props(stack) }));
    const [allow, deny, ...more] = onEc2(template, role);
    expect(more).toEqual([]);
    expect([allow?.Effect, allow?.Action, allow?.Resource, allow?.Condition]).toEqual(['Allow', OF_LAMBDA, '*', undefined]);
    expect([deny?.Effect, deny?.Action, deny?.Resource]).toEqual(['Deny', OF_LAMBDA, '*']);
    const arn = ['arn:', { Ref: 'AWS::Partition' }, ':lambda:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':function:*'];
    expect(deny?.Condition).toEqual({ ArnLike: { 'lambda:SourceFunctionArn': { 'Fn::Join': ['', arn] } } });
    // With the managed policy it could write every log of the account.
    expect(JSON.stringify(template.toJSON())).not.toContain('AWSLambdaVPCAccessExecutionRole');
  });

  it('has nothing of it without a VPC', () => expect(onEc2(constructIn().template, 'AuditorRole')).toEqual([]));

  it('is there before the function is made: Lambda refuses to make one whose role may not connect it', () => {
    const { template } = constructIn((stack) => ({ vpc: vpcOf(stack, ...ALL) }));
    template.hasResource('AWS::Lambda::Function', {
      Properties: { Handler: 'index.handler' },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^AuditorRoleDefaultPolicy')]),
    });
  });

  it('leaves cdk-nag nothing to say', () => {
    const stack = new Stack(app(), 'Theirs');
    const auditor = new IrsaAuditor(stack, 'Auditor', { vpc: imported(stack), kubernetes: true, clusterAccess: ['shop'] });
    expect(new AwsSolutionsChecks(stack).validateScope(auditor).violations).toEqual([]);
  });
});
