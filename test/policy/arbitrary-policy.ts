import fc from 'fast-check';
import type { Json } from '../../src/model/inventory/inventory.js';
import type { WebIdentityRequest } from '../../src/policy/language/evaluate.js';
import { ARN, GITHUB, REQUEST, SUBJECT, URL } from './request.js';

/**
 * Policies and requests that are likely to meet: few names, patterns of the same few letters. Decoded from a list of
 * small numbers, so that a counterexample shrinks towards the first choice everywhere.
 */
class Choices {
  private at = 0;

  constructor(private readonly numbers: readonly number[]) {}

  number(below: number): number {
    const drawn = this.numbers[this.at] ?? 0;
    this.at += 1;
    return drawn % below;
  }

  of<T>(options: readonly [T, ...T[]]): T {
    return options[this.number(options.length)] ?? options[0];
  }

  /** Rarely true. */
  seldom(): boolean {
    return this.number(16) === 15;
  }

  list<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: least + this.number(most - least + 1) }, make);
  }
}

const DOORS = [
  ARN,
  `arn:aws:iam::210987654321:oidc-provider/${GITHUB}`,
  'arn:aws:iam::210987654321:oidc-provider/oidc.example.com/self',
] as const;
const URLS = [URL, GITHUB, 'oidc.example.com/self'] as const;

function subjectText(choices: Choices): string {
  return choices.of<() => string>([
    () => `system:serviceaccount:${choices.of(['a', 'b', 'ab'])}:${choices.of(['a', 'b', 'ba'])}`,
    () => SUBJECT,
    () => choices.list(0, 4, () => choices.of(['a', 'b', ':', 'A', '*'])).join(''),
    () => choices.of(['10', 'true', '10.0.0.1', 'arn:aws:iam::1:role/a', '2024-01-01', 'repo:a/b'] as [string, ...string[]]),
  ])();
}

function patternText(choices: Choices, url: string): string {
  return choices.of<() => string>([
    () => `system:serviceaccount:${choices.of(['a', 'b', '*', 'a*', '?', '*b'])}:${choices.of(['a', 'b', '*', '?', '*a', 'b?'])}`,
    () => subjectText(choices),
    () => choices.list(0, 5, () => choices.of(['a', 'b', '*', '?', ':', 'B'])).join(''),
    () =>
      choices.of([
        '*',
        'system:*',
        'system:serviceaccount:*',
        '*:a',
        'SYSTEM:serviceaccount:a:a',
        '10',
        'arn:aws:iam::*:role/*',
        '10.0.0.0/8',
        'sts.amazonaws.com',
      ] as [string, ...string[]]),
    () =>
      choices.of([
        `\${${url}:sub}`,
        `*\${${url}:aud}`,
        '${nothing:x}',
        "${nothing:x, 'a'}",
        '${*}',
        'a${?}',
        '${aws:username}',
        '${x',
        `\${${url}:oaud}a`,
      ] as [string, ...string[]]),
  ])();
}

function keyText(choices: Choices, url: string): string {
  return choices.of<() => string>([
    () => `${url}:sub`,
    () => `${url}:sub`,
    () => `${url}:aud`,
    () =>
      choices.of([
        `${url}:SUB`,
        `${url.toUpperCase()}:sub`,
        `${url}:oaud`,
        `${url}:amr`,
        `${url}:iss`,
        `${url}:environment`,
        `${url}:repository_id`,
        'other.example.com:sub',
        `https://${url}:sub`,
        'aws:SourceIp',
        'sts:RoleSessionName',
        '${OIDC}:sub',
      ] as [string, ...string[]]),
  ])();
}

const BASES = [
  'StringEquals',
  'StringLike',
  'StringNotEquals',
  'StringNotLike',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
] as const;
const RARE = [
  'ArnLike',
  'ArnNotEquals',
  'NumericEquals',
  'NumericNotEquals',
  'NumericLessThan',
  'DateGreaterThan',
  'Bool',
  'BinaryEquals',
  'IpAddress',
  'NotIpAddress',
  'Null',
  'stringequals',
  'StringMatches',
] as const;

function operatorText(choices: Choices): string {
  const prefix = choices.of(['', '', '', 'ForAnyValue:', 'ForAllValues:'] as [string, ...string[]]);
  const base = choices.number(4) === 3 ? choices.of(RARE) : choices.of(BASES);
  return `${prefix}${base}${choices.number(6) === 5 ? 'IfExists' : ''}`;
}

const oneOrMany = (choices: Choices, values: readonly string[]): Json =>
  values.length === 1 && choices.number(2) === 0 ? (values[0] ?? '') : values;

function conditionBlock(choices: Choices, url: string): Json {
  const block: Record<string, Record<string, Json>> = {};
  for (let count = choices.number(4); count > 0; count -= 1) {
    const operator = operatorText(choices);
    const values = operator.includes('Null')
      ? [choices.of(['true', 'false', 'x'])]
      : choices.list(choices.seldom() ? 0 : 1, choices.seldom() ? 12 : 3, () => patternText(choices, url));
    block[operator] = { ...block[operator], [keyText(choices, url)]: oneOrMany(choices, values) };
  }
  return block;
}

function principal(choices: Choices, arn: string): Json {
  if (!choices.seldom()) return { Federated: oneOrMany(choices, choices.number(4) === 3 ? [DOORS[1], arn] : [arn]) };
  return choices.of<Json>([
    { Federated: DOORS[2] },
    { AWS: '*' },
    '*',
    { Service: 'ec2.amazonaws.com' },
    { Federated: arn.toUpperCase() },
    {},
    { Federated: [null] },
  ]);
}

function statement(choices: Choices, arn: string, url: string): Json {
  if (choices.seldom() && choices.seldom()) return choices.of<Json>(['text', {}, null, []]);
  const action = choices.seldom()
    ? choices.of(['sts:AssumeRole', 'sts:*', 'sts:assumerolewithwebidentity', 'sts:AssumeRoleWithWebIdentit?'] as [string, ...string[]])
    : 'sts:AssumeRoleWithWebIdentity';
  return {
    Effect: choices.seldom() ? choices.of(['Maybe', 'Deny']) : choices.number(3) === 2 ? 'Deny' : 'Allow',
    Principal: principal(choices, arn),
    [choices.seldom() ? 'NotAction' : 'Action']: oneOrMany(choices, [action]),
    ...(choices.number(8) === 7 ? {} : { Condition: conditionBlock(choices, url) }),
    ...(choices.seldom() && choices.seldom() ? { Resource: '*' } : {}),
  };
}

export interface PolicySample {
  readonly document: Json;
  readonly request: WebIdentityRequest;
  /** Some subjects more for the same door. */
  readonly subjects: readonly string[];
}

/** The subject of a token: EKS signs none of more than four parts, and none that is a number, a date or an address. */
function signedText(choices: Choices, url: string): string {
  const text = subjectText(choices);
  return url === URL && (text.split(':').length > 4 || /^[-+.\d]/.test(text)) ? SUBJECT : text;
}

function sampleOf(numbers: readonly number[]): PolicySample {
  const choices = new Choices(numbers);
  const place = choices.seldom() ? 1 + choices.number(2) : 0;
  const arn = DOORS[place] ?? ARN;
  const url = URLS[place] ?? URL;
  const subjects = choices.list(3, 3, () => signedText(choices, url));
  const audience = choices.seldom() ? subjectText(choices) : 'sts.amazonaws.com';
  const issuer = choices.seldom() ? choices.of([`https://${url}/`, `https://${url.toUpperCase()}`]) : `https://${url}`;
  const statements = choices.list(1, 3, () => statement(choices, arn, url));
  const version = choices.seldom() ? choices.of<Json>([{}, { Version: '2008-10-17' }, { Version: 'x' }]) : { Version: '2012-10-17' };
  const document = {
    ...(version as Record<string, Json>),
    Statement: statements.length === 1 && choices.number(2) === 1 ? (statements[0] ?? null) : statements,
  };
  const request = { ...REQUEST, providerArn: arn, issuer, audience, subject: subjects[0] ?? SUBJECT };
  const claims = { ...(choices.seldom() ? {} : { repository_id: subjectText(choices) }), environment: 'a' };
  return { document, request: choices.number(4) === 3 ? { ...request, claims } : request, subjects };
}

export const samples: fc.Arbitrary<PolicySample> = fc.array(fc.nat(255), { minLength: 90, maxLength: 90 }).map(sampleOf);

/** Any JSON, with the names of policy elements where they hurt most. */
export const hostile: fc.Arbitrary<Json> = fc.letrec<{ tree: Json }>((tie) => {
  const names = fc.constantFrom(
    'Version',
    'Statement',
    'Effect',
    'Principal',
    'Federated',
    'Action',
    'Condition',
    'StringLike',
    '__proto__',
    'constructor',
    'toString',
    `${URL}:sub`,
    '',
    '1',
  );
  return {
    tree: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.constantFrom('Allow', 'Deny', '*', '${', "${a, '", 'https://', '2012-10-17'),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
      ),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc
        .array(fc.tuple(fc.oneof({ weight: 9, arbitrary: names }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) }), tie('tree')), {
          maxLength: 6,
        })
        .map((entries) => Object.fromEntries(entries) as Json),
    ),
  };
}).tree;

/** Mutation testing asks for fewer: it runs the tests once for each mutant. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 100_000);

/** A share of the runs that the properties of the engine have together, under one seed; `npm run fuzz` goes on under others. */
export function runs(share: number): fc.Parameters<unknown> {
  return { numRuns: Math.max(1, Math.round(RUNS * share)), seed: 20261123 };
}
