import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { leftToDo, skeletonOf } from '../../scripts/rule-skeleton.js';
import { LINKS } from '../../src/model/contract/chain-links.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const FOLDER = 'src/rules/trust/made-up-thing';
const files = skeletonOf({ family: 'trust', id: 'made-up-thing', link: 'open to a namespace', since: '9.8.7' });
const textOf = (name: string): string => files.get(`${FOLDER}/${name}`) ?? '';

describe('npm run new-rule', () => {
  it('writes the rule, its page, a bad case and an ok case', () => {
    expect([...files.keys()].map((path) => path.replace(`${FOLDER}/`, '')).sort()).toEqual([
      'cases/bad-to-be-named.json',
      'cases/ok-to-be-named.json',
      'page.md',
      'rule.ts',
    ]);
  });

  it.each([...files])('says in %s what is left to do, in sentences', (_, text) => {
    const left = leftToDo(text).filter((one) => one !== 'TO DO: name the defect');
    expect(left.length).toBeGreaterThan(0);
    for (const one of left) expect(one).toMatch(/^TO DO: [a-z].*\.(?:json|ts)?\.?$/);
  });

  it('writes the link that was asked for, and leaves out no role by itself', () => {
    expect(textOf('rule.ts')).toContain("  link: 'open to a namespace',\n");
    expect(textOf('rule.ts')).toContain('  subjects: (facts) => webIdentityRoles(facts),\n');
  });

  it('writes a rule that compiles', () => {
    const { config } = ts.readConfigFile('tsconfig.json', (file) => ts.sys.readFile(file)) as { config: object };
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, process.cwd());
    const path = `${FOLDER}/rule.ts`;
    const host = ts.createCompilerHost(options);
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (file, version, ...rest) =>
      file === path ? ts.createSourceFile(file, textOf('rule.ts'), version) : read(file, version, ...rest);
    const program = ts.createProgram([path], options, host);
    const problems = program.getSemanticDiagnostics(program.getSourceFile(path));
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });

  it.each(['cases/bad-to-be-named.json', 'cases/ok-to-be-named.json'])('writes in %s an account in which nothing is wrong', (name) => {
    expect(auditInventory(inventoryOfCase(JSON.parse(textOf(name)) as Case)).findings).toEqual([]);
  });
});

describe('npm run new-rule writes nothing and says what to give', () => {
  const refused = (...argv: readonly string[]): string => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/run.mjs', 'scripts/new-rule.ts', ...argv], { encoding: 'utf8' });
    expect(status).toBe(2);
    return stderr;
  };

  it('where the link is missing: every link, in order', () => {
    expect(refused('trust', 'made-up-thing')).toContain(`earliest first:\n${LINKS.map((link) => `  ${link}\n`).join('')}`);
  });

  it.each([
    [['trust', 'made-up-thing', 'no such link'], 'The chain has no link "no such link"'],
    [['trsut', 'made-up-thing', 'subject'], 'There is no family of rules "trsut": choose one of account, '],
    [['trust', 'MadeUp', 'subject'], '"MadeUp" is no id of a rule'],
    [['pod', 'key-malformed', 'subject'], 'src/rules/trust/key-malformed is there already.'],
  ])('for %j', (argv, why) => expect(refused(...argv)).toContain(why));
});
