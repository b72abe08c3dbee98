import { describe, expect, it } from '@jest/globals';
import { RULE_FOLDERS } from '../../scripts/rule-folders.js';
import { atLeast } from '../../src/model/report/finding.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { casesOf } from './cases-of-rules.js';
import { inventoryOfCase } from './inventory-of-case.js';

const cases = RULE_FOLDERS.flatMap(({ id }) => casesOf(id));

describe.each(cases)('$rule/$file', ({ rule, file, given }) => {
  const report = auditInventory(inventoryOfCase(given));

  it(file.startsWith('bad-') ? 'is found by its rule' : 'leaves its rule silent', () => {
    expect(report.findings.some((finding) => finding.rule === rule)).toBe(file.startsWith('bad-'));
  });

  it('gives exactly the expected causes at low and above', () => {
    const found = report.findings.filter(({ severity }) => atLeast(severity, 'low')).map(({ cause, subject }) => `${cause} ${subject.id}`);
    const expected = (given.expected ?? []).filter(({ resource }) => resource !== undefined).map(({ cause, resource }) => `${cause} ${resource ?? ''}`);
    const advisory = report.findings.map(({ cause, subject }) => `${cause} ${subject.id}`);
    expect([...new Set(found)].filter((one) => !expected.includes(one))).toEqual([]);
    expect([...new Set(expected)].filter((one) => !advisory.includes(one))).toEqual([]);
  });

  it('crashes no rule', () => {
    expect(report.rules.filter(({ crashed }) => crashed !== null)).toEqual([]);
  });
});

describe('fixtures', () => {
  it.each(RULES.map(({ id }) => id))('%s has a bad case and an ok case', (id) => {
    const own = cases.filter(({ rule }) => rule === id).map(({ file }) => file);
    expect(own.some((file) => file.startsWith('bad-'))).toBe(true);
    expect(own.some((file) => file.startsWith('ok-'))).toBe(true);
  });
});
