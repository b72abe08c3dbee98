import { describe, expect, it } from '@jest/globals';
import { administrativeReasons } from '../../src/facts/administrative.js';
import type { Json, Role } from '../../src/model/inventory.js';
import { known } from '../../src/model/observed.js';
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
