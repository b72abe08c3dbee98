import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { renderOcsf } from '../../../src/report/formats/ocsf.js';
import type { OcsfEvent } from '../format-readers.js';
import { aFinding, anIncompleteReport, aReport } from '../report-builder.js';
import { EXAMPLE, REPORTS } from './reports.js';

const ajv = new Ajv2020({ strict: false, allErrors: true });
const validate = ajv.compile(JSON.parse(readFileSync('test/support/schemas/ocsf-1.8.0-compliance-finding.schema.json', 'utf8')) as object);
const eventsOf = (report: Parameters<typeof renderOcsf>[0]): readonly OcsfEvent[] => JSON.parse(renderOcsf(report)) as readonly OcsfEvent[];

it.each(REPORTS)('each event follows the schema of OCSF 1.8.0, class 2003: %s', (_, report) => {
  for (const event of eventsOf(report)) {
    validate(event);
    expect(validate.errors ?? []).toEqual([]);
    expect(event).toMatchObject({ class_uid: 2003, category_uid: 2, metadata: { version: '1.8.0', profiles: ['cloud'] } });
  }
});

it('is held against that schema', () => {
  const [event] = eventsOf(EXAMPLE);
  for (const wrong of [{ status_id: 7 }, { severity_id: 'high' }, { finding_info: {} }, { unknown_attribute: 1 }])
    expect(validate({ ...event, ...wrong })).toBe(false);
});

/** https://schema.ocsf.io/1.8.0/classes/compliance_finding: 1 New, 3 Suppressed, 99 Other, whose label is the source's. */
it.each([
  ['new', null, { status_id: 1, status: 'New', activity_id: 1, type_uid: 200301 }],
  ['open', null, { status_id: 99, status: 'Open', activity_id: 2, type_uid: 200302 }],
  ['reopened', null, { status_id: 99, status: 'Reopened', activity_id: 2, type_uid: 200302 }],
  ['open', { reason: 'known', until: null, by: 'settings' }, { status_id: 3, status: 'Suppressed', status_detail: 'known' }],
] as const)('a finding that is %s, suppressed: %j', (status, suppressed, expected) => {
  const [event] = eventsOf(aReport({ findings: [aFinding({ status, suppressed })] }));
  expect(event).toMatchObject({ ...expected, compliance: { status_id: 3, status: 'Fail' } });
});

it('is the same finding from run to run: its id and since when it is known', () => {
  const [event] = eventsOf(aReport({ findings: [aFinding()], generatedAt: '2026-11-05T06:00:00.000Z' }));
  expect(event).toMatchObject({
    time: Date.parse('2026-11-05T06:00:00.000Z'),
    finding_info: {
      uid: 'f1',
      created_time: Date.parse('2026-10-30T05:04:03.000Z'),
      last_seen_time: Date.parse('2026-11-05T06:00:00.000Z'),
    },
  });
});

it('never says that a check has passed, or that a finding is resolved', () => {
  const { rule, severity, subject, firstSeen } = aFinding();
  const carriedOver = [{ rule, severity, subject, fingerprint: 'f3', firstSeen, lastSeen: firstSeen }];
  const events = eventsOf({ ...anIncompleteReport(), findings: [aFinding()], carriedOver });
  // 1 = Pass, 4 = Resolved; 0 = Unknown of what was not read, and of what was not read again.
  expect(events.map((event) => [event.compliance.status_id, event.status_id])).toEqual([
    [3, 1],
    [0, 99],
    [0, 1],
  ]);
});
