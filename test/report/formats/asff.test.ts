import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { renderAsff } from '../../../src/report/formats/asff.js';
import type { AsffFinding } from '../format-readers.js';
import { aCoverage, aFinding, anIncompleteReport, aReport } from '../report-builder.js';
import { TestAccount } from '../../support/aws/account.js';
import { describeOnMoto, requireMoto } from '../../support/aws/moto.js';
import { EXAMPLE, REPORTS } from './reports.js';

const findingsIn = (output: string): readonly (AsffFinding & Readonly<Record<string, unknown>>)[] =>
  JSON.parse(output) as readonly (AsffFinding & Readonly<Record<string, unknown>>)[];

/** Checks by botocore's model of the service, sends to the stand-in a hundred at a time, and prints what it then holds. */
const IMPORT = `
import boto3, json, sys
given = json.load(sys.stdin)
client = boto3.client("securityhub", endpoint_url=given["endpoint"], region_name="us-east-1", aws_access_key_id=given["key"], aws_secret_access_key="any")
for findings in given["runs"]:
    for at in range(0, len(findings), 100):
        answer = client.batch_import_findings(Findings=findings[at:at + 100])
        if answer["FailedCount"]: sys.exit(json.dumps(answer["FailedFindings"]))
held = [one for page in client.get_paginator("get_findings").paginate() for one in page["Findings"]]
json.dump(held, sys.stdout, default=str)
`;

function imported(...outputs: readonly string[]): readonly AsffFinding[] {
  const input = JSON.stringify({
    endpoint: requireMoto(),
    key: new TestAccount().credentials.accessKeyId,
    runs: outputs.map((output) => findingsIn(output)),
  });
  const { stdout, stderr } = spawnSync(process.env['MOTO_PYTHON'] ?? 'python3', ['-c', IMPORT], { input, encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout) as readonly AsffFinding[];
}

describeOnMoto('BatchImportFindings', () => {
  it.each(REPORTS)('takes what is rendered: %s', (_, report) => {
    const held = imported(renderAsff(report));
    expect(held.map(({ Id }) => Id).sort()).toEqual([...new Set(findingsIn(renderAsff(report)).map(({ Id }) => Id))].sort());
  });

  it('has no new finding after a second run, and knows since when it is there', () => {
    const later = { ...EXAMPLE, generatedAt: '2026-11-02T06:00:00.000Z' };
    const held = imported(renderAsff(EXAMPLE), renderAsff(later));
    expect(held).toHaveLength(findingsIn(renderAsff(EXAMPLE)).length);
    const one = held.find(({ Id }) => Id === `irsa-auditor/${EXAMPLE.findings[0]!.fingerprint}`);
    expect(one).toMatchObject({ CreatedAt: EXAMPLE.findings[0]!.firstSeen, UpdatedAt: '2026-11-02T06:00:00.000Z' });
  });
});

/** AWS Security Hub user guide and API reference, "AWS Security Finding Format (ASFF)". */
const LENGTHS: Readonly<Record<string, number>> = { Id: 512, GeneratorId: 512, Title: 256, Description: 1024, ProductArn: 2048 };
const REQUIRED = [
  'AwsAccountId',
  'CreatedAt',
  'Description',
  'GeneratorId',
  'Id',
  'ProductArn',
  'Resources',
  'SchemaVersion',
  'Title',
  'UpdatedAt',
];

it.each(REPORTS)('has what is required, and no more than Security Hub takes: %s', (_, report) => {
  for (const finding of findingsIn(renderAsff(report))) {
    for (const name of REQUIRED) expect(finding).toHaveProperty(name, expect.anything());
    for (const [name, most] of Object.entries(LENGTHS)) {
      expect(String(finding[name])).toMatch(/\S/);
      expect(String(finding[name]).length).toBeLessThanOrEqual(most);
    }
    expect(Buffer.byteLength(JSON.stringify(finding))).toBeLessThan(240_000);
    const { ProductFields: fields = {} } = finding as { readonly ProductFields?: Readonly<Record<string, string>> };
    expect(Object.keys(fields).length).toBeLessThanOrEqual(50);
    expect(Object.entries(fields).filter(([key, value]) => key.length > 127 || value.length > 2_047)).toEqual([]);
  }
});

it('leaves alone what people work with', () => {
  for (const finding of findingsIn(renderAsff(EXAMPLE)))
    for (const name of ['Workflow', 'Note', 'UserDefinedFields', 'VerificationState', 'Severity', 'Types', 'Confidence', 'Criticality'])
      expect(finding).not.toHaveProperty(name);
});

it('never says that something has passed', () => {
  const statuses = findingsIn(renderAsff({ ...anIncompleteReport(), findings: [aFinding()] })).map(({ Compliance }) => Compliance.Status);
  expect(statuses).toEqual(['FAILED', 'NOT_AVAILABLE']);
});

it.each([
  ['aws', ['eu-west-1', 'us-east-1'], 'arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default'],
  ['aws', ['eu-west-1'], 'arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default'],
  ['aws-us-gov', [], 'arn:aws-us-gov:securityhub:us-gov-west-1:111122223333:product/111122223333/default'],
])('is of the account itself, in one region: %s %j', (partition, regions, arn) => {
  const [finding] = findingsIn(renderAsff(aReport({ partition, coverage: aCoverage({ regions }), findings: [aFinding()] })));
  expect(finding).toMatchObject({ ProductArn: arn, AwsAccountId: '111122223333' });
});

it('archives what is suppressed', () => {
  const suppressed = { reason: 'known', until: null, by: 'settings' } as const;
  const [finding] = findingsIn(renderAsff(aReport({ findings: [aFinding({ suppressed })] })));
  expect(finding).toMatchObject({
    RecordState: 'ARCHIVED',
    ProductFields: { 'irsa-auditor/suppressed': expect.stringContaining('known') },
  });
});
