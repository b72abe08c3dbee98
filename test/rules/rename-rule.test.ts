import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { placesOf, renamedRule } from '../../scripts/renamed-rule.js';

const listed = execFileSync('git', ['ls-files', 'src', 'cli', 'docs', 'test', 'README.md', 'CHANGELOG.md'], { encoding: 'utf8' });
// But for this one, which names what it renames.
const paths = listed.split('\n').filter((path) => !['', 'test/rules/rename-rule.test.ts'].includes(path));
const files = new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]));

/** The files after a rule was renamed, and the old paths of those that changed. */
function after(from: string, to: string): { readonly now: ReadonlyMap<string, string>; readonly changed: readonly string[] } {
  const changed = renamedRule(files, from, to);
  const now = [...files].map(([path, text]): [string, string] => [changed.get(path)?.path ?? path, changed.get(path)?.text ?? text]);
  return { now: new Map(now), changed: [...changed.keys()] };
}

describe('a rule that is renamed', () => {
  const { now, changed } = after('subject-mismatch', 'subject-of-others');

  it('is nowhere under its old name but in what is told of earlier versions', () => {
    expect(placesOf(files, 'subject-mismatch').length).toBeGreaterThan(20);
    expect(placesOf(now, 'subject-mismatch').filter((path) => path !== 'CHANGELOG.md')).toEqual([]);
    expect(placesOf(now, 'subjectMismatch')).toEqual([]);
    expect(now.get('CHANGELOG.md')).toBe(files.get('CHANGELOG.md'));
  });

  it('has its folder, whole, and its id, its name and the title of its page', () => {
    const [old, folder] = ['src/rules/trust/subject-mismatch/', 'src/rules/trust/subject-of-others/'];
    const inside = (all: ReadonlyMap<string, string>, of: string): string[] =>
      [...all.keys()].flatMap((path) => (path.startsWith(of) ? [path.slice(of.length)] : []));
    expect(inside(files, old).length).toBeGreaterThan(4);
    expect(inside(now, folder)).toEqual(inside(files, old));
    expect(now.get(`${folder}rule.ts`)).toContain("export const subjectOfOthers = defineRule({\n  id: 'subject-of-others',\n");
    expect(now.get(`${folder}page.md`)).toMatch(/^# subject-of-others\n/);
  });

  it('has it in the pages that link to it, in the rules that speak for it, and where it is imported', () => {
    expect(now.get('src/rules/service-account/service-account-missing/page.md')).toContain('](subject-of-others.md)');
    expect(now.get('src/rules/add-on/addon-subject-mismatch/rule.ts')).toMatch(/(?:absorbs|joins): \[[^\]]*'subject-of-others'/);
    const imported = "import { subjectOfOthers } from '../../src/rules/trust/subject-of-others/rule.js';";
    expect(now.get('test/rules/trust-rules.ts')).toContain(imported);
    expect(now.get('src/rules/index.ts')).toContain('  subjectOfOthers,\n');
    expect(now.has('docs/rules/subject-of-others.md')).toBe(true);
  });

  it('leaves others alone whose names hold its own', () => {
    const others = [...files.keys()].filter((path) => path.includes('/addon-subject-mismatch/'));
    expect(others.length).toBeGreaterThan(4);
    expect(others.filter((path) => !now.has(path))).toEqual([]);
    expect(changed.filter((path) => path.includes('addon-subject-mismatch/cases/'))).toEqual([]);
  });

  it('keeps names in the code that are the same by chance', () => {
    const made = new Map([
      ['src/rules/pod/two-words/rule.ts', "export const twoWords = defineRule({ id: 'two-words' });"],
      ['src/facts/pod/other.ts', 'const twoWords = 2;'],
      ['test/rules/x.test.ts', "import { twoWords } from '../../src/rules/pod/two-words/rule.js';"],
    ]);
    expect([...renamedRule(made, 'two-words', 'three-words')]).toEqual([
      [
        'src/rules/pod/two-words/rule.ts',
        { path: 'src/rules/pod/three-words/rule.ts', text: "export const threeWords = defineRule({ id: 'three-words' });" },
      ],
      [
        'test/rules/x.test.ts',
        { path: 'test/rules/x.test.ts', text: "import { threeWords } from '../../src/rules/pod/three-words/rule.js';" },
      ],
    ]);
  });
});
