import { describe, expect, it } from '@jest/globals';
import { casesOf } from '../cases/cases-of-rules.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { runRule } from './run-rule.js';
import { TRUST_RULES } from './trust-rules.js';

describe.each(TRUST_RULES.map((rule) => ({ id: rule.id, rule })))('$id', ({ rule }) => {
  it.each(casesOf(rule.id).filter(({ file }) => file.startsWith('bad-')))('raises $file, and quotes what it saw', ({ given }) => {
    const seen = runRule(rule, inventoryOfCase(given));
    expect(seen.map(({ subject }) => subject.id)).toContain(given.roles?.[0]?.arn);
    for (const { raised } of seen) {
      expect(raised.evidence.length).toBeGreaterThan(0);
      expect(raised.statement).toBeDefined();
      expect(raised.fix?.summary).toBeTruthy();
    }
  });

  it.each(casesOf(rule.id).filter(({ file }) => file.startsWith('ok-')))('leaves $file alone', ({ given }) => {
    expect(runRule(rule, inventoryOfCase(given))).toEqual([]);
  });
});
