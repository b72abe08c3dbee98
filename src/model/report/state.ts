import * as z from 'zod';
import { SEVERITIES, SUBJECT_TYPES, type Subject } from './finding.js';
import { list, nullableText, object, reason, record, text, type Shape } from '../inventory/shape.js';

const severity = z.enum(SEVERITIES);
const time = z.iso.datetime();
const subject: z.ZodType<Subject> = object({ type: z.enum(SUBJECT_TYPES), id: text, arn: nullableText, region: nullableText });

const remembered = {
  rule: text,
  subject,
  severity,
  status: z.enum(['open', 'superseded', 'resolved']),
  /** Fingerprint of the problem that it belonged to, or is behind; its own where it led. */
  problem: text,
  firstSeen: time,
  /** The last run that saw it. */
  lastSeen: time,
  resolvedAt: time.nullable(),
  /** The severity at which the subscribers know it; null = they never heard of it, or only that it was resolved. */
  told: severity.nullable(),
  /** It was suppressed when it was last seen. */
  suppressed: z.boolean(),
};
/**
 * What the audit remembers of one finding, under its fingerprint.
 * - `open`: it stood in a report, and nothing has shown since that it is gone.
 * - `superseded`: it is there, behind another problem that is told in its place.
 * - `resolved`: its rule ran on its subject and passed, or the subject is gone from a complete list.
 */
export interface Remembered extends Shape<typeof remembered> {}

const gap = {
  /** The IAM action, or `rule:<id>` for a rule that crashed. */
  what: text,
  /** As in `coverage.unread`; `*` where nobody asked for it anywhere. */
  scope: text,
  reason,
  /** The first of the runs in a row that had it. */
  since: time,
  told: z.boolean(),
};
/** A gap of the last run: something that was not read. */
export interface RememberedGap extends Shape<typeof gap> {}

const settings = {
  notifyAt: severity,
  notifyWhenClean: z.boolean(),
  reminderDays: z.number(),
  suppressByTag: z.boolean(),
  entries: list(text),
};
/**
 * What the settings of the last run kept from being reported: enough to see that those of the next keep back more. Of a list
 * each entry is a short hash: the words come from the settings of the day.
 */
export interface RememberedSettings extends Shape<typeof settings> {}
const settingsOrNone: z.ZodType<RememberedSettings | null> = object(settings).nullable();

/** What a memory of every version has. */
const ofEveryVersion = {
  account: text,
  /** When the run that wrote it made its report. */
  updatedAt: time,
  /** When the subscribers last got the whole of what is open. */
  remindedAt: time,
  /** Regions that were read, those included that are not asked for any more and not known to be gone. */
  regions: list(text),
  findings: record<Remembered>(object(remembered)),
  gaps: list<RememberedGap>(object(gap)),
};

/** What later programs added to version 2 is null or empty in the memory of an earlier one; that one ignores it. */
const state = {
  schemaVersion: z.literal(2),
  ...ofEveryVersion,
  /** The rules that have run as that version has them: what another judges differently came with an upgrade. */
  rules: list(text),
  /** The program that wrote it; null = one that did not say. */
  version: nullableText.default(null),
  /** null = an older version did not say. */
  settings: settingsOrNone.default(null),
  /** Findings that subscribers know to have a tag without effect, by fingerprint. */
  tagsTold: list(text).default([]),
  /** Findings of which subscribers were told that they are below what is reported, by fingerprint. */
  belowTold: list(text).default([]),
};
/** The memory between two runs. It advances only after the subscribers were told. */
export interface State extends Shape<typeof state> {}

/** The shape of a memory as this version keeps it. */
export const stateSchema: z.ZodType<State> = object(state);

/** The same of version 1, which did not say which rules had run, nor as which version has them. */
export const stateSchemaOfVersion1 = object({ schemaVersion: z.literal(1), ...ofEveryVersion });
