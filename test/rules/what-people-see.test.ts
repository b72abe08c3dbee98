import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { RULES } from '../../src/rules/index.js';

/** The rules of a family, as their folders are called. */
const idsIn = (family: string): readonly string[] => readdirSync(`src/rules/${family}`);

/** Who has a line of a log looks for it: a rule of something broken that has none is not found by it. */
describe.each(['pod-identity', 'add-on', 'service-account'])('every rule of %s that tells of something broken', (family) => {
  const broken = RULES.filter(({ id, kind }) => kind === 'break' && idsIn(family).includes(id));

  it.each(broken.map((rule) => [rule.id, rule] as const))('%s has the text that people see', (_, { error, errorForm }) => {
    expect(error ?? errorForm ?? '').not.toBe('');
  });
});
