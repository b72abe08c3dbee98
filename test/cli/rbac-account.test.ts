import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { awsPort } from '../../src/collect/aws/aws-port.js';
import { AccountUnderTest } from '../collect/account-under-test.js';
import { rawAnswer, serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { captured } from './io-of-test.js';

describeOnMoto('irsa-auditor rbac on an account', () => {
  let test: AccountUnderTest;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
    await test.account.cluster('eu-west-1', 'prod');
  });
  afterEach(() => test.endpoint.stop());

  async function rbac(...argv: readonly string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
    const { io, out, err } = captured({ aws: () => awsPort({ version: '0', maxAttempts: 1, requestTimeoutMs: 10_000 }) });
    const status = await run(['rbac', ...argv], io);
    return { status, out: out(), err: err() };
  }
  const principals = (out: string): readonly string[] => [...new Set(out.match(/(?<=--principal-arn )\S+/g))];

  /** Makes STS say that this is who calls. */
  function callAs(arn: string): void {
    const answer = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>x</UserId><Account>${test.account.id}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
    test.endpoint.on({ operation: 'GetCallerIdentity' }, rawAnswer(answer, 'text/xml'));
  }
  const sessionOf = (role: string): string => `arn:aws:sts::${test.account.id}:assumed-role/${role}/somebody@example.com`;
  const TRUST = { Version: '2012-10-17', Statement: [] };

  it('lets in whoever asks, and reads the region that is named with the cluster alone', async () => {
    const user = `arn:aws:iam::${test.account.id}:user/teams/jane`;
    callAs(user);
    const { status, out, err } = await rbac('--cluster', 'eu-west-1/prod');
    expect([status, principals(out), err.includes('Not everything')]).toEqual([0, [user], false]);
    expect([...new Set(test.endpoint.seen.filter(({ service }) => service === 'eks').map(({ region }) => region))]).toEqual(['eu-west-1']);
  });

  it('names the profile with which the account was read', async () => {
    callAs(`arn:aws:iam::${test.account.id}:user/jane`);
    const lines = (await rbac('--region', 'eu-west-1', '--profile', 'prod')).out.split('\n').filter((line) => line.startsWith('aws '));
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line).toMatch(/ --profile prod$/);
  });

  it('finds the path of the role of a session among the roles', async () => {
    const arn = await test.account.role('auditor', TRUST, { path: '/teams/security/' });
    callAs(sessionOf('auditor'));
    expect(principals((await rbac('--region', 'eu-west-1')).out)).toEqual([arn]);
    expect(test.endpoint.counts()).not.toHaveProperty('GetRole');
  });

  it('asks for the role where the roles could not be read', async () => {
    const arn = await test.account.role('auditor', TRUST, { path: '/teams/security/' });
    test.endpoint.on({ operation: 'GetAccountAuthorizationDetails' }, serviceError('AccessDenied', 'no', 403));
    callAs(sessionOf('auditor'));
    expect(principals((await rbac('--region', 'eu-west-1')).out)).toEqual([arn]);
  });

  it('makes no ARN up where the path cannot be read', async () => {
    test.endpoint.on({ service: 'iam' }, serviceError('AccessDenied', 'no', 403));
    callAs(sessionOf('auditor'));
    const { status, out, err } = await rbac('--region', 'eu-west-1');
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/a session of the role auditor, whose path .* \(iam:GetRole: AccessDenied: no\)\. Name .* --principal\./);
  });

  it.each(['root', 'federated'])('says who cannot have an access entry: %s', async (who) => {
    callAs(who === 'root' ? `arn:aws:iam::${test.account.id}:root` : `arn:aws:sts::${test.account.id}:federated-user/jane`);
    const { status, err } = await rbac('--region', 'eu-west-1');
    expect([status, err]).toEqual([2, expect.stringMatching(/neither a role nor a user\. Name .* --principal\./)]);
  });

  it('tells from EKS that a cluster takes no access entries', async () => {
    const rewrite = (answer: string): string => {
      const { cluster } = JSON.parse(answer) as { cluster: object };
      return JSON.stringify({ cluster: { ...cluster, accessConfig: { authenticationMode: 'CONFIG_MAP' } } });
    };
    test.endpoint.on({ operation: 'DescribeCluster' }, { kind: 'after', rewrite });
    const { out } = await rbac('--region', 'eu-west-1', '--principal', `arn:aws:iam::${test.account.id}:role/auditor`);
    expect(out).toContain('eksctl create iamidentitymapping --region eu-west-1 --cluster prod');
    expect(out).not.toContain('create-access-entry');
  });

  it('says which region could not be read', async () => {
    test.endpoint.on({ operation: 'ListClusters', region: 'eu-west-3' }, serviceError('AccessDeniedException', 'closed', 403));
    const { status, out, err } = await rbac(
      '--region',
      'eu-west-1',
      '--region',
      'eu-west-3',
      '--principal',
      `arn:aws:iam::${test.account.id}:role/a`,
    );
    expect([status, out]).toEqual([3, expect.stringContaining('--cluster-name prod')]);
    expect(err).toContain('eks:ListClusters in eu-west-3: denied: AccessDeniedException: closed');
  });
});
