import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { groupBy } from '../../lib/group-by.js';
import { memo } from '../../lib/memo.js';
import { isBelow, plainPath } from '../../lib/plain-path.js';
import { DEFAULT_AUDIENCE } from '../../model/inventory/annotations.js';
import { seen } from '../../model/inventory/observed.js';
import type { ContainerIdentity, MountedToken } from '../../model/inventory/workload.js';
import type { Has } from './facts.js';

/** Whoever brings a token for a role, as the variables and the volumes of a pod have it. */
export interface TokenBearer {
  readonly url: IssuerId;
  readonly audience: string;
  /** Whether a volume says so; else the audience is the webhook's default. */
  readonly isAudienceRead: boolean;
  /** Whether that volume is the webhook's. */
  readonly isOfWebhook: boolean;
  /** `system:serviceaccount:namespace:name` */
  readonly subject: string;
}

/** The volume in which the webhook mounts its token. */
export const WEBHOOK_VOLUME = 'aws-iam-token';

/** Whether a text was too long to be kept whole. */
export const isCut = (text: string): boolean => text.endsWith('…');

const OF_API_SERVER = '/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * What is known of the token that a container reads: its audiences (of one volume there may be several), or where it comes from.
 * What is written to a volume, as by a sidecar of SPIRE, may be a token of any issuer.
 */
export type TokenRead = readonly string[] | 'API server' | 'written' | 'not mounted' | 'unread';

/** The audience that EKS has its API server accept: that of the token that every pod has. */
export const API_SERVER_AUDIENCE = 'https://kubernetes.default.svc';

type Reader = Pick<ContainerIdentity, 'tokens' | 'tokenFile' | 'writableMounts'>;

/** The tokens of volumes that a container may read, of one volume several; or where its token comes from. */
function tokensRead({ tokens, tokenFile, writableMounts = [] }: Reader): readonly MountedToken[] | Exclude<TokenRead, object> {
  if (tokenFile === null || isCut(tokenFile)) return 'unread';
  const file = plainPath(tokenFile);
  const placed = tokens.map((token) => ({ ...token, at: plainPath(token.mountPath) }));
  const around = placed.filter(({ at }) => isBelow(file, at));
  const nearest = Math.max(0, ...around.map(({ at }) => at.length));
  const isThere = ({ at, path }: (typeof placed)[number]): boolean =>
    path === undefined || file === plainPath(path === '' ? at : `${at}/${path}`);
  const own = around.filter(({ at }) => at.length === nearest);
  const isUnsure = ({ audience, path = '' }: (typeof placed)[number]): boolean => isCut(path) || (audience !== null && isCut(audience));
  const written = writableMounts.map((one) => plainPath(one)).filter((at) => isBelow(file, at));
  if (written.some((at) => at.length > nearest)) return 'written';
  if (own.some(isUnsure) || placed.some(({ at }) => isCut(at))) return 'unread';
  const read = own.filter(isThere);
  if (read.length > 0) return read;
  return file === OF_API_SERVER ? 'API server' : 'not mounted';
}

/** Which token a container reads. */
export function tokenRead(container: Reader): TokenRead {
  const read = tokensRead(container);
  return typeof read === 'object' ? [...new Set(read.map(({ audience }) => audience ?? API_SERVER_AUDIENCE))] : read;
}

/**
 * Whether the token that a container reads may be the one that the webhook mounts, in a volume of its own. The place of the file tells
 * nothing of that: charts mount tokens of their own in the same folder.
 * https://github.com/aws/amazon-eks-pod-identity-webhook, pkg/handler/handler.go
 */
export function readsWebhookToken(container: Reader): boolean {
  const read = tokensRead(container);
  return typeof read === 'object' ? read.some(({ volume }) => volume === WEBHOOK_VOLUME) : read === 'unread';
}

const bearersByRole = memo((facts: Has<'clusters' | 'workloads'>) => {
  const bearers = facts.issuingClusters.flatMap(({ cluster, url }) =>
    seen(cluster.workloads).flatMap(({ namespace, serviceAccount, containers }) =>
      containers.flatMap((container) => {
        if (container.roleArn === null || container.tokenFile === null) return [];
        const read = tokenRead(container);
        const isAudienceRead = typeof read === 'object';
        const audience = (isAudienceRead ? read[0] : undefined) ?? DEFAULT_AUDIENCE;
        const isOfWebhook = isAudienceRead && readsWebhookToken(container);
        const subject = `system:serviceaccount:${namespace}:${serviceAccount}`;
        return [{ role: container.roleArn, url, audience, isAudienceRead, isOfWebhook, subject }];
      }),
    ),
  );
  return groupBy(bearers, ({ role }) => role);
});

/** The pods whose containers name a role in `AWS_ROLE_ARN`, be it by the webhook or by hand, as far as pods were read. */
export function tokenBearers(role: string, facts: Has<'clusters' | 'workloads'>): readonly TokenBearer[] {
  return bearersByRole(facts).get(role) ?? [];
}
