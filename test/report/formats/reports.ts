import { readFileSync } from 'node:fs';
import type { Report } from '../../../src/model/report/report.js';
import { parseInventory } from '../../../src/saved/inventory-file.js';
import { auditInventory } from '../../../src/pipeline/pipeline.js';
import { HOSTILE, reportOf } from '../hostile-report.js';
import { aCoverage, aFinding, aGap, aReport, aRule, findingsOf } from '../report-builder.js';

/** The demonstration's account: findings of every family, a region and pods that were not read. */
export const EXAMPLE: Report = auditInventory(parseInventory(readFileSync('examples/account.json', 'utf8')), {
  now: '2026-11-01T06:00:00.000Z',
});

const SUPPRESSED = { reason: 'known', until: '2026-12-31', by: 'settings' } as const;
const { rule, severity, subject, firstSeen } = aFinding();

/** Reports of every kind by name, for what has to hold of each. */
export const REPORTS: readonly (readonly [string, Report])[] = [
  ['the example', EXAMPLE],
  ['nothing found', aReport()],
  ['nothing found, of a version that said less', aReport({ texts: {}, rules: [], generatedAt: '', accountAlias: 'shop' })],
  [
    'everything at once',
    aReport({
      complete: false,
      coverage: aCoverage({
        unread: [aGap(), aGap({ scope: 'eu-south-1', accepted: true, acceptedBecause: 'closed' })],
        notLookedAt: ['pod'],
      }),
      findings: [
        ...findingsOf('critical', 2),
        aFinding({ status: 'reopened', kind: null, confidence: 'possible' }),
        aFinding({ fingerprint: 'f2', suppressed: SUPPRESSED, status: 'open', fix: null, confidence: 'likely' }),
      ],
      carriedOver: [{ rule, severity, subject, fingerprint: 'f3', firstSeen, lastSeen: firstSeen }],
      rules: [
        aRule({ failed: 3, notEvaluated: [{ scope: 'eu-west-3', reason: 'denied' }] }),
        aRule({ id: 'provider-orphaned', crashed: 'TypeError' }),
      ],
      selection: { clusters: ['prod'], namespaces: [], roles: [], rules: [], excludedRules: [], minSeverity: 'low', leftOut: 2 },
    }),
  ],
  ...HOSTILE.map(([what, text]) => [what, reportOf(text, [])] as const),
];
