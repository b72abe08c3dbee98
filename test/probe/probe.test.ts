import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { confirmOn } from '../../cli/terminal/confirm.js';
import { run } from '../../cli/run.js';
import { awsPort } from '../../src/collect/aws/aws-port.js';
import type { ChainLink, LinkState } from '../../src/model/report/chain.js';
import { agrees, expectedOf } from '../../src/probe/expected-outcome.js';
import { claimsOf } from '../../src/probe/token.js';
import { captured } from '../cli/io-of-test.js';
import { NARROW, RealAccount } from '../collect/kubernetes/real-account.js';
import { serviceError } from '../support/aws/faulty-endpoint.js';
import { controlPlane, describeOnKube, EKS } from '../support/kubernetes/kube.js';

const MAY_ASK = { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] };
const REFUSES = { operation: 'AssumeRoleWithWebIdentity' };
const DENIED = serviceError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);

describeOnKube('probe, on a real API server', () => {
  let account: RealAccount;
  beforeEach(async () => {
    account = await RealAccount.make();
    await account.allow([...NARROW, MAY_ASK]);
  });
  afterEach(() => account.test.endpoint.stop());

  interface Told {
    readonly asExpected: boolean | null;
    readonly outcome: { readonly kind: string; readonly arn?: string; readonly error?: string };
    readonly claims: object;
  }
  async function probe(
    name: string,
    argv: readonly string[] = ['--yes', '--format', 'json'],
    confirm?: (question: string) => Promise<boolean>,
  ): Promise<{ status: number; out: string; err: string; told: Told }> {
    const { io, out, err } = captured({ aws: () => awsPort({ version: '0', maxAttempts: 1 }), ...(confirm && { confirm }) });
    const where = ['-n', account.namespace.name, '--cluster', `${controlPlane().region}/kube`];
    const status = await run(['probe', `sa/${name}`, ...where, ...argv], io);
    return { status, out: out(), err: err(), told: (out().startsWith('{') ? JSON.parse(out()) : {}) as Told };
  }
  const calls = () => account.test.endpoint.seen.filter(({ operation }) => operation === 'AssumeRoleWithWebIdentity').length;

  it('takes the role and shows neither token nor credentials', async () => {
    const arn = await account.carrier('app');
    const { status, out, told } = await probe('app');
    expect([status, told.asExpected, told.outcome.kind]).toEqual([0, true, 'admitted']);
    expect(told.outcome.arn).toContain('assumed-role/app/irsa-auditor-probe');
    expect(told.claims).toEqual({
      iss: controlPlane().issuer,
      sub: `system:serviceaccount:${account.namespace.name}:app`,
      aud: ['sts.amazonaws.com'],
    });
    expect(out).toContain(arn);
    expect(out).not.toMatch(/eyJ|SecretAccessKey|sessionToken/i);
    expect((await probe('app', ['--yes'])).out).toMatch(
      /^works {2}It is then arn:aws:sts::\S+\nAs to configuration: the audit says that it works\.$/m,
    );
  });

  it('asks for the audience of the service account', async () => {
    const arn = await account.role('other', 'app');
    await account.namespace.serviceAccount('app', { [`${EKS}role-arn`]: arn, [`${EKS}audience`]: 'vault' });
    account.test.endpoint.on(REFUSES, DENIED);
    const { status, told } = await probe('app');
    expect([status, told.claims, told.asExpected]).toEqual([1, expect.objectContaining({ aud: ['vault'] }), true]);
  });

  it('says what the audit said of a refusal', async () => {
    const arn = await account.role('elsewhere', 'another');
    await account.namespace.serviceAccount('app', { [`${EKS}role-arn`]: arn });
    account.test.endpoint.on(REFUSES, DENIED);
    const { status, out } = await probe('app', ['--yes']);
    expect(status).toBe(1);
    expect(out).toContain('REFUSED  AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity');
    expect(out).toMatch(/First link that does not hold: subject\./);
  });

  it('holds it against the audit where it comes otherwise than expected', async () => {
    await account.carrier('app');
    account.test.endpoint.on(REFUSES, DENIED, 2);
    expect(await probe('app')).toMatchObject({ status: 4, told: { asExpected: false, outcome: { kind: 'refused' } } });
    expect((await probe('app', ['--yes'])).out).toContain('The audit expected the opposite.');
    const arn = await account.role('elsewhere', 'another');
    await account.namespace.serviceAccount('shut-out', { [`${EKS}role-arn`]: arn });
    expect(await probe('shut-out')).toMatchObject({ status: 4, told: { asExpected: false, outcome: { kind: 'admitted' } } });
  });

  it('does nothing before somebody says yes', async () => {
    const arn = await account.carrier('app');
    const asked: string[] = [];
    const no = await probe('app', [], (question) => Promise.resolve(asked.push(question) < 1));
    expect([no.status, no.err, calls()]).toEqual([2, 'irsa-auditor: Nothing was done.\n', 0]);
    expect(asked[0]).toContain(
      `for a token of ${account.namespace.name}/app with the audience sts.amazonaws.com, and assumes the role ${arn}`,
    );
    expect((await probe('app', [], () => Promise.resolve(true))).status).toBe(0);
  });

  it('needs a role to take', async () => {
    await account.namespace.serviceAccount('plain');
    const arn = await account.carrier('associated');
    await account.test.account.association(controlPlane().region, 'kube', account.namespace.name, 'associated', arn);
    expect((await probe('plain')).err).toMatch(/There is no role to take for test-.*\/plain\. It has no annotation/);
    expect((await probe('nobody')).err).toMatch(/There is no role to take for test-.*\/nobody\. There is no service account/);
    expect((await probe('associated')).err).toMatch(/gets its role by EKS Pod Identity, which gives credentials to pods alone/);
    expect(calls()).toBe(0);
  });

  it('says so where STS cannot be asked', async () => {
    await account.carrier('app');
    account.test.endpoint.on(REFUSES, serviceError('RegionDisabledException', 'STS is not activated in this region', 403));
    const { status, err } = await probe('app');
    expect([status, err]).toEqual([
      2,
      expect.stringContaining('STS in eu-west-1 could not be asked: RegionDisabled: STS is not activated'),
    ]);
  });

  it('is wrong usage where the cluster is not known', async () => {
    const { io, err } = captured({ aws: () => awsPort({ version: '0', maxAttempts: 1 }) });
    expect(await run(['probe', 'sa/app'], io)).toBe(2);
    expect(await run(['probe', 'sa/app', '--cluster', 'eu-west-1/nowhere'], io)).toBe(2);
    expect(err()).toMatch(/Name the cluster: --cluster REGION\/NAME, or --context\.\n.*There is no cluster nowhere in eu-west-1/);
  });
});

describeOnKube('probe without permission for a token', () => {
  it('says which one is needed', async () => {
    const account = await RealAccount.make();
    await account.allow(NARROW);
    await account.carrier('app');
    const { io, err } = captured({ aws: () => awsPort({ version: '0', maxAttempts: 1 }) });
    const where = ['-n', account.namespace.name, '--cluster', `${controlPlane().region}/kube`];
    expect(await run(['probe', 'sa/app', ...where, '--yes'], io)).toBe(2);
    expect(err()).toMatch(/The cluster gave no token of .*HTTP 403.*allowed `create` on `serviceaccounts\/token`/);
    await account.test.endpoint.stop();
  });
});

describe('what an audit expects of a probe', () => {
  const link = (name: string, state: LinkState): ChainLink => ({ link: name, state, says: '', error: null });
  it.each<[LinkState, LinkState, string]>([
    ['ok', 'ok', 'admitted'],
    ['broken', 'ok', 'admitted'],
    ['ok', 'broken', 'refused'],
    ['not-read', 'ok', 'admitted'],
    ['ok', 'undecided', 'undecided'],
    ['ok', 'not-read', 'undecided'],
  ])('with a pod that is %s and a subject that is %s is: %s', (pod, subject, expected) => {
    expect(expectedOf({ links: [link('cluster', 'ok'), link('pod', pod), link('subject', subject)] })).toBe(expected);
  });

  it('is nothing to differ from where configuration cannot tell', () => {
    expect(agrees('undecided', { kind: 'admitted', arn: 'a' })).toBeNull();
    expect(agrees('refused', { kind: 'admitted', arn: 'a' })).toBe(false);
    expect(agrees('refused', { kind: 'refused', error: 'e' })).toBe(true);
  });
});

describe('the claims of a token', () => {
  const token = (claims: unknown): string => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
  it('are what it says, with one audience or several', () => {
    expect(claimsOf(token({ iss: 'i', sub: 's', aud: 'one' }))).toEqual({ iss: 'i', sub: 's', aud: ['one'] });
    expect(claimsOf(token({ aud: ['one', 2, 'two'] }))).toEqual({ iss: '', sub: '', aud: ['one', 'two'] });
  });
  it('cannot be told of what is none, and it is not shown', () => {
    expect(() => claimsOf('a secret')).toThrow('The API server gave a token that is none: it cannot be decoded.');
  });
});

describe('the question', () => {
  function terminal(isTTY: boolean): { input: PassThrough & { isTTY?: boolean }; output: PassThrough } {
    return { input: Object.assign(new PassThrough(), { isTTY }), output: new PassThrough() };
  }
  it.each([
    ['y', true],
    ['YES', true],
    ['', false],
    ['n', false],
    ['yesterday', false],
  ])('answered with "%s" is %s', async (answer, expected) => {
    const { input, output } = terminal(true);
    const said = confirmOn(input, output, 'Go on?');
    input.write(`${answer}\n`);
    expect(await said).toBe(expected);
  });
  it.each([
    ['Ctrl-D', '\u0004'],
    ['Ctrl-C', '\u0003'],
  ])('is not answered by %s, which is no yes', async (_, key) => {
    const { input, output } = terminal(true);
    const said = confirmOn(input, Object.assign(output, { isTTY: true }), 'Go on?');
    input.write(key);
    expect(await said).toBe(false);
  });
  it('is not answered where the input ends', async () => {
    const { input, output } = terminal(true);
    const said = confirmOn(input, output, 'Go on?');
    input.end();
    expect(await said).toBe(false);
  });
  it('is answered by nobody where there is no terminal', async () => {
    const { input, output } = terminal(false);
    expect(await confirmOn(input, output, 'Go on?')).toBe(false);
    output.end();
    expect(await text(output)).toMatch(/--yes continues without asking/);
  });
});
