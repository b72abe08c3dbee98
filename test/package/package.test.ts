import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Workshop, type Archive } from './packed.js';

const MOST_BYTES = 3_000_000;

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly scripts: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const workshop = new Workshop();
let archive: Archive;

beforeAll(() => {
  archive = workshop.pack();
});
afterAll(() => workshop.remove());

describe('the archive', () => {
  it('holds every file that package.json points to', () => {
    const exported = Object.values(manifest.exports).flatMap((one) => (typeof one === 'string' ? [one] : Object.values(one)));
    const pointed = [...Object.values(manifest.bin), ...exported];
    expect(pointed.length).toBeGreaterThan(4);
    for (const path of pointed) expect(archive.files).toContain(path.replace(/^\.\//, ''));
  });

  it('holds what was built, what changed and the license, and nothing else', () => {
    const others = archive.files.filter((path) => !path.startsWith('dist/'));
    expect([...others].sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
    expect(archive.files.filter((path) => /\btests?\b|\.map$|(?<!\.d)\.ts$/.test(path))).toEqual([]);
    expect(archive.files).toContain('dist/lambda/index.mjs');
  });

  it(`is smaller than ${MOST_BYTES} bytes`, () => expect(archive.size).toBeLessThan(MOST_BYTES));

  it('is built before it is packed', () => expect(manifest.scripts['prepack']).toBe('node scripts/prepack.mjs'));

  it('has nothing installed beside it: the CDK is what an app that deploys has anyway', () => {
    expect(manifest.dependencies).toBeUndefined();
    expect(Object.keys(manifest.peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
    for (const name of Object.keys(manifest.peerDependencies)) expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true });
  });
});

describe('in a bare folder', () => {
  const folder = { path: '' };
  beforeAll(() => {
    folder.path = workshop.app('bare', archive, {});
  });
  const program = (...args: readonly string[]) => workshop.run(folder.path, join('node_modules', '.bin', 'irsa-auditor'), ...args);

  it('installs this package alone', () => {
    expect(readdirSync(join(folder.path, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['irsa-auditor']);
  });

  it('starts by its name', () => expect(program('--version')).toEqual({ status: 0, out: `${manifest.version}\n`, err: '' }));

  it('shows the demonstration', () => {
    const { status, out } = program('demo');
    expect(status).toBe(0);
    expect(out).toContain('harbour-lane-prod (418527603941)');
  });

  it('audits a saved inventory, and explains what it found', () => {
    const { status, out } = program('audit', '--inventory', resolve('examples/account.json'), '--format', 'json');
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ schemaVersion: 1, account: '418527603941' });
    expect(program('explain', 'provider-missing').out).toContain('IAM OIDC provider');
  });
});

describe('a CDK app that is CommonJS', () => {
  const APP = `
    const { App, Stack } = require('aws-cdk-lib');
    const { IrsaAuditor } = require('irsa-auditor/cdk');
    const app = new App({ outdir: 'cdk.out' });
    const stack = new Stack(app, 'Audit');
    const auditor = new IrsaAuditor(stack, 'Auditor', { email: 'team@example.com' });
    if (!(auditor.function instanceof require('aws-cdk-lib/aws-lambda').Function)) throw new Error('another CDK');
    const { template } = app.synth().getStackByName('Audit');
    const types = Object.values(template.Resources).map(({ Type }) => Type);
    console.log(JSON.stringify({ types, command: auditor.latestReportCommand }));`;
  const ESM = `import { IrsaAuditor } from 'irsa-auditor/cdk'; console.log(IrsaAuditor.name);`;

  it('synthesizes the construct with the function that was built', () => {
    const files = { 'app.js': APP, 'app.mjs': ESM, 'package.json': '{ "name": "app", "version": "1.0.0", "private": true }' };
    const folder = workshop.app('cdk', archive, files, ['aws-cdk-lib', 'constructs']);
    const { status, out, err } = workshop.run(folder, process.execPath, 'app.js');
    expect(err).toBe('');
    expect(status).toBe(0);
    const { types, command } = JSON.parse(out) as { types: string[]; command: string };
    expect(types).toEqual(
      expect.arrayContaining(['AWS::Lambda::Function', 'AWS::SNS::Topic', 'AWS::S3::Bucket', 'AWS::Scheduler::Schedule']),
    );
    expect(command).toContain('npx --no-install irsa-auditor report');
    const assets = readdirSync(join(folder, 'cdk.out')).filter((name) => /^asset\.[0-9a-f]{64}$/.test(name));
    expect(assets).toHaveLength(1);
    expect(readdirSync(join(folder, 'cdk.out', assets[0]!))).toEqual(expect.arrayContaining(['index.mjs', 'THIRD-PARTY-NOTICES.txt']));
    expect(workshop.run(folder, process.execPath, 'app.mjs')).toEqual({ status: 0, out: 'IrsaAuditor\n', err: '' });
  });
});

describe('an app without the CDK', () => {
  const AUDIT = `
    const report = irsa.audit(irsa.parseInventory(readFileSync(process.argv[2], 'utf8')));
    console.log(JSON.stringify(irsa.FORMATS.map((format) => irsa.render(report, format).length)));`;
  const TYPES = `
    import { audit, collect, type Cluster, type Inventory, type Report } from 'irsa-auditor';
    import { evaluateTrust } from 'irsa-auditor/policy';
    const read = (): Promise<Inventory> => collect({ regions: ['eu-west-1'] });
    export const report = async (): Promise<Report> => audit(await read());
    export const name = ({ name, region }: Cluster): string => name + region;
    // @ts-expect-error A cluster has no color.
    export const color = ({ color }: Cluster): string => color;
    // @ts-expect-error A request has a subject.
    export const verdict = evaluateTrust({}, { providerArn: '', issuer: '', audience: '' });`;
  const TSCONFIG = { strict: true, module: 'nodenext', target: 'es2023', lib: ['es2023'], noEmit: true, skipLibCheck: false, types: [] };
  const inventory = resolve('examples/account.json');
  let folder = '';
  beforeAll(() => {
    folder = workshop.app('library', archive, {
      'app.mjs': `import { readFileSync } from 'node:fs'; import * as irsa from 'irsa-auditor'; ${AUDIT}`,
      'app.cjs': `const { readFileSync } = require('node:fs'); const irsa = require('irsa-auditor'); ${AUDIT}`,
      'app.mts': TYPES,
      'app.cts': TYPES,
      'tsconfig.json': JSON.stringify({ compilerOptions: TSCONFIG, files: ['app.mts', 'app.cts'] }),
    });
  });

  it('audits an inventory and renders it in every format, as an ES module and as CommonJS', () => {
    const [module, common] = ['app.mjs', 'app.cjs'].map((file) => workshop.run(folder, process.execPath, file, inventory));
    expect(module).toMatchObject({ status: 0, err: '' });
    expect((JSON.parse(module!.out) as number[]).every((length) => length > 100)).toBe(true);
    expect(common).toEqual(module);
  });

  it('finds its types whole, with no package beside it', () => {
    expect(workshop.run(folder, process.execPath, resolve('node_modules/typescript/bin/tsc'), '-p', '.')).toMatchObject({
      status: 0,
      out: '',
    });
  });
});
