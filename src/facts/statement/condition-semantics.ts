import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { claimsOf, keysOfIssuer } from '../../policy/language/issuer-keys.js';
import type { Condition, WebIdentityStatement } from './web-identity.js';

/** The claims for which STS has a key and that tokens of Kubernetes have. */
const OF_CLUSTERS: ReadonlySet<string> = new Set(['aud', 'oaud', 'sub']);

/** Whether a condition is met by a request that does not have its key: negated, `…IfExists`, `ForAllValues:`, or `Null: true`. */
export function passesWithoutKey({ operator, entry }: Condition): boolean {
  if (operator === null) return false;
  if (operator.family === 'null') return entry.values.some(({ value }) => /^true$/i.test(value));
  return operator.ifExists || operator.set === 'ForAllValues' || (operator.negated && operator.set === null);
}

/** Keys about a caller that has signed its request: a web identity has not. Other `aws:` and `sts:` keys may be there. */
const OF_SIGNED_CALLERS =
  /^(?:aws:(?:PrincipalArn|PrincipalAccount|PrincipalOrgID|PrincipalOrgPaths|PrincipalTag\/.*|userid|username|MultiFactorAuth\w+|SourceArn|SourceAccount)|sts:ExternalId)$/i;

/** Whether a condition is on a key of another service or call, such as one with a SAML assertion: a call with a token never has it. */
export const isOfOtherCall = ({ key, entry }: Condition): boolean => key.kind === 'global' && !/^(?:aws|sts):/i.test(entry.key);

/** Whether a condition is on a key of those who sign their calls. AWS says of each by itself that it is there, so its absence is no more than possible. */
export const isOfSigners = ({ key, entry }: Condition): boolean => key.kind === 'global' && OF_SIGNED_CALLERS.test(entry.key);

/** Either of the two. */
export const isOfOthers = (condition: Condition): boolean => isOfOtherCall(condition) || isOfSigners(condition);

/** Whether a token of an issuer can bring this claim as a condition key: it is on the issuer's closed list, and a cluster signs it. */
export function isKnownClaim(claim: string, url: IssuerId, kubernetes: boolean): boolean {
  return kubernetes ? OF_CLUSTERS.has(claim) : claimsOf(url).has(claim);
}

/** Whether a token of one of the statement's issuers can have the key exactly as it is written. */
export function canBeCarried({ key, ownIssuer }: Condition, kubernetes: boolean): boolean {
  return (
    key.kind === 'claim' &&
    ownIssuer &&
    key.defects.length === 0 &&
    key.claim !== null &&
    isKnownClaim(key.claim.toLowerCase(), key.issuer, kubernetes)
  );
}

/** Whether every request meets a condition: no token brings its key, and it is met without. */
const isMetByAll = (condition: Condition): boolean =>
  condition.key.kind === 'claim' && passesWithoutKey(condition) && !canBeCarried(condition, false);

/**
 * Whether a condition picks out some values of its claim: a comparison that is not negated, no mere test of presence, and not met by
 * every request whatever is there.
 */
export function isPositive(condition: Condition): boolean {
  const { operator } = condition;
  return operator !== null && !operator.negated && operator.family !== 'null' && !isMetByAll(condition);
}

/** Whether a condition leaves some values of its claim out. */
export const isExclusion = ({ operator }: Condition): boolean => operator?.negated === true && operator.family !== 'null';

/** The key that a condition was meant to have for an issuer; null where no claim can be told. */
export function meantKey(condition: Condition, url: IssuerId): string | null {
  const claim = condition.claim;
  return claim === null ? null : `${url}:${claim}`;
}

/**
 * Whether a statement for several issuers asks for a claim of another one of them than this, which its tokens do not have, or for the
 * absence of one of its own: they are not meant.
 */
export function isForAnother({ issuers, conditions }: Pick<WebIdentityStatement, 'issuers' | 'conditions'>, url: IssuerId): boolean {
  const others = new Set(issuers.map((one) => one.toLowerCase()).filter((one) => one !== url.toLowerCase()));
  return conditions.some((one) => {
    if (one.key.kind !== 'claim') return false;
    if (others.has(one.key.issuer.toLowerCase())) return isPositive(one) && !passesWithoutKey(one);
    const { subject, audience } = keysOfIssuer(url);
    const isOwn = one.key.issuer.toLowerCase() === url.toLowerCase() && [subject, audience].includes(one.key.claim?.toLowerCase() ?? '');
    const { values } = one.entry;
    return (
      isOwn && others.size > 0 && one.operator?.family === 'null' && values.length > 0 && values.every(({ value }) => value === 'true')
    );
  });
}
