import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditWith } from '../../src/engine/audit.js';
import { patched } from '../../src/engine/repair/apply-patches.js';
import { AccessRefusedError, grantAccess, type Granted, type GrantWanted } from '../../src/pipeline/grant-access.js';
import { atLeast, severityRank } from '../../src/model/report/finding.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { seen } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { grantCommand } from '../../src/report/layout/next-steps.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { accounts } from './made-up-account.js';
import { trusts } from './made-up-trusts.js';

/** The same account with two more that ask for a role by annotation alone: one who may be meant, and one who owns a namespace. */
const withAskers = (given: Case): Case => {
  const roles = given.roles ?? [];
  const cluster = given.clusters?.[0]?.name;
  if (cluster === undefined || roles.length === 0) return given;
  const asking = (['evil/app', 'shop/search'] as const).map((who, index) => {
    const [namespace = '', name = ''] = who.split('/');
    const arn = roles[index % roles.length]?.arn ?? '';
    return { cluster, namespace, name, annotations: { 'eks.amazonaws.com/role-arn': arn } };
  });
  const known = new Set((given.serviceAccounts ?? []).map(({ namespace, name }) => `${namespace}/${name}`));
  const fresh = asking.filter(({ namespace, name }) => !known.has(`${namespace}/${name}`));
  return { ...given, serviceAccounts: [...(given.serviceAccounts ?? []), ...fresh] };
};

function asked(inventory: Inventory, wanted: GrantWanted): Granted | null {
  try {
    return grantAccess(inventory, wanted);
  } catch (error) {
    if (error instanceof AccessRefusedError) return null;
    throw error;
  }
}

/** Whoever may come with a token: of every cluster, and of every provider, with every audience that is heard of. */
function* requestsOf(inventory: Inventory): Generator<Parameters<typeof evaluateTrust>[1]> {
  const clusters = inventory.regions.flatMap(({ clusters: list }) => seen(list));
  const annotated = clusters.flatMap(({ serviceAccounts }) =>
    seen(serviceAccounts).flatMap(({ annotations }) => annotations['eks.amazonaws.com/audience'] ?? []),
  );
  const audiences = new Set(['sts.amazonaws.com', 'own.example', 'elsewhere.example', ...annotated]);
  const own = clusters.flatMap(({ detail }) => (detail.known && detail.value.issuer !== null ? [detail.value.issuer] : []));
  // Whether STS takes a provider for another that differs in case alone, AWS does not say; and no token has such an issuer.
  const others = seen(inventory.providers)
    .map(({ arn }) => `https://${arn.slice(arn.indexOf('/') + 1)}`)
    .filter((issuer) => own.every((one) => one.toLowerCase() !== issuer.toLowerCase()));
  const issuers = [...own, ...others];
  const subjects = new Set(
    clusters.flatMap(({ serviceAccounts }) =>
      seen(serviceAccounts).map(({ namespace, name }) => `system:serviceaccount:${namespace}:${name}`),
    ),
  );
  for (const other of ['shop:app', 'shop:nobody', 'shop:searc', 'shop:search2', 'evil:default', 'lab:search', 'nobody'])
    subjects.add(`system:serviceaccount:${other}`);
  for (const issuer of new Set(issuers))
    for (const subject of [...subjects, 'repo:acme/shop:ref:refs/heads/main', '*'])
      for (const audience of audiences)
        yield {
          providerArn: `arn:${inventory.partition}:iam::${inventory.account}:oidc-provider/${issuer.replace('https://', '')}`,
          issuer,
          audience,
          subject,
          claims: {},
          at: inventory.collectedAt,
        };
}

/** Whose verdict a grant changes; and that nothing else does, nor anything of the account gets worse. */
function expectExactly({ problem, cluster }: Granted, inventory: Inventory, who: string): void {
  const { fix } = problem.problem.primary;
  const [patch, ...others] = fix?.patches ?? [];
  if (patch === undefined) throw new Error('a grant is a patch');
  expect([others, fix?.verified]).toEqual([[], true]);
  const subject = `system:serviceaccount:${who.replace('/', ':')}`;
  expect(fix?.grants).toMatchObject([{ subject, role: patch.resource }]);
  const [region = '', name = ''] = cluster.split('/');
  const at = inventory.regions.flatMap((one) => (one.region === region ? seen(one.clusters) : [])).find((one) => one.name === name);
  const issuer = at?.detail.known === true ? at.detail.value.issuer : null;
  let gained = 0;
  for (const request of requestsOf(inventory)) {
    const [before, after] = [evaluateTrust(patch.before, request).verdict, evaluateTrust(patch.after, request).verdict];
    if (before === after) continue;
    expect([request, before, after]).toEqual([{ ...request, issuer, subject }, 'denied', 'allowed']);
    gained += 1;
  }
  // With each audience that its tokens may have.
  expect(gained).toBeGreaterThan(0);
  const { report, hidden } = auditWith(RULES, inventory);
  const worst = new Map(report.findings.map(({ fingerprint, severity }) => [fingerprint, severity]));
  // What was seen before behind the refusal that is gone now, such as an audience that the provider does not list.
  const seenBefore = new Set(hidden.map(({ fingerprint }) => fingerprint));
  const worse = auditInventory(patched(inventory, [patch])).findings.filter(
    ({ fingerprint, severity, rule }) =>
      atLeast(severity, 'medium') &&
      severityRank(severity) > severityRank(worst.get(fingerprint) ?? 'info') &&
      !seenBefore.has(fingerprint) &&
      rule !== 'subject-mismatch',
  );
  expect(worse.map(({ rule, subject: { id }, message }) => [rule, id, message])).toEqual([]);
}

const subjects = fc.constantFrom('shop/search', 'evil/app', 'shop/app', 'shop/nobody');

describe('whom a person names', () => {
  let granted = 0;
  const check = (given: Case, subject: string): void => {
    const inventory = inventoryOfCase(withAskers(given));
    const { findings, clusters } = auditInventory(inventory);
    const roles = new Set(findings.flatMap(({ subject: { type, id } }) => (type === 'role' ? [id] : [])));
    for (const problem of roles)
      for (const { region, name } of clusters) {
        const found = asked(inventory, { problem, subject, cluster: `${region}/${name}` });
        if (found === null) continue;
        granted += 1;
        expectExactly(found, inventory, subject);
      }
  };

  it('is allowed, and nobody else is, nobody loses, nothing gets worse: trust policies of every kind', () => {
    fc.assert(fc.property(trusts, subjects, check), { numRuns: 120 });
    expect(granted).toBeGreaterThan(20);
  });

  it('is allowed, and nobody else is, nobody loses, nothing gets worse: accounts of every kind', () => {
    granted = 0;
    fc.assert(fc.property(accounts, subjects, check), { numRuns: 50 });
    expect(granted).toBeGreaterThan(10);
  });
});

describe('what says Next', () => {
  /** Every command that is printed to allow somebody by name is one that does. */
  const check = (inventory: Inventory): number => {
    const report = auditInventory(inventory);
    const printed = report.findings.flatMap((finding) => {
      const command = grantCommand(finding, report, `show ${finding.problem}`);
      const [, problem, subject] = command === null ? [] : (/^show (\S+) --grant (\S+)$/.exec(command) ?? []);
      return problem === undefined || subject === undefined ? [] : [{ problem, subject }];
    });
    for (const { problem, subject } of printed) expectExactly(grantAccess(inventory, { problem, subject }), inventory, subject);
    return printed.length;
  };

  it('works as it is printed, in every case', () => {
    expect(CASES.reduce((sum, { inventory }) => sum + check(inventory), 0)).toBeGreaterThan(20);
  });

  it('works as it is printed, in made-up accounts', () => {
    fc.assert(
      fc.property(fc.oneof(trusts, accounts), (given) => {
        check(inventoryOfCase(withAskers(given)));
      }),
      { numRuns: 150 },
    );
  });
});
