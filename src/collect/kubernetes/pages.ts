import { setTimeout as wait } from 'node:timers/promises';
import { malformed, ReadError } from '../read-error.js';
import type { Answer, ApiServer } from './ports.js';
import type { KubernetesRead } from './reads.js';

/** Small enough that a page of pods stays at some megabytes. */
const PODS_A_PAGE = 250;
const ATTEMPTS = 5;
const LONGEST_WAIT_S = 10;
/** A list that changes faster than it is read has no end. */
const MOST_RESTARTS = 2;

type Members = Readonly<Record<string, unknown>>;

export const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};

export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The words of a Status of Kubernetes, or the HTTP status. */
export function wordsOf({ status, body }: Answer): string {
  const message = textOf(membersOf(body)['message']);
  return message === null || message === '' ? `HTTP ${status}` : `HTTP ${status}: ${message.split('\n')[0] ?? ''}`;
}

const isBusy = ({ status }: Answer): boolean => status === 429 || status >= 500;

/** One GET, again where the server is busy, as long as it says. */
async function ask(server: ApiServer, path: string, signal: AbortSignal): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await server.get(path, signal);
    if (!isBusy(answer) || attempt === ATTEMPTS) return answer;
    await wait(1000 * Math.min(answer.retryAfter ?? 2 ** (attempt - 2), LONGEST_WAIT_S), undefined, { signal }).catch(() => {
      throw new ReadError('out-of-time', 'The time budget was used up before this was read.');
    });
  }
}

/** @param cluster for the command that would let us in */
function refused(answer: Answer, cluster: string): ReadError {
  const words = wordsOf(answer);
  if (answer.status === 401)
    return new ReadError(
      'denied',
      `${words}. The cluster knows no such caller: \`irsa-auditor rbac --cluster ${cluster}\` prints what lets it in.`,
    );
  if (answer.status === 403)
    return new ReadError('denied', `${words}. \`irsa-auditor rbac --cluster ${cluster}\` prints the role that is enough.`);
  return new ReadError(answer.status === 429 ? 'throttled' : 'failed', words);
}

/** One object; null where there is none. */
export async function readObject(server: ApiServer, path: string, cluster: string, signal: AbortSignal): Promise<unknown> {
  const answer = await ask(server, path, signal);
  if (answer.status === 404) return null;
  if (answer.status !== 200) throw refused(answer, cluster);
  return answer.body;
}

/** How one page of a list is asked for and folded: counted and queued by the caller. */
export type AskPage = (get: (signal: AbortSignal) => Promise<NextPage>) => Promise<NextPage>;

/** Where a list goes on; an empty token = nowhere. */
export interface NextPage {
  readonly token: string;
  /** The server has forgotten the place: nothing was folded. */
  readonly forgotten: boolean;
}

/**
 * Folds a list while it is read, page by page: nothing of a page is kept but what `fold` keeps, and nothing at all while the
 * next one waits for its turn. Where the server has forgotten the place (410 Gone), it goes on with the token that the answer
 * gives, else it begins anew.
 * @param begin makes an empty fold
 */
export async function foldPages<F>(
  server: ApiServer,
  { path, query, limit = PODS_A_PAGE }: Pick<KubernetesRead, 'path' | 'query' | 'limit'>,
  cluster: string,
  askPage: AskPage,
  begin: () => F,
  fold: (into: F, item: Members) => void,
): Promise<F> {
  let into = begin();
  let restarts = 0;
  const page = async (token: string, signal: AbortSignal): Promise<NextPage> => {
    const next = token === '' ? '' : `&continue=${encodeURIComponent(token)}`;
    const answer = await ask(server, `${path}?limit=${limit}${query === undefined ? '' : `&${query}`}${next}`, signal);
    const following = textOf(membersOf(membersOf(answer.body)['metadata'])['continue']) ?? '';
    if (answer.status === 410 && token !== '' && restarts <= MOST_RESTARTS) return { token: following, forgotten: true };
    if (answer.status !== 200) throw refused(answer, cluster);
    const items = membersOf(answer.body)['items'];
    if (!Array.isArray(items)) throw malformed('holds no list of items');
    if (following !== '' && following === token) throw malformed('names a page as the next one that was read already');
    for (const item of items) fold(into, membersOf(item));
    return { token: following, forgotten: false };
  };
  for (let token = ''; ;) {
    const at = token;
    const next = await askPage((signal) => page(at, signal));
    if (next.forgotten) {
      restarts += 1;
      if (next.token === '') into = begin();
    } else if (next.token === '') return into;
    token = next.token;
  }
}
