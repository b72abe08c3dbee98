import { AUDIENCE_ANNOTATION, DEFAULT_AUDIENCE, ROLE_ANNOTATION } from '../../model/inventory/annotations.js';
import type { ClusterHas } from '../../model/contract/has.js';
import { all } from '../../policy/language/tristate.js';
import type { Has } from '../account/facts.js';
import { isForeignRole } from '../account/role-arn.js';
import { hasIdentity, restartAdvice, restartCommands, type RunningPods } from './running-pods.js';
import type { Live, LiveServiceAccount } from '../account/service-accounts.js';
import { actionsOf, admitsSession } from '../pod-identity/session-of-association.js';
import { looksAtPods } from './webhook-of-pods.js';
import { stsError, stsVerdict, type StsVerdict } from './sts-verdict.js';

/** The audience of the tokens that pods made now are given. */
export const audienceOf = ({ serviceAccount }: LiveServiceAccount): string =>
  serviceAccount.annotations[AUDIENCE_ANNOTATION] ?? DEFAULT_AUDIENCE;

/** What STS says to whoever brings a token of a service account to a role. */
export function verdictFor(
  role: string,
  audience: string,
  { cluster: { url }, serviceAccount: { namespace, name } }: LiveServiceAccount,
  facts: Has<'roles' | 'providers'>,
): StsVerdict {
  return stsVerdict({ role, url, subject: `system:serviceaccount:${namespace}:${name}` }, audience, facts);
}

/** What people see of it; null where it allows them, or that cannot be told. */
export function refusal(role: string, audience: string, of: LiveServiceAccount, facts: Has<'roles' | 'providers'>): string | null {
  const [first] = verdictFor(role, audience, of, facts).refusals;
  return first === undefined ? null : stsError(first, of.cluster.url);
}

/** Whether the role of the association takes the pods that are made now; null where that cannot be told, or there is none. */
export function associationTakes({ association, cluster }: LiveServiceAccount, facts: Has<'roles' | 'providers'>): boolean | null {
  const arn = association?.roleArn ?? null;
  if (association === null || arn === null) return null;
  const role = facts.role(arn);
  // EKS assumes no role of another account.
  if (role === null) return facts.inventory.roles.known ? false : null;
  // It goes on to a target role, and gives nothing where that is gone.
  const target = association.targetRoleArn ?? null;
  const { account, roles } = facts.inventory;
  if (target !== null && !isForeignRole(target, account) && facts.role(target) === null) return roles.known ? false : null;
  const session = { cluster: cluster.cluster, association, account: facts.inventory.account };
  const outcome = all(actionsOf(association).map((action) => admitsSession(role.policy, action, session).outcome));
  return outcome === 'no' ? false : outcome === 'yes' ? true : null;
}

/** Whether pods that are made now are denied the role that they are given; false where that cannot be told. */
export function newPodsAreShutOut(of: LiveServiceAccount, facts: Has<'roles' | 'providers'>): boolean {
  if (of.association !== null) return associationTakes(of, facts) === false;
  return refusal(of.serviceAccount.annotations[ROLE_ANNOTATION] ?? '', audienceOf(of), of, facts) !== null;
}

/** Pods, and what tells whether the webhook would look at those that are made in their place. */
type Remade = RunningPods & { readonly of: LiveServiceAccount<ClusterHas<Live | 'workloads' | 'webhooks'>> };

/**
 * Whether pods that are made in the place of these would be given anything. Where that is not known, those that have nothing lose
 * nothing by a restart.
 */
function wouldBeGiven({ of, workload }: Remade): boolean {
  const { cluster } = of.cluster;
  const looks = looksAtPods(cluster, workload);
  return looks === 'yes' || (looks === 'undecided' && !workload.containers.some(hasIdentity));
}

/** Has the pods recreated; where those would be denied their role, or given none, nothing is to be restarted before that is repaired. */
export function remake(
  running: Remade,
  then: string,
  facts: Has<'roles' | 'providers'>,
): { summary: string; commands: ReturnType<typeof restartCommands> } {
  const { of, workload } = running;
  if (newPodsAreShutOut(of, facts))
    return {
      summary: `Do not restart the pods yet: new pods of ${of.id} are denied the role that they get. Fix that first, and restart them then.`,
      commands: [],
    };
  if (looksAtPods(of.cluster.cluster, workload) === 'no')
    return {
      summary: `Do not restart the pods yet: the webhook gives new pods of ${of.id} nothing, because it is not there or leaves them out. Fix that first, and restart them then.`,
      commands: [],
    };
  const { cluster } = of.cluster;
  const mayBeLeftOut = cluster.webhooks.known && looksAtPods(cluster, workload) === 'undecided';
  const unless = mayBeLeftOut
    ? `, unless the selectors of the webhook leave out namespace ${workload.namespace} or these pods, whose labels were not read`
    : '';
  return { summary: `${restartAdvice(workload)}: ${then}${unless}.`, commands: wouldBeGiven(running) ? restartCommands(running) : [] };
}
