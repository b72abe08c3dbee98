import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { A, allow, BUILDKITE, GITHUB, PROD, provider, ready, ROLE, rules, told } from './role-under-test.js';

const TOKEN = '/var/run/secrets/eks.amazonaws.com/serviceaccount/token';

describe('a pod that has its role by variables and a token set by hand', () => {
  const policy = [
    allow(PROD, {
      StringEquals: { [`${PROD}:sub`]: 'system:serviceaccount:shop:app', [`${PROD}:aud`]: 'sts.amazonaws.com' },
    }),
    allow(PROD, { StringLike: { [`${PROD}:sub`]: 'system:serviceaccount:shop:batch-*' } }),
  ];
  const accounts = {
    serviceAccounts: [
      { cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': ROLE } },
      { cluster: 'prod', namespace: 'shop', name: 'batch-1' },
    ],
  };
  const pod = (tokenFile: string) => ({
    pods: [
      {
        cluster: 'prod',
        namespace: 'shop',
        name: 'batch-1-x',
        serviceAccountName: 'batch-1',
        env: { AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile },
      },
    ],
  });
  const negated = [allow(PROD, { StringNotEquals: { [`${PROD}:sub`]: 'system:serviceaccount:shop:other' } })];

  it('is not shut out by what closes a statement', () => {
    const findings = told(negated, { ...accounts, ...pod(TOKEN) });
    const request = {
      providerArn: provider(PROD),
      issuer: `https://${PROD}`,
      audience: 'sts.amazonaws.com',
      subject: 'system:serviceaccount:shop:batch-1',
    };
    const patches = findings.flatMap(({ fix }) => (fix?.verified === true ? fix.patches : []));
    expect(patches.map(({ after }) => evaluateTrust(after, request).verdict)).toEqual(patches.map(() => 'allowed'));
    const narrowing = findings.find(({ rule }) => rule === 'operator-negated')?.fix;
    // It uses the role: what closes the statement names it.
    expect(evaluateTrust(narrowing?.patches[0]?.after ?? null, request).verdict).toBe('allowed');
  });

  it('takes no command from a repair that it does not suffer from', () => {
    expect(ready(told(policy, { ...accounts, ...pod(TOKEN) }))).toHaveLength(1);
  });
});

describe('a document that IAM would not store', () => {
  const noAudience = allow(PROD, { StringEquals: { [`${PROD}:sub`]: 'system:serviceaccount:shop:app' } });
  const commandsBeside = (statement: Json): readonly string[] => ready(told([noAudience, statement]));

  it('is repaired by a command that takes out the principals that are gone', () => {
    const gone = { Effect: 'Allow', Principal: { AWS: 'AROAEXAMPLEID12345678' }, Action: 'sts:AssumeRole' };
    const ci = `arn:aws:iam::${A}:role/ci`;
    expect(commandsBeside({ ...gone, Principal: { AWS: ci } })).toHaveLength(1);
    const [alone = '', ...same] = new Set(commandsBeside(gone));
    expect(same).toEqual([]);
    expect(alone).toContain('update-assume-role-policy');
    expect(alone).not.toContain('AROA');
    expect(alone).not.toContain('"sts:AssumeRole"');
    const [beside = ''] = commandsBeside({ ...gone, Principal: { AWS: ['AROAEXAMPLEID12345678', ci] } });
    expect(beside).toContain(`{"AWS":["${ci}"]}`);
    expect(beside).not.toContain('AROA');
  });

  it('has none while a statement for a shared issuer names no tenant', () => {
    expect(
      commandsBeside(
        allow(GITHUB, { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com', [`${GITHUB}:sub`]: 'repo:acme/x:ref:refs/heads/main' } }),
      ),
    ).toHaveLength(1);
    const findings = told([noAudience, allow(GITHUB, { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } })]);
    expect(ready(findings)).toEqual([]);
    expect(findings.find(({ rule }) => rule === 'audience-condition-missing')?.fix?.summary).toContain('GitHub Actions');
  });
});

describe('a statement for a shared issuer whose tenant another claim names than the one that IAM requires', () => {
  const noAudience = allow(PROD, { StringEquals: { [`${PROD}:sub`]: 'system:serviceaccount:shop:app' } });
  const aud = 'sts.amazonaws.com';

  it.each<[string, string, Record<string, Record<string, Json>>, number]>([
    ['repository_id', GITHUB, { StringEquals: { [`${GITHUB}:aud`]: aud, [`${GITHUB}:repository_id`]: '1' } }, 0],
    ['repository_owner_id', GITHUB, { StringEquals: { [`${GITHUB}:aud`]: aud, [`${GITHUB}:repository_owner_id`]: '1' } }, 0],
    ['organization_id of Buildkite', BUILDKITE, { StringEquals: { [`${BUILDKITE}:organization_id`]: '1' } }, 0],
    [
      'repository_id, and every subject first',
      GITHUB,
      { StringEquals: { [`${GITHUB}:repository_id`]: '1' }, StringLike: { [`${GITHUB}:sub`]: ['*', 'repo:acme/x:*'] } },
      0,
    ],
    [
      'repository_id beside a subject',
      GITHUB,
      { StringEquals: { [`${GITHUB}:repository_id`]: '1' }, StringLike: { [`${GITHUB}:sub`]: ['repo:acme/x:*', '*'] } },
      1,
    ],
    ['the client of Google, which IAM requires nothing of', 'accounts.google.com', { StringEquals: { 'accounts.google.com:aud': '1' } }, 1],
  ])('%s: no command that IAM would refuse', (_, url, condition, commands) => {
    const Principal = { Federated: url === 'accounts.google.com' ? url : provider(url) };
    const statement = { Effect: 'Allow', Principal, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition };
    expect(new Set(ready(told([noAudience, statement]))).size).toBe(commands);
  });
});

describe('a statement for a shared issuer and a cluster', () => {
  const both = (condition: Record<string, Record<string, Json>>): Json => ({
    Effect: 'Allow',
    Principal: { Federated: [provider(GITHUB), provider(PROD)] },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: condition,
  });

  it.each<[string, Record<string, Record<string, Json>>, boolean]>([
    ['the absence of a subject of its own', { Null: { [`${GITHUB}:sub`]: 'true' } }, false],
    ['a subject of the cluster', { StringEquals: { [`${PROD}:sub`]: 'system:serviceaccount:shop:app' } }, false],
    ['the absence of a claim that not every token has', { Null: { [`${GITHUB}:environment`]: 'true' } }, true],
    ['the absence of what no token here has', { Null: { 'oidc.example.com:sub': 'true' } }, true],
    ['the absence of a subject of the cluster', { Null: { [`${PROD}:sub`]: 'true' } }, true],
    ['a subject of its own or none', { Null: { [`${GITHUB}:sub`]: ['true', 'false'] } }, true],
  ])('that requires %s: open to strangers or not', (_, condition, isOpen) => {
    expect(rules(told([both(condition)])).some((one) => one.endsWith(' critical'))).toBe(isOpen);
  });
});

describe('the tenant of a shared issuer', () => {
  it('is not fixed by a key that is compared with itself', () => {
    const itself = { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com', [`${GITHUB}:sub`]: `\${${GITHUB}:sub}` } };
    expect(rules(told([allow(GITHUB, itself)]))).toContain('subject-open-on-shared-issuer critical');
  });

  it.each(['organization_id', 'organization_slug', 'pipeline_id', 'cluster_id'])('is fixed by %s of Buildkite', (claim) => {
    const condition = {
      StringEquals: { [`${BUILDKITE}:aud`]: 'sts.amazonaws.com', [`${BUILDKITE}:${claim}`]: 'acme-1' },
      StringLike: { [`${BUILDKITE}:sub`]: 'organization:*' },
    };
    expect(rules(told([allow(BUILDKITE, condition)])).filter((one) => /shared-issuer/.test(one))).toEqual([]);
  });

  it('is not fixed by the branch of a build', () => {
    const condition = { StringEquals: { [`${BUILDKITE}:build_branch`]: 'main' }, StringLike: { [`${BUILDKITE}:sub`]: 'organization:*' } };
    expect(rules(told([allow(BUILDKITE, condition)]))).toContain('subject-open-on-shared-issuer critical');
  });
});
