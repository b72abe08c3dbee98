import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { NoIdentityError } from '../../src/collect/reading/no-identity-error.js';
import { UnknownRegionError } from '../../src/collect/unknown-region-error.js';
import { printInventory } from '../../src/saved/inventory-file.js';
import { isInert } from '../../src/lib/escape-text.js';
import { unknown } from '../../src/model/inventory/observed.js';
import { ProbeError } from '../../src/probe/probe-error.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { aReport } from '../report/report-builder.js';
import { bucketInMemory } from '../support/bucket-in-memory.js';
import { captured } from './io-of-test.js';

/** Beginnings of lines that would pass for ours, and what acts in a terminal. */
const FORGED = 'FORGED';
const NASTY = [
  'x\u001b[2J\u001b]0;title\u0007',
  'x\u009b2J',
  'x\u202ey\u2066',
  `x\n${FORGED}: all is well`,
  `x\r${FORGED}`,
  `x\n  ${FORGED}\n    at ${FORGED} (file.js:1:1)`,
  `x\n(Did you mean ${FORGED}?)`,
  `x\u2028${FORGED}\u0085${FORGED}`,
];

const ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const EXAMPLE = readFileSync('examples/account.json', 'utf8');
const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);

/** An account whose names and answers are all of one text. */
function accountOf(text: string): string {
  const inventory = inventoryOfCase({
    clusters: [
      { name: text, issuer: ISSUER },
      { name: `${text}2`, issuer: ISSUER },
    ],
    roles: [{ arn: 'arn:aws:iam::210987654321:role/app', trustPolicy: {} }],
  });
  const denied = { region: `eu-${text}`, clusters: unknown('denied', text) };
  return printInventory({ ...inventory, regions: [...inventory.regions, denied], notes: [text] });
}

async function said(argv: readonly string[], over: Parameters<typeof captured>[0] = {}): Promise<{ out: string; err: string }> {
  const { io, out, err } = captured({ terminal: { width: 80 }, ...over });
  await run(argv, io);
  return { out: out(), err: err() };
}

function expectInert({ out, err }: { readonly out: string; readonly err: string }): void {
  expect(out + err).not.toBe('');
  for (const line of `${out}\n${err}`.split('\n')) expect([line, isInert(line)]).toEqual([line, true]);
  // What a report quotes is wrapped at blanks and stands indented; errors are not wrapped.
  expect(out).not.toMatch(new RegExp(`^${FORGED}`, 'm'));
  expect(err).not.toMatch(new RegExp(`^\\s*(at |\\(Did you mean )?${FORGED}`, 'm'));
}

describe.each(NASTY)('%j is shown and does nothing', (text) => {
  it.each<readonly string[]>([
    [text],
    [`--${text}`],
    ['audit', `--${text}`],
    ['audit', '--format', text],
    ['audit', '--fail-on', text],
    ['audit', '--region', text],
    ['audit', '--timeout', text],
    ['audit', '--accept-unread', text],
    ['audit', '--inventory', text],
    ['audit', '--settings', text],
    ['who', 'role', '--inventory', text],
    ['why', text],
    ['why', 'sa/x', '--cluster', text, '--namespace', text],
    ['why', `sa/${text}`, '--cluster', 'eu-west-1/prod'],
    ['probe', text],
    ['probe', 'sa/x', '--pod', '--image', text],
    ['rbac', '--principal', text],
    ['settings', text],
    ['settings', 'check', text],
    ['settings', 'put', text, '--bucket', text],
    ['settings', 'get', '--bucket', text],
    ['report', '--bucket', text],
    ['help', text],
  ])('as an argument: %j %j', async (...argv) => expectInert(await said(argv, { bucket: bucketInMemory().open })));

  it.each<readonly string[]>([
    ['audit'],
    ['who', text],
    ['roles'],
    ['why', 'sa/x'],
    ['why', 'sa/x', '--cluster', text],
    ['why', 'pod/x', '--cluster', `${text}2`],
    ['rbac', '--principal', 'arn:aws:iam::210987654321:role/app', '--cluster', 'nowhere'],
  ])('as a name or an answer of an account: %j', async (...argv) =>
    expectInert(await said([...argv, '--inventory', 'file'], { files: { file: accountOf(text) } })),
  );

  it('where only standard error is looked at: rbac', async () => {
    const { err } = await said(['rbac', '--principal', 'arn:aws:iam::210987654321:role/app', '--inventory', 'file'], {
      files: { file: accountOf(text) },
    });
    expectInert({ out: '', err });
  });

  it.each([
    ['no JSON', text],
    ['no inventory, by a key', `{"regions":[{"clusters":{"known":true,"value":[]}}],"calls":{"${quoted(text)}":"x"}}`],
    ['settings by a key', `${JSON.stringify(text)}: 1\n`],
    ['settings by a rule', `suppressions:\n  - {rule: ${JSON.stringify(text)}, reason: x}\n`],
  ])('in a file: %s', async (_, file) => {
    expectInert(await said(['audit', '--inventory', 'file'], { files: { file } }));
    expectInert(await said(['settings', 'check', 'file'], { files: { file } }));
    expectInert(await said(['audit', '--settings', 'file', '--inventory', 'account'], { files: { file, account: EXAMPLE } }));
  });

  it('in what a bucket holds, on a terminal', async () => {
    const settings = bucketInMemory({ 'irsa-auditor.yaml': `# ${text.replaceAll(FORGED, 'mine')}\r\nnotifyAt: high\r\n` });
    expectInert(await said(['settings', 'get', '--bucket', 'b'], { bucket: settings.open }));
    for (const stored of [text, JSON.stringify({ ...aReport({}), account: text, [text]: 1 }), `{"texts":{"${quoted(text)}":1}}`])
      expectInert(await said(['report', '--bucket', 'b'], { bucket: bucketInMemory({ 'latest.json': stored }).open }));
    expectInert(await said(['settings', 'get', '--bucket', 'b'], { bucket: bucketInMemory({}, text).open }));
  });

  it.each<[string, Error]>([
    ['credentials', new NoIdentityError('failed', text)],
    ['regions', new UnknownRegionError(text, text, [text])],
    ['a probe', new ProbeError(text)],
    ['a defect', new TypeError(text)],
    ['a defect of an odd name', Object.assign(new Error(text), { name: text, stack: text })],
  ])('in an error of %s', async (_, error) =>
    expectInert(
      await said(['collect'], {
        aws: () => {
          throw error;
        },
      }),
    ),
  );
});

describe('the names of contexts in a kubeconfig', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'irsa-auditor-'));
    process.env['KUBECONFIG'] = join(folder, 'config');
  });
  afterAll(() => {
    delete process.env['KUBECONFIG'];
    rmSync(folder, { recursive: true });
  });

  it.each(NASTY)('%j', async (text) => {
    const config = {
      'apiVersion': 'v1',
      'kind': 'Config',
      'current-context': text,
      'contexts': [{ name: text, context: { cluster: text, user: text } }],
      'clusters': [{ name: text, cluster: { server: 'https://kube.invalid' } }],
      'users': [{ name: text, user: { token: 'x' } }],
    };
    writeFileSync(join(folder, 'config'), JSON.stringify(config));
    for (const context of [text, 'absent', `${text}${text}`]) {
      expectInert(await said(['audit', '--context', context]));
      expectInert(await said(['why', 'sa/x', '--context', context]));
    }
    writeFileSync(join(folder, 'config'), text);
    expectInert(await said(['audit', '--context', text]));
  });
});

it('what is asked is inert too, and so is the line of progress', async () => {
  const { inertIo } = await import('../../cli/terminal/inert-io.js');
  const asked: string[] = [];
  const { io, err } = captured({ confirm: (question) => Promise.resolve(asked.push(question) > 1) });
  await inertIo(io).confirm('go\u001b[2J\non?');
  inertIo(io).rewrite('1 of\u001b 2');
  expect([asked, err()]).toEqual([['go\\u001b[2J\\u000aon?'], '\r\u001b[K1 of\\u001b 2']);
});
