import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { printInventory } from '../../src/saved/inventory-file.js';
import { firstMail } from '../../src/report/mail/notification.js';
import { caseOf } from '../cases/cases-of-rules.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { aFinding, aReport } from '../report/report-builder.js';
import { captured } from './io-of-test.js';

/** What users of 0.1.0 met, in the smallest account that shows it. The others of D1 to D13 are named where their subject is tested. */
const ISSUER = 'https://oidc.eks.us-east-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const HOST = ISSUER.replace('https://', '');
const PROVIDER = `arn:aws:iam::210987654321:oidc-provider/${HOST}`;
const roleArn = (name: string): string => `arn:aws:iam::210987654321:role/${name}`;

const role = (name: string, audience: string) => ({
  arn: roleArn(name),
  trustPolicy: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: PROVIDER },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${HOST}:sub`]: `system:serviceaccount:shop:${name}`, [`${HOST}:aud`]: audience } },
      },
    ],
  },
});
const serviceAccount = (name: string, annotations: Readonly<Record<string, string>> = {}) => ({
  cluster: 'prod',
  namespace: 'shop',
  name,
  annotations: { 'eks.amazonaws.com/role-arn': roleArn(name), ...annotations },
});

/** A healthy service account beside one that asks for another audience. */
const withVault = (audienceOfVault: string): Case => ({
  region: 'us-east-1',
  clusters: [{ name: 'prod', region: 'us-east-1', issuer: ISSUER }],
  providers: [{ arn: PROVIDER, clientIds: ['sts.amazonaws.com'] }],
  roles: [role('cart', 'sts.amazonaws.com'), role('vault', audienceOfVault)],
  serviceAccounts: [serviceAccount('cart'), serviceAccount('vault', { 'eks.amazonaws.com/audience': 'vault.internal' })],
});

async function told(of: Case, ...argv: readonly string[]): Promise<{ readonly status: number; readonly out: string }> {
  const { io, out } = captured({ files: { x: printInventory(inventoryOfCase(of)) } });
  const status = await run([...argv, '--inventory', 'x'], io);
  return { status, out: out() };
}

describe('D1: why of a service account', () => {
  it('is whole where only another one asks for a strange audience', async () => {
    const { status, out } = await told(withVault('sts.amazonaws.com'), 'why', 'sa/cart', '-n', 'shop', '--cluster', 'us-east-1/prod');
    // 3: nobody asked for its pods.
    expect([status, out]).toEqual([3, expect.not.stringContaining('vault.internal')]);
    expect(out).not.toMatch(/add-client-id|cannot assume/);
  });

  it('that asks for it itself blames its annotation, and adds no audience to the provider of all', async () => {
    const { status, out } = await told(withVault('sts.amazonaws.com'), 'why', 'sa/vault', '-n', 'shop', '--cluster', 'us-east-1/prod');
    expect([status, out]).toEqual([1, expect.stringContaining('audience-annotation-mismatch')]);
    expect(out).not.toContain('add-client-id');
  });
});

describe('D2: a provider that lacks an audience', () => {
  it('is not said to hold a character that cannot be seen, where it holds none', async () => {
    const { out } = await told(withVault('vault.internal'), 'audit', '--details');
    expect(out).toContain('provider-audience-missing');
    expect(out).not.toMatch(/cannot be seen|invisible/);
  });

  it('is where it does', async () => {
    const of: Case = { ...withVault('sts.amazonaws.com'), providers: [{ arn: PROVIDER, clientIds: ['sts.amazonaws.com\u200b'] }] };
    expect((await told(of, 'audit', '--details')).out).toMatch(/cannot be seen|invisible/);
  });
});

it('D4: why of a pod that runs as default says which service account was meant', async () => {
  const of = caseOf('pod-service-account-wrong', 'bad-line-missing-runs-as-default');
  const [pod] = of.pods ?? [];
  const { status, out } = await told(of, 'why', `pod/${pod?.name ?? ''}`, '-n', pod?.namespace ?? '', '--cluster', 'prod');
  const meant = (of.serviceAccounts ?? []).map(({ name }) => name).filter((name) => name !== 'default');
  expect([status, out]).toEqual([1, expect.stringContaining('pod-service-account-wrong')]);
  expect(meant.some((name) => out.includes(`serviceAccountName: ${name}`) || out.includes(`serviceAccountName ${name}`))).toBe(true);
});

it('D9: settings check names what is well formed and has no effect', async () => {
  const text = `suppressions:
  - { rule: provider-missing, subject: prod, reason: known, until: 2020-01-01 }
  - { rule: key-malformed, subject: prod, reason: known, until: 2026-11-02 }
acceptUnread:
  - { scope: eu-wset-1/prod, reason: closed }
  - { scope: eu-west-3, reason: closed }
  - { scope: 'ap-*', reason: closed }
`;
  const { io, out } = captured({ files: { s: text } });
  expect([await run(['settings', 'check', 's'], io), out()]).toEqual([
    0,
    's is in order, but for what has no effect:\n  the suppression of provider-missing ended on 2020-01-01\n  acceptUnread: eu-wset-1 is no region that this version knows; did you mean eu-west-1?\n',
  ]);
});

it('D12: the first email tells rules apart, however many problems of one there are', () => {
  const many = Array.from({ length: 1_836 }, (_, index) =>
    aFinding({ fingerprint: `a${index}`, problem: `a${index}`, rule: 'action-wrong', severity: 'high' }),
  );
  const others = ['provider-missing', 'subject-mismatch', 'key-malformed'].map((rule) =>
    aFinding({ fingerprint: rule, problem: rule, rule, severity: 'high' }),
  );
  const mail = firstMail(aReport({ findings: [...many, ...others] }), { threshold: 'low', whereReport: null });
  for (const rule of ['action-wrong', 'provider-missing', 'subject-mismatch', 'key-malformed'])
    expect(mail).toMatch(new RegExp(`^\\d+\\. HIGH[^]*${rule}`, 'm'));
  expect(mail.match(/^\d+\. HIGH.*action-wrong/gm) ?? []).toHaveLength(1);
});
