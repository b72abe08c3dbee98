import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { admission, judge } from '../../src/policy/language/admission.js';
import { parseTrustPolicy } from '../../src/policy/language/parse.js';
import {
  ASSUME_ROLE,
  coversTrustAction,
  plainDeny,
  podIdentityAccess,
  podIdentityDenies,
  podIdentityStatements,
  POD_IDENTITY_STATEMENT,
  TAG_SESSION,
} from '../../src/policy/actions/pod-identity.js';
import type { Tristate } from '../../src/policy/language/tristate.js';
import type { KeyValue } from '../../src/policy/language/variables.js';

const policyOf = (...statements: Json[]) => parseTrustPolicy({ Version: '2012-10-17', Statement: statements });
const NAMESPACE = 'aws:RequestTag/kubernetes-namespace';

/** A call from namespace shop, of which nobody knows the account. */
const find = (key: string): KeyValue =>
  key === NAMESPACE ? { state: 'present', value: 'shop' } : key === 'aws:SourceAccount' ? { state: 'unknowable' } : { state: 'absent' };

const SHOP = { StringEquals: { [NAMESPACE]: 'shop' } };
const OTHER = { StringEquals: { [NAMESPACE]: 'other' } };
const ACCOUNT = { StringEquals: { 'aws:SourceAccount': '210987654321' } };
const statement = (Effect: string, Condition: Json): Json => ({
  Effect,
  Principal: { Service: 'pods.eks.amazonaws.com' },
  Action: 'sts:AssumeRole',
  Condition,
});
/** What statements come to that are all meant for the call. */
const access = (...statements: readonly (readonly [string, Json])[]) => {
  const policy = policyOf(...statements.map(([effect, condition]) => statement(effect, condition)));
  return admission(policy.statements.map((one) => judge('yes', one, policy, find)));
};

describe('a statement held against a call', () => {
  it.each<[Tristate, Json, Tristate]>([
    ['yes', SHOP, 'yes'],
    ['yes', OTHER, 'no'],
    ['yes', ACCOUNT, 'undecided'],
    ['undecided', SHOP, 'undecided'],
    ['undecided', OTHER, 'no'],
    ['no', SHOP, 'no'],
  ])('meant %s, with %j: %s', (meant, condition, outcome) => {
    const policy = policyOf(statement('Allow', condition));
    const [one] = policy.statements;
    if (one === undefined) throw new Error('one statement');
    const judged = judge(meant, one, policy, find);
    expect(judged.outcome).toBe(outcome);
    expect(judged.unmet.map(({ values }) => values[0]?.value)).toEqual(condition === OTHER ? ['other'] : []);
  });
});

/** IAM User Guide, "Policy evaluation logic": an explicit Deny overrides, and without an Allow all is denied. */
describe('what statements come to', () => {
  it.each<[string, readonly (readonly [string, Json])[], Tristate, readonly string[], number]>([
    ['none', [], 'no', [], 0],
    ['an Allow that is met', [['Allow', SHOP]], 'yes', [], 0],
    ['an Allow that is not met', [['Allow', OTHER]], 'no', ['other'], 0],
    ['an Allow that nobody can judge', [['Allow', ACCOUNT]], 'undecided', [], 0],
    [
      'one that is met beside one that is not',
      [
        ['Allow', OTHER],
        ['Allow', SHOP],
      ],
      'yes',
      [],
      0,
    ],
    [
      'one that is not met beside one that nobody can judge',
      [
        ['Allow', OTHER],
        ['Allow', ACCOUNT],
      ],
      'undecided',
      [],
      0,
    ],
    [
      'a Deny that is met',
      [
        ['Allow', SHOP],
        ['Deny', SHOP],
      ],
      'no',
      [],
      1,
    ],
    [
      'a Deny that is not met',
      [
        ['Allow', SHOP],
        ['Deny', OTHER],
      ],
      'yes',
      [],
      0,
    ],
    [
      'a Deny that nobody can judge',
      [
        ['Allow', SHOP],
        ['Deny', ACCOUNT],
      ],
      'undecided',
      [],
      0,
    ],
    [
      'a Deny beside nothing that allows',
      [
        ['Allow', OTHER],
        ['Deny', SHOP],
      ],
      'no',
      ['other'],
      1,
    ],
  ])('%s', (_, statements, outcome, unmet, denies) => {
    const found = access(...statements);
    expect(found.outcome).toBe(outcome);
    expect(found.unmet.map(({ values }) => values[0]?.value)).toEqual(unmet);
    expect(found.denies.map(({ effect }) => effect)).toEqual(Array.from({ length: denies }, () => 'Deny'));
  });
});

/** EKS User Guide, "Create IAM role with trust policy required by EKS Pod Identity". */
describe('a trust policy for EKS Pod Identity', () => {
  const EKS = { Service: 'pods.eks.amazonaws.com' };
  const allow = (over: Readonly<Record<string, Json>> = {}): Json => ({ Effect: 'Allow', Principal: EKS, Action: '*', ...over });

  it('is the documented one', () => {
    expect(POD_IDENTITY_STATEMENT).toEqual({
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    });
    expect(([ASSUME_ROLE, TAG_SESSION] as const).map((action) => podIdentityAccess(policyOf(POD_IDENTITY_STATEMENT), action))).toEqual([
      'yes',
      'yes',
    ]);
  });

  it.each<[string, Json, boolean]>([
    ['its principal', allow(), true],
    ['it among others', allow({ Principal: { Service: ['ec2.amazonaws.com', 'pods.eks.amazonaws.com'] } }), true],
    ['another service', allow({ Principal: { Service: 'eks.amazonaws.com' } }), false],
    ['its name as an account', allow({ Principal: { AWS: 'pods.eks.amazonaws.com' } }), false],
    ['a Deny', allow({ Effect: 'Deny' }), false],
    ['all but it', { Effect: 'Allow', NotPrincipal: EKS, Action: '*' }, false],
  ])('is one by %s: %#', (_, given, expected) => expect(podIdentityStatements(policyOf(given))).toHaveLength(expected ? 1 : 0));

  it.each<[readonly Json[], string, string]>([
    [[], 'no', 'no'],
    [[allow({ Action: 'sts:AssumeRole' })], 'yes', 'no'],
    [[allow({ Action: 'sts:TagSession' })], 'no', 'yes'],
    [[allow({ Action: ['STS:assumerole', 'sts:Tag*'] })], 'yes', 'yes'],
    [[allow({ Condition: SHOP })], 'conditional', 'conditional'],
    [[allow({ Condition: SHOP }), allow({ Action: 'sts:AssumeRole' })], 'yes', 'conditional'],
    [[{ Effect: 'Allow', Principal: EKS, NotAction: 'sts:TagSession' }], 'yes', 'no'],
  ])('%j allows sts:AssumeRole: %s, sts:TagSession: %s', (statements, assume, tag) => {
    const policy = policyOf(...statements);
    expect([podIdentityAccess(policy, ASSUME_ROLE), podIdentityAccess(policy, TAG_SESSION)]).toEqual([assume, tag]);
  });

  it.each<[string, Json, Tristate]>([
    ['its principal', { Effect: 'Deny', Principal: EKS, Action: '*' }, 'yes'],
    ['everybody', { Effect: 'Deny', Principal: '*', Action: '*' }, 'undecided'],
    ['every account', { Effect: 'Deny', Principal: { AWS: '*' }, Action: '*' }, 'undecided'],
    ['all but somebody', { Effect: 'Deny', NotPrincipal: { AWS: '210987654321' }, Action: '*' }, 'undecided'],
    ['somebody else', { Effect: 'Deny', Principal: { AWS: '210987654321' }, Action: '*' }, 'no'],
    ['its name as an account', { Effect: 'Deny', Principal: { AWS: 'pods.eks.amazonaws.com' }, Action: '*' }, 'no'],
    ['another action', { Effect: 'Deny', Principal: EKS, Action: 'sts:TagSession' }, 'no'],
    ['an Allow', { Effect: 'Allow', Principal: EKS, Action: '*' }, 'no'],
    ['what IAM does not know', { Effect: 'Deny', Principal: EKS, Action: '*', Resource: '*' }, 'undecided'],
  ])('is denied by %s', (_, given, meant) =>
    expect(podIdentityDenies(policyOf(given), ASSUME_ROLE).map((one) => one.meant)).toEqual(meant === 'no' ? [] : [meant]),
  );

  it('is denied plainly where no condition says when', () => {
    const deny = (Condition?: Json): Json => ({
      Effect: 'Deny',
      Principal: EKS,
      Action: '*',
      ...(Condition === undefined ? {} : { Condition }),
    });
    expect(plainDeny(policyOf(deny(SHOP), deny()), ASSUME_ROLE)?.index).toBe(1);
    expect(plainDeny(policyOf(deny(SHOP)), ASSUME_ROLE)).toBeNull();
    expect(plainDeny(policyOf({ Effect: 'Deny', Principal: '*', Action: '*' }), ASSUME_ROLE)).toBeNull();
  });

  it('covers actions as IAM compares them', () => {
    const [one] = policyOf(allow({ Action: ['sts:Assume*'] })).statements;
    if (one === undefined) throw new Error('one statement');
    expect([coversTrustAction(one, ASSUME_ROLE), coversTrustAction(one, TAG_SESSION)]).toEqual([true, false]);
  });
});
