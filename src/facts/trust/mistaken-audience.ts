import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { AUDIENCE_ANNOTATION, DEFAULT_AUDIENCE, ROLE_ANNOTATION } from '../../model/inventory/annotations.js';
import type { ServiceAccount } from '../../model/inventory/inventory.js';
import { agreement, audienceDemands, type AudienceDemands } from './audience-agreement.js';
import type { Carriers, Has, RoleHas, RoleUser } from '../account/facts.js';
import { callersFrom, namedCallers } from './service-accounts-of-role.js';
import { takesValue } from '../statement/matches-value.js';
import { valuesOf } from '../statement/web-identity.js';

/** An audience that a service account asks for, and that is the mistake of its annotation. */
export interface MistakenAudience {
  readonly audience: string;
  readonly role: RoleHas;
  /** ARN of the provider. */
  readonly provider: string;
  /** Audiences that the provider takes. */
  readonly clientIds: readonly string[];
  /** Audiences that the trust policy names. */
  readonly demanded: readonly string[];
  /** Whether the trust policy takes an audience. */
  readonly takes: (audience: string) => boolean;
}

/** Whether some statement names an audience. One that requires none takes it as it takes every other, which says nothing of this one. */
const names = ({ statements }: AudienceDemands, audience: string): boolean =>
  statements.some((conditions) => conditions.length > 0 && conditions.every((condition) => takesValue(condition, audience)));

type Asking = Pick<RoleUser, 'serviceAccount' | 'audience'>;

/**
 * Whether somebody who uses a role asks by annotation for an audience that the role refuses, while others come with one that it
 * takes: they and the role agree, and the annotation is to blame, whether or not the provider lists what it asks for.
 * @param url issuer of its cluster
 */
export function isOddOneOut({ serviceAccount, audience }: Asking, role: RoleHas<Carriers>, url: IssuerId): boolean {
  if (serviceAccount.annotations[AUDIENCE_ANNOTATION] === undefined) return false;
  const demands = audienceDemands(role, url);
  return demands !== null && !demands.takes(audience) && callersFrom(role, url).some((other) => demands.takes(other.audience));
}

/**
 * Whether nothing speaks for an audience but the annotation of a single service account: not the role, not a second one that the
 * role names, not a provider that lists neither the default nor what the role requires. An annotation is a request: whether it is
 * wrong or the role, nobody can tell.
 */
export function isAskedByOneAlone(audience: string, role: RoleHas<Carriers>, url: IssuerId, facts: Has<'providers'>): boolean {
  const asking = callersFrom(role, url).filter((user) => user.audience === audience);
  if (audience === DEFAULT_AUDIENCE || asking.length === 0 || audienceDemands(role, url)?.takes(audience) === true) return false;
  const detail = facts.providerOf(url)?.detail;
  const clientIds = detail?.known === true ? detail.value.clientIds : [];
  const isOfProvider =
    clientIds.includes(audience) && !clientIds.includes(DEFAULT_AUDIENCE) && agreement(role, url, clientIds) === 'differs';
  return !isOfProvider && namedCallers(asking, role).length < 2;
}

/**
 * The audience that the annotation of a service account asks for, if it is the mistake of the annotation; null where it asks
 * for none, somebody else speaks for it, or that cannot be told.
 * @param url issuer of its cluster
 */
export function mistakenAudience(
  serviceAccount: ServiceAccount,
  url: IssuerId,
  facts: Has<'roles' | 'providers' | Carriers>,
): MistakenAudience | null {
  const audience = serviceAccount.annotations[AUDIENCE_ANNOTATION];
  const role = facts.role(serviceAccount.annotations[ROLE_ANNOTATION] ?? '');
  const provider = facts.providerOf(url);
  if (audience === undefined || role === null || provider?.detail.known !== true) return null;
  const { clientIds } = provider.detail.value;
  const demands = audienceDemands(role, url);
  if (demands === null) return null;
  const isKnown = clientIds.includes(audience) || names(demands, audience);
  if (isKnown && !isOddOneOut({ serviceAccount, audience }, role, url)) return null;
  const { statements, takes } = demands;
  const demanded = [...new Set(statements.flatMap(valuesOf))];
  return { audience, role, provider: provider.arn, clientIds, demanded, takes };
}
