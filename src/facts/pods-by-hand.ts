import { memo } from '../lib/memo.js';
import { DEFAULT_AUDIENCE } from '../model/annotations.js';
import { whatArrived } from '../model/observed.js';
import type { ContainerIdentity } from '../model/workload.js';
import type { Has } from './facts.js';
import { groupBy } from '../lib/group-by.js';

/** Whoever brings a token for a role, as the variables and the volumes of a pod have it. */
export interface TokenBearer {
  /** Issuer without `https://`. */
  readonly url: string;
  readonly audience: string;
  /** Whether a volume says so; else the audience is the webhook's default. */
  readonly isAudienceRead: boolean;
  /** `system:serviceaccount:namespace:name` */
  readonly subject: string;
}

/** The audience of the token that a container's variable points at; null where no volume says. */
function audienceOf({ tokens, tokenFile }: ContainerIdentity): string | null {
  const mounted = tokens.filter(({ mountPath }) => tokenFile?.startsWith(`${mountPath.replace(/\/$/, '')}/`) === true);
  return mounted[0]?.audience ?? null;
}

const bearersByRole = memo((facts: Has<'clusters' | 'workloads'>) => {
  const bearers = facts.issuingClusters.flatMap(({ cluster, url }) =>
    whatArrived(cluster.workloads).flatMap(({ namespace, serviceAccount, containers }) =>
      containers.flatMap((container) =>
        container.roleArn === null || container.tokenFile === null
          ? []
          : [
              {
                role: container.roleArn,
                url,
                audience: audienceOf(container) ?? DEFAULT_AUDIENCE,
                isAudienceRead: audienceOf(container) !== null,
                subject: `system:serviceaccount:${namespace}:${serviceAccount}`,
              },
            ],
      ),
    ),
  );
  return groupBy(bearers, ({ role }) => role);
});

/** The pods whose containers name a role in `AWS_ROLE_ARN`, be it by the webhook or by hand, as far as pods were read. */
export function tokenBearers(role: string, facts: Has<'clusters' | 'workloads'>): readonly TokenBearer[] {
  return bearersByRole(facts).get(role) ?? [];
}
