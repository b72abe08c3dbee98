import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { atLeast } from '../../src/model/finding.js';
import { auditInventory } from '../../src/pipeline.js';
import { inventoryOfCase, type Case } from './inventory-of-case.js';

interface RealCase extends Case {
  readonly id: string;
}

interface RealPolicy {
  readonly id: string;
  readonly providers: NonNullable<Case['providers']>;
  readonly clusters: NonNullable<Case['clusters']>;
  readonly roleArn: string;
  readonly trustPolicy: NonNullable<Case['roles']>[number]['trustPolicy'];
  readonly expected: readonly { readonly cause: string; readonly why: string }[];
}

const lines = (file: string): unknown[] => readFileSync(join(__dirname, file), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as unknown);

interface Judged {
  readonly id: string;
  readonly missed: readonly string[];
  readonly found: readonly string[];
  readonly falseAlarms: readonly string[];
}

function judge(id: string, given: Case, wanted: readonly { readonly cause: string; readonly resource: string; readonly why?: string }[], allowed: readonly string[]): Judged {
  const { findings } = auditInventory(inventoryOfCase(given));
  const told = findings.map(({ cause, subject }) => `${cause} ${subject.id}`);
  const expected = wanted.filter(({ cause }) => cause !== 'outside-scope');
  return {
    id,
    found: expected.filter(({ cause, resource }) => told.includes(`${cause} ${resource}`)).map(({ cause }) => cause),
    missed: expected.filter(({ cause, resource }) => !told.includes(`${cause} ${resource}`)).map(({ cause }) => cause),
    falseAlarms: findings.filter(({ severity, cause }) => atLeast(severity, 'low') && !expected.some((one) => one.cause === cause) && !allowed.includes(cause)).map(({ cause, rule }) => `${cause} (${rule})`),
  };
}

/** What a case says is right beside the defect it is about. */
const ALSO_RIGHT: Readonly<Record<string, readonly string[]>> = {
  'issue-033': ['trust-principal-any'],
  'issue-077': ['provider-missing', 'trust-principal-type-wrong'],
};

const cases = (lines('real-cases.jsonl') as RealCase[]).map((one) => judge(one.id, one, (one.expected ?? []).map(({ cause, resource }) => ({ cause, resource: resource ?? '' })), ALSO_RIGHT[one.id] ?? []));
const policies = (lines('real-policies.jsonl') as RealPolicy[]).map((one) => {
  const account = one.roleArn.split(':')[4] ?? '';
  const given: Case = { account, partition: one.roleArn.split(':')[1] ?? 'aws', clusters: one.clusters, providers: one.providers, roles: [{ arn: one.roleArn, trustPolicy: one.trustPolicy }] };
  return judge(one.id, given, one.expected.map(({ cause }) => ({ cause, resource: one.roleArn })), []);
});
const all = [...cases, ...policies];

describe.each(all)('$id', ({ missed, falseAlarms }) => {
  it('is found', () => {
    expect(missed).toEqual([]);
  });

  it('raises no false alarm', () => {
    expect(falseAlarms).toEqual([]);
  });
});

afterAll(() => {
  const causes = [...new Set(all.flatMap(({ found, missed }) => [...found, ...missed]))].sort();
  const rows = causes.map((cause) => {
    const found = all.flatMap((one) => one.found).filter((one) => one === cause).length;
    const missed = all.flatMap((one) => one.missed).filter((one) => one === cause).length;
    return `${cause.padEnd(34)} ${found}/${found + missed}`;
  });
  const alarms = all.reduce((sum, one) => sum + one.falseAlarms.length, 0);
  process.stdout.write(`\nRecall on ${all.length} real cases and policies, by cause:\n${rows.join('\n')}\nFalse alarms: ${alarms}\n`);
});
