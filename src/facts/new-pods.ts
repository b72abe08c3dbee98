import { AUDIENCE_ANNOTATION, DEFAULT_AUDIENCE, ROLE_ANNOTATION } from '../model/annotations.js';
import { providerArn } from '../policy/federated.js';
import { ASSUME_ROLE } from '../policy/pod-identity.js';
import type { Has } from './facts.js';
import { parseRoleArn } from './role-arn.js';
import { restartAdvice, restartCommands, type RunningPods } from './running-pods.js';
import type { LiveServiceAccount } from './service-accounts.js';
import { admitsSession } from './session-of-association.js';

/** The audience of the tokens that pods made now are given. */
export const audienceOf = ({ account }: LiveServiceAccount): string => account.annotations[AUDIENCE_ANNOTATION] ?? DEFAULT_AUDIENCE;

/** Whether no role has this ARN; null where that cannot be told. */
function isGone(arn: string, facts: Has<'roles'>): boolean | null {
  const { partition, account, roles } = facts.inventory;
  const parsed = parseRoleArn(arn);
  if (parsed === null) return facts.role(arn) === null;
  if (parsed.account !== account || parsed.partition !== partition) return null;
  return facts.role(arn) === null ? (roles.known ? true : null) : false;
}

/** Whether a role takes a service account that comes with a token for an audience; null where that cannot be told. */
export function roleTakes(arn: string, audience: string, { cluster, account }: LiveServiceAccount, facts: Has<'roles'>): boolean | null {
  const role = facts.role(arn);
  if (role === null) return isGone(arn, facts) === true ? false : null;
  const { partition, account: owner } = facts.inventory;
  const verdict = facts.admits(role, {
    providerArn: providerArn(partition, owner, cluster.url),
    issuer: `https://${cluster.url}`,
    audience,
    subject: `system:serviceaccount:${account.namespace}:${account.name}`,
  });
  return verdict === 'undecided' ? null : verdict === 'allowed';
}

/** Whether the provider of its cluster takes tokens for an audience; null where it was not read, or there is none. */
export function providerTakes(audience: string, { cluster }: LiveServiceAccount, facts: Has<'providers'>): boolean | null {
  const provider = facts.providerOf(cluster.url);
  return provider?.detail.known === true ? provider.detail.value.clientIds.includes(audience) : null;
}

/** Whether pods that are made now are shut out of the role that they are given; false where that cannot be told. */
export function newPodsAreShutOut(of: LiveServiceAccount, facts: Has<'roles' | 'providers'>): boolean {
  const { association, cluster, account } = of;
  if (association === null) {
    const audience = audienceOf(of);
    const { providers } = facts.inventory;
    const hasNoProvider = providers.known && facts.providerOf(cluster.url) === null;
    const role = account.annotations[ROLE_ANNOTATION] ?? '';
    // The provider of another account is not among these.
    const isForeign = isGone(role, facts) === null;
    return (
      roleTakes(role, audience, of, facts) === false || (!isForeign && (hasNoProvider || providerTakes(audience, of, facts) === false))
    );
  }
  const arn = association.roleArn;
  const role = arn === null ? null : facts.role(arn);
  if (role === null) return arn !== null && isGone(arn, facts) === true;
  return admitsSession(role.policy, ASSUME_ROLE, cluster.cluster, association, facts.inventory.account).outcome === 'no';
}

/** Has the pods made anew; where those would be shut out of their role, nothing is to be restarted before that is repaired. */
export function remake(
  running: RunningPods,
  then: string,
  facts: Has<'roles' | 'providers'>,
): { summary: string; commands: ReturnType<typeof restartCommands> } {
  const { of, workload } = running;
  if (newPodsAreShutOut(of, facts))
    return {
      summary: `Do not restart the pods yet: new pods of ${of.id} are shut out of the role that they get. Repair that first, and restart them then.`,
      commands: [],
    };
  return { summary: `${restartAdvice(workload)}: ${then}.`, commands: restartCommands(running) };
}
