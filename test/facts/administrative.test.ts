import { describe, expect, it } from '@jest/globals';
import { administrativeReasons } from '../../src/facts/account/administrative.js';
import type { Json, Role } from '../../src/model/inventory/inventory.js';
import { known } from '../../src/model/inventory/observed.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const customer = 'arn:aws:iam::210987654321:policy/own';
const allow = (action: Json, resource: Json = '*', rest: Record<string, Json> = {}): Json => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: action, Resource: resource, ...rest },
});

function because(attached: string[], inline: Json[] = [], managed: Json = {}, boundary: string | null = null): string | null {
  const inventory = { ...inventoryOfCase({}), managedPolicies: known([{ arn: customer, document: managed }]) };
  const role: Role = {
    arn: 'arn:aws:iam::210987654321:role/a',
    name: 'a',
    path: '/',
    createdAt: null,
    trustPolicy: {},
    inlinePolicies: inline.map((document) => ({ name: 'inline', document })),
    attachedPolicyArns: attached,
    permissionsBoundaryArn: boundary,
    tags: {},
    lastUsed: null,
  };
  return administrativeReasons(inventory)(role);
}

describe('administrative', () => {
  it.each(['AdministratorAccess', 'PowerUserAccess', 'IAMFullAccess'])('by %s, in every partition', (name) => {
    expect(because([`arn:aws:iam::aws:policy/${name}`])).toBe(name);
    expect(because([`arn:aws-cn:iam::aws:policy/${name}`])).toBe(name);
  });

  it.each<[string, Json]>([
    ['everything', allow('*')],
    ['all of IAM', allow(['s3:GetObject', 'iam:*'])],
    ['a way to give itself more', allow('iam:putrolepolicy')],
  ])('by an inline policy that allows %s', (_, document) => expect(because([], [document])).toMatch(/^inline \(iam:/));

  it('by a customer managed policy', () => expect(because([customer], [], allow('iam:Attach*'))).toMatch(/^own \(iam:AttachRolePolicy/));
});

const but = (notAction: Json, resource: Json = '*'): Json => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', NotAction: notAction, Resource: resource },
});
const deny = (action: Json, rest: Record<string, Json> = {}): Json => ({ Effect: 'Deny', Action: action, Resource: '*', ...rest });
const both = (...Statement: Json[]): Json => ({ Version: '2012-10-17', Statement });
const of = (document: Json): Json => (document as Record<string, Json>)['Statement'] ?? null;

describe('administrative by what a policy leaves out', () => {
  it.each<[string, Json]>([
    ['all but IAM, as PowerUserAccess', but(['iam:*', 'organizations:*', 'account:*'])],
    ['all but one service', but('s3:*')],
    ['all but reading secrets', but('secretsmanager:GetSecretValue')],
    ['all but some of IAM', but(['iam:CreateUser', 'iam:DeleteUser'])],
    ['nothing but a resource', { Statement: { Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::logs/*' } }],
    ['everything, written as service and action', allow('*:*')],
    ['all but IAM by a Deny', both(of(allow('*')), deny('iam:*'))],
  ])('it leaves %s', (_, document) => {
    expect(because([], [document])).toMatch(/^inline \(/);
    expect(because([customer], [], document)).toMatch(/^own \(/);
  });

  it.each<[string, Json]>([
    ['what few need', but(['iam:*', 's3:*', 'ec2:*', 'lambda:*', 'secretsmanager:*', 'kms:*', 'dynamodb:*', 'ssm:*', 'sts:*'])],
    ['all but writing to one bucket', but('iam:*', 'arn:aws:s3:::bucket/*')],
    ['all that it denies again', both(of(but('iam:*')), deny('*'))],
    ['all that it denies but for a few', both(of(allow('*')), { Effect: 'Deny', NotAction: ['s3:*', 'iam:Get*'], Resource: '*' })],
  ])('and is not where it leaves %s', (_, document) => expect(because([], [document])).toBeNull());
});

describe('administrative by writing roles', () => {
  it.each<[Json, Json]>([
    ['iam:PutRolePolicy', 'arn:aws:iam::*:role/*'],
    ['iam:AttachRolePolicy', 'arn:aws:iam::210987654321:role/*'],
    ['iam:UpdateAssumeRolePolicy', ['arn:aws:iam::210987654321:user/x', 'arn:aws:iam::*:role/*']],
    ['iam:*Role*', 'arn:*'],
    ['iam:CreatePolicyVersion', 'arn:aws:iam::210987654321:policy/*'],
    ['iam:CreateAccessKey', 'arn:aws:iam::*:user/*'],
    ['iam:PutRolePolicy', 'arn:aws:iam::${aws:PrincipalAccount}:role/*'],
    [['iam:PassRole', 'lambda:CreateFunction'], '*'],
    [['iam:Pass*', 'ec2:*'], '*'],
  ])('%j on %j', (action, resource) => expect(because([], [allow(action, resource)])).toMatch(/^inline \(iam:/));

  it.each<[Json, Json]>([
    ['iam:PutRolePolicy', 'arn:aws:iam::210987654321:role/app-*'],
    ['iam:PutRolePolicy', 'arn:aws:iam::210987654321:user/*'],
    ['iam:AttachRolePolicy', 'arn:aws:iam::390264718853:role/*'],
    ['iam:CreateAccessKey', 'arn:aws:iam::210987654321:role/*'],
    ['iam:PassRole', '*'],
    [['iam:PassRole', 'ec2:DescribeInstances'], '*'],
    [['iam:GetRole', 'lambda:*'], '*'],
  ])('but not %j on %j', (action, resource) => expect(because([], [allow(action, resource)])).toBeNull());

  it('but not where another of its policies denies it, and by what two of them allow together', () => {
    expect(because([], [allow('iam:PutRolePolicy'), both(deny('iam:*'))])).toBeNull();
    expect(because([], [allow('iam:PassRole'), allow('lambda:*')])).toMatch(/^inline \(iam:PassRole/);
  });

  it('but not where the boundary allows none of it, though the boundary allows much', () => {
    const power = 'arn:aws:iam::aws:policy/PowerUserAccess';
    expect(because([], [allow('iam:PutRolePolicy')], {}, power)).toBeNull();
    expect(because([], [allow('iam:PutRolePolicy')], but('s3:*'), customer)).toMatch(/^inline/);
    expect(because([], [but('iam:*')], {}, power)).toMatch(/^inline/);
    expect(because(['arn:aws:iam::aws:policy/AdministratorAccess'], [], {}, power)).toBe('AdministratorAccess');
    expect(because(['arn:aws:iam::aws:policy/IAMFullAccess'], [], {}, power)).toBeNull();
    expect(because([], [allow('*')], both(of(allow('*')), deny('iam:*'), deny('s3:*')), customer)).toMatch(/^inline/);
  });
});

describe('not administrative', () => {
  it.each<[string, Json]>([
    ['on one resource', allow('*', 'arn:aws:s3:::bucket/*')],
    ['under a condition', allow('*', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })],
    ['by a Deny', { Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] }],
    ['that is no policy', 'text'],
    ['reading alone', allow(['iam:Get*', 's3:*'])],
  ])('by an inline policy %s', (_, document) => expect(because([], [document])).toBeNull());

  it('by another AWS policy, or a customer policy that did not arrive', () => {
    expect(because(['arn:aws:iam::aws:policy/ReadOnlyAccess', 'arn:aws:iam::210987654321:policy/absent'])).toBeNull();
  });

  it('where a boundary stops it, unless the boundary is administrative itself', () => {
    const admin = ['arn:aws:iam::aws:policy/AdministratorAccess'];
    expect(because(admin, [], allow('s3:*'), customer)).toBeNull();
    expect(because(admin, [], allow('*'), customer)).toBe('AdministratorAccess');
  });
});
