import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

/** Patterns on the subject of an issuer that many share: open is one that a subject of the issuer's form has whose owner is another. */

const OWNER = 'acme';
/** For each issuer the subject of a job of acme's, before and behind its owner. */
const SUBJECTS = [
  ['token.actions.githubusercontent.com', 'repo:', '/api:ref:refs/heads/main'],
  ['token.actions.githubusercontent.com', 'repo:', '@12/api@34:environment:Prod EU'],
  ['gitlab.com', 'project_path:', '/infra:ref_type:branch:ref:main'],
  ['app.terraform.io', 'organization:', ':project:shop:workspace:web:run_phase:apply'],
  ['agent.buildkite.com', 'organization:', ':pipeline:web:ref:refs/heads/main:commit:9f31:step:build'],
] as const;
/** What people write for the beginning of a subject, which no token has. */
const MISTAKEN = ['', 'org:', 'Repo:', 'repo/', 'project:', 'https://github.com/', 'Organization:'];

/** Owners that are not acme: each begins or ends as it does, or differs in a character or more. */
const cuts = [...OWNER, ''].flatMap((_, from) => [...OWNER, ''].map((__, to) => [from, to] as const)).filter(([from, to]) => from <= to);
const FOREIGN = cuts.flatMap(([from, to]) => ['z', 'zz'].map((fill) => `${OWNER.slice(0, from)}${fill}${OWNER.slice(to)}`));

const matches = (pattern: string, subject: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^$()|[\]\\{}]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
    's',
  ).test(subject);

const place = fc.double({ min: 0, max: 1, noNaN: true });

/** A wildcard in the place of a part of a text, from somewhere on; or a question mark for a letter. */
const punched = (text: string, start: number): fc.Arbitrary<string> =>
  fc.tuple(place, place, fc.constantFrom('*', '*', '*-', '?')).map(([one, other, wild]) => {
    const [from, to] = [one, other].map((at) => start + Math.floor(at * (text.length - start))).sort((a, b) => a - b) as [number, number];
    if (wild === '*-') return `${text.slice(0, from)}*`;
    return wild === '?' && /\w/.test(text[from] ?? '')
      ? `${text.slice(0, from)}?${text.slice(from + 1)}`
      : `${text.slice(0, from)}*${text.slice(to)}`;
  });

const patterns = fc.constantFrom(...SUBJECTS).chain(([url, head, tail]) => {
  const own = `${head}${OWNER}${tail}`;
  const behind = head.length + OWNER.length;
  const wellFormed = fc.oneof(
    punched(own, head.length),
    fc.integer({ min: head.length + 1, max: own.length }).map((to) => `*${own.slice(to)}`),
  );
  const malformed = fc
    .tuple(fc.constantFrom(...MISTAKEN), punched(own, behind + 1))
    .map(([other, pattern]) => `${other}${pattern.slice(head.length)}`);
  return fc.oneof(wellFormed, malformed).map((pattern) => ({ url, pattern, foreign: FOREIGN.map((owner) => `${head}${owner}${tail}`) }));
});

function told(url: string, values: readonly string[]) {
  const provider = `arn:aws:iam::210987654321:oidc-provider/${url}`;
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${url}:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${url}:sub`]: values } },
  };
  const { findings } = auditInventory(
    inventoryOfCase({
      clusters: [],
      providers: [{ arn: provider }],
      roles: [{ arn: 'arn:aws:iam::210987654321:role/ci', trustPolicy: { Version: '2012-10-17', Statement: [statement] } }],
    }),
  );
  const exposed = findings.filter(({ kind, severity }) => kind === 'exposure' && severity !== 'info');
  return {
    exposed: exposed.map(({ rule, severity, confidence }) => `${rule} ${severity} ${confidence}`),
    malformed: findings.some(({ rule }) => rule === 'subject-malformed'),
  };
}

const OPEN = ['subject-open-on-shared-issuer critical certain'];

describe('a pattern on the subject of an issuer that many share', () => {
  it('is open where a subject of another owner matches it, and nowhere else', () => {
    fc.assert(
      fc.property(patterns, ({ url, pattern, foreign }) => {
        const isOpen = foreign.some((subject) => matches(pattern, subject));
        expect(told(url, [pattern]).exposed).toEqual(isOpen ? OPEN : []);
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 100_000) / 200, seed: 20261130 },
    );
  });

  it('that no token can have opens nothing beside another', () => {
    fc.assert(
      fc.property(patterns, ({ url, pattern, foreign }) => {
        const { malformed } = told(url, [pattern]);
        fc.pre(malformed);
        const [, head, tail] = SUBJECTS.find((one) => one[0] === url)!;
        expect(told(url, [`${head}${OWNER}${tail}`, pattern]).exposed).toEqual([]);
        expect(told(url, [foreign[0]!.replace(/^([a-z_]+:)[^/:]*/, '$1*'), pattern]).exposed).toEqual(OPEN);
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 100_000) / 500, seed: 20261130 },
    );
  });

  it.each([
    ['acme/api:*', false],
    ['acme/*', false],
    ['repo/acme/api:*', false],
    ['Repo:acme/*', false],
    ['https://github.com/acme/api:*', false],
    ['acme:*', false],
    ['acme*', false],
    ['*', true],
    ['repo:*', true],
    ['repo:acme*', true],
    ['*:ref:refs/heads/main', true],
    ['*acme/api*', true],
    ['repo:*/api:environment:Prod EU', true],
    ['environment:prod:*', true],
    ['repository_owner*', true],
    ['pull_request:*', true],
    ['r*', true],
  ])('of GitHub: %s', (pattern, isOpen) => {
    const { exposed, malformed } = told('token.actions.githubusercontent.com', [pattern]);
    expect({ exposed, malformed }).toEqual({ exposed: isOpen ? OPEN : [], malformed: !isOpen });
  });

  it.each([
    ['gitlab.com', 'acme/infra:*', false],
    ['gitlab.com', 'project:acme/infra:*', false],
    ['gitlab.com', 'project_path:*', true],
    ['gitlab.com', '*:ref_type:branch:ref:main', true],
    ['app.terraform.io', 'org:acme:*', false],
    ['app.terraform.io', 'acme:project:*', false],
    ['app.terraform.io', 'organization:*', true],
    ['app.terraform.io', '*:run_phase:apply', true],
    ['agent.buildkite.com', 'org:acme:pipeline:*', false],
    ['agent.buildkite.com', 'acme:*', false],
    ['agent.buildkite.com', 'organization:acme*', true],
    // By `--subject-claim`.
    ['agent.buildkite.com', 'pipeline_id:*', true],
    ['agent.buildkite.com', '0187*', true],
  ])('of %s: %s', (url, pattern, isOpen) => {
    const { exposed, malformed } = told(url, [pattern]);
    expect({ exposed, malformed }).toEqual({ exposed: isOpen ? OPEN : [], malformed: !isOpen });
  });
});
