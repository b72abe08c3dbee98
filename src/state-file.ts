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

/** A memory that can be used, or why it cannot. */
export type ReadState = { readonly state: State } | { readonly unusable: string };

/** What makes a memory a file. */
export function printState(state: State): string {
  return `${JSON.stringify(state)}\n`;
}

/**
 * Reads a memory. Never throws: without a memory an audit goes on as on a first run.
 * @param account whose memory it has to be
 */
export function parseState(source: string, account: string): ReadState {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    return { unusable: `it is not JSON (${error instanceof Error ? error.message : String(error)})` };
  }
  const read = version1.safeParse(value);
  if (!read.success)
    return {
      unusable: `it is no memory of this program (${read.error.issues[0]?.path.join('.') ?? ''}: ${read.error.issues[0]?.message ?? ''})`,
    };
  return read.data.account === account ? { state: read.data } : { unusable: `it is that of account ${read.data.account}` };
}
