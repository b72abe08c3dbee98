import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { RULES } from '../../src/rules/index.js';

const files = readdirSync('src/rules', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.includes(path.sep) && file.endsWith('.ts'))
  .map((file) => path.posix.join('src/rules', ...file.split(path.sep)));

interface Variant {
  readonly name: string;
  readonly text: string;
}

/** A rule once for each section that it declares, without that one; by the path that it would have. */
function variantsOf(file: string): readonly (readonly [string, Variant])[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^ {2}(needs|uses|looksAt): \[([^\]]*)\],/gm)].flatMap(([line, which = '', list = '']) => {
    const declared = list.match(/'[^']+'/g) ?? [];
    return declared.map((one): readonly [string, Variant] => [
      file.replace(/\.ts$/, `-without-${one.slice(1, -1)}.ts`),
      {
        name: `${path.basename(path.dirname(file))} without ${one}`,
        text: text.replace(line, `  ${which}: [${declared.filter((other) => other !== one).join(', ')}],`),
      },
    ]);
  });
}

/** A program of files of which some stand nowhere but here. */
function programOf(variants: ReadonlyMap<string, Variant>, others: readonly string[]): ts.Program {
  const { config } = ts.readConfigFile('tsconfig.json', (file) => ts.sys.readFile(file)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, process.cwd());
  const host = ts.createCompilerHost(options);
  const made = { ...host };
  made.fileExists = (file) => variants.has(file) || host.fileExists(file);
  made.getSourceFile = (file, version, ...rest) => {
    const variant = variants.get(file);
    return variant === undefined ? host.getSourceFile(file, version, ...rest) : ts.createSourceFile(file, variant.text, version);
  };
  return ts.createProgram([...variants.keys(), ...others], options, made);
}

describe('every section that a rule declares', () => {
  const variants = new Map(files.flatMap(variantsOf));
  const program = programOf(variants, files);
  const compiles = (file: string): boolean => program.getSemanticDiagnostics(program.getSourceFile(file)).length === 0;

  it('is found', () => {
    const declared = RULES.flatMap(({ needs, uses, looksAt = [] }) => [...needs, ...uses, ...looksAt]);
    expect(variants.size).toBe(declared.length);
  });

  it('is one without which it does not compile', () => {
    expect(files.filter((file) => !compiles(file))).toEqual([]);
    expect([...variants].flatMap(([file, { name }]) => (compiles(file) ? [name] : []))).toEqual([]);
  });
});
