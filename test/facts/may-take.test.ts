import { describe, expect, it } from '@jest/globals';
import { mayTake } from '../../src/facts/target-role.js';
import type { Cluster, Json, PodIdentityAssociation, Role } from '../../src/model/inventory.js';
import { known } from '../../src/model/observed.js';
import { NOTHING_INSIDE } from '../../src/model/sections.js';

const ACCOUNT = '210987654321';
const TARGET = `arn:aws:iam::${ACCOUNT}:role/lake`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/hub`;
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
const cluster = { ...NOTHING_INSIDE, name: 'prod', region: 'eu-west-1', arn: `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/prod` } as Cluster;
const association: PodIdentityAssociation = { namespace: 'data', serviceAccount: 'reader', roleArn: ROLE, targetRoleArn: TARGET };

const statement = (Effect: 'Allow' | 'Deny', Condition?: Json): Json => ({
  Effect,
  Action: ['sts:AssumeRole', 'sts:TagSession'],
  Resource: TARGET,
  ...(Condition === undefined ? {} : { Condition }),
});
const document = (...statements: readonly Json[]): Json => ({ Version: '2012-10-17', Statement: statements });

interface Given {
  readonly statements: readonly Json[];
  /** null = it was not read. */
  readonly boundary?: Json;
  readonly over?: Partial<PodIdentityAssociation>;
}

function verdict({ statements, boundary, over }: Given): readonly unknown[] {
  const role: Role = {
    ...{ arn: ROLE, name: 'hub', path: '/', createdAt: null, trustPolicy: {}, attachedPolicyArns: [], tags: {}, lastUsed: null },
    inlinePolicies: [{ name: 'own', document: document(...statements) }],
    permissionsBoundaryArn: boundary === undefined ? null : BOUNDARY,
  };
  const managedPolicies = known(boundary == null ? [] : [{ arn: BOUNDARY, document: document(boundary) }]);
  const { outcome, by } = mayTake(role, { cluster, association: { ...association, ...over }, account: ACCOUNT }, TARGET, {
    managedPolicies,
  } as never);
  return [outcome, by];
}

const tag = (namespace: string): Json => ({ StringEquals: { 'aws:PrincipalTag/kubernetes-namespace': namespace } });
const untagged = { disableSessionTags: true };

/** IAM User Guide, "Policy evaluation logic"; what a session of EKS Pod Identity has: "Grant Pods access to AWS resources based on tags". */
describe('what the policies of a role say of its going on', () => {
  it.each<[string, Given, readonly unknown[]]>([
    ['an Allow', { statements: [statement('Allow')] }, ['yes', null]],
    ['an Allow by a tag that it has', { statements: [statement('Allow', tag('data'))] }, ['yes', null]],
    ['an Allow by a tag that another has', { statements: [statement('Allow', tag('web'))] }, ['no', 'permission']],
    ['the same beside one without conditions', { statements: [statement('Allow', tag('web')), statement('Allow')] }, ['yes', null]],
    ['an Allow by a tag, and no tags', { statements: [statement('Allow', tag('data'))], over: untagged }, ['undecided', null]],
    ['an Allow in a network', { statements: [statement('Allow', { StringEquals: { 'aws:SourceVpc': 'vpc-1' } })] }, ['undecided', null]],
    ['an Allow that is no condition of IAM', { statements: [statement('Allow', 'own')] }, ['undecided', null]],
    ['a Deny', { statements: [statement('Allow'), statement('Deny')] }, ['no', 'deny']],
    ['a Deny of another', { statements: [statement('Allow'), statement('Deny', tag('web'))] }, ['yes', null]],
    ['a Deny by its own tag', { statements: [statement('Allow'), statement('Deny', tag('data'))] }, ['no', 'deny']],
    [
      'a Deny outside of a network',
      { statements: [statement('Allow'), statement('Deny', { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } })] },
      ['undecided', null],
    ],
    [
      'a Deny by its ARN',
      { statements: [statement('Allow'), statement('Deny', { ArnLike: { 'aws:PrincipalArn': ROLE } })] },
      ['no', 'deny'],
    ],
    ['a boundary that allows it', { statements: [statement('Allow')], boundary: statement('Allow') }, ['yes', null]],
    ['a boundary that does not', { statements: [statement('Allow')], boundary: statement('Allow', tag('web')) }, ['no', 'boundary']],
    ['a boundary that was not read', { statements: [statement('Allow')], boundary: null }, ['undecided', null]],
    ['nothing', { statements: [] }, ['no', 'permission']],
  ])('%s', (_, given, expected) => expect(verdict(given)).toEqual(expected));
});
