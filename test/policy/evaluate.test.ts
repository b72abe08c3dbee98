import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { evaluateTrust, type WebIdentityRequest } from '../../src/policy/language/evaluate.js';
import { ARN, AUD, GITHUB, REQUEST, SUB, SUBJECT, URL, lacking, policy, requestOf, statement, verdictOn } from './request.js';

const verdict = (statements: Json, request: Partial<WebIdentityRequest> = {}) =>
  evaluateTrust(policy(statements), { ...REQUEST, ...request }).verdict;
const NOT_AUTHORIZED = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity';

describe('principal', () => {
  const rows: readonly (readonly [Json, string, string])[] = [
    [{ Federated: ARN }, 'allowed', 'principal element'],
    [{ Federated: ['arn:aws:iam::210987654321:oidc-provider/other', ARN] }, 'allowed', 'any of several'],
    [{ Federated: ARN, AWS: 'arn:aws:iam::1:root' }, 'allowed', 'any of several kinds'],
    [{ Federated: 'arn:aws:iam::210987654321:oidc-provider/other' }, 'denied', 'another provider'],
    [{ Federated: ARN.replace('210987654321', '210987654322') }, 'denied', 'another account'],
    [{ Federated: ARN.replace(':aws:', ':aws-cn:') }, 'denied', 'another partition'],
    [{ Federated: `${ARN}/x` }, 'denied', 'another URL'],
    [{ Federated: `${ARN}/` }, 'undecided', 'a slash at the end: unconfirmed'],
    [{ Federated: ARN.replace('/oidc.eks', '/*') }, 'denied', 'no wildcard within an ARN'],
    [{ AWS: ARN }, 'denied', 'the ARN of the provider as another kind'],
    [{ AWS: ARN.toUpperCase() }, 'denied', 'the same in another case'],
    [{ Service: 'ec2.amazonaws.com' }, 'denied', 'a service'],
    [{ Service: '*' }, 'denied', 'refused by IAM'],
    [{ AWS: 'arn:aws:iam::210987654321:root' }, 'denied', 'an account'],
    [{ Federated: ARN.toUpperCase() }, 'undecided', 'case of the ARN: unconfirmed'],
    [{ AWS: '*' }, 'undecided', 'unconfirmed'],
    [{ Federated: '*' }, 'undecided', 'unconfirmed'],
    ['*', 'undecided', 'unconfirmed'],
  ];
  it.each(rows)('%j is %s (%s)', (principal, expected) => {
    expect(verdict([statement(undefined, { Principal: principal })])).toBe(expected);
  });

  it('does not guess what NotPrincipal means', () => {
    expect(verdict([{ ...lacking('Principal'), NotPrincipal: { AWS: 'x' } }])).toBe('undecided');
  });
});

describe('action', () => {
  it.each([
    ['sts:AssumeRoleWithWebIdentity', 'allowed'],
    [['sts:TagSession', 'sts:AssumeRoleWithWebIdentity'], 'allowed'],
    ['STS:assumerolewithwebidentity', 'allowed'],
    ['sts:AssumeRoleWith*', 'allowed'],
    ['sts:AssumeRoleWithWebIdentit?', 'allowed'],
    ['*', 'allowed'],
    ['sts:AssumeRole', 'denied'],
    ['sts:AssumeRoleWithSAML', 'denied'],
    ['sts:AssumeRoleWithWebIdentity ', 'denied'],
  ])('%j is %s', (action, expected) => {
    expect(verdict([statement(undefined, { Action: action })])).toBe(expected);
  });

  it.each([
    ['sts:TagSession', 'allowed'],
    ['sts:AssumeRoleWith*', 'denied'],
  ])('NotAction %s is %s: the inverse', (action, expected) => {
    expect(verdict([{ ...lacking('Action'), NotAction: action }])).toBe(expected);
  });
});

describe('conditions together', () => {
  const yes = { StringEquals: { [SUB]: SUBJECT } };
  it('needs every operator and every key', () => {
    expect(verdictOn({ StringEquals: { [SUB]: SUBJECT, [AUD]: 'sts.amazonaws.com' }, StringLike: { [SUB]: '*' } })).toBe('allowed');
    expect(verdictOn({ StringEquals: { [SUB]: SUBJECT, [AUD]: 'other' } })).toBe('denied');
    expect(verdictOn({ ...yes, StringLike: { [SUB]: 'x*' } })).toBe('denied');
  });

  it('is decided by a failing condition, whatever else is in doubt', () => {
    expect(verdictOn({ ...yes, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })).toBe('undecided');
    expect(verdictOn({ StringEquals: { [SUB]: 'other' }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })).toBe('denied');
    expect(verdictOn({ ...yes, StringEqualsIfExists: { 'sts:RoleSessionName': 'x' } })).toBe('undecided');
  });

  it('takes claims of other issuers and unknown prefixes for absent', () => {
    expect(verdictOn({ StringEquals: { [`${GITHUB}:sub`]: SUBJECT } })).toBe('denied');
    expect(verdictOn({ StringNotEquals: { [`${GITHUB}:sub`]: SUBJECT } })).toBe('allowed');
    expect(verdictOn({ StringEquals: { [`https://${SUB}`]: SUBJECT } })).toBe('denied');
    expect(verdictOn({ StringEquals: { 'saml:aud': 'x' } })).toBe('denied');
  });

  it('does not choose between keys that differ in case and disagree', () => {
    expect(verdictOn({ StringEquals: { [SUB]: SUBJECT, [SUB.toUpperCase()]: 'other' } })).toBe('undecided');
    expect(verdictOn({ StringEquals: { [SUB]: SUBJECT }, stringequals: { [SUB]: 'other' } })).toBe('undecided');
    expect(verdictOn({ StringEquals: { [SUB]: SUBJECT, [SUB.toUpperCase()]: [SUBJECT, 'x'] } })).toBe('allowed');
    expect(verdictOn({ StringEquals: { [SUB]: 'x', [SUB.toUpperCase()]: 'y' } })).toBe('denied');
  });
});

describe('claims', () => {
  const selfManaged = requestOf('oidc.example.com/cluster', SUBJECT);
  const github = requestOf(GITHUB, 'repo:a/b:ref:refs/heads/main');
  const key = (url: string, claim: string, value: string) => ({ StringEquals: { [`${url}:${claim}`]: value } });

  it.each([
    ['EKS', REQUEST, URL],
    ['a self-managed cluster', selfManaged, 'oidc.example.com/cluster'],
  ])('of %s: aud, oaud and sub are there, nothing else is', (_name, request, url) => {
    for (const claim of ['aud', 'oaud']) expect(verdictOn(key(url, claim, 'sts.amazonaws.com'), request)).toBe('allowed');
    for (const claim of ['amr', 'email', 'iss', 'azp', 'kubernetes.io/namespace'])
      expect(verdictOn(key(url, claim, 'x'), request)).toBe('denied');
  });

  it('of other issuers: aud and sub are known, and the rest of their closed list may be sent', () => {
    expect(verdictOn(key(GITHUB, 'sub', 'repo:a/b:ref:refs/heads/main'), github)).toBe('allowed');
    expect(verdictOn(key(GITHUB, 'aud', 'x'), github)).toBe('denied');
    for (const claim of ['repository', 'amr', 'oaud', 'email']) expect(verdictOn(key(GITHUB, claim, 'x'), github)).toBe('undecided');
    for (const claim of ['repository_owner', 'enterprise', 'iss']) expect(verdictOn(key(GITHUB, claim, 'x'), github)).toBe('denied');
  });

  it('of issuers that IAM knows by domain', () => {
    const amazon = { ...REQUEST, providerArn: 'www.amazon.com', issuer: 'https://www.amazon.com' };
    expect(verdictOn(key('www.amazon.com', 'app_id', REQUEST.audience), amazon)).toBe('allowed');
    expect(verdictOn(key('www.amazon.com', 'user_id', REQUEST.subject), amazon)).toBe('allowed');
    for (const claim of ['aud', 'sub']) expect(verdictOn(key('www.amazon.com', claim, REQUEST.subject), amazon)).toBe('denied');
    const cognito = {
      ...REQUEST,
      providerArn: 'cognito-identity.amazonaws.com',
      issuer: 'https://cognito-identity.amazonaws.com',
      audience: 'pool',
    };
    expect(verdictOn(key('cognito-identity.amazonaws.com', 'aud', 'pool'), cognito)).toBe('allowed');
  });
});

describe('the whole policy', () => {
  const deny = (condition: Json | undefined) => statement(condition, { Effect: 'Deny' });
  it('lets any Allow in and any Deny out', () => {
    expect(verdict([statement({ StringEquals: { [SUB]: 'x' } }), statement(undefined)])).toBe('allowed');
    expect(verdict([statement(undefined), deny({ StringLike: { [SUB]: '*:checkout' } })])).toBe('denied');
    expect(verdict([statement(undefined), deny({ StringLike: { [SUB]: '*:cart' } })])).toBe('allowed');
    expect(verdict([deny({ StringLike: { [SUB]: '*:cart' } })])).toBe('denied');
    expect(verdict([])).toBe('denied');
  });

  it('fires a Deny with a negated or IfExists operator on absent keys', () => {
    expect(verdict([statement(undefined), deny({ StringNotEquals: { [`${GITHUB}:sub`]: 'x' } })])).toBe('denied');
    expect(verdict([statement(undefined), deny({ StringEqualsIfExists: { [`${URL}:email`]: 'x' } })])).toBe('denied');
  });

  it('is in doubt where a Deny or the only Allow is', () => {
    const maybe = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
    expect(verdict([statement(undefined), deny(maybe)])).toBe('undecided');
    expect(verdict([statement(maybe)])).toBe('undecided');
    expect(verdict([statement(maybe), statement(undefined)])).toBe('allowed');
    expect(verdict([statement(maybe), deny(undefined)])).toBe('denied');
  });

  it('never skips what it cannot read', () => {
    expect(verdict([statement(undefined), 'text'])).toBe('undecided');
    expect(verdict(['text'])).toBe('undecided');
    expect(verdict(['text', deny(undefined)])).toBe('denied');
    expect(verdict([statement(undefined, { Resource: '*' })])).toBe('undecided');
    expect(evaluateTrust('no JSON', REQUEST).verdict).toBe('undecided');
    expect(evaluateTrust({ ...policy([statement(undefined)]), Extra: 1 }, REQUEST).verdict).toBe('undecided');
    expect(evaluateTrust({ ...policy([deny(undefined)]), Extra: 1 }, REQUEST).verdict).toBe('denied');
  });
});

describe('what STS says', () => {
  const missing = (url: string) => `InvalidIdentityToken: No OpenIDConnect provider found in your account for https://${url}`;
  const open = policy([statement(undefined)]);
  it.each([
    [{ issuer: 'https://other.example.com' }, 'denied', missing('other.example.com')],
    [{ issuer: `https://${URL.toLowerCase()}` }, 'denied', missing(URL.toLowerCase())],
    [{ providerArn: 'no arn at all' }, 'denied', missing(URL)],
    [{ issuer: `https://${URL}/` }, 'undecided', null],
    [{ issuer: `https://${URL.replace('.com/', '.com:443/')}` }, 'undecided', null],
    [{ issuer: `https://${URL.replace('.com/', '.com:444/')}` }, 'denied', missing(URL.replace('.com/', '.com:444/'))],
    [{ issuer: `https://${URL}:443` }, 'denied', missing(`${URL}:443`)],
    [{ clientIds: ['other'] }, 'denied', 'InvalidIdentityToken: Incorrect token audience'],
    [{ clientIds: ['other', 'sts.amazonaws.com'] }, 'allowed', null],
    [{ clientIds: [] }, 'denied', 'InvalidIdentityToken: Incorrect token audience'],
  ])('%j: %s', (request, expected, error) => {
    expect(evaluateTrust(open, { ...REQUEST, ...request })).toMatchObject({ verdict: expected, error });
  });

  it('takes the default port for nothing where the issuer has no path', () => {
    const [url, withPort] = ['oidc.example.com', 'oidc.example.com:443'];
    const document = policy([statement(undefined, { Principal: { Federated: requestOf(url, SUBJECT).providerArn } })]);
    expect(evaluateTrust(document, { ...requestOf(url, SUBJECT), issuer: `https://${withPort}` }).verdict).toBe('undecided');
  });

  it('has no statement to speak of where no provider is found', () => {
    expect(evaluateTrust(open, { ...REQUEST, issuer: 'https://other.example.com' }).statements).toEqual([]);
  });

  it('does not say which element refused', () => {
    expect(evaluateTrust(policy([]), REQUEST)).toEqual({ verdict: 'denied', error: NOT_AUTHORIZED, statements: [] });
  });
});
