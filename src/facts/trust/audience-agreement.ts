import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { nearest } from '../../lib/nearest.js';
import { AUDIENCE_ANNOTATION, DEFAULT_AUDIENCE, ROLE_ANNOTATION } from '../../model/inventory/annotations.js';
import { hasVariable } from '../../policy/language/variables.js';
import { isPositive } from '../statement/condition-semantics.js';
import type { Carriers, Has, RoleHas, RoleUser } from '../account/facts.js';
import { tokenBearers } from '../account/pods-by-hand.js';
import { callersFrom } from './service-accounts-of-role.js';
import { takesValue } from '../statement/matches-value.js';
import { concerns, conditionsOn, valuesOf, type Condition } from '../statement/web-identity.js';

/** What a role requires of the audience of an issuer's tokens, statement by statement. */
export interface AudienceDemands {
  /** The conditions on the audience in each statement for the issuer; none = that one takes any audience. */
  readonly statements: readonly (readonly Condition[])[];
  /** Whether some statement takes an audience. */
  readonly takes: (audience: string) => boolean;
}

/** What a role requires of the audience, or null: no statement is for the issuer, or what one requires cannot be judged. */
export function audienceDemands({ statements }: RoleHas, url: IssuerId): AudienceDemands | null {
  const demands = statements
    .filter(({ issuers, allowsWebIdentity }) => allowsWebIdentity && issuers.includes(url))
    .map((statement) => conditionsOn(statement, 'aud').filter((one) => concerns(one, url)));
  const isJudged = demands
    .flat()
    .every((one) => isPositive(one) && one.operator?.family === 'string' && !one.entry.values.some(({ value }) => hasVariable(value)));
  if (!isJudged || demands.length === 0) return null;
  return {
    statements: demands,
    takes: (audience) => demands.some((conditions) => conditions.every((condition) => takesValue(condition, audience))),
  };
}

/**
 * How a role stands to the audiences that the provider of an issuer lists: `agrees` = it requires one of them; `open` = it requires
 * none; `differs` = no token meets both. Null where that cannot be judged.
 */
export function agreement(role: RoleHas, url: IssuerId, clientIds: readonly string[]): 'agrees' | 'open' | 'differs' | null {
  const demands = audienceDemands(role, url);
  if (demands === null) return null;
  if (demands.statements.some((conditions) => conditions.length === 0)) return 'open';
  return clientIds.some(demands.takes) ? 'agrees' : 'differs';
}

/** The audiences of the tokens that pods of an issuer's cluster bring for a role, as far as their volumes say. */
export function audiencesOfPods(role: RoleHas, url: IssuerId, facts: Has<'clusters' | 'workloads'>): readonly string[] {
  const bearers = tokenBearers(role.role.arn, facts);
  // Most roles have none, and every one is asked.
  if (bearers.length === 0) return [];
  const own = bearers.filter((one) => one.url === url && one.isAudienceRead);
  return [...new Set(own.map(({ audience }) => audience))];
}

/**
 * Those of them that a role may be told to require: what the provider does not take, and no role names, is wrong of the pods. The API
 * server's own audience, which tokens have that ask for none, is not for AWS, unless the provider lists it.
 */
export function audiencesToRequire(role: RoleHas, url: IssuerId, facts: Has<Audiences>): readonly string[] {
  return audiencesOfPods(role, url, facts).filter(isToRequire(role, url, facts));
}

function isToRequire(role: RoleHas | null, url: IssuerId, facts: Has<Audiences>): (audience: string) => boolean {
  const detail = facts.providerOf(url)?.detail;
  const named = new Set(role === null ? [] : valuesOf(audienceDemands(role, url)?.statements.flat() ?? []));
  return (audience) => named.has(audience) || (detail?.known === true && detail.value.clientIds.includes(audience));
}

/** What the tokens of China have instead of the default, according to some sources: Rancher's operator. */
const OF_CHINA = 'sts.amazonaws.com.cn';

/** Whether the provider of an issuer and a role may take an audience, for all that was read. */
function mayTakeBoth(audience: string, role: RoleHas | null, url: IssuerId, facts: Has<Audiences>): boolean {
  const detail = facts.providerOf(url)?.detail;
  const isListed = detail?.known !== true || detail.value.clientIds.includes(audience);
  return isListed && (role === null || audienceDemands(role, url)?.takes(audience) !== false);
}

/** The audiences that tokens may have for a role of which nobody says another. */
export const audiencesAssumed = (role: RoleHas | null, url: IssuerId, facts: Has<Audiences>): readonly string[] =>
  facts.inventory.partition === 'aws-cn' && mayTakeBoth(OF_CHINA, role, url, facts) ? [DEFAULT_AUDIENCE, OF_CHINA] : [DEFAULT_AUDIENCE];

/** The audiences of the tokens that the webhook gave to running pods of a service account: the default where some have that. */
function audiencesGiven({ url, subject, serviceAccount }: RoleUser, role: RoleHas | null, facts: Has<Audiences>): readonly string[] {
  const own = tokenBearers(serviceAccount.annotations[ROLE_ANNOTATION] ?? '', facts).filter(
    (one) => one.url === url && one.subject === subject && one.isOfWebhook,
  );
  const given = new Set(own.map(({ audience }) => audience));
  return given.has(DEFAULT_AUDIENCE) || url === null
    ? [DEFAULT_AUDIENCE].filter((one) => given.has(one))
    : [...given].filter(isToRequire(role, url, facts));
}

/**
 * The audiences that the tokens of a service account have; empty where that is not settled. Without an annotation it is the
 * webhook's default, of which sources differ in China (eksctl and repaired set-ups: sts.amazonaws.com; Rancher's operator:
 * sts.amazonaws.com.cn). Its running pods say which it is there; and where provider and role refuse the one of China anyway, the
 * doubt changes nothing.
 * @param role the one that it uses; null = none that was read
 */
export function settledAudiences(user: RoleUser, role: RoleHas | null, facts: Has<Audiences>): readonly string[] {
  const { serviceAccount, audience, url } = user;
  if (facts.inventory.partition !== 'aws-cn' || serviceAccount.annotations[AUDIENCE_ANNOTATION] !== undefined) return [audience];
  if (url === null) return [];
  const given = audiencesGiven(user, role, facts);
  if (given.length > 0) return given;
  return mayTakeBoth(OF_CHINA, role, url, facts) ? [] : [audience];
}

/** The service accounts of an issuer's cluster that use the role and whose audience is known, each with it. */
export const callersWithAudience = (role: RoleHas<Carriers>, url: IssuerId, facts: Has<Audiences>): readonly RoleUser[] =>
  callersFrom(role, url).flatMap((user) => settledAudiences(user, role, facts).map((audience) => ({ ...user, audience })));

/** Those of them whose audience is not settled. */
export const callersUnsettled = (role: RoleHas<Carriers>, url: IssuerId, facts: Has<Audiences>): readonly RoleUser[] =>
  callersFrom(role, url).filter((user) => settledAudiences(user, role, facts).length === 0);

/** Regional host names of STS, which people take for its audience. */
export const REGIONAL_STS = /^sts\.[a-z0-9-]+\.amazonaws\.com/;

/** Whether, in place of the default audience, a provider lists one that was plainly meant to be it. */
export const missesDefault = (clientIds: readonly string[]): boolean =>
  !clientIds.includes(DEFAULT_AUDIENCE) &&
  (clientIds.some((id) => REGIONAL_STS.test(id) || id === OF_CHINA) || nearest(DEFAULT_AUDIENCE, clientIds, 2) !== null);

/** The sections, beside those that tell who uses a role, by which audiences are known. */
export type Audiences = 'clusters' | 'workloads' | 'providers';

/**
 * The audiences for repairs to require: those of the service accounts that use the role; where none does, those of its pods, else
 * the default, unless the provider lists others alone: then whoever is allowed asks for one of these.
 */
export function audiencesInUse(role: RoleHas<Carriers>, url: IssuerId, facts: Has<Audiences>): readonly string[] {
  const carried = [
    ...new Set(
      callersFrom(role, url).flatMap((user) => {
        const settled = settledAudiences(user, role, facts);
        return settled.length > 0 ? settled : [user.audience, OF_CHINA];
      }),
    ),
  ];
  const known = carried.length > 0 ? carried : audiencesToRequire(role, url, facts);
  if (known.length > 0) return known;
  const detail = facts.providerOf(url)?.detail;
  const listed = detail?.known === true ? detail.value.clientIds : [];
  return listed.length === 0 || listed.includes(DEFAULT_AUDIENCE) ? [DEFAULT_AUDIENCE] : listed;
}
