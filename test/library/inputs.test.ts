import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  audit,
  collect,
  diff,
  evaluateTrust,
  explainError,
  FORMATS,
  InputError,
  parseReport,
  render,
  whoCanTakeRole,
  whoCanTakeRoles,
  type Inventory,
  type Report,
} from '../../src/index.js';
import { inventorySchema } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { render as renderAs } from '../../src/report/index.js';
import { REPORTS } from '../report/formats/reports.js';

const TEXT = readFileSync('examples/account.json', 'utf8');
const example = (): Record<string, unknown> => JSON.parse(TEXT) as Record<string, unknown>;
const EXAMPLE = example() as unknown as Inventory;

/** What a caller without types may give. */
const anything = (value: unknown): never => value as never;

function refused(call: () => unknown): InputError {
  try {
    call();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('It was taken.');
}

/** Members of an inventory that every version has to write, in the order of the schema. */
const DEMANDED = [
  'schemaVersion',
  'collectedAt',
  'account',
  'partition',
  'requestedRegions',
  'regionList',
  'regions',
  'providers',
  'roles',
  'managedPolicies',
  'quotas',
  'calls',
  'notes',
];

describe('an inventory', () => {
  const OF_AN_INVENTORY: readonly (readonly [string, (inventory: Inventory) => unknown])[] = [
    ['audit', (inventory) => audit(inventory)],
    ['audit, as evidence', (inventory) => audit(EXAMPLE, { others: [inventory] })],
    ['whoCanTakeRoles', (inventory) => whoCanTakeRoles(inventory)],
    ['whoCanTakeRole', (inventory) => whoCanTakeRole(inventory, 'payments')],
    ['explainError', (inventory) => explainError('AccessDenied', inventory)],
  ];

  it.each(OF_AN_INVENTORY)('that is empty is refused by %s with all that is missing', (_, call) => {
    const { message, problems, hint } = refused(() => call(anything({})));
    expect(problems.map(({ path }) => path)).toEqual(DEMANDED);
    expect(problems.every(({ problem }) => problem === 'is missing')).toBe(true);
    expect(message).toContain(`cannot be used: ${DEMANDED.join(', ')} are missing. ${hint}`);
    expect(hint).toContain('collect()');
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [[], 'a list'],
    ['{}', 'a text'],
  ])('that is %j is missing', (value, said) => {
    expect(refused(() => audit(anything(value))).message).toMatch(new RegExp(`^The inventory is missing: ${said} was given\\. `));
  });

  it('that lacks something deep inside is refused by its path', () => {
    const inventory = example() as { regions: { clusters: { value: Record<string, unknown>[] } }[]; account: unknown };
    const [cluster = {}] = inventory.regions.find(({ clusters }) => 'value' in clusters)?.clusters.value ?? [];
    delete cluster['arn'];
    inventory.account = 'prod';
    const { message, problems } = refused(() => audit(anything(inventory)));
    expect(problems).toEqual([
      { path: 'account', problem: 'is wrong (an account id has twelve digits)' },
      { path: expect.stringMatching(/^regions\[\d\]\.clusters\.value\[0\]\.arn$/), problem: 'is missing' },
    ]);
    expect(message).not.toContain('\n');
  });

  it('that is a report is told so', () => expect(refused(() => audit(anything(audit(EXAMPLE)))).hint).toContain('It is a report'));

  it('of another account is named by its place', () => {
    const { message } = refused(() => audit(EXAMPLE, { others: [EXAMPLE, anything({})] }));
    expect(message).toMatch(/^The inventory others\[1\] cannot be used: /);
  });

  it('that is one is judged as it is, and is not changed', () => {
    const before = JSON.stringify(EXAMPLE);
    expect(audit(EXAMPLE)).toEqual(auditInventory(inventorySchema.parse(EXAMPLE)));
    expect(JSON.stringify(EXAMPLE)).toBe(before);
  });
});

describe('the options', () => {
  it.each([
    [{ acceptUnraed: [] }, 'acceptUnraed is no option; did you mean acceptUnread?'],
    [{ now: 'yesterday' }, 'now is wrong'],
    [{ acceptUnread: [{ scope: 'eu-west-3' }] }, 'acceptUnread[0].reason is missing'],
    [{ settings: {} }, 'settings.clusters, settings.suppressions, settings.suppressByTag are missing'],
    [null, 'The options object of audit is missing: null was given'],
  ])('of audit %j are refused', (options, said) => expect(refused(() => audit(EXAMPLE, anything(options))).message).toContain(said));

  it.each([
    [{ region: ['eu-west-1'] }, 'region is no option; did you mean regions?'],
    [{ regions: [] }, 'regions is wrong (name one, or leave it out for all)'],
    [{ roleArn: 'payments' }, 'roleArn is wrong (write it as arn:aws:iam::111122223333:role/NAME)'],
    [{ externalId: 'of-us' }, 'externalId is for the role of roleArn, which is not named'],
    [{ profile: 'prod', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }, 'credentials is given beside profile'],
    [{ credentials: { accessKeyId: 'a' } }, 'credentials'],
    [{ timeout: 0 }, 'timeout is wrong'],
  ])('of collect %j are refused before anything is read', async (options, said) => {
    const given = collect(anything(options));
    await expect(given).rejects.toBeInstanceOf(InputError);
    await expect(given).rejects.toThrow(said);
  });
});

describe('a request for evaluateTrust', () => {
  const POLICY = { Version: '2012-10-17', Statement: [] };
  const REQUEST = { providerArn: 'arn:aws:iam::111122223333:oidc-provider/x', issuer: 'https://x', audience: 'a', subject: 's' };

  it.each([
    [{}, ['providerArn', 'issuer', 'audience', 'subject']],
    [undefined, ['providerArn', 'issuer', 'audience', 'subject']],
    [{ ...REQUEST, subject: undefined }, ['subject']],
    [{ ...REQUEST, audience: ['a'] }, ['audience']],
    [{ ...REQUEST, claims: { a: 1 } }, ['claims']],
    [{ ...REQUEST, at: 'noon' }, ['at']],
    [{ ...REQUEST, clientIds: 'a' }, ['clientIds']],
  ])('as %j is refused with what it lacks', (request, paths) => {
    expect(refused(() => evaluateTrust(POLICY, anything(request))).problems.map(({ path }) => path)).toEqual(paths);
  });

  it('needs a policy', () =>
    expect(refused(() => evaluateTrust(anything(undefined), REQUEST)).message).toMatch(/^The trust policy is missing/));

  it.each([null, 'text', [], 7])('takes %j as a policy that nobody can read', (policy) =>
    expect(evaluateTrust(anything(policy), REQUEST).verdict).toBe('undecided'),
  );
});

describe('the renderers', () => {
  it.each(REPORTS)('take every report as it is: %s', (_, report) => {
    for (const format of FORMATS) expect(render(report, format)).toBe(renderAs(report, format, { color: false, width: null }));
  });

  it.each(REPORTS)('take it back from its JSON: %s', (_, report) => {
    const again = parseReport(render(report, 'json'));
    expect(again.findings.map(({ fingerprint }) => fingerprint)).toEqual(report.findings.map(({ fingerprint }) => fingerprint));
  });

  it('know no other format', () => {
    const { message } = refused(() => render(audit(EXAMPLE), anything('sraif')));
    expect(message).toBe(`There is no format "sraif". Did you mean sarif? The formats are ${FORMATS.join(', ')}.`);
  });

  it('refuse what is no report', () => {
    expect(refused(() => render(anything({}), 'text')).problems.map(({ path }) => path)).toContain('findings');
    expect(refused(() => render(anything(EXAMPLE), 'json')).hint).toContain('It is an inventory');
  });
});

describe('two reports', () => {
  const report = audit(EXAMPLE);
  it('are compared', () => {
    const fewer: Report = { ...report, findings: report.findings.slice(1) };
    expect(diff(fewer, report).new.map(({ fingerprint }) => fingerprint)).toEqual([report.findings[0]?.fingerprint]);
  });
  it('of two accounts are not', () =>
    expect(refused(() => diff({ ...report, account: '111122223333' }, report)).message).toMatch(/^The reports are of two accounts/));
  it('are named by their age', () => expect(refused(() => diff(report, anything({}))).message).toMatch(/^The newer report cannot be used/));
});

describe('a text', () => {
  it.each([undefined, null, '', 7])('%j is no error to explain', (value) =>
    expect(refused(() => explainError(anything(value))).message).toMatch(/^The error is missing/),
  );
});
