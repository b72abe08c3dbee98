import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { auditWith } from '../../src/engine/audit.js';
import { parseInventory } from '../../src/saved/inventory-file.js';
import type { Explanation } from '../../src/model/report/explanation.js';
import { atLeast } from '../../src/model/report/finding.js';
import { unknown } from '../../src/model/inventory/observed.js';
import { RULES } from '../../src/rules/index.js';
import { explainError } from '../../src/pipeline/explain-error.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const NOT_AUTHORIZED = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity';
const ACCOUNT = '210987654321';
const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/checkout`;

const trust = (subject: string): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: PROVIDER },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com', [`${ISSUER}:sub`]: `system:serviceaccount:${subject}` } },
    },
  ],
});

/** An account where all is right: a cluster, its provider, a role and the service account that is annotated with it. */
const HEALTHY = {
  clusters: [{ name: 'prod', issuer: `https://${ISSUER}`, addons: ['eks-pod-identity-agent'] }],
  providers: [{ arn: PROVIDER }],
  roles: [{ arn: ROLE, trustPolicy: trust('shop:checkout') }],
  serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'checkout', annotations: { 'eks.amazonaws.com/role-arn': ROLE } }],
  pods: [],
  podIdentityAssociations: [],
} as Case;

const event = (role: string, subject: string, issuer = ISSUER): string =>
  JSON.stringify({
    userIdentity: { principalId: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}:sts.amazonaws.com:system:serviceaccount:${subject}` },
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRoleWithWebIdentity',
    errorCode: 'AccessDenied',
    errorMessage: 'An unknown error occurred',
    requestParameters: { roleArn: role },
  });

const first = ({ causes }: Explanation, count = 1): readonly string[] => causes.slice(0, count).map(({ id, state }) => `${id} ${state}`);
const stateOf = ({ causes }: Explanation, id: string): string | undefined => causes.find((cause) => cause.id === id)?.state;

describe('an error text beside an account', () => {
  it('refutes the trust policy where it allows the very token that an event names', () => {
    const explained = explainError(event(ROLE, 'shop:checkout'), inventoryOfCase(HEALTHY));
    expect(first(explained, 2)).toEqual(['organization-policy possible', 'other-account possible']);
    expect(explained.causes.find(({ id }) => id === 'subject-mismatch')).toMatchObject({
      state: 'refuted',
      reason: expect.stringContaining('allows system:serviceaccount:shop:checkout'),
    });
  });

  it('confirms by the token that an event names what no rule can see', () => {
    const explained = explainError(event(ROLE, 'shop:other'), inventoryOfCase(HEALTHY));
    expect(explained.causes[0]).toMatchObject({
      id: 'subject-mismatch',
      state: 'confirmed',
      reason: expect.stringContaining('allows system:serviceaccount:shop:other'),
    });
  });

  it('confirms that a role does not exist, and refutes its trust policy', () => {
    const explained = explainError(event(`${ROLE}-gone`, 'shop:checkout'), inventoryOfCase(HEALTHY));
    expect(first(explained)).toEqual(['annotation-role-missing confirmed']);
    expect(stateOf(explained, 'subject-mismatch')).toBe('refuted');
    expect(explained.named).toContainEqual({ what: 'role', id: `${ROLE}-gone`, note: 'there is no such role' });
  });

  it('says of a role of another account where to look, and refutes nothing', () => {
    const explained = explainError(
      event('arn:aws:iam::111122223333:role/app', 'team:app', 'oidc.eks.eu-west-1.amazonaws.com/id/00000000000000000000000000000000'),
      inventoryOfCase(HEALTHY),
    );
    expect(first(explained)).toEqual(['other-account possible']);
    expect(explained.causes.filter(({ state }) => state === 'refuted')).toEqual([]);
  });

  it('confirms a provider that is missing of an issuer of no cluster here, and refutes one that is there', () => {
    const text = (issuer: string): string => `InvalidIdentityToken: No OpenIDConnect provider found in your account for https://${issuer}`;
    const foreign = 'oidc.eks.us-east-1.amazonaws.com/id/00000000000000000000000000000000';
    expect(first(explainError(text(foreign), inventoryOfCase(HEALTHY)))).toEqual(['provider-missing confirmed']);
    const there = explainError(text(ISSUER), inventoryOfCase(HEALTHY));
    expect(first(there)).toEqual(['other-account possible']);
    expect(stateOf(there, 'provider-missing')).toBe('refuted');
  });

  it('is only possible where what would tell was not read', () => {
    const whole = inventoryOfCase(HEALTHY);
    expect(stateOf(explainError(NOT_AUTHORIZED, whole), 'subject-mismatch')).toBe('refuted');
    const unread = explainError(NOT_AUTHORIZED, { ...whole, roles: unknown('denied', 'no') });
    expect(unread.causes.find(({ id }) => id === 'subject-mismatch')).toMatchObject({
      state: 'possible',
      reason: expect.stringContaining('account (denied)'),
    });
  });

  it('asks no account where there is none', () => {
    const explained = explainError(NOT_AUTHORIZED, null);
    expect(explained).toMatchObject({ account: null, collectedAt: null, unread: [] });
    expect(new Set(explained.causes.map(({ state }) => state))).toEqual(new Set(['possible']));
  });
});

describe('of several problems in an account', () => {
  const example = parseInventory(readFileSync('examples/account.json', 'utf8'));
  const role = (name: string): string => `arn:aws:iam::${example.account}:role/${name}`;

  it.each([
    ['payments', 'key-malformed'],
    ['search', 'federated-provider-of-other-cluster'],
    ['image-resizer', 'placeholder-left'],
    ['ebs-csi-prod', 'addon-subject-mismatch'],
  ])('that on the role %s comes first where it is named, and the others do not come', (name, rule) => {
    const explained = explainError(`${NOT_AUTHORIZED} on ${role(name)}`, example);
    expect(first(explained)).toEqual([`${rule} confirmed`]);
    expect(explained.causes.filter(({ state }) => state === 'confirmed')).toHaveLength(1);
    expect(explained.causes[0]?.findings.every(({ subject }) => subject.id === role(name))).toBe(true);
  });

  it('that of the service account comes first which is asked about', () => {
    const of = { serviceAccount: 'catalog', namespace: 'shop', cluster: 'eu-west-1/shop-staging' };
    expect(first(explainError('InvalidIdentityToken: Incorrect token audience', example, of))).toEqual([
      'provider-audience-missing confirmed',
    ]);
    // What could not be read elsewhere says nothing of it.
    expect(
      explainError(NOT_AUTHORIZED, example, of)
        .causes.map(({ reason }) => reason)
        .join(),
    ).not.toContain('eu-central-1');
  });

  it('each comes among the first two, by the text that its pods log and its role', () => {
    const { report } = auditWith(RULES, example);
    const failing = report.findings.filter(
      ({ error, subject, severity }) => error !== null && subject.type === 'role' && atLeast(severity, 'medium'),
    );
    expect(failing.length).toBeGreaterThan(4);
    const missed = failing.filter(
      ({ error, rule, subject }) =>
        !explainError(`${error ?? ''} on ${subject.id}`, example)
          .causes.slice(0, 2)
          .some(({ id }) => id === rule),
    );
    expect(missed.map(({ rule, subject }) => `${rule} ${subject.id}`)).toEqual([]);
  });

  it('all are told where none is named, with what makes this text alone', () => {
    const explained = explainError(NOT_AUTHORIZED, example);
    const confirmed = explained.causes.filter(({ state }) => state === 'confirmed');
    expect(confirmed.length).toBeGreaterThan(3);
    expect(confirmed.flatMap(({ findings }) => findings).filter(({ error }) => error !== null && error !== NOT_AUTHORIZED)).toEqual([]);
  });
});
