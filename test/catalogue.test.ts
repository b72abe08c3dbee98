import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { copyOfPage, folderOf, RULE_FOLDERS } from '../scripts/rule-folders.js';
import { leftToDo } from '../scripts/rule-skeleton.js';
import { RULES } from '../src/rules/index.js';
import { casesOf } from './cases/cases-of-rules.js';

const folders = RULE_FOLDERS.map(({ id }) => id);

describe('the catalogue', () => {
  it('registers the rule of every folder, once, in order', () => {
    expect(RULES.map(({ id }) => id)).toEqual(folders);
  });

  it('has a rule, a page and cases in every folder, and nothing in a family but these folders', () => {
    const wrong = RULE_FOLDERS.filter(
      ({ path }) => !statSync(path).isDirectory() || readdirSync(path).sort().join() !== 'cases,page.md,rule.ts',
    );
    expect(wrong).toEqual([]);
  });

  it('publishes the page of every rule, and no other', () => {
    expect(readdirSync('docs/rules').sort()).toEqual(['README.md', ...folders.map((id) => `${id}.md`)].sort());
  });
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  it('has nothing left to do of `npm run new-rule`', () => {
    const folder = folderOf(id);
    const files = [...casesOf(id).map(({ file }) => `cases/${file}`), 'rule.ts', 'page.md'];
    const left = files.flatMap((file) => {
      // The table of a page repeats the rule.
      const text = readFileSync(`${folder}/${file}`, 'utf8').replace(/<!-- generated -->.*<!-- \/generated -->/s, '');
      return leftToDo(text).map((what) => `${folder}/${file}: ${what}`);
    });
    expect(left).toEqual([]);
  });

  const page = readFileSync(`${folderOf(id)}/page.md`, 'utf8');

  it('has a page that explains it', () => {
    for (const heading of [`# ${id}`, '## What it finds', '## Why it matters', '## Bad', '## Good', '## Repair', '## When it stays silent'])
      expect(page).toContain(heading);
  });

  it('has a copy of it in docs/rules, as `npm run generate` writes it', () => {
    expect(readFileSync(`docs/rules/${id}.md`, 'utf8')).toBe(copyOfPage(folderOf(id)));
  });

  it('has JSON examples that parse', () => {
    for (const [, json] of page.matchAll(/```json\n([\s\S]*?)```/g)) expect(() => JSON.parse(json ?? '') as unknown).not.toThrow();
  });

  it('says what it is in whole sentences', () => {
    expect(rule.title).toMatch(/^[A-Z].{10,90}[^.]$/);
    expect(rule.why).toMatch(/^[A-Z].{40,}\.$/s);
    for (const reference of rule.references) expect(reference).toMatch(/^https:\/\//);
    expect(rule.since).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
