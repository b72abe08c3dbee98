import * as z from 'zod';
import { CONFIDENCES, KINDS, SEVERITIES, SUBJECT_TYPES } from '../../model/report/finding.js';
import type { Json } from '../../model/inventory/inventory.js';
import { MANAGING_TOOLS } from '../../model/inventory/manager.js';
import { UNKNOWN_REASONS } from '../../model/inventory/observed.js';
import type { Report } from '../../model/report/report.js';

const text = z.string();
const nullableText = text.nullable();
/** What was read as JSON can hold nothing else: the schema says nothing of it. */
const json = z.unknown() as z.ZodType as z.ZodType<Json>;
const severity = z.enum(SEVERITIES);
const subjectType = z.enum(SUBJECT_TYPES);
const count = z.int().nonnegative();

const fix = z.object({
  summary: text,
  verified: z
    .boolean()
    .describe('The patched account was audited again: the finding is gone and nothing of severity medium or above is new.'),
  grants: z
    .array(z.object({ subject: text, role: text, administrative: z.boolean() }))
    .describe('Who is granted access by this repair and has none today.'),
  grantable: z
    .array(text)
    .exactOptional()
    .describe('Subjects of grants whom only an annotation names, the first few, each of whom `show ID --grant` can allow alone.'),
  commands: z.array(text).describe('Ready for bash, zsh, fish and any POSIX shell; none where a name in them is not plain.'),
  patches: z.array(
    z.object({
      resource: text,
      region: nullableText,
      kind: z.enum(['trust-policy', 'provider', 'service-account', 'pod-identity-association']),
      before: json,
      after: json,
      managedBy: z
        .object({ tool: z.enum(MANAGING_TOOLS), name: nullableText })
        .exactOptional()
        .describe('What manages the resource, by its tags or labels: change it there first.'),
    }),
  ),
});

const subject = z.object({ type: subjectType, id: text, arn: nullableText, region: nullableText });

const suppressed = z.object({
  reason: text,
  until: nullableText,
  by: z
    .enum(['settings', 'tag', 'cluster-selection'])
    .default('settings')
    .describe('settings: a suppression that somebody wrote; cluster-selection: the settings leave its cluster out.'),
  cluster: text.exactOptional().describe('The cluster that is left out, region/name; of several the first.'),
  clusters: z.array(text).exactOptional().describe('The clusters that are left out, where a finding concerns several.'),
});

const finding = z.object({
  rule: text,
  cause: text,
  severity,
  confidence: z.enum(CONFIDENCES),
  kind: z
    .enum(KINDS)
    .nullable()
    .default(null)
    .describe('break: somebody cannot assume a role; exposure: too many can; hygiene: works, but not as it should.'),
  subject,
  clusters: z.array(text).default([]).describe('The clusters in which it bites, region/name.'),
  namespaces: z.array(text).default([]).describe('The namespaces of the service accounts and pods that it is about or affects.'),
  workloads: z
    .array(z.object({ cluster: text, namespace: text, kind: text, name: text }))
    .default([])
    .describe('What runs as the service accounts that it is about or affects, the first few.'),
  place: z.enum(['primary', 'co-defect']),
  problem: text.describe("Fingerprint of the problem's primary finding."),
  related: z.array(
    z.object({
      type: subjectType,
      id: text,
      region: text.exactOptional(),
      serviceAccount: text.exactOptional(),
      partly: z.literal(true).exactOptional().describe('Of a service account: some of its pods alone.'),
      why: text,
    }),
  ),
  message: text,
  error: nullableText.describe('What the SDK or STS says.'),
  evidence: z.array(z.object({ what: text, path: nullableText, found: json, expected: json })),
  fingerprint: text,
  status: z.enum(['new', 'open', 'reopened']),
  firstSeen: text,
  suppressed: suppressed.nullable(),
  suppressionEnded: suppressed.nullable().default(null).describe('The suppression that held until a day that has passed.'),
  tagWithoutEffect: z
    .enum(['role', 'provider', 'cluster'])
    .nullable()
    .default(null)
    .describe('What has a tag irsa-auditor:ignore that names this rule and does not suppress this finding.'),
  fix: fix.nullable(),
});

const reason = z.enum(UNKNOWN_REASONS);

/**
 * The shape of a report of version 1; fields that it does not know are dropped. It is beside the types of the model, which
 * are of this version alone: here stands what programs were promised, and what reports of earlier versions lack.
 */
export const reportSchema: z.ZodType<Report> = z.object({
  schemaVersion: z.literal(1),
  account: text,
  accountAlias: nullableText.exactOptional().describe('The alias of the account; null = it has none, or it was not read.'),
  partition: text,
  generatedAt: text,
  complete: z.boolean().describe('Every read that was asked for was answered or its gap accepted, and no rule crashed.'),
  coverage: z.object({
    regions: z.array(text),
    clusters: count,
    providers: count,
    roles: count,
    serviceAccounts: count.nullable().describe('null = not read.'),
    pods: count.nullable().describe('Those that had not finished; null = not read.'),
    calls: z.record(text, count),
    notLookedAt: z.array(text),
    unread: z.array(z.object({ what: text, scope: text, reason, detail: text, accepted: z.boolean(), acceptedBecause: nullableText })),
    notes: z.array(text),
  }),
  selection: z
    .object({
      clusters: z.array(text),
      namespaces: z.array(text),
      roles: z.array(text),
      rules: z.array(text),
      excludedRules: z.array(text),
      minSeverity: severity,
      leftOut: count,
    })
    .exactOptional()
    .describe('What of the audit is here; absent = all of it.'),
  clusters: z
    .array(z.object({ region: text, name: text, issuer: nullableText, context: text.exactOptional() }))
    .default([])
    .describe('Every cluster that was listed, with its issuer without https://.'),
  findings: z.array(finding),
  carriedOver: z
    .array(
      z.object({
        rule: text,
        severity,
        subject,
        fingerprint: text,
        firstSeen: text,
        lastSeen: text,
      }),
    )
    .default([])
    .describe('Findings of earlier runs whose subject could not be scanned again.'),
  rules: z.array(
    z.object({
      id: text,
      checked: count,
      failed: count,
      notEvaluated: z.array(z.object({ scope: text, reason: text })),
      crashed: nullableText,
    }),
  ),
  texts: z.record(text, z.object({ id: text, title: text, why: text, references: z.array(text) })),
});

/** JSON Schema (draft 2020-12) of `audit --format json`. Readers must ignore fields that they do not know. */
export function reportJsonSchema(): unknown {
  return { ...z.toJSONSchema(reportSchema, { io: 'input' }), title: 'irsa-auditor report, version 1' };
}
