import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { silenceSdkWarning } from '../../cli/terminal/environment.js';
import { run } from '../../cli/run.js';
import { NoIdentityError } from '../../src/collect/reading/no-identity-error.js';
import { UnknownRegionError } from '../../src/collect/unknown-region-error.js';
import { printInventory } from '../../src/saved/inventory-file.js';
import { known } from '../../src/model/inventory/observed.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { captured } from './io-of-test.js';

const healthy = printInventory(inventoryOfCase({}));
const broken = printInventory(
  inventoryOfCase({ clusters: [{ name: 'prod', issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6' }] }),
);
const unread = printInventory(inventoryOfCase({ unread: { 'eu-west-3': 'denied' } }));

async function audit(file: string, ...rest: string[]): Promise<{ status: number; out: string; err: string }> {
  const { io, out, err } = captured({ files: { healthy, broken, unread } });
  const status = await run(['audit', '--inventory', file, ...rest], io);
  return { status, out: out(), err: err() };
}

describe('exit status of audit', () => {
  it('is 0 when nothing is found and everything was read', async () =>
    expect(await audit('healthy')).toMatchObject({ status: 0, err: '' }));
  it('is 1 for a finding at or above --fail-on', async () => expect((await audit('broken')).status).toBe(1));
  it('is 0 for a finding below --fail-on', async () => expect((await audit('broken', '--fail-on', 'critical')).status).toBe(0));
  it('is 3 when something was not read and nothing found', async () => expect((await audit('unread')).status).toBe(3));
  it('is 0 when that gap is accepted, and the report still shows it', async () => {
    const { status, out } = await audit('unread', '--accept-unread', 'eu-west-3=closed by policy', '--format', 'json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      complete: true,
      coverage: { unread: [{ scope: 'eu-west-3', accepted: true, acceptedBecause: 'closed by policy' }] },
    });
  });
});

describe('formats', () => {
  it('prints JSON alone on standard output', async () => {
    const { out, err } = await audit('broken', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      generatedAt: '2026-11-02T07:00:00.000Z',
      findings: [{ rule: 'provider-missing' }],
    });
    expect(err).toBe('');
  });

  it.each(['text', 'email'])('prints %s', async (format) => expect((await audit('broken', '--format', format)).out).toContain('prod'));
});

describe('wrong usage is told without a stack trace, with status 2', () => {
  it.each([
    [['audit', '--format', 'xml'], /choices are text, json/i],
    [['audit', '--fail-on', 'severe'], /Allowed choices are info, low/],
    [['audit', '--inventory', 'absent.json'], /absent\.json cannot be read/],
    [['audit', '--inventory', 'text'], /is not JSON/],
    [['audit', '--inventory', 'other'], /not an inventory of schema version 1:\n {2}\$\.schemaVersion/],
    [['audit', '--inventory', 'healthy', '--region', 'eu-west-1'], /Leave one of them out/],
    [['audit', '--region', 'Frankfurt'], /looks like eu-west-1/],
    ...['soon', '', '0', '-1', '-0', 'NaN', 'Infinity', '-Infinity', '1e999', '31536001', '1e300', '2 s'].map(
      (text): [string[], RegExp] => [
        ['audit', '--timeout', text],
        /argument '.*' is invalid\. give a number of seconds above 0, and at most 31536000\.\n$/,
      ],
    ),
    [['audit', '--accept-unread', 'eu-west-3'], /SCOPE=REASON/],
    [['audti'], /Did you mean audit/],
  ])('%j', async (argv, message) => {
    const { io, err } = captured({ files: { healthy, text: 'hello', other: '{}' } });
    expect(await run(argv, io)).toBe(2);
    expect(err()).toMatch(message);
    expect(err()).not.toMatch(/\n\s+at /);
  });

  it.each([new NoIdentityError('expired', 'the token ran out'), new UnknownRegionError('eu-west-9', 'aws', ['eu-west-1'])])(
    '$name',
    async (error) => {
      const { io, err } = captured({
        aws: () => {
          throw error;
        },
      });
      expect(await run(['audit'], io)).toBe(2);
      expect(err()).toContain(error.message);
      expect(err()).not.toMatch(/\n\s+at /);
    },
  );
});

describe('the environment', () => {
  it('silences the warning of the SDK about Node, unless it is wanted', () => {
    const env: Record<string, string | undefined> = {};
    silenceSdkWarning(env);
    expect(env).toEqual({ AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
    const wanted = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'false' };
    silenceSdkWarning(wanted);
    expect(wanted.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED).toBe('false');
  });
});

describe('a defect of the program', () => {
  it('ends with 4 and says so', async () => {
    const { io, err } = captured({
      aws: () => {
        throw new TypeError('boom');
      },
    });
    expect(await run(['collect'], io)).toBe(4);
    expect(err()).toMatch(/an internal error.*\n.*boom/);
  });
});

describe('help and version', () => {
  it('explains the exit status', async () => {
    const { io, out } = captured();
    expect(await run(['--help'], io)).toBe(0);
    expect(out()).toMatch(/Exit status of audit:[\s\S]*0 {2}nothing at or above/);
  });

  it('prints the version', async () => {
    const { io, out } = captured();
    expect(await run(['--version'], io)).toBe(0);
    expect(out()).toBe('dev\n');
  });
});

describe('rules', () => {
  it('lists every rule, and as JSON', async () => {
    const { io, out } = captured();
    expect(await run(['rules'], io)).toBe(0);
    expect(out()).toMatch(/provider-missing +high +/);
    const asJson = captured();
    expect(await run(['rules', '--json'], asJson.io)).toBe(0);
    expect(JSON.parse(asJson.out())).toContainEqual(expect.objectContaining({ id: 'provider-missing', cause: 'provider-missing' }));
  });
});

describe('demo', () => {
  it('shows the report and the e-mail of the example account', async () => {
    const { io, out } = captured();
    expect(await run(['demo'], io)).toBe(0);
    expect(out()).toMatch(/analytics[\s\S]*The email that a subscriber gets[\s\S]*analytics/);
  });

  it('audits a valid inventory, the same that audit --inventory takes', async () => {
    const { io, out } = captured({ files: { example: readFileSync('examples/account.json', 'utf8') } });
    expect(await run(['audit', '--inventory', 'example', '--format', 'json'], io)).toBe(1);
    expect(JSON.parse(out())).toMatchObject({ account: '418527603941', complete: false });
  });
});

it('the saved inventory is the same after reading and printing', () => {
  expect(printInventory({ ...inventoryOfCase({}), notes: ['x'], regionList: known(['eu-west-1']) })).toContain('"notes": [\n    "x"\n  ]');
});
