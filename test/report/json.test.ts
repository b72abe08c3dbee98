import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { renderJson } from '../../src/report/json/v1.js';
import { reportJsonSchema } from '../../src/report/json/v1.schema.js';
import { aCoverage, aFinding, aFix, aGap, anIncompleteReport, aReport, aRule } from './report-builder.js';

const validate = new Ajv2020({ strict: true }).compile(reportJsonSchema() as object);

const full = aReport({
  complete: false,
  coverage: aCoverage({
    serviceAccounts: 4,
    unread: [aGap(), aGap({ accepted: true, acceptedBecause: 'known' })],
    notes: ['a cluster vanished'],
  }),
  findings: [
    aFinding({
      error: 'AccessDenied',
      evidence: [{ what: 'issuer', path: null, found: [1, null], expected: null }],
      related: [{ type: 'role', id: 'arn:aws:iam::111122223333:role/app', why: 'trusts it' }],
      fix: aFix({
        patches: [
          {
            resource: 'arn',
            region: 'eu-west-1',
            kind: 'provider',
            before: null,
            after: { url: 'https://example.com', clientIds: ['sts.amazonaws.com'] },
          },
        ],
        grants: [{ subject: 'system:serviceaccount:a:b', role: 'arn', administrative: false }],
      }),
    }),
    aFinding({ fix: null, status: 'reopened', suppressed: { reason: 'known', until: '2027-01-01', by: 'settings' } }),
  ],
  rules: [aRule({ notEvaluated: [{ scope: 'eu-west-3', reason: 'denied' }], crashed: 'TypeError' })],
});

describe('JSON, version 1', () => {
  it.each([
    ['a clean report', aReport()],
    ['an incomplete one', anIncompleteReport()],
    ['one that uses every field', full],
  ])('of %s keeps to the published schema and holds the report', (_what, report) => {
    const parsed: unknown = JSON.parse(renderJson(report));
    expect(validate(parsed) ? [] : validate.errors).toEqual([]);
    expect(parsed).toEqual(report);
  });

  it('is indented by two and ends with a line break', () =>
    expect(renderJson(aReport())).toMatch(/^\{\n {2}"schemaVersion": 1,\n[^]*\n\}\n$/));

  it('has the fields that scripts rely on', () => {
    const parsed = JSON.parse(renderJson(full)) as Record<string, unknown> & { findings: object[]; coverage: object; rules: object[] };
    expect(Object.keys(parsed)).toEqual(
      expect.arrayContaining(['schemaVersion', 'account', 'partition', 'generatedAt', 'complete', 'coverage', 'findings', 'rules']),
    );
    expect(Object.keys(parsed.coverage)).toEqual(
      expect.arrayContaining(['regions', 'clusters', 'providers', 'roles', 'serviceAccounts', 'calls', 'notLookedAt', 'unread']),
    );
    expect(Object.keys(parsed.findings[0]!)).toEqual(
      expect.arrayContaining([
        'rule',
        'cause',
        'severity',
        'confidence',
        'subject',
        'place',
        'problem',
        'related',
        'message',
        'evidence',
        'fingerprint',
        'status',
        'firstSeen',
        'suppressed',
        'fix',
      ]),
    );
    expect(Object.keys(parsed.rules[0]!)).toEqual(expect.arrayContaining(['id', 'checked', 'failed', 'notEvaluated', 'crashed']));
  });
});

describe('the published schema', () => {
  it('lets fields through that a later version adds', () => {
    expect(validate({ ...full, added: 1, findings: full.findings.map((finding) => ({ ...finding, added: 1 })) })).toBe(true);
  });

  it.each([
    ['another version', { ...full, schemaVersion: 2 }],
    ['no account', { ...full, account: undefined }],
    ['an unknown severity', { ...full, findings: [{ ...aFinding(), severity: 'terrible' }] }],
    ['no evidence', { ...full, findings: [{ ...aFinding(), evidence: undefined }] }],
    ['evidence that quotes nothing', { ...full, findings: [{ ...aFinding(), evidence: [{ what: 'x', path: null }] }] }],
    ['a negative count', { ...full, coverage: aCoverage({ clusters: -1 }) }],
  ])('refuses %s', (_what, report) => expect(validate(JSON.parse(JSON.stringify(report)))).toBe(false));

  it('says what it is', () =>
    expect(reportJsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'irsa-auditor report, version 1',
    }));
});
