import { Stack, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { FunctionOptions } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { SettingError } from './setting-error.js';

export interface NetworkProps {
  /** A VPC from which the function reaches the private endpoints of clusters. Default: none, the function is in no VPC. */
  readonly vpc?: ec2.IVpc;
  /** Subnets of the VPC. They must have a way out to AWS: public and isolated ones are refused. Default: its private subnets with a way out. */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /** What the endpoints of the clusters have to allow on port 443. Default: a new group (`function.connections`) that lets everything out. */
  readonly securityGroups?: readonly ec2.ISecurityGroup[];
}

const CALLS = 'IAM, STS and the list of regions, EKS in every region that it reads, SNS and S3';

/** Why a function that is there reaches nobody. */
const NO_WAY_OUT = {
  public: 'is public, and a function in a public subnet has no public address: the internet gateway takes nothing of it',
  isolated: 'is isolated: it has no way out',
};

function refuse(subnet: ec2.ISubnet, kind: keyof typeof NO_WAY_OUT): never {
  const name = Token.isUnresolved(subnet.subnetId) ? subnet.node.path : subnet.subnetId;
  throw new SettingError(
    `The subnet ${name} ${NO_WAY_OUT[kind]}. The audit calls ${CALLS}, and VPC endpoints are no substitute, which would have to stand for all of that: ` +
      'choose private subnets whose route leads out, by a NAT gateway or a transit gateway (SubnetType.PRIVATE_WITH_EGRESS).',
  );
}

/**
 * Where the function stands, as Lambda takes it.
 *
 * @throws where it could not reach AWS from there
 */
export function networkOf({ vpc, vpcSubnets, securityGroups }: NetworkProps): Pick<FunctionOptions, keyof NetworkProps> {
  if (vpc === undefined) {
    if (vpcSubnets === undefined && securityGroups === undefined) return {};
    throw new SettingError(
      'vpcSubnets and securityGroups say where in a VPC the function stands: name the VPC too (vpc), or leave them out.',
    );
  }
  // Imported subnets are equal by id alone.
  const among = (subnets: readonly ec2.ISubnet[], { subnetId }: ec2.ISubnet) => subnets.some((subnet) => subnet.subnetId === subnetId);
  for (const subnet of vpc.selectSubnets(vpcSubnets).subnets) {
    if (among(vpc.publicSubnets, subnet)) refuse(subnet, 'public');
    if (among(vpc.isolatedSubnets, subnet)) refuse(subnet, 'isolated');
  }
  return { vpc, ...(vpcSubnets && { vpcSubnets }), ...(securityGroups && { securityGroups: [...securityGroups] }) };
}

/** Those of AWSLambdaVPCAccessExecutionRole that are not about logs: that policy would also let the function write every log. */
const OF_LAMBDA = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * What Lambda itself does with the role to connect a function to a VPC. CDK adds this only to roles that it makes by
 * itself. What the function does bears the function's ARN, and is denied: the auditor writes nothing.
 */
export function networkStatements(scope: Construct): readonly iam.PolicyStatement[] {
  const functions = Stack.of(scope).formatArn({ service: 'lambda', resource: 'function:*' });
  const common = { actions: OF_LAMBDA, resources: ['*'] };
  return [
    new iam.PolicyStatement({ sid: 'LambdaConnectsToTheVpc', ...common }),
    new iam.PolicyStatement({
      sid: 'TheFunctionItselfDoesNot',
      effect: iam.Effect.DENY,
      ...common,
      conditions: { ArnLike: { 'lambda:SourceFunctionArn': functions } },
    }),
  ];
}
