import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/model/report/finding.js';
import { membersOf } from '../../src/lib/is-object.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { allow, named, PROD, ROLE, told } from './role-under-test.js';

/** Findings of one role whose repairs are not one: what is broken of it, and what is open beside it. */

const subject = (name: string): string => `system:serviceaccount:${name}`;
const like = (sub: Json, more: Readonly<Record<string, Json>> = {}): Json =>
  allow(PROD, {
    StringEquals: { [`${PROD}:aud`]: 'sts.amazonaws.com' },
    StringLike: { [`${PROD}:sub`]: sub },
    ...Object.fromEntries(Object.entries(more).map(([operator, value]) => [operator, { [`${PROD}:sub`]: value }])),
  });
const wrongAudience = allow(PROD, {
  StringEquals: { [`${PROD}:aud`]: 'sts.amazonaws.con', [`${PROD}:sub`]: subject('pay:jobs') },
});
const right = allow(PROD, named(PROD, subject('pay:jobs')));

/** Service accounts of prod: those that are annotated ask for the role. */
const accounts = (all: Readonly<Record<string, 'bare' | 'annotated'>>) => ({
  serviceAccounts: Object.entries(all).map(([key, state]) => {
    const [namespace = '', name = ''] = key.split(':');
    return { cluster: 'prod', namespace, name, annotations: state === 'bare' ? {} : { 'eks.amazonaws.com/role-arn': ROLE } };
  }),
});

const of = (findings: readonly Finding[], rule: string): Finding['fix'] => {
  const found = findings.filter((finding) => finding.rule === rule);
  expect(found).toHaveLength(1);
  return found[0]!.fix;
};
const after = (fix: Finding['fix']): readonly Json[] =>
  (fix?.patches.map((patch) => membersOf(patch.after)['Statement']) ?? []) as readonly Json[];

describe('the repair of an audience beside a statement that is open to a namespace', () => {
  const statements = [like(subject('web:*')), wrongAudience];

  it.each([
    ['where nobody is in the namespace', {}],
    ['where a service account in it is not annotated', { 'web:scraper': 'bare' }],
    ['where one is annotated', { 'web:scraper': 'annotated' }],
    ['where one of two is', { 'web:scraper': 'annotated', 'web:cron': 'bare' }],
  ] as const)('leaves that statement as it is %s', (_, others) => {
    const fix = of(told(statements, accounts({ 'pay:jobs': 'annotated', ...others })), 'audience-mismatch');
    expect(fix).toMatchObject({ verified: true, commands: [expect.stringContaining('update-assume-role-policy')] });
    expect(after(fix)).toEqual([[like(subject('web:*')), right]]);
  });

  it('comes first: closing the namespace has it along, and no ready command', () => {
    const all = { 'pay:jobs': 'annotated', 'web:scraper': 'annotated' } as const;
    const open = like([subject('web:*'), subject('web:scraper')]);
    const fix = of(told([open, wrongAudience], accounts(all)), 'subject-namespace-wide');
    expect(fix).toMatchObject({
      verified: true,
      commands: [],
      summary: expect.stringContaining('Repair first what is broken of the role'),
    });
    expect(after(fix)).toEqual([[like([subject('web:scraper')]), right]]);
    const afterwards = of(told([open, right], accounts(all)), 'subject-namespace-wide');
    expect(afterwards?.commands).toHaveLength(1);
    expect(after(afterwards)).toEqual(after(fix));
  });
});

describe('a statement that is open', () => {
  it.each([
    ['whom another statement names', [like(subject('web:*')), right], { 'pay:jobs': 'annotated' }],
    ['whom another statement allows too', [like(subject('*:*')), right], { 'pay:jobs': 'annotated' }],
    ['whom it excludes', [like(subject('pay:*'), { StringNotEquals: subject('pay:jobs') }), right], { 'pay:jobs': 'annotated' }],
    ['who does not use the role', [like(subject('web:*'))], { 'web:scraper': 'bare' }],
  ] as const)('is closed to nobody %s', (_, statements, all) => {
    const open = told(statements, accounts(all)).filter(({ kind }) => kind === 'exposure');
    expect(open.map(({ fix }) => fix?.patches)).toEqual([[]]);
  });

  it('is closed to those who use the role by it alone', () => {
    const all = { 'web:scraper': 'annotated', 'web:cron': 'bare', 'pay:jobs': 'annotated' } as const;
    expect(after(of(told([like(subject('web:*')), right], accounts(all)), 'subject-namespace-wide'))).toEqual([
      [like(subject('web:scraper')), right],
    ]);
  });

  it('is closed to those whom another allows that is open too', () => {
    const both = [like(subject('*:*')), like(subject('web:*'))];
    const fix = of(told(both, accounts({ 'web:scraper': 'annotated' })), 'subject-cluster-wide');
    expect(after(fix)).toEqual([[like(subject('web:scraper')), like(subject('web:scraper'))]]);
  });

  it('is closed to those who would be denied without it, named with another audience as they are', () => {
    const fix = of(told([like(subject('*:*')), wrongAudience], accounts({ 'pay:jobs': 'annotated' })), 'subject-cluster-wide');
    expect(after(fix).map((statements) => (statements as readonly Json[])[0])).toEqual([like(subject('pay:jobs'))]);
  });
});

describe('the audience that a provider takes beside another', () => {
  const open = (aud: string): Json =>
    allow(PROD, { StringEquals: { [`${PROD}:aud`]: aud }, StringLike: { [`${PROD}:sub`]: subject('pay:*') } });
  const commands = (all: Readonly<Record<string, 'bare' | 'annotated'>>): readonly string[] => {
    const providers = [{ arn: `arn:aws:iam::210987654321:oidc-provider/${PROD}`, clientIds: ['sts.amazonaws.com', 'own.example'] }];
    return of(told([open('own.example')], { ...accounts(all), providers }), 'audience-mismatch')?.commands ?? [];
  };

  it('is not replaced by a ready command where a service account may come with it', () => {
    expect(commands({ 'pay:jobs': 'annotated', 'pay:cron': 'bare' })).toEqual([]);
  });

  it('is replaced where nobody else is there', () => {
    expect(commands({ 'pay:jobs': 'annotated', 'web:cron': 'bare' })).toHaveLength(1);
  });
});
