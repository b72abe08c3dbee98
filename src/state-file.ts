import * as z from 'zod';
import type { State } from './model/state.js';

const text = z.string();
const severity = z.enum(['info', 'low', 'medium', 'high', 'critical']);
const subjectType = z.enum(['account', 'cluster', 'provider', 'role', 'service-account', 'pod', 'association']);

const remembered = z.object({
  rule: text,
  subject: z.object({ type: subjectType, id: text, arn: text.nullable(), region: text.nullable() }),
  severity,
  status: z.enum(['open', 'superseded', 'resolved']),
  problem: text,
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
  resolvedAt: z.iso.datetime().nullable(),
  told: severity.nullable(),
  suppressed: z.boolean(),
});

const gap = z.object({
  what: text,
  scope: text,
  reason: z.enum(['denied', 'throttled', 'unreachable', 'disabled-region', 'failed', 'out-of-time', 'not-requested', 'malformed']),
  since: z.iso.datetime(),
  told: z.boolean(),
});

const version1 = z.object({
  schemaVersion: z.literal(1),
  account: text,
  updatedAt: z.iso.datetime(),
  remindedAt: z.iso.datetime(),
  regions: z.array(text),
  findings: z.record(text, remembered),
  gaps: z.array(gap),
});

const version2 = version1.extend({ schemaVersion: z.literal(2), rules: z.array(text) });

const CURRENT = 2;

/**
 * Version 1 did not say which rules had run. Those of this version are taken: what they find for the first time is told in
 * full rather than as one list.
 */
function fromVersion1(old: z.infer<typeof version1>, rules: readonly string[]): State {
  return { ...old, schemaVersion: 2, rules };
}

/** A memory that can be used, or why it cannot. */
export type ReadState = { readonly state: State } | { readonly unusable: string };

/** What makes a memory a file. */
export function printState(state: State): string {
  return `${JSON.stringify(state)}\n`;
}

/** The first thing that is wrong, with where it is. */
function inWords({ issues: [first] }: z.ZodError): string {
  return first === undefined ? '' : `${first.path.map(String).join('.') || 'it'}: ${first.message}`;
}

function versionOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : null;
}

/**
 * Reads a memory. Never throws: without a memory an audit goes on as on a first run.
 * @param rules the ids of the rules of this version
 */
export function parseState(source: string, rules: readonly string[]): ReadState {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    return { unusable: `it is not JSON (${error instanceof Error ? error.message : String(error)})` };
  }
  const version = versionOf(value);
  if (typeof version === 'number' && version > CURRENT)
    return { unusable: `it was written by a newer version (schema version ${version}; this one knows up to ${CURRENT})` };
  const read = version === 1 ? version1.safeParse(value) : version2.safeParse(value);
  if (!read.success) return { unusable: `it is damaged (${inWords(read.error)})` };
  return { state: read.data.schemaVersion === 1 ? fromVersion1(read.data, rules) : read.data };
}
