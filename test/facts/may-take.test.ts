import { describe, expect, it } from '@jest/globals';
import { mayTake, type TargetVerdict } from '../../src/facts/pod-identity/target-role.js';
import type { Cluster, Json, PodIdentityAssociation, Role } from '../../src/model/inventory/inventory.js';
import { known } from '../../src/model/inventory/observed.js';
import { NOTHING_INSIDE } from '../../src/model/contract/sections.js';

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

function answerTo({ statements, boundary, over }: Given): TargetVerdict {
  const role: Role = {
    ...{ arn: ROLE, name: 'hub', path: '/', createdAt: null, trustPolicy: {}, attachedPolicyArns: [], tags: {}, lastUsed: null },
    inlinePolicies: [{ name: 'own', document: document(...statements) }],
    permissionsBoundaryArn: boundary === undefined ? null : BOUNDARY,
  };
  const managedPolicies = known(boundary == null ? [] : [{ arn: BOUNDARY, document: document(boundary) }]);
  return mayTake(role, { cluster, association: { ...association, ...over }, account: ACCOUNT }, TARGET, {
    managedPolicies,
  } as never);
}

function verdict(given: Given): readonly unknown[] {
  const { outcome, refused } = answerTo(given);
  return [outcome, refused?.by ?? null];
}

const tag = (namespace: string): Json => ({ StringEquals: { 'aws:PrincipalTag/kubernetes-namespace': namespace } });
const untagged = { disableSessionTags: true };

const ASSUME = 'sts:AssumeRole';
const TAG = 'sts:TagSession';
const one = (Effect: 'Allow' | 'Deny', Action: string): Json => ({ Effect, Action, Resource: TARGET });

/** Which actions are refused, and which something of its own forbids. */
function refusals(given: Given): readonly unknown[] {
  const { refused, byAction } = answerTo(given);
  const shut = [...byAction].filter(([, { isSpared }]) => isSpared === 'no');
  return [refused, shut.length === 0 ? null : { by: shut[0]?.[1].by, actions: shut.map(([action]) => action) }];
}

describe('which actions it is refused', () => {
  const both = [ASSUME, TAG];
  it.each<[string, Given, readonly unknown[]]>([
    ['neither', { statements: [one('Allow', 'sts:*')] }, [null, null]],
    ['both', { statements: [] }, [{ by: 'permission', actions: both }, null]],
    ['the tags alone', { statements: [one('Allow', ASSUME)] }, [{ by: 'permission', actions: [TAG] }, null]],
    ['the role alone', { statements: [one('Allow', TAG)] }, [{ by: 'permission', actions: [ASSUME] }, null]],
    ['not the tags that it does without', { statements: [one('Allow', ASSUME)], over: untagged }, [null, null]],
    ['one by a Deny', { statements: [one('Allow', 'sts:*'), one('Deny', TAG)] }, Array(2).fill({ by: 'deny', actions: [TAG] })],
    [
      'one by a Deny, the other for want of a permission',
      { statements: [one('Allow', TAG), one('Deny', TAG)] },
      [
        { by: 'permission', actions: [ASSUME] },
        { by: 'deny', actions: [TAG] },
      ],
    ],
    [
      'one by the boundary',
      { statements: [one('Allow', '*')], boundary: one('Allow', ASSUME) },
      Array(2).fill({ by: 'boundary', actions: [TAG] }),
    ],
  ])('%s', (_, given, expected) => expect(refusals(given)).toEqual(expected));
});

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
