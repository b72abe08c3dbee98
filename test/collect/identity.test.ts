import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { NoIdentityError, type NoIdentityProblem } from '../../src/collect/reading/no-identity-error.js';
import { rawAnswer, serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { AccountUnderTest } from './account-under-test.js';

describeOnMoto('the identity', () => {
  let test: AccountUnderTest;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
  });
  afterEach(() => test.endpoint.stop());

  async function failure(): Promise<NoIdentityError> {
    const error: unknown = await test.collect().catch((caught: unknown) => caught);
    if (error instanceof NoIdentityError) return error;
    throw new Error(`expected a NoIdentityError, got ${JSON.stringify(error)}`);
  }

  const REFUSALS: readonly (readonly [string, NoIdentityProblem, RegExp])[] = [
    ['ExpiredToken', 'expired', /have expired: ExpiredToken: Said so\. Get new ones \(for example `aws sso login`\)/],
    ['ExpiredTokenException', 'expired', /Get new ones/],
    ['InvalidClientTokenId', 'refused', /does not accept the credentials.*another partition/],
    ['SignatureDoesNotMatch', 'refused', /Check the access key and its secret/],
    ['AccessDenied', 'refused', /Said so/],
    ['RegionDisabledException', 'region-disabled', /Set AWS_REGION to an enabled region/],
    ['Throttling', 'failed', /did not say which account this is: Throttling: Said so\. Run `aws sts get-caller-identity`/],
  ];
  it.each(REFUSALS)('%s: %s, with what to do next', async (code, problem, message) => {
    test.endpoint.on({ service: 'sts' }, serviceError(code, 'Said so.', 403));
    const error = await failure();
    expect(error.problem).toBe(problem);
    expect(error.message).toMatch(message);
    expect(test.endpoint.seen.every(({ service }) => service === 'sts')).toBe(true);
  });

  it('tells of endless words the beginning, and what to do next', async () => {
    test.endpoint.on({ service: 'sts' }, serviceError('AccessDenied', 'x'.repeat(100_000), 403));
    const { message } = await failure();
    expect(message).toMatch(/AccessDenied: x+…\. Check the access key/);
    expect(message.length).toBeLessThan(1_200);
  });

  it('asks for credentials where there are none, without a call', async () => {
    delete process.env['AWS_ACCESS_KEY_ID'];
    const error = await failure();
    expect(error.problem).toBe('no-credentials');
    expect(error.message).toMatch(/No AWS credentials were found: .*Sign in \(for example `aws sso login`\).*AWS_PROFILE/);
    expect(test.endpoint.seen).toEqual([]);
  });

  it('names the profile setting where the profile does not exist', async () => {
    delete process.env['AWS_ACCESS_KEY_ID'];
    process.env['AWS_PROFILE'] = 'nobody';
    expect((await failure()).message).toContain('`aws configure list-profiles` shows which there are');
  });

  it.each([
    ['nothing', ''],
    ['no ARN', '<R><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></R>'],
    ['no account', '<R><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:root</Arn></GetCallerIdentityResult></R>'],
    ['an ARN of no partition', '<R><GetCallerIdentityResult><Account>111122223333</Account><Arn>x</Arn></GetCallerIdentityResult></R>'],
  ])('is none where STS answers with %s', async (_, body) => {
    test.endpoint.on({ service: 'sts' }, rawAnswer(body, 'text/xml'));
    expect(await failure()).toMatchObject({ problem: 'failed', message: expect.stringContaining('names no account') });
  });

  it('is none where the time was up before it began', async () => {
    const late = test.collect({ deadline: 5, now: () => 5 });
    await expect(late).rejects.toMatchObject({ problem: 'unreachable', message: expect.stringContaining('time budget') });
  });

  it.each([
    ['aws-cn', 'cn-north-1', 'cn-northwest-1'],
    ['aws-us-gov', 'us-gov-east-1', 'us-gov-west-1'],
  ])('finds the partition %s and asks its global services at home', async (partition, region, home) => {
    test.account.enter({ endpoint: test.endpoint.url, region });
    const inventory = await test.collect({ regions: 'all' });
    expect(inventory).toMatchObject({
      partition,
      account: test.account.id,
      regionList: { known: true, value: expect.arrayContaining([region]) },
    });
    expect(test.endpoint.seen.filter(({ service }) => service === 'account').map((call) => call.region)).toEqual([home]);
  });
});
