import type * as z from 'zod';
import { MOST_RESOLVED, newestResolved } from '../engine/history/next-state.js';
import { messageOf } from '../lib/error-in-words.js';
import { membersOf } from '../lib/is-object.js';
import { stateSchema, stateSchemaOfVersion1, type State } from '../model/report/state.js';

const CURRENT = 2;

/** Two honest clocks differ by half an hour at most: AWS takes no request that is signed more than 15 minutes off. */
const SKEW = 60 * 60 * 1000;

function fromVersion1(old: z.output<typeof stateSchemaOfVersion1>): State {
  return { ...old, schemaVersion: 2, version: null, rules: [], settings: null, tagsTold: [], belowTold: [] };
}

/** Some 300,000 findings, which take 350 MB to read: a function that dies of its memory could never write a smaller one. */
const MOST_CHARACTERS = 128 * 1024 * 1024;

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

/** The first time in a memory that lies after a run: who wrote it could keep findings from ever being reported. */
function timeAfter({ updatedAt, remindedAt, findings, gaps }: State, now: string): string | null {
  const latest = Date.parse(now) + SKEW;
  const isLate = (time: string | null): boolean => time !== null && Date.parse(time) > latest;
  if (isLate(updatedAt)) return `updatedAt: ${updatedAt}`;
  if (isLate(remindedAt)) return `remindedAt: ${remindedAt}`;
  for (const [fingerprint, { firstSeen, lastSeen, resolvedAt }] of Object.entries(findings)) {
    const late = [firstSeen, lastSeen, resolvedAt].find(isLate);
    if (late !== undefined) return `findings.${fingerprint}: ${late ?? ''}`;
  }
  const gap = gaps.find(({ since }) => isLate(since));
  return gap === undefined ? null : `gaps: ${gap.since}`;
}

/** What can be said of a resolved finding that is not checked yet. */
interface Resolved {
  readonly resolvedAt: string;
  readonly lastSeen: string;
}

function isResolved(entry: readonly [string, unknown]): entry is readonly [string, Resolved] {
  const [, finding] = entry;
  if (typeof finding !== 'object' || finding === null || !('status' in finding && 'resolvedAt' in finding && 'lastSeen' in finding))
    return false;
  return finding.status === 'resolved' && typeof finding.resolvedAt === 'string' && typeof finding.lastSeen === 'string';
}

/**
 * A memory without the resolved findings that this version would not have kept: an earlier one kept so many that checking them
 * alone took all the memory of the function. What looks odd is kept, and found by the check.
 */
function withinBounds(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('findings' in value)) return value;
  const { findings } = value;
  if (typeof findings !== 'object' || findings === null) return value;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(findings);
  if (entries.length <= MOST_RESOLVED) return value;
  const kept = [...entries.filter((entry) => !isResolved(entry)), ...newestResolved(entries.filter(isResolved))];
  return { ...value, findings: Object.fromEntries(kept) };
}

/** Reads a memory. Never throws: without a memory an audit goes on as on a first run. */
export function parseState(source: string, now: string): ReadState {
  if (source.length > MOST_CHARACTERS) return { unusable: `it is too large to be read (${source.length} characters)` };
  let value: unknown;
  try {
    value = withinBounds(JSON.parse(source));
  } catch (error) {
    return { unusable: `it is not JSON (${messageOf(error)})` };
  }
  const version = membersOf(value)['schemaVersion'];
  if (typeof version === 'number' && version > CURRENT)
    return { unusable: `it was written by a newer version (schema version ${version}; this one knows up to ${CURRENT})` };
  const read = version === 1 ? stateSchemaOfVersion1.safeParse(value) : stateSchema.safeParse(value);
  if (!read.success) return { unusable: `it is damaged (${inWords(read.error)})` };
  const state = read.data.schemaVersion === 1 ? fromVersion1(read.data) : read.data;
  const late = timeAfter(state, now);
  return late === null ? { state } : { unusable: `it is from the future (${late}; now it is ${now})` };
}
