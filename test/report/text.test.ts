import { describe, expect, it } from '@jest/globals';
import type { Fix } from '../../src/model/report/finding.js';
import type { Report } from '../../src/model/report/report.js';
import { renderText } from '../../src/report/screens/text.js';
import {
  aCoverage,
  aFinding,
  aFix,
  aGap,
  anIncompleteReport,
  aReport,
  aRule,
  DENIED_BY_ORGANISATION,
  findingsOf,
} from './report-builder.js';

const plain = (report: Report, width: number | null = 80): string => renderText(report, { color: false, width });
const lines = (report: Report): string[] => plain(report).split('\n');

describe('text of a clean, complete audit', () => {
  it('says so, and what was looked at', () => {
    expect(plain(aReport())).toBe(
      'Account 111122223333: nothing found\nScanned 3 clusters in 2 regions, 2 OIDC providers, 14 roles.\n\nEverything that was scanned is in order.\n',
    );
  });

  it('says what nobody asked to look at', () => {
    const report = aReport({
      coverage: aCoverage({ notLookedAt: ['service-account', 'pod-identity', 'gadget'], serviceAccounts: 1, clusters: 1 }),
    });
    expect(plain(report, 200)).toContain('Scanned 1 cluster in 2 regions, 2 OIDC providers, 14 roles, 1 service account.');
    expect(plain(report, 200)).toContain(
      'Not scanned: service accounts, Pod Identity associations, gadget (what only they show is not in this report).',
    );
  });

  it('claims no more than what is not suppressed', () => {
    const suppressed = aFinding({ suppressed: { reason: 'known', until: null, by: 'settings' } });
    expect(plain(aReport({ findings: [suppressed] }))).toMatch(
      /Suppressed: 1\.[^]*Apart from what is suppressed, everything that was scanned is in order\./,
    );
  });

  it('keeps accepted gaps in sight', () => {
    const unread = [
      aGap({ accepted: true, acceptedBecause: 'closed by policy' }),
      aGap({ what: 'account:ListRegions', scope: 'account', accepted: true }),
    ];
    expect(plain(aReport({ coverage: aCoverage({ unread }) }))).toContain(
      'Accepted as unread: eu-west-3 (closed by policy), account:ListRegions ().',
    );
  });
});

describe('text of an incomplete audit', () => {
  it('says so before anything else: what, why, what to do', () => {
    const [first = '', ...rest] = lines(anIncompleteReport());
    expect(first).toMatch(/^INCOMPLETE: not everything could be read\./);
    expect(rest.slice(1, 4)).toEqual([
      '  - eks:ListClusters in eu-west-3: access denied',
      '    AccessDeniedException: not authorized',
      '    Allow this action to the identity that runs the audit.',
    ]);
  });

  it('never calls itself clean', () => expect(plain(anIncompleteReport())).not.toMatch(/is in order|nothing is wrong/));

  it('prints the option that accepts what an organisation forbids, ready to be copied', () => {
    expect(lines(anIncompleteReport({ detail: DENIED_BY_ORGANISATION }))).toContain(
      "      --accept-unread 'eu-west-3=closed by an organization policy'",
    );
  });

  it('names the action where the whole account is the scope', () => {
    const gap = { what: 'account:ListRegions', scope: 'account', detail: 'because no service control policy allows it' };
    expect(lines(anIncompleteReport(gap))).toContain("      --accept-unread 'account:ListRegions=closed by an organization policy'");
  });

  it('offers no acceptance for a denial that a policy of the account mends', () =>
    expect(plain(anIncompleteReport())).not.toContain('--accept-unread'));

  it.each(['throttled', 'unreachable', 'disabled-region', 'failed', 'out-of-time', 'malformed'] as const)(
    'says what to do about %s',
    (reason) => {
      expect(lines(anIncompleteReport({ reason, detail: 'detail' }))[4]).toMatch(/^ {4}(Run it again|Check|Enable|Increase)/);
    },
  );

  it('tells of a rule that crashed', () => {
    const report = aReport({ complete: false, rules: [aRule({ crashed: 'TypeError: x' })] });
    expect(plain(report)).toContain('- the rule provider-missing crashed (TypeError: x); please report it');
  });
});

describe('text of a problem', () => {
  const finding = aFinding({
    error: 'InvalidIdentityToken: No OpenIDConnect provider found',
    evidence: [
      { what: 'issuer', path: '$.issuer', found: { host: 'example.com' }, expected: 'arn:aws:iam::111122223333:oidc-provider/example.com' },
      { what: 'text', path: null, found: 'x'.repeat(400), expected: null },
    ],
    related: Array.from({ length: 7 }, (_, index) => ({
      type: 'service-account' as const,
      id: `prod/default/app-${index}`,
      why: 'uses a role',
    })),
    fix: aFix({ grants: [{ subject: '*', role: 'arn:aws:iam::111122223333:role/admin', administrative: true }] }),
  });

  it('tells a reader what, where, since what error, by what evidence, who is affected and what to run', () => {
    expect(plain(aReport({ findings: [finding] }), 120)).toContain(
      `HIGH IAM OIDC provider missing
  cluster prod in eu-west-1
  No IAM OIDC provider has the issuer of cluster prod.
  Error:      InvalidIdentityToken: No OpenIDConnect provider found
  Evidence:   issuer (issuer): { "host": "example.com" }
              expected: arn:aws:iam::111122223333:oidc-provider/example.com
              text:
              ${'x'.repeat(300)}…
              (400 characters)
  Affected:   service account prod/default/app-0 (uses a role)
              service account prod/default/app-1 (uses a role)
              service account prod/default/app-2 (uses a role)
              service account prod/default/app-3 (uses a role)
              service account prod/default/app-4 (uses a role)
              and 2 more
  Fix:        Create the provider.
  Grants access to: every service account of the cluster (to the administrative role/admin) – confirm before running
    $ aws iam create-open-id-connect-provider --url https://example.com/id/1
  provider-missing, certain, f1
`,
    );
  });

  it('names a role by its ARN and uses the id of a rule that has no text', () => {
    const role = aFinding({
      rule: 'some-rule',
      subject: { type: 'role', id: 'x', arn: 'arn:aws:iam::111122223333:role/app', region: null },
      fix: null,
    });
    expect(plain(aReport({ findings: [role] }))).toContain('HIGH some-rule\n  role arn:aws:iam::111122223333:role/app (eu-west-1/prod)\n');
  });

  it('puts the worst problem first, co-defects under their primary, and leaves out what is suppressed', () => {
    const report = aReport({
      findings: [
        aFinding({ fingerprint: 'low', severity: 'low', message: 'minor' }),
        aFinding({ fingerprint: 'p', severity: 'medium', message: 'leading' }),
        aFinding({ fingerprint: 'c', problem: 'p', place: 'co-defect', severity: 'critical', message: 'beside' }),
        aFinding({ fingerprint: 's', message: 'silenced', suppressed: { reason: 'known', until: null, by: 'settings' } }),
      ],
    });
    const text = plain(report);
    expect(text).toContain('Account 111122223333: 1 critical, 1 low');
    expect(text).not.toContain('silenced');
    expect(['CRITICAL', 'leading', 'Also:', 'beside', 'LOW', 'minor'].map((word) => text.indexOf(word))).toEqual(
      ['CRITICAL', 'leading', 'Also:', 'beside', 'LOW', 'minor'].map((word) => text.indexOf(word)).sort((a, b) => a - b),
    );
  });

  it('prints a command once, where several defects share it, and names another subject', () => {
    const other = {
      type: 'role' as const,
      id: 'arn:aws:iam::111122223333:role/app',
      arn: 'arn:aws:iam::111122223333:role/app',
      region: null,
    };
    const text = plain(
      aReport({
        findings: [aFinding({ fingerprint: 'p' }), aFinding({ fingerprint: 'c', problem: 'p', place: 'co-defect', subject: other })],
      }),
      120,
    );
    expect(text.match(/\$ aws iam create/g)).toHaveLength(1);
    expect(text).toContain('(the command above repairs this too)');
    expect(text).toContain('Also: IAM OIDC provider missing (high, role arn:aws:iam::111122223333:role/app)');
  });

  it('tells what leads of a problem whose primary is suppressed', () => {
    const primary = aFinding({ fingerprint: 'p', suppressed: { reason: 'known', until: null, by: 'settings' } });
    const beside = aFinding({ fingerprint: 'c', problem: 'p', place: 'co-defect', severity: 'low', message: 'still open' });
    expect(plain(aReport({ findings: [primary, beside] }))).toContain('still open');
  });

  it('says why there is no command to run', () => {
    const patches = [{ resource: 'r', region: null, kind: 'trust-policy', before: {}, after: {} }] as const;
    const grants = [{ subject: 'system:serviceaccount:shop:web', role: 'r', administrative: false }];
    const told = (changes: Partial<Fix>): string =>
      plain(aReport({ findings: [aFinding({ fix: aFix({ commands: [], patches, grants, ...changes }) })] }), 200);
    expect(told({})).toContain('No ready command: confirm first who is to assume this role; the patch is in --format json.\n');
    for (const changes of [{ grants: [] }, { verified: false }])
      expect(told(changes)).toContain('    No ready command; the patch is in --format json.\n');
    expect(told({ commands: ['aws x'] }) + told({ patches: [] })).not.toContain('No ready command');
  });

  it('prints no command that cannot be copied as it stands', () => {
    const text = plain(aReport({ findings: [aFinding({ fix: aFix({ commands: ['aws iam x\u202e', 'aws iam y'] }) })] }));
    expect(text).toContain('(a command with characters that cannot be shown, take it from --format json)\n    aws iam x\\u202e\n');
    expect(text).toContain('    $ aws iam y\n');
  });
});

describe('layout of the text', () => {
  const command = `aws iam x ${'--option value '.repeat(20).trim()}`;
  const report = aReport({ findings: findingsOf('high', 3, { message: 'word '.repeat(60), fix: aFix({ commands: [command] }) }) });

  it.each([
    [80, 80],
    [120, 120],
    [10, 40],
  ])('at width %p stays within %d columns but for commands, which stay whole', (width, most) => {
    const printed = plain(report, width).split('\n');
    expect(printed.filter((line) => line.length > most)).toEqual(Array.from({ length: 3 }, () => `    $ ${command}`));
    expect(printed.some((line) => line.length > most * 0.8)).toBe(true);
  });

  it('breaks no line where it goes to a file or a pipe, so that whatever a reader greps for stands on one', () => {
    const printed = plain(report, null).split('\n');
    expect(printed.filter((line) => line.includes('word word'))).toEqual(Array.from({ length: 3 }, () => `  ${'word '.repeat(60).trim()}`));
  });

  it('is colored only when asked to', () => {
    const all = aReport({
      complete: false,
      findings: (['critical', 'high', 'medium', 'low', 'info'] as const).flatMap((severity) => findingsOf(severity, 1)),
    });
    expect(renderText(all, { color: true, width: null })).toContain('\u001b[31mHIGH');
    expect(plain(all)).not.toContain('\u001b');
  });
});
