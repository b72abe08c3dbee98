import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { RULES } from '../src/rules/index.js';

const folders = readdirSync('src/rules', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'contract')
  .flatMap(({ name }) => readdirSync(`src/rules/${name}`))
  .sort();

describe('the catalogue', () => {
  it('registers the rule of every folder, once, in order', () => {
    expect(RULES.map(({ id }) => id)).toEqual(folders);
  });

  it('has no page and no folder of cases without a rule', () => {
    const pages = readdirSync('docs/rules')
      .filter((file) => file !== 'README.md')
      .map((file) => file.replace(/\.md$/, ''))
      .sort();
    const cases = readdirSync('test/cases', { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'contract')
      .map(({ name }) => name)
      .sort();
    expect(pages).toEqual(folders);
    expect(cases).toEqual(folders);
  });
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  it('has a page that explains it', () => {
    const page = existsSync(`docs/rules/${id}.md`) ? readFileSync(`docs/rules/${id}.md`, 'utf8') : '';
    for (const heading of [`# ${id}`, '## What it finds', '## Why it matters', '## Bad', '## Good', '## Repair', '## When it stays silent'])
      expect(page).toContain(heading);
  });

  it('has JSON examples that parse', () => {
    const page = readFileSync(`docs/rules/${id}.md`, 'utf8');
    for (const [, json] of page.matchAll(/```json\n([\s\S]*?)```/g)) expect(() => JSON.parse(json ?? '') as unknown).not.toThrow();
  });

  it('says what it is in whole sentences', () => {
    expect(rule.title).toMatch(/^[A-Z].{10,90}[^.]$/);
    expect(rule.why).toMatch(/^[A-Z].{40,}\.$/s);
    for (const reference of rule.references) expect(reference).toMatch(/^https:\/\//);
    expect(rule.since).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
