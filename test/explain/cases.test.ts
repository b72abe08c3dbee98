import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { ExplainedCause } from '../../src/model/explanation.js';
import { explainError } from '../../src/explain-error.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { noProvider, REPORTED, REPORTED_WITH_ISSUER } from './reported-texts.js';
import { textOfCause, type Expected, type ToldCase } from './text-of-case.js';

const CASES = 'test/cases';

interface NamedCase {
  readonly name: string;
  readonly given: ToldCase;
}

const parsed = (text: string): ToldCase => JSON.parse(text) as ToldCase;

/** The cases of each rule that breaks something; what is merely open fails nowhere. */
const ofRules = readdirSync(CASES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && RULES.some(({ id, kind }) => id === entry.name && kind !== 'exposure'))
  .flatMap(({ name: rule }) =>
    readdirSync(join(CASES, rule))
      .filter((file) => file.startsWith('bad-'))
      .map((file): NamedCase => ({ name: `${rule}/${file}`, given: parsed(readFileSync(join(CASES, rule, file), 'utf8')) })),
  );

const reported = ['real-cases.jsonl', 'semantics-cases.jsonl', 'field-cases.jsonl']
  .flatMap((file) => readFileSync(join(CASES, file), 'utf8').trim().split('\n'))
  .map((line): NamedCase => ({ name: parsed(line).id ?? '', given: parsed(line) }));

const policies = ['real-policies.jsonl', 'field-policies.jsonl']
  .flatMap((file) => readFileSync(join(CASES, file), 'utf8').trim().split('\n'))
  .map((line): NamedCase => {
    const given = JSON.parse(line) as ToldCase & { roleArn?: string; trustPolicy?: string };
    const { id, clusters, providers, roleArn, trustPolicy, expected } = given;
    if (roleArn === undefined || trustPolicy === undefined) return { name: id ?? '', given };
    const [, partition = 'aws', , , account = ''] = roleArn.split(':');
    const failing = (expected ?? []).filter(({ why = '' }) => !why.startsWith('security:'));
    return {
      name: id ?? '',
      given: {
        account,
        partition,
        clusters,
        providers,
        roles: [{ arn: roleArn, trustPolicy }],
        expected: failing.map((one) => ({ ...one, resource: roleArn })),
      } as ToldCase,
    };
  });

/** One text, and what would be right to say of it. */
interface Told {
  readonly name: string;
  readonly text: string;
  readonly right: ReadonlySet<string>;
  readonly given: ToldCase;
}

const slugsOf = ({ cause, alternates = [], altResources = [] }: Expected): readonly string[] => [
  cause,
  ...alternates,
  ...altResources.map(([one]) => one),
];

function toldOf({ name, given }: NamedCase, index: number): readonly Told[] {
  const withIssuer = REPORTED_WITH_ISSUER[name];
  const handed = withIssuer === undefined ? REPORTED[name] : { text: noProvider(given.clusters?.[0]?.issuer ?? ''), right: withIssuer };
  if (handed !== undefined) return handed === null ? [] : [{ name, given, text: handed.text, right: new Set(handed.right) }];
  const [first, ...others] = (given.expected ?? []).filter(
    ({ cause, why = '' }) => cause !== 'outside-scope' && !why.startsWith('advisory:'),
  );
  const text = first === undefined ? null : textOfCause(given, first, index);
  if (first === undefined || text === null) return [];
  // Where two defects make the same text, either is right.
  const same = others.filter((other) => textOfCause(given, other, index) === text);
  return [{ name, given, text, right: new Set([first, ...same].flatMap(slugsOf)) }];
}

const causeOf = new Map(RULES.map(({ id, cause }) => [id, cause]));
const slug = ({ id }: ExplainedCause): string => causeOf.get(id) ?? id;

const judged = [...ofRules, ...reported, ...policies].flatMap(toldOf).map((told) => {
  const { causes, texts } = explainError(told.text, inventoryOfCase(told.given));
  const firstTwo = causes.slice(0, 2);
  return { ...told, texts, firstTwo, isRight: firstTwo.some((one) => told.right.has(slug(one)) || told.right.has(one.id)) };
});

describe('the texts that reporters saw', () => {
  it('are known', () => {
    expect(judged.filter(({ texts }) => texts.length === 0).map(({ name }) => name)).toEqual([]);
  });

  it('lead to the right cause among the first two', () => {
    const wrong = judged
      .filter(({ isRight }) => !isRight)
      .map(({ name, firstTwo, right }) => `${name}: ${[...right].join('|')} but ${firstTwo.map(slug).join(', ')}`);
    expect(wrong.slice(0, Math.max(0, wrong.length - Math.floor(judged.length * 0.05)))).toEqual([]);
  });

  it('lead to no cause first that the inventory refutes', () => {
    expect(judged.filter(({ firstTwo }) => firstTwo.some(({ state }) => state === 'refuted')).map(({ name }) => name)).toEqual([]);
  });
});

afterAll(() => {
  const right = judged.filter(({ isRight }) => isRight).length;
  const wrong = judged
    .filter(({ isRight }) => !isRight)
    .map(
      ({ name, firstTwo, right: wanted, text }) =>
        `  ${name}: wanted ${[...wanted].join('|')}, got ${firstTwo.map((one) => `${slug(one)} (${one.state})`).join(', ')}\n      ${text.slice(0, 160).replaceAll('\n', ' ')}`,
    );
  process.stdout.write(`\nThe right cause among the first two: ${right} of ${judged.length} texts\n${wrong.join('\n')}\n`);
});
