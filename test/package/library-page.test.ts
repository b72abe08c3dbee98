import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeOnMoto } from '../support/aws/moto.js';
import { Workshop } from './packed.js';

interface Example {
  readonly title: string;
  readonly code: string;
  /** What it prints; null = the page does not say. */
  readonly prints: string | null;
}

const PAGE = 'docs/library.md';
const page = readFileSync(PAGE, 'utf8');

const EXAMPLES: readonly Example[] = page.split(/^## /m).flatMap((section) =>
  [...section.matchAll(/^```js\n([^]*?)^```\n(?:```text\n([^]*?)^```$)?/gm)].map(([, code = '', prints], index) => ({
    title: `${section.split('\n')[0] ?? ''} (${index + 1})`,
    code,
    prints: prints ?? null,
  })),
);
const fileOf = (index: number): string => `example-${index + 1}.mjs`;

/** As strict as an app may be; that the declarations are whole is tested without the CDK (package.test.ts). */
const TSCONFIG = {
  compilerOptions: {
    strict: true,
    module: 'nodenext',
    target: 'es2023',
    noEmit: true,
    skipLibCheck: true,
    allowJs: true,
    checkJs: true,
    types: ['node'],
    typeRoots: [resolve('node_modules/@types')],
  },
  include: ['*.mjs'],
};

const workshop = new Workshop();
let folder = '';
beforeAll(() => {
  folder = workshop.app('page', workshop.pack(), {}, ['aws-cdk-lib', 'constructs']);
  copyFileSync('examples/account.json', join(folder, 'inventory.json'));
  EXAMPLES.forEach(({ code }, index) => writeFileSync(join(folder, fileOf(index)), code));
});
afterAll(() => workshop.remove());

/** The stand-in for AWS, where it runs. */
const ofAws = {
  AWS_ENDPOINT_URL: process.env['MOTO_ENDPOINT'],
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'of-the-tests',
  AWS_REGION: 'eu-west-1',
};

function runs({ code, prints }: Example): void {
  const file = fileOf(EXAMPLES.findIndex((example) => example.code === code));
  const { status, out, err } = workshop.with(ofAws).run(folder, process.execPath, file);
  // The SDK tells whoever has an old Node.
  expect({ status, err: err.replace(/^\(node:[^]*$/, '') }).toEqual({ status: 0, err: '' });
  if (prints !== null) expect(out).toBe(prints);
}

const reads = ({ prints }: Example): boolean => prints === null;

describeOnMoto('the examples of the page that read AWS', () => {
  it.each(EXAMPLES.filter(reads).map((example) => [example.title, example] as const))('%s', (_, example) => runs(example));
});

describe('the examples of the page', () => {
  it.each(EXAMPLES.filter((example) => !reads(example)).map((example) => [example.title, example] as const))('%s', (_, example) =>
    runs(example),
  );

  it('are all there', () => {
    expect(EXAMPLES.length).toBeGreaterThan(10);
    expect(EXAMPLES.filter(reads).map(({ title }) => title)).toEqual(['Audit an account (1)']);
  });

  it('are right by the types, with what an app has installed', () => {
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ ...TSCONFIG, compilerOptions: { ...TSCONFIG.compilerOptions, skipLibCheck: true } }),
    );
    const tsc = resolve('node_modules/typescript/bin/tsc');
    expect(workshop.run(folder, process.execPath, tsc, '-p', '.').out).toBe('');
  });

  it.each(['irsa-auditor', 'irsa-auditor/policy'])('show everything that %s exports', (entry) => {
    const list = `import(${JSON.stringify(entry)}).then((all) => console.log(Object.keys(all).join(' ')))`;
    const names = workshop.run(folder, process.execPath, '--input-type=module', '-e', list).out.trim().split(' ');
    expect(names.length).toBeGreaterThan(3);
    const shown = EXAMPLES.map(({ code }) => code).join('\n');
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(shown))).toEqual([]);
  });
});
