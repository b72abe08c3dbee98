import { issuerAddress, type IssuerId } from '../../model/inventory/issuer-id.js';
import { noProvider, STS_INVALID_ARN, STS_NOT_AUTHORIZED, STS_WRONG_AUDIENCE } from '../../model/report/sts-errors.js';
import { requestWith } from '../../policy/language/token.js';
import type { Has } from '../account/facts.js';
import { isCut } from '../account/pods-by-hand.js';
import { parseRoleArn } from '../account/role-arn.js';

/** Who asks STS for a role with a token of web identity. */
export interface StsCaller {
  /** The role, as whoever asks writes its ARN. */
  readonly role: string;
  readonly url: IssuerId;
  /** `system:serviceaccount:namespace:name` */
  readonly subject: string;
}

/** What refuses a token, in the order in which STS looks: the ARN, be it that of another partition, no provider, its audiences, no role, the trust policy. */
export type RefusedBySts = 'arn' | 'provider' | 'audience' | 'role' | 'trust';

/** What becomes of a token, as far as configuration tells. */
export interface StsVerdict {
  /** Empty = nothing that is known. */
  readonly refusals: readonly RefusedBySts[];
  readonly state: 'admitted' | 'undecided' | 'refused';
}

/** What people see of a refusal. */
export function stsError(by: RefusedBySts, url: IssuerId): string {
  const errors = {
    arn: STS_INVALID_ARN,
    provider: noProvider(issuerAddress(url)),
    audience: STS_WRONG_AUDIENCE,
    role: STS_NOT_AUTHORIZED,
    trust: STS_NOT_AUTHORIZED,
  };
  return errors[by];
}

type Side<Refused extends RefusedBySts> = Refused | 'admitted' | 'undecided';

function askProvider(url: IssuerId, audience: string | null, facts: Has<'providers'>): Side<'provider' | 'audience'> {
  const provider = facts.providerOf(url);
  if (provider === null) return facts.inventory.providers.known ? 'provider' : 'undecided';
  if (!provider.detail.known || audience === null) return 'undecided';
  return provider.detail.value.clientIds.includes(audience) ? 'admitted' : 'audience';
}

function askRole({ role: arn, url, subject }: StsCaller, audience: string | null, facts: Has<'roles'>): Side<'role' | 'trust'> {
  const { roles } = facts.inventory;
  const role = facts.role(arn);
  if (role === null) return roles.known ? 'role' : 'undecided';
  if (audience === null) return 'undecided';
  const verdict = facts.admits(role, requestWith({ url, audience, subject }, facts.inventory));
  return verdict === 'denied' ? 'trust' : verdict === 'allowed' ? 'admitted' : 'undecided';
}

/**
 * What STS says to whoever brings a token to a role: the one place in which it is judged.
 * @param audience of the token; null = not known
 */
export function stsVerdict(caller: StsCaller, audience: string | null, facts: Has<'roles' | 'providers'>): StsVerdict {
  const { partition, account } = facts.inventory;
  const parsed = parseRoleArn(caller.role);
  // Paths may hold more than the webhook takes: what is there is a role.
  const isArn = parsed !== null || facts.role(caller.role) !== null;
  if (isCut(caller.role)) return { refusals: [], state: 'undecided' };
  if (!isArn) return { refusals: ['arn'], state: 'refused' };
  if (parsed !== null && parsed.partition !== partition) return { refusals: ['arn'], state: 'refused' };
  // STS looks for the provider in the account of the role: of another neither of the two is among these.
  const isElsewhere = parsed !== null && parsed.account !== account;
  if (isElsewhere) return { refusals: [], state: 'undecided' };
  const sides = [askProvider(caller.url, audience, facts), askRole(caller, audience, facts)];
  const refusals = sides.filter((side) => side !== 'admitted' && side !== 'undecided');
  return { refusals, state: refusals.length > 0 ? 'refused' : sides.includes('undecided') ? 'undecided' : 'admitted' };
}
