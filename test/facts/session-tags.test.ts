import { describe, expect, it } from '@jest/globals';
import { judgeAssociation, admitsSession } from '../../src/facts/pod-identity/session-of-association.js';
import type { Cluster, Json } from '../../src/model/inventory/inventory.js';
import { NOTHING_INSIDE } from '../../src/model/contract/sections.js';
import { parseTrustPolicy } from '../../src/policy/language/parse.js';

const ACCOUNT = '210987654321';
const cluster = { ...NOTHING_INSIDE, name: 'prod', region: 'eu-west-1', arn: `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/prod` } as Cluster;
const SIX = [
  'eks-cluster-arn',
  'eks-cluster-name',
  'kubernetes-namespace',
  'kubernetes-service-account',
  'kubernetes-pod-name',
  'kubernetes-pod-uid',
];
const UID = 'aws:RequestTag/kubernetes-pod-uid';

function outcome(effect: 'Allow' | 'Deny', condition: Json, disableSessionTags: boolean): unknown {
  const statement = (Effect: string, Condition?: Json): Json => ({
    Effect,
    Principal: { Service: 'pods.eks.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    ...(Condition === undefined ? {} : { Condition }),
  });
  const statements = effect === 'Allow' ? [statement('Allow', condition)] : [statement('Allow'), statement('Deny', condition)];
  const policy = parseTrustPolicy({ Version: '2012-10-17', Statement: statements });
  const association = { namespace: 'shop', serviceAccount: 'app', roleArn: `arn:aws:iam::${ACCOUNT}:role/app`, disableSessionTags };
  const of = { cluster, association, account: ACCOUNT };
  return [admitsSession(policy, 'sts:AssumeRole', of).outcome, judgeAssociation(policy, of).isShut];
}

/** EKS User Guide, "Grant Pods access to AWS resources based on tags": six tags on every session, none where they are disabled. */
describe('what EKS Pod Identity always sends', () => {
  it.each<['Allow' | 'Deny', Json, unknown, unknown]>([
    ['Allow', { Null: { [UID]: 'false' } }, ['yes', false], ['no', true]],
    ['Allow', { Null: { [UID]: 'true' } }, ['no', true], ['yes', false]],
    ['Deny', { Null: { [UID]: 'false' } }, ['no', true], ['yes', false]],
    ['Allow', { StringEquals: { [UID]: 'own' } }, ['undecided', false], ['no', true]],
    ['Allow', { StringLikeIfExists: { [UID]: 'own' } }, ['undecided', false], ['yes', false]],
    ['Allow', { 'ForAllValues:StringEquals': { 'aws:TagKeys': SIX } }, ['yes', false], ['yes', false]],
    ['Allow', { 'ForAllValues:StringEquals': { 'aws:TagKeys': SIX.slice(1) } }, ['no', true], ['yes', false]],
    ['Allow', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': [SIX[0] ?? ''] } }, ['yes', false], ['no', true]],
    ['Allow', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'team' } }, ['no', true], ['no', true]],
    ['Allow', { Null: { 'aws:TagKeys': 'true' } }, ['no', true], ['yes', false]],
    ['Deny', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'team' } }, ['yes', false], ['yes', false]],
  ])('%s under %j', (effect, condition, tagged, untagged) => {
    expect([outcome(effect, condition, false), outcome(effect, condition, true)]).toEqual([tagged, untagged]);
  });
});
