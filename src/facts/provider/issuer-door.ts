import type { IssuerId } from '../../model/inventory/issuer-id.js';
import type { Has, RoleHas } from '../account/facts.js';
import { clusterMeantBy, type MeantCluster } from './near-issuer.js';
import { readCondition, valuesOf } from '../statement/web-identity.js';
import type { Entrance } from '../../model/report/admission.js';
import { DEFAULT_AUDIENCE } from '../../model/inventory/annotations.js';
import { ANY_AUDIENCE } from '../../policy/language/audience-kinds.js';
import { hasWildcard } from '../../policy/pattern/glob.js';
import { isBuiltIn, keysOfIssuer } from '../../policy/language/issuer-keys.js';
import type { Door } from '../../policy/subjects/subject-set.js';
import { doorOf } from '../../policy/language/token.js';

/** How an entrance says that any audience is allowed by it that the policy does not name. */
const EVERY_AUDIENCE = '*';

/** An audience to try, and how the policy writes it. */
export interface Tried {
  readonly audience: string;
  readonly told: string;
}

export const USUAL_AUDIENCE: Tried = { audience: DEFAULT_AUDIENCE, told: DEFAULT_AUDIENCE };

const asTold = (audience: string): Tried => ({ audience, told: audience });

/** The audiences that a role names for tokens of an issuer, in an Allow or a Deny, with something in the place of wildcards. */
export function audiencesNamed({ policy }: Pick<RoleHas, 'policy'>, issuer: IssuerId): readonly Tried[] {
  const { audience } = keysOfIssuer(issuer);
  const conditions = policy.statements
    .flatMap(({ conditions: entries }) => entries.map((entry) => readCondition(entry, [issuer])))
    .filter((one) => one.ownIssuer && one.claim === audience);
  // Under another operator a wildcard stands for itself, and no audience holds one.
  const named = conditions.flatMap((one) => valuesOf([one]).filter((value) => one.operator?.wildcards === true || !hasWildcard(value)));
  return [...new Set(named)].map((value) => ({ audience: value.replace(/[*?]/g, 'x'), told: value }));
}

/**
 * The audiences with which tokens of an issuer may come: those that its provider takes; where that was not read, the usual one and
 * those that the policy names; of an issuer that is built into AWS, one that the policy does not name too.
 */
export function audiencesFor(role: Pick<RoleHas, 'policy'>, issuer: IssuerId, facts: Has<'providers'>): readonly Tried[] {
  const detail = facts.providerOf(issuer)?.detail;
  if (!isBuiltIn(issuer) && detail?.known === true) return detail.value.clientIds.map(asTold);
  const named = audiencesNamed(role, issuer);
  if (isBuiltIn(issuer)) return [{ audience: ANY_AUDIENCE, told: EVERY_AUDIENCE }, ...named.filter(({ told }) => told !== EVERY_AUDIENCE)];
  return [USUAL_AUDIENCE, ...named.filter(({ told }) => told !== DEFAULT_AUDIENCE)];
}

/** How tokens of an issuer come to a role of the account. */
export interface IssuerDoor {
  /** All of the request but its audience and subject. */
  readonly door: Pick<Door, 'providerArn' | 'issuer'>;
  readonly provider: Entrance['provider'];
  /** The audiences that the provider takes; null where any may be, or they were not read. */
  readonly clientIds: readonly string[] | null;
  /** The cluster for which the provider was plainly made, and whose issuer it misses. */
  readonly meant: MeantCluster | null;
}

/** Where STS finds an issuer: a provider of the account, or one that is built into AWS. */
export function issuerDoor(issuer: IssuerId, facts: Has<'clusters' | 'providers'>): IssuerDoor {
  const { providers } = facts.inventory;
  const found = isBuiltIn(issuer) ? null : facts.providerOf(issuer);
  const isThere = isBuiltIn(issuer) || found !== null;
  return {
    door: doorOf(issuer, facts.inventory),
    provider: isThere ? 'there' : providers.known ? 'absent' : 'unread',
    clientIds: found?.detail.known === true ? found.detail.value.clientIds : null,
    meant: found === null ? null : clusterMeantBy(issuer, facts),
  };
}
