import type { ContainerIdentity, Workload } from '../model/workload.js';
import type { Has } from './facts.js';
import { audienceOf, isLetIn, refusal } from './new-pods.js';
import { isOfWebhook } from './role-by-hand.js';
import { injectedContainers, setsKeys } from './running-pods.js';
import type { LiveServiceAccount } from './service-accounts.js';

/** A role that a container goes by, and the audience of the token that it brings. */
interface Brought {
  readonly role: string;
  /** Null where no volume says, and the token is not that of the webhook. */
  readonly audience: string | null;
}

function broughtBy({ roleArn, tokenFile, tokens }: ContainerIdentity, of: LiveServiceAccount): readonly Brought[] {
  if (roleArn === null || tokenFile === null) return [];
  const path = tokenFile.replaceAll('\\', '/');
  const mounted = tokens.find(({ mountPath }) => path.startsWith(`${mountPath.replaceAll('\\', '/').replace(/\/$/, '')}/`));
  return [{ role: roleArn, audience: mounted?.audience ?? (isOfWebhook(tokenFile) ? audienceOf(of) : null) }];
}

const broughtIn = (workload: Workload, of: LiveServiceAccount): readonly Brought[] =>
  injectedContainers(workload).flatMap((container) => (setsKeys(container) ? [] : broughtBy(container, of)));

/** What STS says to pods by the role and the token of web identity that they have; null where it lets them in, or that cannot be told. */
export function webIdentityRefused(workload: Workload, of: LiveServiceAccount, facts: Has<'roles' | 'providers'>): string | null {
  const refusals = broughtIn(workload, of).flatMap(({ role, audience }) =>
    audience === null ? [] : (refusal(role, audience, of, facts) ?? []),
  );
  return refusals[0] ?? null;
}

/** Whether pods have one role by web identity, which takes them. */
export function hasByWebIdentity(role: string, workload: Workload, of: LiveServiceAccount, facts: Has<'roles' | 'providers'>): boolean {
  const brought = broughtIn(workload, of);
  return brought.length > 0 && brought.every((one) => one.role === role && one.audience !== null && isLetIn(role, one.audience, of, facts));
}
