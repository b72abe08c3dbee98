import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { printInventory } from '../../src/saved/inventory-file.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { caseOf } from '../cases/cases-of-rules.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { captured } from './io-of-test.js';

async function told(of: Case, ...argv: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const { io, out, err } = captured({ files: { x: printInventory(inventoryOfCase(of)) }, terminal: { width: 80, rows: 24 } });
  const status = await run([...argv, '--inventory', 'x'], io);
  return { status, out: out(), err: err() };
}

const messagesOf = (of: Case, rule: string): string[] =>
  auditInventory(inventoryOfCase(of)).findings.flatMap((one) => (one.rule === rule ? [one.message] : []));

describe('where the list of roles was denied', () => {
  const denied: Case = { unread: { roles: 'denied', providers: 'denied' } };

  it('D5: who does not say that there is no such role', async () => {
    const { status, out, err } = await told(denied, 'who', 'app');
    expect([status, out]).toEqual([3, '']);
    expect(err).toBe(
      'irsa-auditor: Whether there is a role "app" in account 210987654321 is not known, for not all roles could be read (denied).\n',
    );
  });

  it('roles does not say that none trusts web identities', async () =>
    expect((await told(denied, 'roles')).out).toContain('No role that could be read trusts web identities.'));

  it.each(['--details', '--no-details'])('D6: audit %s headlines what could not be judged', async (how) => {
    const { status, out } = await told(denied, 'audit', how);
    expect(status).toBe(3);
    expect(out).toMatch(/\d+ of \d+ rules could not check everything; nothing found\s+in the rest/);
    expect(out).not.toMatch(/\b0 (?:OIDC )?(?:role|provider)|is in order\./);
  });
});

describe('D8: counts', () => {
  it('of roles that trust a provider of no cluster', () => {
    const one = caseOf('provider-orphaned', 'bad-role-left-behind');
    const [role] = one.roles ?? [];
    const two = { ...one, roles: role === undefined ? [] : [role, { ...role, arn: `${role.arn}2` }] };
    const told = (of: Case): string | undefined => messagesOf(of, 'provider-orphaned')[0]?.split('; ')[1];
    expect([one, two, { ...one, roles: [] }, { ...one, unread: { roles: 'denied' as const } }].map(told)).toEqual([
      '1 role still trusts it.',
      '2 roles still trust it.',
      'no role still trusts it.',
      'whether a role still trusts it is not known.',
    ]);
  });

  it('of who relies on a provider that is missing', () => {
    const of = caseOf('provider-missing', 'bad-no-provider');
    // Nobody asked for those of Kubernetes.
    delete (of as { serviceAccounts?: unknown }).serviceAccounts;
    expect(messagesOf(of, 'provider-missing')[0]).toMatch(/\(1 role relies on it\)\.$/);
  });
});
