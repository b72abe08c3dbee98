import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { printInventory } from '../../src/saved/inventory-file.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { captured } from './io-of-test.js';

const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835';
const ROLE = 'arn:aws:iam::555566667777:role/app';
const platform = inventoryOfCase({
  account: '210987654321',
  clusters: [{ name: 'prod', issuer: `https://${ISSUER}` }],
  providers: [{ arn: `arn:aws:iam::210987654321:oidc-provider/${ISSUER}` }],
  serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': ROLE } }],
});
const FILES = {
  'platform.json': printInventory(platform),
  'data.json': printInventory(inventoryOfCase({ account: '555566667777', clusters: [], roles: [] })),
};

async function answered(...argv: readonly string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const { io, out, err } = captured({ files: FILES });
  return { status: await run(argv, io), out: out(), err: err() };
}
const BOTH = ['--inventory', 'platform.json', '--inventory', 'data.json'];

describe('inventories of several accounts', () => {
  it('are one audit of the first', async () => {
    expect((await answered('audit', '--inventory', 'platform.json')).out).not.toContain(ROLE);
    const { status, out } = await answered('audit', ...BOTH, '--details');
    expect(status).toBe(1);
    expect(out).toContain('210987654321');
    expect(out).toMatch(/Account 555566667777: The service account/);
    // What shows it again names both.
    const short = await answered('audit', ...BOTH, '--no-details');
    expect(short.out).toMatch(/Next: .*show 1 --inventory platform\.json --inventory data\.json/);
  });

  it('answer why by the account of the role', async () => {
    expect((await answered('why', 'sa/app', '-n', 'shop', '--inventory', 'platform.json')).status).toBe(3);
    const { status, out } = await answered('why', 'sa/app', '-n', 'shop', ...BOTH);
    expect([status, out]).toEqual([1, expect.stringContaining('In account 555566667777: There is no role')]);
  });

  it('show what is wrong in another account', async () => {
    const { status, out } = await answered('show', 'sa/app', ...BOTH);
    expect([status, out]).toEqual([0, expect.stringContaining('555566667777')]);
  });

  it('are of different accounts', async () => {
    const { status, err } = await answered('audit', '--inventory', 'platform.json', '--inventory', 'platform.json');
    expect(status).toBe(2);
    expect(err).toMatch(/platform\.json is an inventory of account 210987654321, of which there is one already/);
  });
});
