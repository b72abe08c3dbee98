import { MANAGING_TOOLS } from '../../src/model/inventory/manager.js';
import type { Report } from '../../src/model/report/report.js';
import { aCoverage, aFinding, aFix, aGap, aReport, aRule } from './report-builder.js';

/** One string in every place of a report that an account can fill. */
export function reportOf(text: string, commands: readonly string[]): Report {
  const finding = aFinding({
    severity: 'critical',
    subject: { type: 'role', id: text, arn: text, region: text },
    message: text,
    error: text,
    evidence: [
      { what: 'subject', path: text, found: text, expected: text },
      { what: 'subject', path: text, found: { [text]: [text] }, expected: [text] },
    ],
    related: [{ type: 'service-account', id: text, why: 'uses the role' }],
    fix: aFix({
      summary: text,
      patches: MANAGING_TOOLS.map((tool) => ({
        resource: text,
        region: null,
        kind: 'trust-policy',
        before: { Statement: [] },
        after: { Statement: [{ [text]: text }] },
        managedBy: { tool, name: text },
      })),
      commands,
      grants: [{ subject: text, role: text, administrative: true }],
      grantable: [text],
    }),
  });
  return aReport({
    complete: false,
    account: text,
    coverage: aCoverage({
      regions: [text],
      notLookedAt: ['pod'],
      notes: [text],
      unread: [
        aGap({ scope: text, detail: text }),
        aGap({ scope: text, detail: `explicit deny in a service control policy ${text}` }),
        aGap({ accepted: true, acceptedBecause: text, scope: text }),
      ],
    }),
    findings: [finding, aFinding({ ...finding, fingerprint: 'f2', problem: 'f1', place: 'co-defect' })],
    rules: [aRule({ crashed: text })],
  });
}

/** Texts that somebody may choose for what is audited, by what they try. */
export const HOSTILE: readonly (readonly [string, string])[] = [
  ['a terminal escape', 'app\u001b[2J\u001b]0;owned\u0007'],
  ['C1 controls', 'app\u009b31mred\u0090'],
  ['line breaks', 'app\r\n    $ aws iam delete-role --role-name app\n$ rm -rf /\r'],
  ['other line breaks', 'app\u2028    $ curl evil\u2029\u0085$ x\u000b\u000c'],
  ['text turned around', 'app\u202e\u2066gpj.exe\u2069'],
  ['what nothing shows', 'a\u200bp\u00adp\ufeff\u{e0041}\u3164'],
  ['HTML', '<script>alert(1)</script><img src=x onerror=alert(1)>&amp;'],
  ['shell metacharacters', 'app\'; rm -rf ~; echo $(id) `id` \\ " && | > * ?'],
  ['what looks like our own lines', `x ${'y'.repeat(70)} $ aws iam delete-role CRITICAL Repair: INCOMPLETE: Account 1: nothing found`],
  ['half a surrogate pair', 'app\ud800'],
  ['formulas', "=cmd|' /C calc'!A0"],
  ['a formula behind a separator of some locale', 'x;=HYPERLINK("https://evil.example")\t+1'],
  [
    'Markdown',
    '](https://evil.example) ![x](y) **b** _i_ `c` ``d`` ~~s~~ # h\n> q | cell | @octo-org/all #1 www.evil.example <https://e.example> :x:',
  ],
  ['the end of an element', ']]></failure></testsuite><!-- </details> </script> -->&#0;'],
  ['what no character is', 'a\ufffeb\uffff'],
  ['placeholders', '{0} {{1}} ${aws:UserAgent} %s'],
  ['ten thousand characters', 'long '.repeat(2_000)],
];
