import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { groupIntoProblems, type Problem } from '../../src/engine/problems/group-problems.js';
import { runRules, type Sighting } from '../../src/engine/run/run-rules.js';
import { deriveFacts } from '../../src/facts/account/facts.js';
import type { Rule } from '../../src/rules/contract/define-rule.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';

/** `explain` is the table of which error texts which rules speak of: their ids are of a type there, and nothing else follows from them. */
const NAMING = ['rules/', 'explain/'];
const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !NAMING.some((folder) => file.startsWith(folder)),
);

describe('what is no rule', () => {
  it('knows no rule by name', () => {
    const named = (text: string): readonly string[] =>
      RULES.map(({ id }) => id).filter((id) => new RegExp(`(?<![\\w-])${id}(?![\\w-])`).test(text));
    const found = files.map((file) => [file, named(readFileSync(join('src', file), 'utf8'))] as const);
    expect(files.length).toBeGreaterThan(100);
    expect(found.filter(([, ids]) => ids.length > 0)).toEqual([]);
  });
});

/** What stands where in the problems that sightings come to, by their place in the list. */
function grouped(sightings: readonly Sighting[]): string {
  const at = (one: Sighting): number => sightings.indexOf(one);
  const shown = ({ primary, coDefects, consequences, hidden }: Problem): unknown => [
    at(primary),
    coDefects.map(at),
    [...consequences].map(([leader, related]) => [at(leader), related]),
    hidden.map(at),
  ];
  return JSON.stringify(groupIntoProblems(sightings).map(shown));
}

type Exceptions = 'absorbs' | 'joins';
const exceptions = RULES.flatMap((rule) =>
  (['absorbs', 'joins'] as const).flatMap((kind) =>
    (rule[kind] ?? []).map((id): readonly [string, Exceptions, string] => [rule.id, kind, id]),
  ),
);

describe('an exception from what speaks', () => {
  const seen = CASES.map(({ inventory }) => runRules(RULES, deriveFacts(inventory)).sightings).filter(({ length }) => length > 1);

  it.each(exceptions)('%s %s %s in some case', (leader, kind, follower) => {
    const without = (rule: Rule): Rule => ({ ...rule, [kind]: rule[kind]?.filter((id) => id !== follower) });
    const changed = seen.filter(
      (sightings) =>
        grouped(sightings) !== grouped(sightings.map((one) => (one.rule.id === leader ? { ...one, rule: without(one.rule) } : one))),
    );
    expect(changed.length).toBeGreaterThan(0);
  });
});
