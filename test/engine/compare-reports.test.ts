import { describe, expect, it } from '@jest/globals';
import { compareReports } from '../../src/engine/history/compare-reports.js';
import type { Report } from '../../src/model/report/report.js';
import type { ComparedFinding, ReportDiff } from '../../src/model/report/report-diff.js';
import { aCoverage, aFinding, aGap, aReport, aRule } from '../report/report-builder.js';

const PARTS = ['new', 'fixed', 'worse', 'better', 'notRescanned', 'unchanged'] as const;
const names = (diff: ReportDiff): Record<string, readonly string[]> =>
  Object.fromEntries(PARTS.map((part) => [part, diff[part].map(({ fingerprint }: ComparedFinding) => fingerprint)]));
const NOTHING = { new: [], fixed: [], worse: [], better: [], notRescanned: [], unchanged: [] };
const old = aReport({ findings: [aFinding({ fingerprint: 'a' })] });

describe('two reports', () => {
  it('are compared by fingerprint', () => {
    const older = aReport({
      findings: ['same', 'up', 'down', 'gone'].map((fingerprint) => aFinding({ fingerprint, severity: 'medium' })),
    });
    const newer = aReport({
      findings: [
        aFinding({ fingerprint: 'same', severity: 'medium', message: 'Other words.' }),
        aFinding({ fingerprint: 'up', severity: 'critical' }),
        aFinding({ fingerprint: 'down', severity: 'low' }),
        aFinding({ fingerprint: 'fresh' }),
      ],
    });
    const diff = compareReports(older, newer);
    expect(names(diff)).toEqual({ ...NOTHING, new: ['fresh'], fixed: ['gone'], worse: ['up'], better: ['down'], unchanged: ['same'] });
    expect(diff.worse[0]).toMatchObject({ severity: 'critical', was: 'medium', title: 'IAM OIDC provider missing' });
    expect(names(compareReports(older, older))).toEqual({ ...NOTHING, unchanged: ['same', 'up', 'down', 'gone'] });
  });

  it('do not call new what is suppressed, nor fixed what was', () => {
    const suppressed = { reason: 'known', until: null, by: 'settings' as const };
    const quiet = aReport({ findings: [aFinding({ fingerprint: 'q', suppressed })] });
    expect(names(compareReports(aReport(), quiet))).toEqual(NOTHING);
    expect(names(compareReports(quiet, aReport()))).toEqual(NOTHING);
  });

  it.each<[string, Partial<Report>]>([
    ['its region was not read', { coverage: aCoverage({ regions: ['us-east-1'] }) }],
    ['a read of its region is unanswered', { coverage: aCoverage({ unread: [aGap({ scope: 'eu-west-1' })] }) }],
    ['that gap is accepted', { coverage: aCoverage({ unread: [aGap({ scope: 'eu-west-1', accepted: true, acceptedBecause: 'x' })] }) }],
    ['a read of its cluster is unanswered', { coverage: aCoverage({ unread: [aGap({ scope: 'eu-west-1/prod' })] }) }],
    ['a read of the account is unanswered', { coverage: aCoverage({ unread: [aGap({ scope: 'account' })] }) }],
    ['pods were not looked at', { coverage: aCoverage({ notLookedAt: ['pod'] }) }],
    ['its rule was not evaluated there', { rules: [aRule({ notEvaluated: [{ scope: 'eu-west-1', reason: 'denied' }] })] }],
    ['its rule crashed', { rules: [aRule({ crashed: 'Error' })] }],
    ['its rule did not run', { rules: [] }],
    [
      'something is left out',
      {
        selection: { clusters: ['x'], namespaces: [], roles: [], rules: [], excludedRules: [], minSeverity: 'info', leftOut: 1 },
      },
    ],
  ])('never call fixed what is gone where %s', (_what, changes) => {
    expect(names(compareReports(old, aReport(changes)))).toEqual({ ...NOTHING, notRescanned: ['a'] });
    // What was missing before too took nothing away.
    if (changes.rules?.length !== 0 && changes.coverage?.regions.length !== 1)
      expect(names(compareReports({ ...old, ...changes }, aReport(changes)))).toEqual({ ...NOTHING, fixed: ['a'] });
  });

  it.each<[string, Partial<Report>]>([
    ['of another region', { coverage: aCoverage({ unread: [aGap({ scope: 'us-east-1' })] }) }],
    ['of another rule', { rules: [aRule(), aRule({ id: 'other', notEvaluated: [{ scope: 'eu-west-1', reason: 'denied' }] })] }],
  ])('call fixed what is gone beside a gap %s', (_what, changes) =>
    expect(names(compareReports(old, aReport(changes)))).toEqual({ ...NOTHING, fixed: ['a'] }),
  );

  it('hold what is of the account for unread wherever a read failed', () => {
    const role = aFinding({ fingerprint: 'r', subject: { type: 'role', id: 'arn:role', arn: 'arn:role', region: null } });
    const newer = aReport({ coverage: aCoverage({ unread: [aGap({ scope: 'us-east-1' })] }) });
    expect(names(compareReports(aReport({ findings: [role] }), newer))).toEqual({ ...NOTHING, notRescanned: ['r'] });
  });
});
