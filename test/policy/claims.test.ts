import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { claimsOf, ISSUER_KEYS } from '../../src/policy/language/issuer-keys.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { AUD, GITHUB, SUBJECT, URL, requestOf, verdictOn } from './request.js';

const workflow = requestOf(GITHUB, 'repo:acme/app:ref:refs/heads/main');
const key = (claim: string): string => `${GITHUB}:${claim}`;

interface Vector {
  readonly id: string;
  readonly issuer: 'bitbucket' | 'circleci' | 'github' | 'gitlab' | 'terraform-cloud';
  readonly subject: string;
  readonly claims?: Readonly<Record<string, string>>;
  readonly condition: Single | { readonly consumer: 'aws-all'; readonly of: readonly Single[] };
  readonly expect: 'match' | 'no-match';
}

interface Single {
  readonly consumer: 'aws-stringequals' | 'aws-stringlike';
  readonly claim?: string;
  readonly qualifier?: string;
  readonly pattern: string | readonly string[];
}

const ISSUERS: Readonly<Record<Vector['issuer'], string>> = {
  'bitbucket': 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
  'circleci': 'oidc.circleci.com/org/2a3b4c5d-1111-2222-3333-444455556666',
  'github': GITHUB,
  'gitlab': 'gitlab.com',
  'terraform-cloud': 'app.terraform.io',
};

/** The condition block that a vector describes. */
function blockOf({ condition, issuer }: Vector): Json {
  const block: Record<string, Record<string, Json>> = {};
  for (const { consumer, claim = 'sub', qualifier, pattern } of 'of' in condition ? condition.of : [condition]) {
    const plain = consumer === 'aws-stringlike' ? 'StringLike' : 'StringEquals';
    const operator = qualifier === undefined ? plain : `${qualifier}:${plain}`;
    block[operator] = { ...block[operator], [`${ISSUERS[issuer]}:${claim}`]: pattern };
  }
  return block;
}

/** What `subvectors` 0.7.0 (PyPI; vectors CC0) asks of trust policies of AWS: whether a token meets a condition. */
const vectors = readFileSync(resolve('test/policy/ci-vectors.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Vector);

describe('published vectors of the trust in pipelines', () => {
  it('are the 93 for AWS', () => {
    expect(vectors).toHaveLength(93);
  });

  it.each(vectors)('$id: $expect', (vector) => {
    const { aud, ...claims } = vector.claims ?? {};
    const request = { ...requestOf(ISSUERS[vector.issuer], vector.subject), ...(aud === undefined ? {} : { audience: aud }), claims };
    expect(verdictOn(blockOf(vector), request)).toBe(vector.expect === 'match' ? 'allowed' : 'denied');
  });
});

describe('claims of the token beside its audience and subject', () => {
  const pinned = (value: Json, claim = 'repository_id'): Json => ({ StringEquals: { [key(claim)]: value } });

  it.each<[string, Json, Readonly<Record<string, string | readonly string[]>> | undefined, string]>([
    ['a listed key, claims not known', pinned('7'), undefined, 'undecided'],
    ['a listed key that the token has', pinned('7'), { repository_id: '7' }, 'allowed'],
    ['a listed key with another value', pinned('7'), { repository_id: '8' }, 'denied'],
    ['a listed key that the token has not', pinned('7'), {}, 'denied'],
    ['the same under IfExists', { StringEqualsIfExists: { [key('environment')]: 'prod' } }, {}, 'allowed'],
    ['the same under a negated operator', { StringNotEquals: { [key('environment')]: 'prod' } }, {}, 'allowed'],
    ['Null on a listed key that is absent', { Null: { [key('environment')]: 'true' } }, {}, 'allowed'],
    ['a key on no list, claims not known', pinned('acme', 'repository_owner'), undefined, 'denied'],
    ['a key on no list that the token has', pinned('acme', 'repository_owner'), { repository_owner: 'acme' }, 'denied'],
    ['a key on no list under ForAllValues', { 'ForAllValues:StringEquals': { [key('repository_owner')]: 'acme' } }, undefined, 'allowed'],
    ['a key in another case', { StringEquals: { [key('Repository_ID')]: '7' } }, { repository_id: '7' }, 'allowed'],
    ['the audience stays that of the request', { StringEquals: { [key('aud')]: 'sts.amazonaws.com' } }, { aud: 'other' }, 'allowed'],
    ['one of several values is met', { 'ForAnyValue:StringEquals': { [key('amr')]: 'b' } }, { amr: ['a', 'b'] }, 'allowed'],
    ['none of several values is met', { 'ForAnyValue:StringEquals': { [key('amr')]: 'c' } }, { amr: ['a', 'b'] }, 'denied'],
    ['all of several values are met', { 'ForAllValues:StringEquals': { [key('amr')]: ['a', 'b'] } }, { amr: ['a', 'b'] }, 'allowed'],
    ['not all of several values are met', { 'ForAllValues:StringEquals': { [key('amr')]: ['a'] } }, { amr: ['a', 'b'] }, 'denied'],
    ['several values under a plain operator', { StringEquals: { [key('amr')]: 'a' } }, { amr: ['a', 'b'] }, 'undecided'],
    ['no value at all', { 'ForAllValues:StringEquals': { [key('amr')]: 'a' } }, { amr: [] }, 'allowed'],
    [
      'a variable for a claim',
      { StringEquals: { [key('sub')]: `repo:\${${key('repository')}}:ref:refs/heads/main` } },
      { repository: 'acme/app' },
      'allowed',
    ],
  ])('%s', (_name, condition, claims, verdict) => {
    expect(verdictOn(condition, claims === undefined ? workflow : { ...workflow, claims })).toBe(verdict);
  });

  it('are not asked of service accounts, whose tokens hold audience and subject alone', () => {
    expect(verdictOn({ StringEquals: { [`${URL}:oaud`]: 'sts.amazonaws.com' } }, { claims: {} })).toBe('allowed');
    expect(verdictOn({ StringEquals: { [`${URL}:email`]: 'a@b' } })).toBe('denied');
    expect(verdictOn({ StringEquals: { [AUD]: 'sts.amazonaws.com' } }, { subject: SUBJECT })).toBe('allowed');
  });

  it.each([
    ['www.amazon.com', 'app_id', 'user_id'],
    ['graph.facebook.com', 'app_id', 'id'],
    ['cognito-identity.amazonaws.com', 'aud', 'sub'],
  ])('%s: %s is the audience and %s the subject, without a provider object', (url, audience, subject) => {
    const request = { providerArn: url, issuer: `https://${url}`, audience: 'app', subject: 'me' };
    expect(verdictOn({ StringEquals: { [`${url}:${audience}`]: 'app', [`${url}:${subject}`]: 'me' } }, request)).toBe('allowed');
    expect(verdictOn({ StringEquals: { [`${url}:${audience}`]: 'other' } }, request)).toBe('denied');
    expect(verdictOn({ StringLike: { [`${url}:email`]: '*' } }, request)).toBe('denied');
  });
});

describe('the closed lists of keys', () => {
  const reference = JSON.parse(readFileSync(resolve('test/policy/sts-condition-keys.json'), 'utf8')) as {
    readonly keys: readonly string[];
  };
  /** An issuer of the reference with something in the place of what differs. */
  const filled = (issuer: string): string => issuer.replace(/\$\{\w+\}/g, 'some-name');

  it.each(reference.keys)('hold %s of the reference of AWS', (name) => {
    const [, issuer = '', claim = ''] = /^([^:]*):(.*)$/.exec(name) ?? [];
    expect(claimsOf(filled(issuer))).toContain(claim.toLowerCase());
  });

  it('hold nothing that the reference has not, beside the default ones', () => {
    const known = new Set(reference.keys.map((name) => filled(name).toLowerCase()));
    const ours = ISSUER_KEYS.flatMap(({ issuers, claims }) =>
      issuers.flatMap((issuer) => claims.map((claim) => `${filled(issuer)}:${claim}`)),
    );
    expect(ours.filter((name) => !known.has(name.toLowerCase()))).toEqual([]);
  });

  it.each([
    [GITHUB, 'repository_owner', false],
    [GITHUB, 'email', true],
    [`${GITHUB}/acme`, 'repository_id', true],
    ['token.actions.acme.ghe.com', 'repository', true],
    ['github.com/enterprises/acme', 'enterprise_id', true],
    ['github.example.org/_services/token', 'repository', false],
    ['gitlab.com', 'namespace_path', false],
    ['gitlab.example.org', 'project_id', false],
    ['accounts.google.com', 'email', false],
    ['oidc.circleci.com/org/1', 'oidc.circleci.com/project-id', true],
    ['app.terraform.io', 'terraform_organization_name', false],
    ['www.amazon.com', 'sub', false],
  ])('%s has %s: %s', (url, claim, has) => {
    expect(claimsOf(url).has(claim)).toBe(has);
  });
});
