import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { groupBy } from '../src/lib/group-by.js';

const EXPORTED = /^export (?:abstract )?(?:interface|type|class) (\w+)/gm;
const ROOTS = ['src', 'cli', 'lambda', 'infra', 'page', 'bench', 'test'];

const exported = ROOTS.flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(root, file)),
).flatMap((file) => [...readFileSync(file, 'utf8').matchAll(EXPORTED)].map(([, name = '']) => ({ name, file })));

describe('the exported types', () => {
  it('are found', () =>
    expect(exported.map(({ name }) => name)).toEqual(expect.arrayContaining(['Inventory', 'IrsaAuditor', 'NamedCase'])));

  it('have a name that no other has: who reads one shall know which is meant', () => {
    const several = [...groupBy(exported, ({ name }) => name)].filter(([, those]) => those.length > 1);
    expect(several.map(([name, those]) => `${name}: ${those.map(({ file }) => file).join(', ')}`)).toEqual([]);
  });
});
