import { AUDIENCE_ANNOTATION, DEFAULT_AUDIENCE, ROLE_ANNOTATION } from '../model/annotations.js';
import { noProvider, STS_INVALID_ARN, STS_NOT_AUTHORIZED, STS_WRONG_AUDIENCE } from '../model/sts-errors.js';
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

/** What STS says to whoever brings a token of a service account to a role; null where it lets them in, or that cannot be told. */
export function refusal(arn: string, audience: string, of: LiveServiceAccount, facts: Has<'roles' | 'providers'>): string | null {
  const { cluster } = of;
  const gone = isGone(arn, facts);
  if (gone === true && parseRoleArn(arn) === null) return STS_INVALID_ARN;
  // The provider of another account is not among these.
  const isOurs = gone !== null;
  if (isOurs && facts.inventory.providers.known && facts.providerOf(cluster.url) === null) return noProvider(cluster.issuer);
  if (isOurs && providerTakes(audience, of, facts) === false) return STS_WRONG_AUDIENCE;
  return roleTakes(arn, audience, of, facts) === false ? STS_NOT_AUTHORIZED : null;
}

/** Whether a role and the provider take a service account that comes with a token for an audience, for all that was read. */
export const isLetIn = (arn: string, audience: string, of: LiveServiceAccount, facts: Has<'roles' | 'providers'>): boolean =>
  roleTakes(arn, audience, of, facts) === true && providerTakes(audience, of, facts) === true;

/** Whether the role of the association takes the pods that are made now; null where that cannot be told, or there is none. */
export function associationTakes({ association, cluster }: LiveServiceAccount, facts: Has<'roles' | 'providers'>): boolean | null {
  const arn = association?.roleArn ?? null;
  if (association === null || arn === null) return null;
  const role = facts.role(arn);
  if (role === null) return isGone(arn, facts) === true ? false : null;
  const { outcome } = admitsSession(role.policy, ASSUME_ROLE, cluster.cluster, association, facts.inventory.account);
  return outcome === 'no' ? false : outcome === 'yes' ? true : null;
}

/** Whether pods that are made now are shut out of the role that they are given; false where that cannot be told. */
export function newPodsAreShutOut(of: LiveServiceAccount, facts: Has<'roles' | 'providers'>): boolean {
  if (of.association !== null) return associationTakes(of, facts) === false;
  return refusal(of.account.annotations[ROLE_ANNOTATION] ?? '', audienceOf(of), of, facts) !== null;
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
