import type { InventoryHas } from '../../model/contract/has.js';
import type { Json, Role } from '../../model/inventory/inventory.js';
import { effortOf, globIntersection, type CasedGlob } from '../../policy/pattern/glob-intersection.js';
import { parseGlob } from '../../policy/pattern/glob.js';
import { permissionsIn, resourcePattern, unconditionalIn, type Permission } from '../../policy/actions/permissions.js';
import { Steps, withinSteps } from '../../policy/pattern/steps.js';
import { allPermissions, isOfAws, policyName, textOfPolicy } from './role-permissions.js';

/** Why a role is allowed nothing: it has no policy, none of them allows anything, its permissions boundary shares nothing with them, or all is denied. */
export type Nothing = 'none' | 'idle' | 'bounded' | 'denied';

/** Whether everything is denied, whatever the circumstances. */
const deniesAll = (document: Json): boolean =>
  unconditionalIn(document, 'Deny').some(
    ({ actions, negatedAction, resources, negatedResource }) =>
      !negatedAction && !negatedResource && actions.includes('*') && resources.includes('*'),
  );

const globsOf = (patterns: readonly string[], ignoreCase: boolean): readonly CasedGlob[] =>
  patterns.map((pattern) => ({ parts: parseGlob(pattern), ignoreCase }));

/** @throws StepsEnded */
function share(left: readonly string[], right: readonly string[], ignoreCase: boolean, steps: Steps): boolean {
  const others = globsOf(right, ignoreCase);
  return globsOf(left, ignoreCase).some((one) =>
    others.some((other) => {
      steps.take(1 + effortOf([one, other]));
      return globIntersection([one, other]).kind !== 'none';
    }),
  );
}

/** Whether some call may be one of both; conditions are ignored. @throws StepsEnded */
const overlap = (left: Permission, right: Permission, steps: Steps): boolean =>
  (left.negatedAction || right.negatedAction || share(left.actions, right.actions, true, steps)) &&
  (left.negatedResource ||
    right.negatedResource ||
    share(left.resources.map(resourcePattern), right.resources.map(resourcePattern), false, steps));

/** Why a role is allowed nothing by its own policies; null where they may allow something, for all that was read. */
export function allowsNothing(role: Role, inventory: InventoryHas<'managed-policies'>): Nothing | null {
  const { inlinePolicies, attachedPolicyArns, permissionsBoundaryArn, permissionsUnread } = role;
  if (permissionsUnread !== undefined) return null;
  const named = [...attachedPolicyArns, ...(permissionsBoundaryArn === null ? [] : [permissionsBoundaryArn])];
  const texts = named.flatMap((arn) => textOfPolicy(arn, inventory) ?? []);
  // The text of AWS's own policies is not read; the name of this one says it.
  const isShut = named.some((arn) => isOfAws(arn) && policyName(arn) === 'AWSDenyAll');
  if (isShut || [...texts, ...inlinePolicies.map(({ document }) => document)].some(deniesAll)) return 'denied';
  const permissions = allPermissions(role, inventory);
  if (permissions === null) return null;
  if (permissions.length === 0) return inlinePolicies.length + attachedPolicyArns.length === 0 ? 'none' : 'idle';
  const boundary = permissionsBoundaryArn === null ? undefined : textOfPolicy(permissionsBoundaryArn, inventory);
  if (boundary === undefined) return null;
  const steps = new Steps();
  const within = permissionsIn(boundary);
  const isSome = withinSteps(() => permissions.some((one) => within.some((other) => overlap(one, other, steps))));
  return isSome === false ? 'bounded' : null;
}
