import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/model/report/finding.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const A = '210987654321';
const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const PROVIDER = `arn:aws:iam::${A}:oidc-provider/${URL}`;
const ROLE = `arn:aws:iam::${A}:role/app`;

interface Statement {
  readonly sub?: string | readonly string[];
  readonly operator?: string;
  readonly key?: string;
}

const policy = ({ sub, operator = 'StringEquals', key = URL }: Statement) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: PROVIDER },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${URL}:aud`]: 'sts.amazonaws.com' },
        ...(sub === undefined
          ? {}
          : operator === 'StringEquals'
            ? { StringEquals: { [`${URL}:aud`]: 'sts.amazonaws.com', [`${key}:sub`]: sub } }
            : { [operator]: { [`${key}:sub`]: sub } }),
      },
    },
  ],
});

function findings(statement: Statement, over: Case = {}): readonly Finding[] {
  return auditInventory(
    inventoryOfCase({
      clusters: [{ name: 'prod', issuer: `https://${URL}` }],
      providers: [{ arn: PROVIDER }],
      roles: [{ arn: ROLE, trustPolicy: policy(statement) }],
      ...over,
    }),
  ).findings;
}

const only = (list: readonly Finding[], rule: string): Finding => {
  const found = list.filter((finding) => finding.rule === rule);
  expect(found).toHaveLength(1);
  return found[0]!;
};

describe('a proven repair', () => {
  const finding = only(findings({ sub: 'system:serviceaccount:shop:app-*' }), 'subject-wildcard-in-equals');

  it('holds the whole corrected policy and the command that puts it there', () => {
    expect(finding.fix).toMatchObject({
      verified: true,
      patches: [{ resource: ROLE, kind: 'trust-policy', before: policy({ sub: 'system:serviceaccount:shop:app-*' }) }],
    });
    expect(finding.fix?.patches[0]?.after).toEqual(policy({ sub: 'system:serviceaccount:shop:app-*', operator: 'StringLike' }));
    expect(finding.fix?.commands).toEqual([
      expect.stringMatching(/^aws iam update-assume-role-policy --role-name app --policy-document '\{"Version".*'$/),
    ]);
  });

  it('says when the policy that it replaces was read', () => {
    expect(finding.fix?.summary).toContain('2026-11-01T06:00:00.000Z');
  });

  it('names who gets in by it and does not today', () => {
    expect(finding.fix?.grants).toEqual([{ subject: 'system:serviceaccount:shop:app-*', role: ROLE, administrative: false }]);
  });
});

describe('a repair that opens more than is told today', () => {
  it('is not verified and has no ready command', () => {
    const finding = only(findings({ sub: 'system:serviceaccount:*' }), 'subject-wildcard-in-equals');
    expect(finding.fix).toMatchObject({ verified: false, commands: [] });
    expect(finding.fix?.patches).toHaveLength(1);
  });
});

describe('the provider that is missing', () => {
  const broken: Case = { providers: [] };

  it('is created by a command that lets in exactly those whom the roles name', () => {
    const finding = only(findings({ sub: 'system:serviceaccount:shop:app' }, broken), 'provider-missing');
    expect(finding.fix).toMatchObject({
      verified: true,
      grants: [{ subject: 'system:serviceaccount:shop:app', role: ROLE, administrative: false }],
    });
    expect(finding.fix?.commands).toEqual([
      `aws iam create-open-id-connect-provider --url https://${URL} --client-id-list sts.amazonaws.com`,
    ]);
  });

  it('lists the roles that rely on it', () => {
    expect(only(findings({ sub: 'system:serviceaccount:shop:app' }, broken), 'provider-missing').related).toContainEqual({
      type: 'role',
      id: ROLE,
      why: 'trusts this issuer',
    });
  });

  it('keeps its command where an administrative role names that very subject, and says so in the grant', () => {
    const roles = [
      {
        arn: ROLE,
        trustPolicy: policy({ sub: 'system:serviceaccount:ops:admin' }),
        attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'],
      },
    ];
    const finding = only(findings({}, { ...broken, roles }), 'provider-missing');
    expect(finding.fix?.grants).toEqual([{ subject: 'system:serviceaccount:ops:admin', role: ROLE, administrative: true }]);
    expect(finding.fix?.commands).toHaveLength(1);
  });
});

describe('a role that EKS Pod Identity cannot take', () => {
  const service = (name: string, ...actions: readonly string[]) => ({ Effect: 'Allow', Principal: { Service: name }, Action: actions });
  const fixOf = (...statements: readonly object[]) =>
    auditInventory(
      inventoryOfCase({
        clusters: [{ name: 'prod', issuer: `https://${URL}` }],
        providers: [{ arn: PROVIDER }],
        roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: statements } as never }],
        podIdentityAssociations: ['app', 'worker'].map((serviceAccount) => ({
          cluster: 'prod',
          namespace: 'shop',
          serviceAccount,
          roleArn: ROLE,
        })),
      }),
    ).findings.find(({ subject }) => subject.id === ROLE)?.fix;
  const both = ['app', 'worker'].map((name) => ({ subject: `system:serviceaccount:shop:${name}`, role: ROLE, administrative: false }));

  it('is opened for its associations alone, which are named', () => {
    expect(fixOf(service('ec2.amazonaws.com', 'sts:AssumeRole'))).toMatchObject({ verified: true, grants: both });
    expect(fixOf(service('pods.eks.amazonaws.com', 'sts:AssumeRole'))).toMatchObject({ verified: true, grants: both });
  });
});

describe('a trust policy that a repair makes longer', () => {
  const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `worker-${100 + index}`);
  /** The role names one service account, and so many others carry it. */
  const told = (count: number, trustPolicyLength: number | null): Finding =>
    only(
      findings(
        { sub: 'system:serviceaccount:shop:app' },
        {
          serviceAccounts: ['app', ...names(count)].map((name) => ({
            cluster: 'prod',
            namespace: 'shop',
            name,
            annotations: { 'eks.amazonaws.com/role-arn': ROLE },
          })),
          quotas: { trustPolicyLength, roles: 1000 },
        },
      ),
      'subject-mismatch',
    );
  const lengthFor = (count: number): number =>
    JSON.stringify(policy({ sub: ['app', ...names(count)].map((name) => `system:serviceaccount:shop:${name}`) })).length;

  it('than the account allows is no repair', () => {
    expect(lengthFor(50)).toBeGreaterThan(2048);
    expect(told(50, 2048).fix).toMatchObject({ patches: [], grants: [], commands: [], verified: false });
    expect(told(50, 2048).fix?.summary).toContain(
      ` The trust policy would have ${lengthFor(50)} characters, and 2048 are what the quota of this account allows: give some`,
    );
  });

  it('than any account allows is none where the quota was not read', () => {
    expect(lengthFor(250)).toBeGreaterThan(8192);
    expect(told(250, null).fix).toMatchObject({ patches: [], commands: [], verified: false });
    expect(told(250, null).fix?.summary).toContain('and 8192 are the most that a raised quota allows');
  });

  it('than the default is one, which says so, where the quota was not read', () => {
    const { fix } = told(50, null);
    expect(fix).toMatchObject({ patches: [{ resource: ROLE }], verified: true });
    expect(fix?.summary).toContain(` The trust policy has ${lengthFor(50)} characters then, and the quota is 2048 unless it was raised.`);
  });

  it('is one where the raised quota was read, and names the first few', () => {
    const { fix } = told(50, 4096);
    expect(fix).toMatchObject({ patches: [{ resource: ROLE }], verified: true });
    expect(fix?.summary).toMatch(/^Add system:serviceaccount:shop:worker-100, .*, system:serviceaccount:shop:worker-104 and 45 more to /);
    expect(fix?.summary).not.toContain('quota');
  });
});
