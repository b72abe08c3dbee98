import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { credentialSource } from '../../cli/reading/credentials.js';
import { run } from '../../cli/run.js';
import { awsPort } from '../../src/collect/aws/aws-port.js';
import { openBucket } from '../../src/deliver/bucket.js';
import type { Report } from '../../src/model/report/report.js';
import { AccountUnderTest } from '../collect/account-under-test.js';
import { TestAccount } from '../support/aws/account.js';
import { serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { captured } from './io-of-test.js';

const ROLE = 'arn:aws:iam::111122223333:role/teams/reader';
/** Profiles that need a person first. */
const SIGNED_OUT = `[profile portal]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = Reader
[profile session]
sso_session = office
sso_account_id = 111122223333
sso_role_name = Reader
[sso-session office]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
[profile child]
role_arn = arn:aws:iam::111122223333:role/r
source_profile = session
[profile keyed]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = any
[profile guarded]
role_arn = arn:aws:iam::111122223333:role/r
source_profile = keyed
mfa_serial = arn:aws:iam::111122223333:mfa/jane
`;
const REFUSED = 'User: arn:aws:iam::444455556666:user/jane is not authorized to perform: sts:AssumeRole on resource: ROLE';

describeOnMoto('as whom AWS is read', () => {
  let test: AccountUnderTest;
  /** Reachable by the profile `prod` alone. */
  let prod: TestAccount;
  let folder: string;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
    prod = new TestAccount();
    folder = mkdtempSync(join(tmpdir(), 'irsa-auditor-'));
    const key = (account: TestAccount): string => `aws_access_key_id = ${account.credentials.accessKeyId}\naws_secret_access_key = any\n`;
    const config = `[profile prod]\nregion = eu-west-3\n${key(prod)}[profile staging]\nrole_arn = x\n${SIGNED_OUT}[sso-session work]\nsso_region = eu-west-1\n`;
    writeFileSync(join(folder, 'config'), config);
    writeFileSync(join(folder, 'credentials'), `[tools]\n${key(test.account)}`);
    process.env['AWS_CONFIG_FILE'] = join(folder, 'config');
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = join(folder, 'credentials');
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await test.endpoint.stop();
  });

  async function irsaAuditor(...argv: readonly string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
    const { io, out, err } = captured({
      aws: async (access) => awsPort({ version: '0', maxAttempts: 1, ...(await credentialSource(access)) }),
      bucket: async (name, region, access) =>
        openBucket(name, { maxAttempts: 1, ...(region === undefined ? {} : { region }), ...(await credentialSource(access)) }),
    });
    const status = await run(argv, io);
    return { status, out: out(), err: err() };
  }
  const audit = (...argv: readonly string[]) => irsaAuditor('audit', '--region', 'eu-west-1', '--format', 'json', ...argv);
  const accountOf = ({ out }: { readonly out: string }): string => (JSON.parse(out) as Report).account;

  it('is the environment where nothing is named', async () => expect(accountOf(await audit())).toBe(test.account.id));

  it('is a profile, though the environment holds keys, and says whom commands are for', async () => {
    const warn = jest.spyOn(console, 'warn');
    const read = await audit('--profile', 'prod');
    expect(warn).not.toHaveBeenCalled();
    expect(accountOf(read)).toBe(prod.id);
    expect(read.err).toContain(`The AWS commands are for account ${prod.id}: run them with AWS_PROFILE=prod.\n`);
    // Those for people name it.
    const text = await irsaAuditor('audit', '--region', 'eu-west-1', '--profile', 'prod');
    expect(text.err).not.toContain('The AWS commands are for');
    // Its region is that of the profile where the environment has none.
    delete process.env['AWS_REGION'];
    test.endpoint.seen.length = 0;
    await audit('--profile', 'prod');
    expect(test.endpoint.seen.find(({ service }) => service === 'sts')?.region).toBe('eu-west-3');
  });

  it('is a role, whose credentials are got once, with external ID and session name', async () => {
    const read = await audit('--role-arn', ROLE, '--external-id', 'audit:42', '--role-session-name', 'jane@work');
    expect(accountOf(read)).toBe('111122223333');
    expect(read.err).toContain('The AWS commands are for account 111122223333: run them with credentials of it.\n');
    const asked = test.endpoint.seen.filter(({ operation }) => operation === 'AssumeRole').map(({ body }) => new URLSearchParams(body));
    expect(asked.map((call) => [call.get('RoleArn'), call.get('ExternalId'), call.get('RoleSessionName')])).toEqual([
      [ROLE, 'audit:42', 'jane@work'],
    ]);
  });

  it('is a role by a profile', async () => {
    await audit('--profile', 'prod', '--role-arn', ROLE);
    const call = test.endpoint.seen.find(({ operation }) => operation === 'AssumeRole');
    expect(call?.headers.authorization).toContain(prod.credentials.accessKeyId);
    expect(new URLSearchParams(call?.body).get('RoleSessionName')).toBe('irsa-auditor');
  });

  it.each([
    ['audit', 'audit', '--region', 'eu-west-1'],
    ['a bucket', 'report', '--bucket', 'reports'],
  ])('a role that is refused is told in the words of STS, and what to do: %s', async (_, ...argv) => {
    test.endpoint.on({ operation: 'AssumeRole' }, serviceError('AccessDenied', REFUSED, 403));
    const { status, out, err } = await irsaAuditor(...argv, '--role-arn', ROLE);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain(`irsa-auditor: The role could not be assumed: ${ROLE}: AccessDenied: ${REFUSED}. Its trust policy has to allow`);
    expect(err).toContain('--external-id');
  });

  it('credentials that cannot ask for the role are told as such', async () => {
    test.endpoint.on({ operation: 'AssumeRole' }, serviceError('ExpiredToken', 'Old.', 403));
    expect((await audit('--role-arn', ROLE)).err).toMatch(/The AWS credentials have expired: ExpiredToken: Old\. Get new ones/);
  });

  it.each([
    ['a slip', ['--profile', 'prdo'], '"prdo" (of --profile) in the configuration of the AWS CLI. Did you mean prod?'],
    [
      'another',
      ['--profile', 'customer-x'],
      '"customer-x" (of --profile) in the configuration of the AWS CLI. It has: child, guarded, keyed, portal, prod, session, staging, tools.',
    ],
  ])('a profile that is not there is refused before anything is asked: %s', async (_, argv, message) => {
    for (const command of [
      ['audit'],
      ['collect'],
      ['who', 'r'],
      ['rbac'],
      ['why', 'sa/a', '--cluster', 'eu-west-1/c', '--no-kubernetes'],
    ]) {
      const { status, err } = await irsaAuditor(...command, ...argv);
      expect([status, err]).toEqual([2, expect.stringContaining(`There is no profile ${message}\n`)]);
    }
    for (const command of [['report'], ['settings', 'get']])
      expect((await irsaAuditor(...command, '--bucket', 'b', ...argv)).err).toContain(message);
    expect(test.endpoint.seen).toEqual([]);
  });

  it.each([
    ['--profile', 'portal', 'aws sso login --profile portal'],
    ['--profile', 'session', 'aws sso login --profile session'],
    // Its credentials are those of the other.
    ['--profile', 'child', 'aws sso login --profile session'],
    ['AWS_PROFILE', 'portal', 'aws sso login --profile portal'],
    ['--profile', 'guarded', 'eval "$(aws configure export-credentials --profile guarded --format env)"'],
  ])('a person has to sign in first, and is told how: %s %s', async (how, profile, command) => {
    if (how === 'AWS_PROFILE') {
      process.env['AWS_PROFILE'] = profile;
      delete process.env['AWS_ACCESS_KEY_ID'];
    }
    const { status, err } = await audit(...(how === 'AWS_PROFILE' ? [] : [how, profile]));
    expect([status, err]).toEqual([2, expect.stringContaining(`\`${command}\``)]);
    expect(err).not.toContain('AWS_ACCESS_KEY_ID');
    expect(test.endpoint.seen).toEqual([]);
  });

  it('a region that there is not is refused, before its name becomes that of a host: why', async () => {
    const { status, err } = await irsaAuditor('why', 'sa/a', '--cluster', 'eu-wset-1/prod', '--no-kubernetes');
    expect([status, err]).toEqual([2, expect.stringContaining('There is no region "eu-wset-1" in the partition aws')]);
    expect(err).toContain('Did you mean eu-west-1?');
    expect(test.endpoint.seen.map(({ service }) => service)).not.toContain('eks');
  });

  it('so is one of AWS_PROFILE', async () => {
    process.env['AWS_PROFILE'] = 'prod-sso';
    expect(await audit()).toMatchObject({ status: 2, err: expect.stringContaining('"prod-sso" (of AWS_PROFILE)') });
    process.env['AWS_CONFIG_FILE'] = '/nonexistent';
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = '/nonexistent';
    expect((await audit()).err).toContain('It has none: `aws configure sso` makes one.');
    expect(test.endpoint.seen).toEqual([]);
  });
});

describe('what is refused without AWS', () => {
  const refusal = async (...argv: readonly string[]): Promise<string> => {
    const { io, err } = captured({ files: { 'i.json': '{}' } });
    expect(await run(argv, io)).toBe(2);
    return err();
  };

  it.each([
    [['--external-id', 'abc'], '--external-id is for the role of --role-arn, which is not named.'],
    [['--role-session-name', 'abc'], '--role-session-name is for the role of --role-arn, which is not named.'],
    [['--role-arn', 'reader'], 'write it as arn:aws:iam::111122223333:role/NAME.'],
    [['--role-arn', ROLE, '--role-session-name', 'a b'], 'a session name has 2 to 64'],
    [['--role-arn', ROLE, '--external-id', 'a b'], 'an external ID has 2 to 1,224'],
    [['--inventory', 'i.json', '--profile', 'prod'], '--profile chooses which account is read; a saved inventory'],
    [['--inventory', 'i.json', '--role-arn', ROLE], '--role-arn chooses which account is read; a saved inventory'],
  ])('%j', async (argv, message) => expect(await refusal('audit', ...argv)).toContain(message));
});
