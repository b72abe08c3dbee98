import { setTimeout as wait } from 'node:timers/promises';
import { membersOf, type Members } from '../../lib/is-object.js';
import { malformed, outOfTime, ReadError } from '../reading/read-error.js';
import { cut } from './cut.js';
import type { Answer, ApiServer } from './ports.js';
import type { KubernetesRead } from '../reading/kubernetes-reads.js';
import { TooLargeError } from './too-large-error.js';

/** Small enough that a page of pods stays at some megabytes. */
const PODS_A_PAGE = 250;
const ATTEMPTS = 5;
const LONGEST_WAIT_S = 10;
/** A list that is forgotten faster than it is read has no end. */
const MOST_IN_VAIN = 2;
/** After one that was too large: a few large objects are not to slow down the rest of the list. */
const PAGES_UNTIL_LARGER = 4;
/** More than any cluster has: 2.5 million pods. */
const MOST_PAGES = 10_000;
/** Kubernetes fills its pages: what comes in ever so small ones may go on for ever. */
const MOST_EMPTY = 3;
const MOST_THIN = 100;
/** Of Kubernetes they are a few hundred characters. */
const LONGEST_TOKEN = 2048;

export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** A refusal of Kubernetes is two hundred characters; what else answers in its place may say anything. */
const LONGEST_WORDS = 300;

/** The words of a Status of Kubernetes, or the HTTP status. */
export function wordsOf({ status, body }: Answer): string {
  const message = cut(textOf(membersOf(body)['message']) ?? '', LONGEST_WORDS).split('\n')[0] ?? '';
  return message === '' ? `HTTP ${status}` : `HTTP ${status}: ${message}`;
}

const isBusy = ({ status }: Answer): boolean => status === 429 || status >= 500;

/** Makes one call when its turn comes. @param again whether it is the same call once more */
export type InTurn = <T>(call: (signal: AbortSignal) => Promise<T>, again: boolean) => Promise<T>;

/**
 * One GET, again where the server is busy, as long as it says: that is waited for out of turn, so that a cluster which has no
 * time takes none from the others.
 * @param take makes of the answer what is kept of it, while it is this call's turn
 */
async function ask<T>(inTurn: InTurn, get: (signal: AbortSignal) => Promise<Answer>, take: (answer: Answer) => T): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const tried = await inTurn(async (signal) => {
      const answer = await get(signal);
      return isBusy(answer) && attempt < ATTEMPTS ? { busy: answer.retryAfter, signal } : { taken: take(answer) };
    }, attempt > 1);
    if ('taken' in tried) return tried.taken;
    const seconds = Math.min(Math.max(tried.busy ?? 2 ** (attempt - 2), 0), LONGEST_WAIT_S);
    await wait(1000 * seconds, undefined, { signal: tried.signal }).catch(() => {
      throw outOfTime();
    });
  }
}

/** @param cluster region and name, for the command that would allow us */
function refused(answer: Answer, cluster: string): ReadError {
  const words = wordsOf(answer);
  if (answer.status === 401)
    return new ReadError(
      'denied',
      `${words}. The cluster knows no such caller: \`irsa-auditor rbac --cluster ${cluster}\` prints what allows you, and with --principal what allows another.`,
    );
  if (answer.status === 403)
    return new ReadError(
      'denied',
      `${words}. \`irsa-auditor rbac --narrow --cluster ${cluster}\` prints the ClusterRole that is enough, for you or with --principal for another.`,
    );
  return new ReadError(answer.status === 429 ? 'throttled' : 'failed', words);
}

/** One object; null where there is none. */
export function readObject(server: ApiServer, path: string, cluster: string, inTurn: InTurn): Promise<Members | null> {
  return ask(
    inTurn,
    (signal) => server.get(path, signal),
    (answer) => {
      if (answer.status === 404) return null;
      if (answer.status !== 200) throw refused(answer, cluster);
      return membersOf(answer.body);
    },
  );
}

/** Where a list goes on; an empty token = nowhere. */
interface NextPage {
  readonly token: string;
  /** The server has forgotten the place: nothing was folded. */
  readonly forgotten: boolean;
}

/** Watches that a list comes to an end. */
class Course {
  private pages = 0;
  private empty = 0;
  private thin = 0;
  private seen = new Set<string>();

  /** It begins again, and may have the pages that it had before. */
  anew(): void {
    this.seen = new Set();
    this.empty = 0;
  }

  /** @param size how many were asked for; @param token the next page's. @throws ReadError */
  goesOn(items: number, size: number, token: string): void {
    if (this.seen.has(token)) throw malformed('names a page as the next one that was read already');
    this.seen.add(token);
    this.pages += 1;
    this.empty = items === 0 ? this.empty + 1 : 0;
    this.thin += items * 4 < size ? 1 : 0;
    if (this.empty > MOST_EMPTY || this.thin > MOST_THIN || this.pages > MOST_PAGES || token.length > LONGEST_TOKEN)
      throw malformed(`comes to no end: after ${this.pages} pages it names a next one`);
  }
}

/** Whom a list is asked of, and when. */
interface Listing {
  readonly server: ApiServer;
  readonly cluster: string;
  readonly inTurn: InTurn;
}

/**
 * Folds a list while it is read, page by page: nothing of a page is kept but what `fold` keeps, and nothing at all while the
 * next one waits for its turn. Where the server has forgotten the place (410 Gone), it goes on with the token that the answer
 * gives, else it begins again.
 * @param begin makes an empty fold
 */
export async function foldPages<F>(
  { server, cluster, inTurn }: Listing,
  { path, query, limit = PODS_A_PAGE }: Pick<KubernetesRead, 'path' | 'query' | 'limit'>,
  begin: () => F,
  fold: (into: F, item: Members) => void,
): Promise<F> {
  let into = begin();
  const course = new Course();
  let [inVain, advanced] = [0, false];
  let [size, calm]: [number, number] = [limit, 0];
  const take = (answer: Answer, at: string): NextPage => {
    const { metadata, items } = membersOf(answer.body);
    const token = textOf(membersOf(metadata)['continue']) ?? '';
    if (answer.status === 410 && at !== '' && inVain <= MOST_IN_VAIN) return { token, forgotten: true };
    if (answer.status !== 200) throw refused(answer, cluster);
    if (!Array.isArray(items)) throw malformed('holds no list of items');
    if (token !== '') course.goesOn(items.length, size, token);
    for (const item of items) fold(into, membersOf(item));
    return { token, forgotten: false };
  };
  for (let at = ''; ;) {
    const [place, next] = [at, at === '' ? '' : `&continue=${encodeURIComponent(at)}`];
    const answered = await ask(
      inTurn,
      (signal) => server.get(`${path}?limit=${size}${query === undefined ? '' : `&${query}`}${next}`, signal),
      (answer) => take(answer, place),
    ).catch((error: unknown) => {
      if (error instanceof TooLargeError && size > 1) return null;
      throw error;
    });
    // What is listed may be of any size: the rest comes in smaller pages.
    if (answered === null) {
      [size, calm] = [Math.ceil(size / 4), 0];
      continue;
    }
    const { token, forgotten } = answered;
    if (!forgotten && token === '') return into;
    // To go on after every few hundred pages is how a list that takes longer than the server remembers is read.
    if (forgotten && (token === '' || !advanced)) inVain += 1;
    advanced = !forgotten;
    if (token === '') {
      into = begin();
      course.anew();
    }
    calm += 1;
    if (calm % PAGES_UNTIL_LARGER === 0) size = Math.min(2 * size, limit);
    at = token;
  }
}
