import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import type { LastReport } from '../../cli/terminal/last-report.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { captured } from './io-of-test.js';

const EXAMPLE = readFileSync('examples/account.json', 'utf8');
const A = '210987654321';
const ROLE = `arn:aws:iam::${A}:role/app`;
const ISSUER = {
  prod: 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6',
  dev: `oidc.eks.eu-west-1.amazonaws.com/id/${'99AA'.repeat(8)}`,
};
const provider = (url: string): string => `arn:aws:iam::${A}:oidc-provider/${url}`;
const annotated = (cluster: keyof typeof ISSUER, name: string) => ({
  cluster,
  namespace: 'shop',
  name,
  annotations: { 'eks.amazonaws.com/role-arn': ROLE },
});
const allow = (cluster: keyof typeof ISSUER, name: string, effect = 'Allow') => ({
  Effect: effect,
  Principal: { Federated: provider(ISSUER[cluster]) },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: {
    StringEquals: { [`${ISSUER[cluster]}:aud`]: 'sts.amazonaws.com', [`${ISSUER[cluster]}:sub`]: `system:serviceaccount:shop:${name}` },
  },
});

function account(statements: readonly Json[], over: Case = {}): string {
  return JSON.stringify(
    inventoryOfCase({
      clusters: (['prod', 'dev'] as const).map((name) => ({ name, issuer: `https://${ISSUER[name]}` })),
      providers: (['prod', 'dev'] as const).map((name) => ({ arn: provider(ISSUER[name]) })),
      roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: statements } }],
      serviceAccounts: [annotated('prod', 'web'), annotated('dev', 'cart')],
      ...over,
    }),
  );
}

function remembering(): LastReport {
  let kept: string | null = null;
  return {
    read: () => Promise.resolve(kept),
    keep: (text) => {
      kept = text;
      return Promise.resolve(true);
    },
  };
}

async function ran(argv: readonly string[], inventory = EXAMPLE, lastReport?: LastReport) {
  const world = captured({
    files: { 'a.json': inventory },
    terminal: { width: 80, rows: 24 },
    ...(lastReport === undefined ? {} : { lastReport }),
  });
  return { status: await run([...argv], world.io), out: world.out(), err: world.err(), written: world.written };
}

/** As it is printed after `Next:`, word by word. */
function nextIn(out: string): readonly string[] {
  const [, words] = /^ *Next: irsa-auditor (show .*--grant.*)$/m.exec(out) ?? [];
  return words?.split(' ') ?? [];
}

describe('irsa-auditor show --grant', () => {
  it('is what show, why and the whole report print where only an annotation names somebody, and works as it is printed', async () => {
    const inventory = ['--inventory', 'a.json'];
    const printed = await Promise.all([
      ran(['show', 'role/search', ...inventory]),
      ran(['why', 'sa/search', '-n', 'shop', '--cluster', 'shop-prod', ...inventory]),
      ran(['audit', '--details', ...inventory]),
    ]);
    for (const { out } of printed) {
      const { status, out: shown } = await ran(nextIn(out));
      expect([status, shown]).toEqual([
        0,
        expect.stringContaining('Allow shop/search of cluster shop-prod to assume this role, and nobody'),
      ]);
      expect(shown).toContain('Grants access to: shop/search (to role/search) – confirm before running');
      expect(shown).toMatch(/\$ irsa-auditor why sa\/search -n shop --cluster eu-west-1\/shop-prod/);
    }
  });

  it('asks the inventory of which the last report is', async () => {
    const last = remembering();
    await ran(['audit', '--inventory', 'a.json'], EXAMPLE, last);
    const { out } = await ran(['show', '5'], EXAMPLE, last);
    expect(nextIn(out)).toEqual(['show', '5', '--grant', 'shop/search']);
    expect((await ran(['show', '5', '--grant', 'shop/search'], EXAMPLE, last)).out).toMatch(
      /Allow shop\/search of cluster shop-prod to assume this role, and nobody\s+else\./,
    );
  });

  it('asks again with the other accounts beside which it was audited', async () => {
    const there = '555566667777';
    const role = `arn:aws:iam::${there}:role/app`;
    const guest = inventoryOfCase({
      account: A,
      clusters: [{ name: 'prod', issuer: `https://${ISSUER.prod}` }],
      serviceAccounts: [{ ...annotated('prod', 'web'), annotations: { 'eks.amazonaws.com/role-arn': role } }],
    });
    const host = inventoryOfCase({
      account: there,
      clusters: [],
      providers: [{ arn: provider(ISSUER.prod).replace(A, there) }],
      roles: [
        {
          arn: role,
          trustPolicy: { Version: '2012-10-17', Statement: [JSON.parse(JSON.stringify(allow('prod', 'api')).replace(A, there)) as Json] },
        },
      ],
    });
    const lastReport = remembering();
    const files = { 'host.json': JSON.stringify(host), 'guest.json': JSON.stringify(guest) };
    const asked = async (...argv: readonly string[]) => {
      const world = captured({ files, terminal: { width: 200, rows: 40 }, lastReport });
      return { status: await run([...argv], world.io), out: world.out(), err: world.err() };
    };
    await asked('audit', '--inventory', 'host.json', '--inventory', 'guest.json');
    const { out, err } = await asked('show', 'role/app', '--grant', 'shop/web');
    expect([out, err]).toEqual([expect.stringContaining('Allow shop/web of cluster prod to assume this role, and nobody else.'), '']);
    // Alone the account knows of no such cluster.
    expect((await asked('show', 'role/app', '--grant', 'shop/web', '--inventory', 'host.json')).status).toBe(2);
  });

  it('writes the documents, with the way back, and the command that takes them; for PowerShell it makes the file', async () => {
    const argv = ['show', 'role/search', '--inventory', 'a.json', '--grant', 'system:serviceaccount:shop:search'];
    const { out, written } = await ran([...argv, '--write', 'fix']);
    expect([...written.keys()]).toEqual(['fix/search.before.json', 'fix/search.after.json']);
    expect(out).toContain('$ aws iam update-assume-role-policy --role-name search --policy-document file://fix/search.after.json\n');
    expect(out).toContain('$ aws iam update-assume-role-policy --role-name search --policy-document file://fix/search.before.json\n');
    expect((await ran([...argv, '--shell', 'powershell'])).out).toMatch(
      /show 1a5fa154ecfd --grant system:serviceaccount:shop:search --cluster eu-west-1\/shop-prod --inventory a\.json --write \./,
    );
  });

  it('names one more where service accounts are named, and makes a statement where another cluster is', async () => {
    const argv = ['show', 'role/app', '--inventory', 'a.json', '--grant'];
    const beside = await ran([...argv, 'shop/web'], account([allow('prod', 'api')], { serviceAccounts: [annotated('prod', 'web')] }));
    expect(beside.out).toMatch(/\n +\+ "StringEquals": \{ "[^"]*:sub": "system:serviceaccount:shop:web" \}\n {2}Grants/);
    const other = await ran([...argv, 'shop/cart'], account([allow('prod', 'web')]));
    expect(other.out).toMatch(/\n +\+ "Principal": \{ "Federated": "[^"]*99AA99AA" \}\n/);
  });

  it.each<[string, readonly string[], string, RegExp]>([
    ['a wildcard', ['shop/*'], EXAMPLE, /"shop\/\*" has a wildcard: name one service account/],
    ['no name', ['search'], EXAMPLE, /"search" is not a service account \(it has a part too few\): write namespace\/name\./],
    [
      'who is allowed',
      ['shop/web'],
      account([allow('prod', 'web'), allow('dev', 'web')]),
      /trust policy of role app allows shop\/web already\./,
    ],
    [
      'whom a Deny denies',
      ['shop/web'],
      account([allow('prod', 'api'), allow('prod', 'web', 'Deny')]),
      /shop\/web would stay denied by the Deny at \$\.Statement\[1\]: no Allow changes that\./,
    ],
    [
      'an open role',
      ['shop/cart', '--cluster', 'dev'],
      account([{ ...allow('prod', 'x'), Condition: {} }, allow('dev', 'api')]),
      /More than those who are meant can assume role app: narrow its trust policy first\. Next: irsa-auditor show [0-9a-f]{12} --inventory a\.json$/m,
    ],
    [
      'two clusters',
      ['shop/web'],
      account([allow('prod', 'api'), allow('dev', 'api')], { serviceAccounts: [annotated('prod', 'web'), annotated('dev', 'web')] }),
      /shop\/web may be of eu-west-1\/prod or eu-west-1\/dev: name one with --cluster REGION\/NAME\./,
    ],
    [
      'a cluster that is not there',
      ['shop/web', '--cluster', 'live'],
      account([allow('prod', 'api')]),
      /There is no cluster "live" here\./,
    ],
  ])('refuses %s', async (_what, asked, inventory, words) => {
    const { status, out, err } = await ran(
      ['show', 'role/app', '--inventory', 'a.json', '--grant', ...asked].map((word) =>
        inventory === EXAMPLE ? word.replace('role/app', 'role/search') : word,
      ),
      inventory,
    );
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(words);
  });

  it('takes the cluster that is named', async () => {
    const inventory = account([allow('prod', 'api'), allow('dev', 'api')], {
      serviceAccounts: [annotated('prod', 'web'), annotated('dev', 'web')],
    });
    const { out } = await ran(['show', 'role/app', '--inventory', 'a.json', '--grant', 'shop/web', '--cluster', 'dev'], inventory);
    expect(out).toContain('Allow shop/web of cluster dev to assume this role, and nobody else.');
  });

  it('says of somebody who is not there that whoever creates it is allowed', async () => {
    const { out } = await ran(
      ['show', 'role/app', '--inventory', 'a.json', '--grant', 'shop/wep', '--cluster', 'prod'],
      account([allow('prod', 'api')]),
    );
    expect(out.replace(/\s+/g, ' ')).toContain(
      'There is no service account shop/wep today: whoever may create it can assume the role then. Did you mean shop/web?',
    );
  });

  it.each<[readonly string[], RegExp]>([
    [['show', '3', '--inventory', 'a.json', '--cluster', 'prod'], /--cluster goes with --grant: what is shown was read already\./],
    [['show', '3', '--grant', 'shop/search'], /There is no report of an audit to show/],
    [['show', 'role/serch', '--inventory', 'a.json', '--grant', 'shop/search'], /Did you mean search\?/],
  ])('%j is wrong usage', async (argv, words) => {
    const { status, err } = await ran(argv);
    expect(status).toBe(2);
    expect(err).toMatch(words);
  });
});
