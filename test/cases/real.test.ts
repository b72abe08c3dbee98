import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { atLeast } from '../../src/model/report/finding.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from './inventory-of-case.js';

interface Expectation {
  readonly cause: string;
  readonly resource?: string;
  readonly why?: string;
  /** Other causes that say the same. */
  readonly alternates?: readonly string[];
  /** The same at another resource: cause and resource. */
  readonly altResources?: readonly (readonly [string, string])[];
}

interface RealCase extends Case {
  readonly id: string;
  readonly expected: readonly Expectation[];
}

interface RealPolicy {
  readonly id: string;
  readonly providers: NonNullable<Case['providers']>;
  readonly clusters: NonNullable<Case['clusters']>;
  readonly roleArn: string;
  readonly trustPolicy: NonNullable<Case['roles']>[number]['trustPolicy'];
  readonly expected: readonly Expectation[];
}

const linesOf = (file: string): readonly (RealCase | RealPolicy)[] => readFileSync(join(__dirname, file), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as RealCase | RealPolicy);

/** A trust policy as the account that has it in one role, with what is expected of that role. */
function asCase(line: RealCase | RealPolicy): RealCase {
  if (!('trustPolicy' in line)) return line;
  const { id, clusters, providers, roleArn, trustPolicy, expected } = line;
  const [, partition = 'aws', , , account = ''] = roleArn.split(':');
  return { id, account, partition, clusters, providers, roles: [{ arn: roleArn, trustPolicy }], expected: expected.map((expectation) => ({ ...expectation, resource: roleArn })) };
}

interface Judged {
  readonly id: string;
  readonly missed: readonly string[];
  readonly found: readonly string[];
  readonly falseAlarms: readonly string[];
}

/** What a case says is right beside the defect it is about. */
const ALSO_RIGHT: Readonly<Record<string, readonly string[]>> = {
  // Written before AWS published which claims of GitHub it knows: repository_owner and event_name are not among them, as
  // sem-gh-owner-eq has it of the same policy (Service Authorization Reference, STS).
  't3p-008': ['trust-key-malformed'],
  't3p-009': ['trust-key-malformed'],
  'issue-033': ['trust-principal-any'],
  'issue-077': ['provider-missing', 'trust-principal-type-wrong'],
  // It is what was reported; written when no word of a proxy was kept.
  't3-039': ['podid-agent-proxied'],
  // Its volume has the token at /var/run/secrets/tokens/token, and the variable names /var/run/secrets/tokens/aws: written when no
  // path was kept, and meant to be right.
  'sem-k3c-hand-ok': ['pod-role-refused'],
  // What is dead beside a statement that lets every carrier in is low.
  'sem-d4-placeholder': ['trust-placeholder'],
  'sem-d9-claim': ['trust-key-malformed'],
};

/** Cases that are judged wrong today, and why. One that comes right is taken out; none is put in. */
const KNOWN: Readonly<Record<string, string>> = {};

/** As findings name what an expectation speaks of; without a resource the cause alone. */
const waysToTell = ({ cause, resource, alternates = [], altResources = [] }: Expectation): readonly string[] => [
  ...[cause, ...alternates].map((one) => (resource === undefined ? one : `${one} ${resource}`)),
  ...altResources.map((one) => one.join(' ')),
];

/** @param withAdvice whether what may be told or not is asked for too */
function judge(given: RealCase, withAdvice: boolean): Judged {
  const { id, expected: wanted } = given;
  const { findings } = auditInventory(inventoryOfCase(given));
  const told = findings.flatMap(({ cause, subject }) => [cause, `${cause} ${subject.id}`]);
  const isTold = (expectation: Expectation): boolean => waysToTell(expectation).some((way) => told.includes(way));
  const expected = wanted.filter(({ cause, why = '' }) => cause !== 'outside-scope' && (withAdvice || !why.startsWith('advisory:')));
  const allowed = new Set([...wanted.flatMap(({ cause, alternates = [] }) => [cause, ...alternates]), ...(ALSO_RIGHT[id] ?? [])]);
  return {
    id,
    found: expected.filter(isTold).map(({ cause }) => cause),
    missed: expected.filter((one) => !isTold(one)).map(({ cause }) => cause),
    falseAlarms: findings.filter(({ severity, cause }) => atLeast(severity, 'low') && !allowed.has(cause)).map(({ cause, rule }) => `${cause} (${rule})`),
  };
}

const all = [
  ...['real-cases.jsonl', 'real-policies.jsonl'].flatMap((file) => linesOf(file).map((line) => judge(asCase(line), true))),
  ...['semantics-cases.jsonl', 'field-cases.jsonl', 'field-policies.jsonl'].flatMap((file) => linesOf(file).map((line) => judge(asCase(line), false))),
];

describe.each(all.filter(({ id }) => !(id in KNOWN)))('$id', ({ missed, falseAlarms }) => {
  it('is found', () => {
    expect(missed).toEqual([]);
  });

  it('raises no false alarm', () => {
    expect(falseAlarms).toEqual([]);
  });
});

it('has come right of none that is known to be wrong: take those out of the list', () => {
  const isRight = ({ missed, falseAlarms }: Judged): boolean => missed.length === 0 && falseAlarms.length === 0;
  expect(all.filter((one) => one.id in KNOWN && isRight(one)).map(({ id }) => id)).toEqual([]);
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
