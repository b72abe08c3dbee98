import type { Workload } from '../../model/inventory/workload.js';
import type { Has } from '../account/facts.js';
import { errorOf, isByHand, isGivenByWebhook, judgeByHand, type JudgedByHand, type RefusedBy } from './role-by-hand.js';
import { injectedContainers, setsKeys } from './running-pods.js';
import type { LiveServiceAccount } from '../account/service-accounts.js';

/** What becomes of the containers that go by a role and a token of web identity, whoever gave them these. */
const goingByIt = (
  workload: Workload,
  { cluster: { url } }: LiveServiceAccount,
  facts: Has<'roles' | 'providers'>,
): readonly JudgedByHand[] =>
  injectedContainers(workload)
    .filter(isByHand)
    .filter((one) => !setsKeys(one))
    .map((container) => judgeByHand(container, workload, url, facts));

/** What keeps pods from the role by the token of web identity that the webhook gave them, and what they see of it; null where nothing is known to. */
export interface RefusedPods {
  readonly by: RefusedBy;
  readonly error: string | null;
}

export function webIdentityRefused(workload: Workload, of: LiveServiceAccount, facts: Has<'roles' | 'providers'>): RefusedPods | null {
  // What a manifest sets is told by itself, and no restart changes it.
  const given = goingByIt(workload, of, facts).filter(({ container }) => isGivenByWebhook(workload, container));
  const refusals = given.flatMap(({ refusals: [first] }) => first ?? []);
  const [by] = refusals;
  return by === undefined ? null : { by, error: errorOf(by, of.cluster.url) };
}

/** Whether pods have one role by web identity, which takes them. */
export function hasByWebIdentity(role: string, workload: Workload, of: LiveServiceAccount, facts: Has<'roles' | 'providers'>): boolean {
  const judged = goingByIt(workload, of, facts);
  return judged.length > 0 && judged.every(({ container, state }) => container.roleArn === role && state === 'admitted');
}
