import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Rule } from '../../src/rules/contract/define-rule.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { runRule } from './run-rule.js';
import { TRUST_RULES } from './trust-rules.js';

const casesOf = (rule: Rule): { file: string; given: Case }[] => {
  const folder = join(__dirname, '../cases', rule.id);
  return readdirSync(folder).map((file) => ({ file, given: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Case }));
};

describe.each(TRUST_RULES.map((rule) => ({ id: rule.id, rule })))('$id', ({ rule }) => {
  it.each(casesOf(rule).filter(({ file }) => file.startsWith('bad-')))('raises $file, and quotes what it saw', ({ given }) => {
    const seen = runRule(rule, inventoryOfCase(given));
    expect(seen.map(({ subject }) => subject.id)).toContain(given.roles?.[0]?.arn);
    for (const { raised } of seen) {
      expect(raised.evidence.length).toBeGreaterThan(0);
      expect(raised.statement).toBeDefined();
      expect(raised.fix?.summary).toBeTruthy();
    }
  });

  it.each(casesOf(rule).filter(({ file }) => file.startsWith('ok-')))('leaves $file alone', ({ given }) => {
    expect(runRule(rule, inventoryOfCase(given))).toEqual([]);
  });
});
