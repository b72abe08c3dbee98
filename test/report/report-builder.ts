import { groupBy } from '../../src/lib/group-by.js';
import type { Finding, Fix, Severity } from '../../src/model/report/finding.js';
import type { Named, News, Upgrade } from '../../src/model/report/report-changes.js';
import type { Report, RuleOutcome, Unread } from '../../src/model/report/report.js';

/** Reports for the tests of renderers: complete, clean and small unless a test says otherwise. */
export function aReport(changes: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    account: '111122223333',
    partition: 'aws',
    generatedAt: '2026-11-01T06:00:00.000Z',
    complete: true,
    coverage: aCoverage(),
    clusters: [],
    findings: [],
    carriedOver: [],
    rules: [aRule()],
    texts: {
      'provider-missing': {
        id: 'provider-missing',
        title: 'IAM OIDC provider missing',
        why: 'Nobody is allowed.',
        references: ['https://example.com/why'],
      },
    },
    ...changes,
  };
}

export function aCoverage(changes: Partial<Report['coverage']> = {}): Report['coverage'] {
  return {
    regions: ['eu-west-1', 'us-east-1'],
    clusters: 3,
    providers: 2,
    roles: 14,
    serviceAccounts: null,
    pods: null,
    calls: { 'iam:ListOpenIDConnectProviders': 1 },
    notLookedAt: [],
    unread: [],
    notes: [],
    ...changes,
  };
}

export function aRule(changes: Partial<RuleOutcome> = {}): RuleOutcome {
  return { id: 'provider-missing', checked: 3, failed: 0, notEvaluated: [], crashed: null, ...changes };
}

export function aFix(changes: Partial<Fix> = {}): Fix {
  return {
    summary: 'Create the provider.',
    commands: ['aws iam create-open-id-connect-provider --url https://example.com/id/1'],
    patches: [],
    grants: [],
    verified: true,
    ...changes,
  };
}

/** A problem of its own unless `problem` says which it belongs to. */
export function aFinding(changes: Partial<Finding> = {}): Finding {
  const fingerprint = changes.fingerprint ?? 'f1';
  return {
    rule: 'provider-missing',
    cause: 'provider-missing',
    severity: 'high',
    confidence: 'certain',
    kind: 'break',
    clusters: ['eu-west-1/prod'],
    namespaces: [],
    workloads: [],
    subject: { type: 'cluster', id: 'prod', arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/prod', region: 'eu-west-1' },
    place: 'primary',
    problem: fingerprint,
    related: [],
    message: 'No IAM OIDC provider has the issuer of cluster prod.',
    error: null,
    evidence: [],
    fix: aFix(),
    fingerprint,
    status: 'new',
    firstSeen: '2026-10-30T05:04:03.000Z',
    suppressed: null,
    suppressionEnded: null,
    tagWithoutEffect: null,
    ...changes,
  };
}

export function findingsOf(severity: Severity, count: number, changes: Partial<Finding> = {}): Finding[] {
  return Array.from({ length: count }, (_, index) =>
    aFinding({
      fingerprint: `${severity}-${index}`,
      severity,
      subject: { type: 'cluster', id: `${severity}-${index}`, arn: null, region: 'eu-west-1' },
      ...changes,
    }),
  );
}

export function aGap(changes: Partial<Unread> = {}): Unread {
  return {
    what: 'eks:ListClusters',
    scope: 'eu-west-3',
    reason: 'denied',
    detail: 'AccessDeniedException: not authorized',
    accepted: false,
    acceptedBecause: null,
    ...changes,
  };
}

export const DENIED_BY_ORGANISATION =
  'User: arn:aws:sts::111122223333:assumed-role/a/b is not authorized to perform: eks:ListClusters with an explicit deny in a service control policy';

/** Incomplete for this gap, and otherwise clean. */
export function anIncompleteReport(gap: Partial<Unread> = {}): Report {
  return aReport({ complete: false, coverage: aCoverage({ unread: [aGap(gap)] }) });
}

/** A later run that has nothing to tell, unless a test says otherwise. */
export function someNews(changes: Partial<News> = {}): News {
  return {
    first: false,
    setAside: null,
    changed: {},
    upgrade: null,
    resolved: [],
    turnedDown: [],
    silenced: [],
    tagsWithoutEffect: [],
    reminder: false,
    gapsBegun: [],
    gapsOver: [],
    ...changes,
  };
}

const ROLE = 'arn:aws:iam::111122223333:role/app';

/** A finding as lists name it. */
export const NAMED: Named = {
  fingerprint: 'n1',
  rule: 'subject-condition-missing',
  title: 'The role is open to every service account',
  subject: { type: 'role', id: ROLE, arn: ROLE, region: null },
  severity: 'critical',
};

export function anUpgrade(changes: Partial<Upgrade> = {}): Upgrade {
  return { version: '0.2.0', problems: {}, milder: [], gone: [], ...changes };
}

/** Everything of a first run is news. */
export const FIRST: News = someNews({ first: true });

/** A later run in which every problem of the report is new. */
export function allNew(report: Report, changes: Partial<News> = {}): News {
  const changed = Object.fromEntries(
    [...groupBy(report.findings, ({ problem }) => problem)].map(([problem, findings]) => [
      problem,
      { kind: 'new' as const, changed: findings.map(({ fingerprint }) => fingerprint) },
    ]),
  );
  const gapsBegun = report.coverage.unread.filter(({ accepted }) => !accepted);
  return someNews({ changed, gapsBegun, ...changes });
}
