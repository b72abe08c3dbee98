import { ROLE_ANNOTATION } from '../model/annotations.js';
import { noProvider, STS_INVALID_ARN, STS_NOT_AUTHORIZED, STS_WRONG_AUDIENCE } from '../model/sts-errors.js';
import { providerArn } from '../policy/federated.js';
import type { ContainerIdentity, Workload } from '../model/workload.js';
import { seen } from '../model/observed.js';
import { associationsByServiceAccount, serviceAccountKey } from './account-key.js';
import type { Has, IssuingHas, RoleHas } from './facts.js';
import { API_SERVER_AUDIENCE, isCut, tokenRead } from './pods-by-hand.js';
import { parseRoleArn } from './role-arn.js';
import { setsKeys } from './running-pods.js';
import { serviceAccountAt } from './service-accounts.js';

/** A container with both variables of web identity, whose values are known. */
export interface ByHand extends ContainerIdentity {
  readonly roleArn: string;
  readonly tokenFile: string;
}

const WEBHOOK_FOLDER = '/var/run/secrets/eks.amazonaws.com/';

/** Whether a token file is where the webhook mounts its own. */
export const isOfWebhook = (tokenFile: string): boolean => tokenFile.replaceAll('\\', '/').includes(WEBHOOK_FOLDER);

/**
 * The containers that take a role by variables of their own manifest: with another token than the webhook's, or where nothing gives
 * their service account a role. SDKs take these before what Pod Identity gives, and keys before both.
 * @param givesRole whether an annotation or an association does
 */
export function containersByHand({ containers }: Workload, givesRole: boolean): readonly ByHand[] {
  const isByHand = (one: ContainerIdentity): one is ByHand =>
    one.roleArn !== null && one.tokenFile !== null && !setsKeys(one) && !(givesRole && isOfWebhook(one.tokenFile));
  return containers.filter(isByHand);
}

/** What refuses such a container, in the order in which STS looks: the ARN, no file, no provider, its audiences, no role, the trust policy. */
export type RefusedBy = 'arn' | 'file' | 'provider' | 'audience' | 'role' | 'trust';

/** What people see then; what an SDK says of a file that is not there, each says differently. */
export function errorOf(by: RefusedBy, url: string): string | null {
  const errors = {
    arn: STS_INVALID_ARN,
    file: null,
    provider: noProvider(`https://${url}`),
    audience: STS_WRONG_AUDIENCE,
    role: STS_NOT_AUTHORIZED,
    trust: STS_NOT_AUTHORIZED,
  };
  return errors[by];
}

/** What becomes of a container that takes a role by its own variables. */
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
  /** Whether it gets in, as far as configuration tells. */
  readonly state: 'admitted' | 'undecided' | 'refused';
}

type Verdict = Pick<JudgedByHand, 'audience' | 'refusals' | 'state'>;

const REFUSED = (refusals: readonly RefusedBy[], audience: string | null = null): Verdict => ({ audience, refusals, state: 'refused' });
const OPEN: Verdict = { audience: null, refusals: [], state: 'undecided' };

/** Whether provider and role take a token with an audience. */
function judgeToken(role: RoleHas, audience: string, url: string, subject: string, facts: Has<'roles' | 'providers'>): Verdict {
  const { partition, account, providers } = facts.inventory;
  const provider = facts.providerOf(url);
  const detail = provider?.detail;
  const trust = facts.admits(role, { providerArn: providerArn(partition, account, url), issuer: `https://${url}`, audience, subject });
  const refusals: readonly RefusedBy[] = [
    ...(provider === null && providers.known ? (['provider'] as const) : []),
    ...(detail?.known === true && !detail.value.clientIds.includes(audience) ? (['audience'] as const) : []),
    ...(trust === 'denied' ? (['trust'] as const) : []),
  ];
  if (refusals.length > 0) return REFUSED(refusals, audience);
  return { audience, refusals, state: trust === 'allowed' && detail?.known === true ? 'admitted' : 'undecided' };
}

/** Of a volume with several tokens nobody knows which of them the file is: the one that gets furthest counts. */
const RANK = { admitted: 0, undecided: 1, refused: 2 } as const;

function verdictOf(container: ByHand, role: RoleHas | null, url: string, subject: string, facts: Has<'roles' | 'providers'>): Verdict {
  const { account, partition, roles } = facts.inventory;
  const parsed = parseRoleArn(container.roleArn);
  if (isCut(container.roleArn)) return OPEN;
  if (parsed === null) return REFUSED(['arn']);
  // Of another account neither the role nor its provider is among these.
  if (parsed.account !== account || parsed.partition !== partition) return OPEN;
  if (role === null) return roles.known ? REFUSED(['role']) : OPEN;
  const read = tokenRead(container);
  if (read === 'not mounted') return REFUSED(['file']);
  if (read === 'unread') return OPEN;
  const audiences = read === 'API server' ? [API_SERVER_AUDIENCE] : read;
  const judged = audiences.map((audience) => judgeToken(role, audience, url, subject, facts));
  return judged.sort((left, right) => RANK[left.state] - RANK[right.state])[0] ?? OPEN;
}

/**
 * Judges a container that takes a role by its own variables: rules tell it, and `why` follows it by the same.
 * @param url the issuer of its cluster without `https://`
 */
export function judgeByHand(
  container: ByHand,
  { namespace, serviceAccount }: Workload,
  url: string,
  facts: Has<'roles' | 'providers'>,
): JudgedByHand {
  const role = facts.role(container.roleArn);
  const subject = `system:serviceaccount:${namespace}:${serviceAccount}`;
  const isFileGuessed = typeof tokenRead(container) === 'string';
  return { container, role, isFileGuessed, ...verdictOf(container, role, url, subject, facts) };
}

/** All of pods that are alike, the worst first. */
export function judgedByHand(
  workload: Workload,
  givesRole: boolean,
  url: string,
  facts: Has<'roles' | 'providers'>,
): readonly JudgedByHand[] {
  return containersByHand(workload, givesRole)
    .map((container) => judgeByHand(container, workload, url, facts))
    .sort((left, right) => RANK[right.state] - RANK[left.state]);
}

/** Whether an annotation or an association gives pods a role, or may, for all that was read of service accounts. */
export function isGivenRole(
  cluster: IssuingHas<'service-accounts' | 'pod-identity-associations'>,
  { namespace, serviceAccount }: Workload,
): boolean {
  const key = serviceAccountKey(namespace, serviceAccount);
  if (associationsByServiceAccount(cluster.cluster).has(key)) return true;
  const account = serviceAccountAt(cluster, key);
  return account === null ? !cluster.cluster.serviceAccounts.known : (account.annotations[ROLE_ANNOTATION] ?? '') !== '';
}

/** The pods of a cluster for which STS would look for a provider in this account, and finds none: their own variables name a role of it. */
export function podsByHand(
  cluster: IssuingHas<'service-accounts' | 'pod-identity-associations' | 'workloads'>,
  facts: Has<'roles' | 'providers'>,
): readonly Workload[] {
  return seen(cluster.cluster.workloads).filter((workload) =>
    judgedByHand(workload, isGivenRole(cluster, workload), cluster.url, facts).some(({ refusals }) => refusals.includes('provider')),
  );
}
