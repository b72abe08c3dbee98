import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { NoIdentityError } from '../../src/collect/reading/no-identity-error.js';
import type { Explanation } from '../../src/model/report/explanation.js';
import { captured } from './io-of-test.js';

const NOT_AUTHORIZED = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity';
const EVENT = JSON.stringify({
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRoleWithWebIdentity',
  errorCode: 'AccessDenied',
  requestParameters: { roleArn: 'arn:aws:iam::418527603941:role/payments' },
});

const FILES = {
  'account.json': readFileSync('examples/account.json', 'utf8'),
  'event.json': EVENT,
  '-': 'InvalidIdentityToken: Incorrect token audience\n',
  'empty': '\n',
};

interface Answer {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function explain(...argv: readonly string[]): Promise<Answer> {
  const { io, out, err } = captured({ files: FILES });
  return { status: await run(['explain', ...argv], io), out: out(), err: err() };
}

const saved = (...argv: readonly string[]): Promise<Answer> => explain(...argv, '--inventory', 'account.json');

describe('irsa-auditor explain TEXT', () => {
  it('confirms a cause by a saved inventory, and ends with 0', async () => {
    const { status, out, err } = await saved(NOT_AUTHORIZED, '--role', 'arn:aws:iam::418527603941:role/payments');
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(/^Confirmed: Condition key malformed\.\n/);
  });

  it('takes a text in several words, from standard input, and from a file', async () => {
    expect((await saved('Incorrect', 'token', 'audience')).out).toMatch(/^Confirmed: Provider lacks/);
    expect((await saved('-')).out).toMatch(/^Confirmed: Provider lacks/);
    expect((await saved('--event', 'event.json')).out).toMatch(/^Confirmed: Condition key malformed\.\n/);
  });

  it('prints the same as data', async () => {
    const explained = JSON.parse((await saved('--event', 'event.json', '--format', 'json')).out) as Explanation;
    expect(explained).toMatchObject({
      schemaVersion: 1,
      account: '418527603941',
      causes: expect.arrayContaining([expect.objectContaining({ id: 'key-malformed', state: 'confirmed' })]),
    });
  });

  it('follows the workload that is named', async () => {
    const { out } = await saved('Incorrect token audience', '--service-account', 'catalog', '-n', 'shop', '--cluster', 'shop-staging');
    expect(out).toContain('service account shop/catalog');
  });

  it('ends with 3 where nothing is confirmed, and where the text is not known', async () => {
    expect(
      (await saved('ExpiredTokenException: Token expired: current date/time 2 must be before the expiration date/time 1')).status,
    ).toBe(3);
    const { status, out } = await saved('segmentation fault');
    expect([status, out.split('\n')[0]]).toEqual([3, 'This text is not one that is known.']);
  });

  it('asks no account where that is wanted', async () => {
    const { status, out } = await explain(NOT_AUTHORIZED, '--offline');
    expect([status, out.split('\n')[0]]).toEqual([0, expect.stringContaining('no account was asked')]);
  });

  it('goes on without an account where nobody is signed in, and says so', async () => {
    const aws = (): never => {
      throw new NoIdentityError('no-credentials', 'nobody is signed in');
    };
    const { io, out, err } = captured({ aws });
    expect(await run(['explain', NOT_AUTHORIZED], io)).toBe(0);
    expect(out()).toContain('no account was asked');
    expect(err()).toMatch(/No AWS credentials were found: [^]*\nirsa-auditor: The causes are not checked against an account\./);
  });

  it.each<[readonly string[], RegExp]>([
    [[], /Give the id of a rule, the text of an error, - for standard input, or --event FILE/],
    [['--event', 'empty'], /Give the id of a rule/],
    [['x y', '--event', 'event.json'], /not both/],
    [['--event', 'nowhere.json'], /The text nowhere\.json cannot be read/],
  ])('%j is wrong usage', async (argv, words) => {
    const { status, err } = await saved(...argv);
    expect([status, err]).toEqual([2, expect.stringMatching(words)]);
  });

  it('lets nothing of the text act in the terminal', async () => {
    const { out, err } = await saved(`${NOT_AUTHORIZED} arn:aws:iam::418527603941:role/x\u001b[2J\u0007`);
    expect(out + err).not.toMatch(/[\u001b\u0007]/);
  });
});
