import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import type { Admissions } from '../../src/model/report/admission.js';
import { printInventory } from '../../src/saved/inventory-file.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { captured } from './io-of-test.js';

const example = readFileSync('examples/account.json', 'utf8');
const HOSTILE = 'a\u001b[2J\u202e$(id)\r\n  role x';
const ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const url = ISSUER.replace('https://', '');
const provider = `arn:aws:iam::210987654321:oidc-provider/${url}`;

const hostile = printInventory(
  inventoryOfCase({
    clusters: [{ name: HOSTILE, issuer: ISSUER }],
    providers: [{ arn: provider, clientIds: [HOSTILE, 'sts.amazonaws.com'] }],
    roles: [
      {
        arn: `arn:aws:iam::210987654321:role/${HOSTILE}`,
        trustPolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: provider },
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition: { StringLike: { [`${url}:sub`]: [`system:serviceaccount:a:${HOSTILE}`, `system:serviceaccount:*:${HOSTILE}`] } },
            },
          ],
        },
      },
    ],
    serviceAccounts: [{ cluster: HOSTILE, namespace: 'a', name: HOSTILE }],
  }),
);

async function command(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const { io, out, err } = captured({ files: { example, hostile, none: printInventory(inventoryOfCase({})) } });
  const status = await run([...args], io);
  return { status, out: out(), err: err() };
}

describe('who', () => {
  it('tells who can take a role, by name or ARN, and says first what was not read', async () => {
    const { status, out } = await command('who', 'platform-admin', '--inventory', 'example');
    expect(status).toBe(3);
    expect(out).toMatch(
      /^Partial scan: eu-central-1 [^]*\nrole\/platform-admin, administrative by AdministratorAccess\n {2}cluster shop-prod [^]* {4}any service account of shop-prod\n {6}By Statement\[0\]/,
    );
    expect((await command('who', 'arn:aws:iam::418527603941:role/platform-admin', '--inventory', 'example')).out).toBe(out);
  });

  it('gives the same as JSON', async () => {
    const { out } = await command('who', 'payments', '--inventory', 'example', '--format', 'json');
    const { roles } = JSON.parse(out) as Admissions;
    expect(roles).toMatchObject([{ role: 'arn:aws:iam::418527603941:role/payments', entrances: [{ who: { kind: 'nobody' } }] }]);
  });

  it('names the nearest role where there is none of that name', async () => {
    const { status, out, err } = await command('who', 'paymnts', '--inventory', 'example');
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain('There is no role "paymnts" in account 418527603941. Did you mean payments?');
  });

  it('asks for the role where none is named', async () => {
    expect(await command('who')).toMatchObject({ status: 2, err: expect.stringContaining("missing required argument 'role'") });
  });
});

describe('roles', () => {
  it('lists every role that trusts web identities', async () => {
    const { out } = await command('roles', '--inventory', 'example', '--format', 'json');
    const { roles } = JSON.parse(out) as Admissions;
    expect(roles.length).toBeGreaterThan(10);
    expect(roles.every(({ entrances }) => entrances.length > 0)).toBe(true);
  });

  it('says that there are none', async () => {
    expect(await command('roles', '--inventory', 'none')).toMatchObject({
      status: 0,
      out: 'No role of this account trusts web identities.\n',
    });
  });

  it.each(['text', 'json'])('lets no name act, as %s', async (format) => {
    const { out } = await command('roles', '--inventory', 'hostile', '--format', format);
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(out.split('\n').filter((line) => /^ {0,2}role x/.test(line))).toEqual([]);
  });
});
