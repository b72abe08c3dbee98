import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build, type Plugin } from 'esbuild';
import type * as audit from '../../src/engine/audit.js';
import type * as clusters from '../../src/collect/clusters.js';
import type * as facts from '../../src/facts/account/facts.js';
import type * as file from '../../src/saved/inventory-file.js';
import type * as slice from '../../src/engine/repair/slice.js';
import type * as queue from '../../src/collect/reading/read-queue.js';
import type * as sections from '../../src/model/contract/sections.js';
import type * as unread from '../cases/unread-sections.js';
import type * as words from '../../src/report/layout/phrases.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { known, unknown, type Observed } from '../../src/model/inventory/observed.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { ruleThat } from './rule-builder.js';

/** Everything that adding a section of clusters touches: its reader, its row and its place in the schema. */
const EDITS: readonly { readonly file: string; readonly before: string; readonly add: string }[] = [
  {
    file: 'src/collect/clusters.ts',
    before: 'addons, nodeGroups };',
    add: 'fargateProfiles: await observePages(() => queue.ask("eks:ListFargateProfiles", `${region}/${name}`, () => aws.listFargateProfiles(name))), ',
  },
  {
    file: 'src/model/contract/sections.ts',
    before: '  nodeGroups: {\n',
    add: `  fargateProfiles: {
    need: 'fargate-profiles',
    read: 'eks:ListFargateProfiles',
    details: [{ read: 'eks:DescribeFargateProfile', of: ({ roleArn }) => roleArn, tellsRoles: true }],
    family: { name: 'fargate', words: 'Fargate profiles' },
    usage: 'asked',
    rolesOf: ({ roleArn }) => (roleArn.known ? [roleArn.value] : []),
  },
`,
  },
  {
    file: 'src/model/inventory/inventory.ts',
    before: '  podIdentityAgent: later(',
    add: '  fargateProfiles: later(list(object({ name: text, roleArn: observed(text) }))),\n',
  },
];

const FILES = {
  audit: 'src/engine/audit',
  clusters: 'src/collect/clusters',
  facts: 'src/facts/account/facts',
  file: 'src/saved/inventory-file',
  slice: 'src/engine/repair/slice',
  queue: 'src/collect/reading/read-queue',
  sections: 'src/model/contract/sections',
  unread: 'test/cases/unread-sections',
  words: 'src/report/layout/phrases',
} as const;

interface Program {
  readonly audit: typeof audit;
  readonly clusters: typeof clusters;
  readonly facts: typeof facts;
  readonly file: typeof file;
  readonly slice: typeof slice;
  readonly queue: typeof queue;
  readonly sections: typeof sections;
  readonly unread: typeof unread;
  readonly words: typeof words;
}

const edited: Plugin = {
  name: 'made-up-section',
  setup: (bundling) =>
    EDITS.forEach(({ file, before, add }) => {
      bundling.onLoad({ filter: new RegExp(`/${file.replaceAll('.', '\\.')}$`) }, ({ path }) => {
        const parts = readFileSync(path, 'utf8').split(before);
        if (parts.length !== 2) throw new Error(`${file} has not once: ${before}`);
        return { contents: parts.join(add + before), loader: 'ts' };
      });
    }),
};

/** The sources with these edits alone. */
async function programWithSection(folder: string): Promise<Program> {
  const contents = Object.entries(FILES).map(([name, file]) => `export * as ${name} from './${file}.ts';`);
  const outfile = join(folder, 'program.cjs');
  await build({
    stdin: { contents: contents.join('\n'), resolveDir: resolve('.') },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    plugins: [edited],
  });
  return createRequire(__filename)(outfile) as Program;
}

const ROLE = 'arn:aws:iam::210987654321:role/fargate';
const PLACE = 'eu-west-1/prod';
const inventory = inventoryOfCase({
  clusters: [{ name: 'prod', issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6' }],
  roles: [{ arn: ROLE, trustPolicy: {} }],
  // All else is read: what is missing is missing of the new section.
  ...{ serviceAccounts: [], namespaces: [], pods: [], webhooks: [], networkPolicies: [], agents: [], addons: [], nodeGroups: [] },
});

const NEED = 'fargate-profiles' as 'node-groups';
const profiles = (roleArn: Observed<string>): Observed<unknown> => known([{ name: 'fp', roleArn }]);

describe('a section that is new', () => {
  const folder = mkdtempSync(join(tmpdir(), 'irsa-auditor-made-up-section-'));
  let program: Program;
  beforeAll(async () => {
    program = await programWithSection(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The account as a file holds it, with what was read of the section. */
  function replayed(fargateProfiles?: Observed<unknown>): Inventory {
    const saved = JSON.parse(JSON.stringify(inventory)) as { regions: { clusters: { value: { fargateProfiles?: unknown }[] } }[] };
    for (const { clusters } of saved.regions) for (const cluster of clusters.value) cluster.fargateProfiles = fargateProfiles;
    return program.file.parseInventory(JSON.stringify(saved));
  }
  const needing = ruleThat({ scope: 'cluster', needs: [NEED] });
  const auditOf = (section?: Observed<unknown>) => program.audit.auditWith([needing], replayed(section)).report;
  const usageOf = (section?: Observed<unknown>) => program.facts.deriveFacts(replayed(section)).role(ROLE)?.usage;

  it('is read, and saved', async () => {
    const page = (...items: string[]) => Promise.resolve({ items, next: null });
    const aws = {
      listClusters: () => page('prod'),
      describeCluster: () => Promise.resolve({ arn: 'arn', detail: { localId: null } }),
      listAssociations: () => page(),
      listAddons: () => page(),
      listFargateProfiles: (cluster: string) => page(`of ${cluster}`),
    };
    const queue = new program.queue.ReadQueue({ now: () => 0, deadline: null, concurrency: 1 });
    const reading = { aws, queue, identity: { account: '210987654321', partition: 'aws' }, notes: [] };
    const region = await program.clusters.collectRegion(reading as never, 'eu-west-1');
    queue.close();
    expect(region.clusters).toMatchObject({ value: [{ name: 'prod', fargateProfiles: known(['of prod']) }] });
  });

  it('keeps a rule from running that needs it, and is told as a gap, where it was not read', () => {
    const { rules, coverage } = auditOf(unknown('denied', 'no'));
    expect(rules).toMatchObject([{ checked: 0, notEvaluated: [{ scope: PLACE, reason: 'denied' }] }]);
    expect(coverage.unread).toMatchObject([{ what: 'eks:ListFargateProfiles', scope: PLACE, reason: 'denied' }]);
    expect(auditOf(known([])).rules).toMatchObject([{ checked: 1, notEvaluated: [] }]);
  });

  it('has things that are described one by one', () => {
    const { coverage } = auditOf(profiles(unknown('throttled', 'no')));
    expect(coverage.unread).toMatchObject([{ what: 'eks:DescribeFargateProfile', scope: PLACE, reason: 'throttled' }]);
    expect(program.sections.readsOf(NEED)).toEqual(['eks:ListClusters', 'eks:ListFargateProfiles', 'eks:DescribeFargateProfile']);
  });

  it('proves the use of roles', () => {
    expect(usageOf(profiles(known(ROLE)))).toBe('used');
    expect(usageOf(profiles(known('arn:aws:iam::210987654321:role/other')))).toBe('unused');
    expect(usageOf(profiles(unknown('denied', 'no')))).toBe('unknown');
    expect(usageOf(unknown('denied', 'no'))).toBe('unknown');
  });

  it('was not asked for by earlier versions, which reports say in words', () => {
    expect(auditOf().coverage).toMatchObject({ unread: [], notLookedAt: ['fargate'] });
    expect(program.words.familyInWords('fargate')).toBe('Fargate profiles');
    const what = 'eks:ListFargateProfiles';
    expect(program.words.readInWords({ what, scope: '*' })).toBe('Not read any more: Fargate profiles.');
  });

  it('stays missing in what a repair is proven on', () => {
    const missing = program.facts.deriveFacts(replayed(unknown('denied', 'no')));
    expect(program.slice.sliceFor(missing, []).regions).toMatchObject([{ clusters: { value: [{ fargateProfiles: { known: false } }] } }]);
  });

  it('is taken away by the tests of what rules say of less', () => {
    const full = replayed(profiles(known(ROLE)));
    const less = program.unread.SECTIONS.flatMap(({ name, without }) =>
      ['fargate profiles', 'eks:DescribeFargateProfile'].includes(name) ? [without(full)] : [],
    );
    const held = less.map((one) => one?.regions[0]?.clusters);
    expect(held).toMatchObject([
      { value: [{ fargateProfiles: { known: false, reason: 'denied' } }] },
      { value: [{ fargateProfiles: { value: [{ roleArn: { known: false, reason: 'denied' } }] } }] },
    ]);
  });
});
