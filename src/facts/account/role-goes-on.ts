import { memo } from '../../lib/memo.js';
import { seen } from '../../model/inventory/observed.js';
import { fitsAny, globSet, type GlobSet } from '../../policy/pattern/glob-set.js';
import type { Has, RoleHas } from './facts.js';

/** Whether a role is known to be used by nobody but associations that go on to another: EKS then gives pods that one alone. */
export function goesOnAlone({
  role,
  users,
  associatedIn,
  targetedIn,
}: RoleHas<'clusters' | 'service-accounts' | 'pod-identity-associations' | 'addons' | 'workloads'>): boolean {
  const own = associatedIn.flatMap((cluster) => seen(cluster.podIdentityAssociations).filter(({ roleArn }) => roleArn === role.arn));
  return own.length > 0 && users.length + targetedIn.length === 0 && own.every(({ targetRoleArn }) => targetRoleArn != null);
}

const namedByOthers = memo((facts: Has<'roles'>): GlobSet =>
  globSet(
    facts.roles.flatMap(({ role, policy }) =>
      policy.statements
        .filter(({ effect }) => effect === 'Allow')
        .flatMap(({ principals, conditions }) => [
          ...principals.flatMap(({ kind, value }) => (kind === 'AWS' ? [value] : [])),
          ...conditions.flatMap(({ key, values }) => (key.toLowerCase() === 'aws:principalarn' ? values.map(({ value }) => value) : [])),
        ])
        .filter((arn) => arn !== role.arn && arn !== '*'),
    ),
  ),
);

/**
 * Whether the trust policy of another role of the account names a role: to go on to that one it needs no permission of its own
 * (IAM User Guide, "Policy evaluation logic": within an account a resource-based policy that names the role is enough).
 */
export const isAllowedByName = (arn: string, facts: Has<'roles'>): boolean => fitsAny(namedByOthers(facts), arn);
