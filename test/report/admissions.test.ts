import { describe, expect, it } from '@jest/globals';
import type { Admissions, Admitted, Entrance, RoleAdmission } from '../../src/model/report/admission.js';
import { renderAdmissions, renderAdmissionsJson } from '../../src/report/screens/admissions.js';
import { aGap } from './report-builder.js';

const ROLE = 'arn:aws:iam::210987654321:role/app';
const entrance = (who: Admitted, over: Partial<Entrance> = {}): Entrance => ({
  issuer: 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A',
  audience: 'sts.amazonaws.com',
  provider: 'there',
  cluster: 'eu-west-1/prod',
  who,
  statements: ['Statement[0]'],
  serviceAccounts: null,
  ...over,
});
const admissions = (roles: readonly RoleAdmission[], over: Partial<Admissions> = {}): Admissions => ({
  schemaVersion: 1,
  account: '210987654321',
  collectedAt: '2026-11-24T06:00:00.000Z',
  complete: true,
  unread: [],
  roles,
  ...over,
});
const text = (all: Admissions): string => renderAdmissions(all, { color: false, width: 300 });
const told = (who: Admitted, over: Partial<Entrance> = {}): string[] =>
  text(admissions([{ role: ROLE, administrative: null, entrances: [entrance(who, over)] }]))
    .split('\n')
    .slice(2)
    .map((line) => line.trim())
    .filter((line) => line !== '');

describe('who can take a role, in words', () => {
  it('says of an issuer that is built in that any audience gets in', () => {
    const open = entrance({ kind: 'everybody' }, { issuer: 'accounts.google.com', audience: '*', cluster: null });
    expect(text(admissions([{ role: ROLE, administrative: null, entrances: [open] }]))).toContain('accounts.google.com, any audience:');
  });

  it.each<[string, Admitted, Partial<Entrance>, string[]]>([
    ['one', { kind: 'exactly', subjects: ['a:b'] }, {}, ['a:b', 'By Statement[0] of the trust policy.']],
    ['two', { kind: 'exactly', subjects: ['a', 'b'] }, {}, ['2 subjects', 'a', 'b', 'By Statement[0] of the trust policy.']],
    ['everybody', { kind: 'everybody' }, { statements: [] }, ['any service account of prod']],
    [
      'nobody, and what denies them',
      { kind: 'nobody', because: ['Statement[0].Condition'] },
      { statements: [], serviceAccounts: [] },
      ['nobody', 'Blocked by Statement[0].Condition.'],
    ],
    [
      'nobody, for want of a provider',
      { kind: 'nobody', because: [] },
      { statements: [], provider: 'absent' },
      ['nobody', 'The account has no provider for this issuer: STS refuses every token of it.'],
    ],
    [
      'a pattern',
      { kind: 'patterns', patterns: ['x:*'], namespaces: ['shop'], openPatterns: ['*:y'] },
      { statements: [] },
      ['any subject that matches x:*', 'Namespaces that no statement names are allowed by *:y.', 'Whole namespaces: shop.'],
    ],
    [
      'a pattern inside one namespace',
      { kind: 'patterns', patterns: ['x:*'], namespaces: [], openPatterns: [] },
      { statements: [], serviceAccounts: ['shop/app', 'shop/web'] },
      ['any subject that matches x:*', 'Service accounts today: shop/app, shop/web.'],
    ],
    [
      'undecided, at a provider that was not read',
      { kind: 'undecided' },
      { statements: [], provider: 'unread', serviceAccounts: [] },
      [
        'undecided',
        'Whether the account has this provider could not be read.',
        'It depends on something that configuration does not tell, or that AWS has not documented.',
        'Of the service accounts today none can assume the role.',
      ],
    ],
    [
      'undecided, and who it can be at most',
      { kind: 'undecided' },
      { statements: [], serviceAccounts: [], maybe: ['shop/app'], atMost: { kind: 'exactly', subjects: ['a:b'] } },
      [
        'undecided, at most a:b',
        'It depends on something that configuration does not tell, or that AWS has not documented.',
        'Service accounts today that may assume the role: shop/app.',
      ],
    ],
    [
      'some, and others at most',
      { kind: 'exactly', subjects: ['a:b'] },
      { statements: [], atMost: { kind: 'patterns', patterns: ['a:*'], namespaces: ['a'], openPatterns: [] } },
      ['a:b, at most any subject that matches a:*'],
    ],
  ])('%s', (_what, who, over, expected) => expect(told(who, over)).toEqual(expected));

  it('names an issuer as people do, and every digit of one that is mistaken for another', () => {
    const url = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835';
    const line = (over: Partial<Entrance>) =>
      text(admissions([{ role: ROLE, administrative: null, entrances: [entrance({ kind: 'nobody', because: [] }, over)] }])).split('\n')[1];
    expect(line({ issuer: url, cluster: null })).toBe('  eu-west-1/4F7A9C02 (no cluster that was read), audience sts.amazonaws.com:');
    expect(line({ issuer: url, cluster: null, meantFor: url.replace('oidc.eks', 'oidc-eks') })).toBe(
      `  ${url}, audience sts.amazonaws.com:`,
    );
  });

  it('says of a service account that is allowed by name no more than that, and the path of what blocks shortly', () => {
    const subjects = ['system:serviceaccount:shop:app'];
    expect(told({ kind: 'exactly', subjects }, { statements: [], serviceAccounts: ['shop/app'] })).toEqual(['sa shop/app']);
    expect(told({ kind: 'exactly', subjects }, { statements: [], serviceAccounts: [] })).toEqual([
      'sa shop/app',
      'No service account of the cluster matches today.',
    ]);
    const because = ["$.Statement[1].Condition.StringEquals['oidc.eks.eu-west-1.amazonaws.com/id/4F7A:aud']"];
    expect(told({ kind: 'nobody', because }, { statements: [] })).toEqual([
      'nobody',
      'Blocked by Statement[1].Condition.StringEquals[…:aud].',
    ]);
  });

  it('lists twenty, and counts the rest', () => {
    const many = Array.from({ length: 22 }, (_, index) => `s${index}`);
    expect(told({ kind: 'exactly', subjects: many })).toEqual([
      '22 subjects',
      ...many.slice(0, 20),
      'and 2 more',
      'By Statement[0] of the trust policy.',
    ]);
    expect(told({ kind: 'everybody' }, { statements: [], serviceAccounts: many })[1]).toMatch(/s18, s19 and 2 more\.$/);
  });

  it('names the role, why it is administrative, the issuer and its cluster', () => {
    const foreign = entrance({ kind: 'everybody' }, { cluster: null, issuer: 'token.actions.githubusercontent.com' });
    const all = text(
      admissions([
        { role: ROLE, administrative: 'AdministratorAccess', entrances: [entrance({ kind: 'everybody' }), foreign] },
        { role: `${ROLE}-2`, administrative: null, entrances: [] },
        { role: `${ROLE}-3`, administrative: null, entrances: [], others: ['Service pods.eks.amazonaws.com', 'AWS *'] },
      ]),
    );
    expect(all).toContain(`role/app, administrative by AdministratorAccess\n`);
    expect(all).toContain('  cluster prod (eu-west-1), audience sts.amazonaws.com:\n    any service account of prod\n');
    expect(all).toContain('  token.actions.githubusercontent.com, audience sts.amazonaws.com:\n    any subject of this issuer\n');
    expect(all).toContain(`role/app-2\n  No statement of its trust policy is for web identities.\n`);
    expect(all).toContain(
      `role/app-3\n  No statement of its trust policy is for web identities. It trusts others: Service pods.eks.amazonaws.com, AWS *.\n`,
    );
  });

  it('says first what was not read', () => {
    expect(text(admissions([], { complete: false, unread: [aGap()] }))).toMatch(
      /^Partial scan: eu-west-3 \(access denied\)\n {2}More may be allowed than is listed here\.\n\nNo role that could be read trusts web identities\.\n$/,
    );
  });

  it.each([
    [{ kind: 'everybody' }, 31],
    [{ kind: 'patterns', patterns: ['*:y'], namespaces: [], openPatterns: ['*:y'] }, 35],
    [{ kind: 'patterns', patterns: ['x:*'], namespaces: [], openPatterns: [] }, 1],
  ] satisfies [Admitted, number][])('paints %j by how open it is', (who, code) => {
    const all = renderAdmissions(admissions([{ role: ROLE, administrative: null, entrances: [entrance(who)] }]), {
      color: true,
      width: 300,
    });
    expect(all.split('\n')[2]).toMatch(new RegExp(`^ {4}\u001b\\[${code}m`));
  });

  it('is inert, as text and as JSON', () => {
    const hostile = admissions([
      { role: ROLE, administrative: 'a\u001b[2Jb', entrances: [entrance({ kind: 'exactly', subjects: ['a\u202eb'] })] },
    ]);
    for (const out of [text(hostile), renderAdmissionsJson(hostile)]) expect(out).not.toMatch(/[\u001b\u202e]/);
    expect(JSON.parse(renderAdmissionsJson(hostile))).toEqual(hostile);
  });
});
