import { setTimeout as wait } from 'node:timers/promises';
import { textOf, wordsOf } from '../collect/kubernetes/pages.js';
import type { WritableApiServer } from '../collect/kubernetes/ports.js';
import { listOf } from '../collect/kubernetes/records.js';
import { ReadError } from '../collect/reading/read-error.js';
import { membersOf, type Members } from '../lib/is-object.js';
import { NAME_OF_POD, PROBE_LABEL } from './pod-manifest.js';

/** Between two looks at a pod, and between two tries to take it away. */
export const POLL_MS = 500;
/** For taking the pod away, whatever became of the rest. */
const CLEANUP_MS = 20_000;
const REMOVALS = 5;
/** A pod whose time is over by this much is of a probe that was killed. */
const LEFT_OVER_S = 60;

export interface ProbePod {
  readonly server: WritableApiServer;
  readonly namespace: string;
  readonly name: string;
  /** Tells it from another pod of its name; null where the answer that told it was lost. */
  readonly uid: string | null;
}

export const podsPath = (namespace: string): string => `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
export const pathOf = ({ namespace, name }: Pick<ProbePod, 'namespace' | 'name'>): string =>
  `${podsPath(namespace)}/${encodeURIComponent(name)}`;
export const uidOf = (pod: unknown): string | null => textOf(membersOf(membersOf(pod)['metadata'])['uid']) || null;

/** What became of a pod that was to go; `again`: a moment later it may work. */
type Outcome = 'gone' | 'another' | { readonly why: string; readonly again: boolean };

async function removeOnce(pod: ProbePod, signal: AbortSignal): Promise<Outcome> {
  const { server, uid } = pod;
  const body = { gracePeriodSeconds: 0, ...(uid === null ? {} : { preconditions: { uid } }) };
  try {
    const answer = await server.delete(pathOf(pod), body, signal);
    if ([200, 202, 404].includes(answer.status)) return 'gone';
    // https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/delete-options/: "If not possible, a 409 Conflict status"
    if (answer.status === 409 && /UID in (the )?precondition/.test(wordsOf(answer))) return 'another';
    return { why: wordsOf(answer), again: answer.status === 409 || answer.status === 429 || answer.status >= 500 };
  } catch (error) {
    if (error instanceof ReadError) return { why: error.detail, again: error.reason === 'unreachable' };
    throw error;
  }
}

async function tryToRemove(pod: ProbePod): Promise<Outcome> {
  const signal = AbortSignal.timeout(CLEANUP_MS);
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await removeOnce(pod, signal);
    if (typeof outcome === 'string' || !outcome.again || attempt === REMOVALS) return outcome;
    await wait(POLL_MS);
  }
}

/** Takes the pod away, whatever has become of it, more than once where the server is busy. @returns why that failed; null where it is gone */
export async function remove(pod: ProbePod): Promise<string | null> {
  const outcome = await tryToRemove(pod);
  return typeof outcome === 'string' ? null : outcome.why;
}

/** A pod of an earlier probe that was killed; that of one that runs now is younger than its own time. */
function isLeftOver(pod: Members, now: number): boolean {
  const phase = textOf(membersOf(pod['status'])['phase']);
  const made = Date.parse(textOf(membersOf(pod['metadata'])['creationTimestamp']) ?? '');
  const seconds = Number(membersOf(pod['spec'])['activeDeadlineSeconds']);
  return phase === 'Failed' || phase === 'Succeeded' || (now - made) / 1000 > seconds + LEFT_OVER_S;
}

/**
 * Takes away what earlier probes left in the namespace: by the names that probes give and no others, since anybody may set
 * the label, and a name becomes a part of an address.
 * @returns how many; null where they may not be listed
 */
export async function sweep(server: WritableApiServer, namespace: string, now: number, signal: AbortSignal): Promise<number | null> {
  const answer = await server.get(`${podsPath(namespace)}?labelSelector=${encodeURIComponent(`${PROBE_LABEL}=true`)}`, signal);
  if (answer.status !== 200) return null;
  const left = listOf(membersOf(answer.body)['items']).flatMap((one): readonly ProbePod[] => {
    const [name, uid] = [textOf(membersOf(one['metadata'])['name']) ?? '', uidOf(one)];
    return NAME_OF_POD.test(name) && uid !== null && isLeftOver(one, now) ? [{ server, namespace, name, uid }] : [];
  });
  const outcomes = await Promise.all(left.map(tryToRemove));
  return outcomes.filter((outcome) => outcome === 'gone').length;
}
