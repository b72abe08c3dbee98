import { describe, expect, it } from '@jest/globals';
import type { Fix } from '../../src/model/finding.js';
import type { Report } from '../../src/model/report.js';
import { renderEmail, type EmailOptions } from '../../src/report/email.js';
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

const mail = (report: Report, options: Partial<EmailOptions> = {}): string =>
  renderEmail(report, { threshold: 'info', problems: 50, news: null, whereReport: null, ...options });

describe('the mail', () => {
  it('of a clean audit is short', () => {
    expect(mail(aReport())).toBe(`Account 111122223333: nothing found
irsa-auditor, 2026-11-01 06:00 UTC

Looked at 3 clusters in 2 regions, 2 OIDC providers, 14 roles.
Everything that was looked at is in order.
`);
  });

  it('tells what is broken, who is affected, since when it is known, and the exact repair', () => {
    const finding = aFinding({
      error: 'InvalidIdentityToken: No OpenIDConnect provider found',
      evidence: [{ what: 'issuer', path: null, found: 'https://example.com/id/1', expected: null }],
      related: [{ type: 'role', id: 'arn:aws:iam::111122223333:role/app', why: 'trusts this issuer' }],
      fix: aFix({ grants: [{ subject: 'system:serviceaccount:a:b', role: 'app', administrative: false }] }),
    });
    expect(mail(aReport({ findings: [finding] }), { whereReport: 'the log group x' })).toBe(`Account 111122223333: 1 high
irsa-auditor, 2026-11-01 06:00 UTC

Looked at 3 clusters in 2 regions, 2 OIDC providers, 14 roles.

${'-'.repeat(72)}
1. HIGH: IAM OIDC provider missing
  cluster prod in eu-west-1
  First seen 2026-10-30 05:04 UTC

  No IAM OIDC provider has the issuer of cluster prod.
  People see: InvalidIdentityToken: No OpenIDConnect provider found
    issuer: https://example.com/id/1
  Affected:
    role arn:aws:iam::111122223333:role/app (trusts this issuer)
  Repair: Create the provider.
    only if system:serviceaccount:a:b is meant to have app

    $ aws iam create-open-id-connect-provider --url https://example.com/id/1

  Rule: provider-missing (docs/rules/provider-missing.md)

The whole report: the log group x
`);
  });

  it('says in its first line that the audit is incomplete, and then what to do', () => {
    const lines = mail(anIncompleteReport({ detail: DENIED_BY_ORGANISATION })).split('\n');
    expect(lines[0]).toBe('Account 111122223333: nothing found; the audit is INCOMPLETE');
    expect(lines).toEqual(
      expect.arrayContaining([
        '  * eks:ListClusters in eu-west-3: access denied',
        "      --accept-unread 'eu-west-3=closed by an organisation policy'",
        '      {"scope":"eu-west-3","reason":"closed by an organisation policy"}',
      ]),
    );
  });

  it('counts gaps and crashes beyond the first', () => {
    const unread = Array.from({ length: 13 }, (_, index) => aGap({ scope: `region-${index}`, reason: 'not-requested' }));
    const rules = Array.from({ length: 7 }, (_, index) => aRule({ id: `rule-${index}`, crashed: 'Error' }));
    const text = mail(aReport({ complete: false, coverage: aCoverage({ unread }), rules }));
    expect(text.match(/^ {2}\* eks:/gm)).toHaveLength(10);
    expect(text).toContain('  * and 3 more\n');
    expect(text.match(/^ {2}\* the rule/gm)).toHaveLength(5);
    expect(text).toContain('  * and 2 more rules crashed\n');
  });

  it('tells the worst of hundreds and counts the rest', () => {
    const findings = [...findingsOf('low', 300), ...findingsOf('critical', 2), ...findingsOf('medium', 40)];
    const text = mail(aReport({ findings }), { problems: 10 });
    expect(text.match(/^\d+\. [A-Z]+/gm)).toEqual([
      '1. CRITICAL',
      '2. CRITICAL',
      ...Array.from({ length: 8 }, (_, index) => `${index + 3}. MEDIUM`),
    ]);
    expect(text).toContain('The worst are above. Not told in this mail: 32 medium, 300 low.');
    expect(mail(aReport({ findings }), { problems: 0 })).toContain('\nNot told in this mail: 2 critical, 40 medium, 300 low.');
  });

  it('does not call clean what is only below the threshold', () => {
    const text = mail(aReport({ findings: findingsOf('medium', 3) }), { threshold: 'high' });
    expect(text).toContain('Account 111122223333: nothing of severity high or above\n');
    expect(text).toContain('Below severity high and not told here: 3 medium.');
    expect(text).not.toContain('in order');
  });

  it('counts what is suppressed and says what was not looked at', () => {
    const text = mail(
      aReport({
        findings: [aFinding({ suppressed: { reason: 'known', until: null, by: 'settings' } })],
        coverage: aCoverage({ notLookedAt: ['pod'] }),
      }),
    );
    expect(text).toContain('Not looked at: pods.\nSuppressed: 1.\nApart from what is suppressed, everything');
  });

  it('tells co-defects under their primary and each command once', () => {
    const text = mail(
      aReport({
        findings: [
          aFinding({ fingerprint: 'p' }),
          aFinding({ fingerprint: 'c', problem: 'p', place: 'co-defect', rule: 'other', severity: 'low' }),
        ],
      }),
    );
    expect(text).toContain('  Also (low): other\n');
    expect(text.match(/\$ aws/g)).toHaveLength(1);
  });

  it('says why there is no command, and hides one that would act', () => {
    const grants = [{ subject: 'system:serviceaccount:shop:web', role: 'r', administrative: false }];
    const patches = [{ resource: 'r', region: null, kind: 'trust-policy', before: {}, after: {} }] as const;
    const told = (changes: Partial<Fix>): string =>
      mail(aReport({ findings: [aFinding({ fix: aFix({ commands: [], patches, grants, ...changes }) })] })).replace(/\s+/g, ' ');
    expect(told({})).toContain('No ready command: decide first who is meant to have this role; the patch is in the JSON report. Rule');
    expect(told({ verified: false })).toContain(' No ready command; the patch is in the JSON report. Rule');
    expect(mail(aReport({ findings: [aFinding({ fix: aFix({ commands: ['aws \u202e'] }) })] }))).toContain(
      '(a command with characters that cannot be shown',
    );
  });

  it('leaves a time that is in no known form as it is, but inert', () => {
    expect(mail(aReport({ findings: [aFinding({ firstSeen: 'long ago\n', fix: null })] }))).toContain('First seen long ago\\u000a\n');
  });

  it('stays within 72 columns but for what has to be copied whole', () => {
    const findings = findingsOf('high', 3, { message: 'word '.repeat(60), error: 'word '.repeat(30) });
    const long = mail(aReport({ findings }))
      .split('\n')
      .filter((line) => line.length > 72 && !line.startsWith('    $ '));
    expect(long).toEqual([]);
  });
});
