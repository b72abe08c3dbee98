import { keysOfIssuer } from './issuer-keys.js';
import type { KeyValue } from './variables.js';

/** Further claims of a token, by the claim as its condition key ends. */
export type OtherClaims = Readonly<Record<string, string | readonly string[]>>;

/** What a web identity token says, as far as conditions can see it. */
export interface TokenClaims {
  readonly audience: string;
  readonly subject: string;
  /** Everything else that it says; left out = not known. */
  readonly claims?: OtherClaims;
  /** When it is used, ISO 8601; left out = not known. */
  readonly at?: string;
}

const EKS_HOST = /^oidc[.-]eks\./i;

const GLOBAL = /^(aws|sts):/i;
/**
 * Global keys that are in every request with the same value: STS answers TLS alone, and a call that a caller makes is made
 * by no AWS service in its name (IAM User Guide, "AWS global condition context keys"). In lower case.
 */
export const CONSTANT_KEYS: ReadonlyMap<string, string> = new Map([
  ['aws:securetransport', 'true'],
  ['aws:viaawsservice', 'false'],
]);
/** Global keys that hold the time of the call, in lower case. */
export const CLOCK_KEYS: ReadonlySet<string> = new Set(['aws:currenttime', 'aws:epochtime']);
const UNKNOWABLE: KeyValue = { state: 'unknowable' };
const ABSENT: KeyValue = { state: 'absent' };

/** The subject of every token that Kubernetes signs for a service account begins so. */
export const SERVICE_ACCOUNT_PREFIX = 'system:serviceaccount:';

/** Whether all tokens of an issuer come from an EKS cluster, going by its host. */
export function isEksIssuer(url: string): boolean {
  return EKS_HOST.test(url);
}

/** Reads the claim, in lower case, that a key names for this issuer; null for keys of other issuers and global keys. Key names have no case. */
export function claimReader(url: string): (key: string) => string | null {
  const own = `${url}:`.toLowerCase();
  return (key) => {
    const name = key.toLowerCase();
    return name.startsWith(own) ? name.slice(own.length) : null;
  };
}

function globalValue(key: string, at: string | undefined): KeyValue {
  if (!GLOBAL.test(key)) return ABSENT;
  const name = key.toLowerCase();
  if (at !== undefined && CLOCK_KEYS.has(name)) return { state: 'clock', at };
  const value = CONSTANT_KEYS.get(name);
  return value === undefined ? UNKNOWABLE : { state: 'present', value };
}

const present = (value: string): KeyValue => ({ state: 'present', value });

/** The value of a claim among those that were given; none of them is missing. */
function givenClaim(claims: OtherClaims): (claim: string) => KeyValue {
  const byName = new Map(Object.entries(claims).map(([name, value]) => [name.toLowerCase(), typeof value === 'string' ? [value] : value]));
  return (claim) => {
    const values = byName.get(claim) ?? [];
    const [first, ...others] = values;
    if (first === undefined) return ABSENT;
    return others.length === 0 ? present(first) : { state: 'several', values };
  };
}

/**
 * What the request holds for a condition key.
 *
 * Own issuer: audience and subject are known, and a key that is not on the issuer's closed list is absent. Kubernetes puts no
 * `azp`, `amr` or `email` into its tokens, so there `oaud` is the audience and everything else is absent. Whether a token of
 * another issuer has a listed key, configuration cannot tell; who knows the token gives its claims. Claims of other issuers
 * are absent. Global keys are unknowable, but for the few that are the same in every call, and the clock where it is known.
 */
export function requestReader(url: string, { audience, subject, claims, at }: TokenClaims): (key: string) => KeyValue {
  const claimOf = claimReader(url);
  const keys = keysOfIssuer(url);
  const isKubernetes = isEksIssuer(url) || (!keys.isMapped && subject.startsWith(SERVICE_ACCOUNT_PREFIX));
  const other = claims === undefined ? (): KeyValue => (isKubernetes ? ABSENT : UNKNOWABLE) : givenClaim(claims);
  const [sub, aud] = [present(subject), present(audience)];
  return (key) => {
    const claim = claimOf(key);
    if (claim === null) return globalValue(key, at);
    if (!keys.claims.has(claim)) return ABSENT;
    if (claim === keys.subject) return sub;
    return claim === keys.audience || (claim === 'oaud' && isKubernetes) ? aud : other(claim);
  };
}
