import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES } from '../../src/rules/index.js';
import { casesOf } from '../cases/cases-of-rules.js';
import { noProvider, REPORTED, REPORTED_WITH_ISSUER } from './reported-texts.js';
import { textOfCause, type ExpectedCause, type ToldCase } from './text-of-case.js';

const CASES = 'test/cases';

interface NamedCase {
  readonly name: string;
  readonly given: ToldCase;
}

const parsed = (text: string): ToldCase => JSON.parse(text) as ToldCase;

/** The cases of each rule that breaks something; what is merely open fails nowhere. */
const ofRules = RULES.filter(({ kind }) => kind !== 'exposure')
  .flatMap(({ id }) => casesOf(id))
  .filter(({ file }) => file.startsWith('bad-'))
  .map(({ rule, file, given }): NamedCase => ({ name: `${rule}/${file}`, given }));

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
export interface ToldText {
  readonly name: string;
  readonly text: string;
  /** Causes, or what no audit sees. */
  readonly right: ReadonlySet<string>;
  /** Where a finding of it has to be; empty where the case does not say. */
  readonly at: ReadonlySet<string>;
  readonly given: ToldCase;
}

const slugsOf = ({ cause, alternates = [], altResources = [] }: ExpectedCause): readonly string[] => [
  cause,
  ...alternates,
  ...altResources.map(([one]) => one),
];

const placesOf = ({ resource, altResources = [] }: ExpectedCause): readonly string[] => [
  ...(resource === undefined ? [] : [resource]),
  ...altResources.map(([, place]) => place),
];

function toldOf({ name, given }: NamedCase, index: number): readonly ToldText[] {
  const withIssuer = REPORTED_WITH_ISSUER[name];
  const handed = withIssuer === undefined ? REPORTED[name] : { text: noProvider(given.clusters?.[0]?.issuer ?? ''), right: withIssuer };
  if (handed !== undefined) return handed === null ? [] : [{ name, given, text: handed.text, right: new Set(handed.right), at: new Set() }];
  const [first, ...others] = (given.expected ?? []).filter(
    ({ cause, why = '' }) => cause !== 'outside-scope' && !why.startsWith('advisory:'),
  );
  const text = first === undefined ? null : textOfCause(given, first, index);
  if (first === undefined || text === null) return [];
  // Where two defects make the same text, either is right.
  const same = others.filter((other) => textOfCause(given, other, index) === text);
  return [{ name, given, text, right: new Set([first, ...same].flatMap(slugsOf)), at: new Set([first, ...same].flatMap(placesOf)) }];
}

const ALL = [...ofRules, ...reported, ...policies];

/** The text that the reporter of each case saw. */
export const TOLD: readonly ToldText[] = ALL.flatMap(toldOf);
/** Cases of which nobody sees an error: healthy ones, and those that let too many in. */
export const WITHOUT_TEXT = ALL.length - new Set(TOLD.map(({ name }) => name)).size;
