import type { KeyValue } from './variables.js';

/** What a web identity token says, as far as conditions can see it. */
export interface TokenClaims {
  readonly audience: string;
  readonly subject: string;
}

const EKS_HOST = /^oidc[.-]eks\./i;
/** Issuers that IAM maps by itself and that have neither `aud` nor `sub` (IAM User Guide, "Keys available for web identity federation"). */
const WITHOUT_SUBJECT = /^(?:www\.amazon\.com|graph\.facebook\.com)$/i;

const GLOBAL = /^(aws|sts):/i;
/**
 * Global keys that are in every request with the same value: STS answers TLS alone, and a call that a caller makes is made
 * by no AWS service in its name (IAM User Guide, "AWS global condition context keys"). In lower case.
 */
export const CONSTANT_KEYS: ReadonlyMap<string, string> = new Map([
  ['aws:securetransport', 'true'],
  ['aws:viaawsservice', 'false'],
]);
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

function globalValue(key: string): KeyValue {
  if (!GLOBAL.test(key)) return ABSENT;
  const value = CONSTANT_KEYS.get(key.toLowerCase());
  return value === undefined ? UNKNOWABLE : { state: 'present', value };
}

/**
 * What the request holds for a condition key.
 *
 * Own issuer: `aud` and `sub` are known. Kubernetes puts no `azp`, `amr` or `email` into its tokens, so there `oaud` is
 * the audience and everything else is certainly absent. Other issuers may send them, and some have a mapping of their own
 * (GitHub's `repository`): whether such a key is there, configuration cannot tell. Claims of other issuers are absent.
 * Global keys are unknowable, but for the few that are the same in every call.
 */
export function requestReader(url: string, { audience, subject }: TokenClaims): (key: string) => KeyValue {
  const claimOf = claimReader(url);
  const mapsSubject = !WITHOUT_SUBJECT.test(url);
  const allKnown = mapsSubject && (isEksIssuer(url) || subject.startsWith(SERVICE_ACCOUNT_PREFIX));
  const sub: KeyValue = mapsSubject ? { state: 'present', value: subject } : UNKNOWABLE;
  const aud: KeyValue = mapsSubject ? { state: 'present', value: audience } : UNKNOWABLE;
  return (key) => {
    const claim = claimOf(key);
    if (claim === null) return globalValue(key);
    if (claim === 'sub') return sub;
    if (claim === 'aud') return aud;
    if (!allKnown) return UNKNOWABLE;
    return claim === 'oaud' ? aud : ABSENT;
  };
}
