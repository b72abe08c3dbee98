import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { ROLE_ANNOTATION } from '../../model/inventory/annotations.js';
import type { ContainerIdentity, Workload } from '../../model/inventory/workload.js';
import { seen } from '../../model/inventory/observed.js';
import { associationsByServiceAccount, serviceAccountKey } from '../account/service-account-key.js';
import type { Has, IssuingHas, RoleHas } from '../account/facts.js';
import { API_SERVER_AUDIENCE, readsWebhookToken, tokenRead } from '../account/pods-by-hand.js';
import { setsKeys } from './running-pods.js';
import { serviceAccountAt } from '../account/service-accounts.js';
import { stsError, stsVerdict, type RefusedBySts } from './sts-verdict.js';

/** A container with both variables of web identity, whose values are known. */
export interface ByHand extends ContainerIdentity {
  readonly roleArn: string;
  readonly tokenFile: string;
}

/** Whether a container has both of them. */
export const isByHand = (one: ContainerIdentity): one is ByHand => one.roleArn !== null && one.tokenFile !== null;

const WEBHOOK_FOLDER = '/var/run/secrets/eks.amazonaws.com/';

/** Whether a token file is where the webhook mounts its own. */
export const isOfWebhook = (tokenFile: string): boolean => tokenFile.replaceAll('\\', '/').includes(WEBHOOK_FOLDER);

/** Whether a container may have its role and its token from the webhook. */
export const isGivenByWebhook = ({ skipsWebhook }: Pick<Workload, 'skipsWebhook'>, one: ByHand): boolean =>
  !skipsWebhook && isOfWebhook(one.tokenFile) && readsWebhookToken(one);

/** What gives the service account of pods a role, or may for all that was read: its annotation, or something else. */
export interface RoleGiver {
  /** That of the annotation; null where it is an association, or not known. */
  readonly annotated: string | null;
}

/**
 * The containers that assume a role by variables of their own manifest: with another token than the webhook's, or where nothing gives
 * their service account a role, or keeps the webhook away. The webhook mounts its token with them, and gives all containers of a pod one role: what is otherwise
 * is not its work. SDKs take these before what Pod Identity gives, and keys before both.
 * @param giver null = nothing gives their service account a role
 */
export function containersByHand(workload: Workload, giver: RoleGiver | null): readonly ByHand[] {
  const own = workload.containers.filter(isByHand).filter((one) => !setsKeys(one));
  if (giver === null) return own;
  const hasPresent = own.some((one) => isGivenByWebhook(workload, one) && one.roleArn === giver.annotated);
  return own.filter((one) => !isGivenByWebhook(workload, one) || (hasPresent && one.roleArn !== giver.annotated));
}

/** What refuses such a container: STS, or there is no file. */
export type RefusedBy = 'file' | RefusedBySts;

/** What people see then; what an SDK says of a file that is not there, each says differently. */
export const errorOf = (by: RefusedBy, url: IssuerId): string | null => (by === 'file' ? null : stsError(by, url));

/** What becomes of a container that assumes a role by its own variables. */
export interface JudgedByHand {
  readonly container: ByHand;
  /** null = none of this account, as far as that was read. */
  readonly role: RoleHas | null;
  /** Of the token; null where that is not known. */
  readonly audience: string | null;
  /** Empty = nothing that is known. */
  readonly refusals: readonly RefusedBy[];
  /** Whether the file is not seen in a volume: something else may put a token there, for all that is read of a pod. */
  readonly isFileGuessed: boolean;
  /** Whether it is allowed, as far as configuration tells. */
  readonly state: 'admitted' | 'undecided' | 'refused';
}

type Verdict = Pick<JudgedByHand, 'audience' | 'refusals' | 'state'>;

/** Of a volume with several tokens nobody knows which of them the file is: the one that gets furthest counts. */
const RANK = { admitted: 0, undecided: 1, refused: 2 } as const;

function verdictOf(container: ByHand, url: IssuerId, subject: string, facts: Has<'roles' | 'providers'>): Verdict {
  const read = tokenRead(container);
  const audiences = read === 'API server' ? [API_SERVER_AUDIENCE] : typeof read === 'string' ? [null] : read;
  const judged = audiences.map((audience) => ({ audience, ...stsVerdict({ role: container.roleArn, url, subject }, audience, facts) }));
  const [best] = judged.sort((left, right) => RANK[left.state] - RANK[right.state]);
  if (best === undefined) throw new Error('a token has an audience, known or not');
  // It may be a token of any issuer: nothing but the role itself can refuse it for certain.
  const refusals = best.refusals.filter((one) => one === 'arn' || one === 'role');
  if (read === 'written') return { audience: null, refusals, state: refusals.length === 0 ? 'undecided' : 'refused' };
  // Of a role elsewhere it is not said what its pods do; one that is no role is told as that.
  const isMissing = read === 'not mounted' && facts.role(container.roleArn) !== null;
  return isMissing ? { audience: null, refusals: ['file', ...best.refusals], state: 'refused' } : best;
}

/**
 * Judges a container that assumes a role by its own variables: rules tell it, and `why` follows it by the same.
 * @param url the issuer of its cluster without `https://`
 */
export function judgeByHand(
  container: ByHand,
  { namespace, serviceAccount }: Workload,
  url: IssuerId,
  facts: Has<'roles' | 'providers'>,
): JudgedByHand {
  const role = facts.role(container.roleArn);
  const subject = `system:serviceaccount:${namespace}:${serviceAccount}`;
  const isFileGuessed = typeof tokenRead(container) === 'string';
  return { container, role, isFileGuessed, ...verdictOf(container, url, subject, facts) };
}

/** All of pods that are alike, the worst first. */
export function judgedByHand(
  workload: Workload,
  giver: RoleGiver | null,
  url: IssuerId,
  facts: Has<'roles' | 'providers'>,
): readonly JudgedByHand[] {
  return containersByHand(workload, giver)
    .map((container) => judgeByHand(container, workload, url, facts))
    .sort((left, right) => RANK[right.state] - RANK[left.state]);
}

/** What gives pods a role, or may, for all that was read of service accounts; null where nothing does. */
export function roleGiver(
  cluster: IssuingHas<'service-accounts' | 'pod-identity-associations'>,
  { namespace, serviceAccount }: Workload,
): RoleGiver | null {
  const key = serviceAccountKey(namespace, serviceAccount);
  if (associationsByServiceAccount(cluster.cluster).has(key)) return { annotated: null };
  const found = serviceAccountAt(cluster, key);
  if (found === null) return cluster.cluster.serviceAccounts.known ? null : { annotated: null };
  const annotated = found.annotations[ROLE_ANNOTATION] ?? '';
  return annotated === '' ? null : { annotated };
}

/** The pods of a cluster for which STS would look for a provider in this account, and finds none: their own variables name a role of it. */
export function podsByHand(
  cluster: IssuingHas<'service-accounts' | 'pod-identity-associations' | 'workloads'>,
  facts: Has<'roles' | 'providers'>,
): readonly Workload[] {
  return seen(cluster.cluster.workloads).filter((workload) =>
    judgedByHand(workload, roleGiver(cluster, workload), cluster.url, facts).some(({ refusals }) => refusals.includes('provider')),
  );
}
