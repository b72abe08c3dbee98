import type { KeyValue } from './variables.js';

/** What a web identity token says, as far as conditions can see it. */
export interface TokenClaims {
  readonly audience: string;
  readonly subject: string;
}

const EKS_HOST = /^oidc[.-]eks\./i;
/** Issuers that IAM maps by itself and that have neither `aud` nor `sub` (IAM User Guide, "Keys available for web identity federation"). */
const WITHOUT_SUBJECT = /^(?:www\.amazon\.com|graph\.facebook\.com)$/i;

/** The subject of every token that Kubernetes signs for a service account begins so. */
export const SERVICE_ACCOUNT_PREFIX = 'system:serviceaccount:';

/** Whether all tokens of an issuer come from an EKS cluster, going by its host. */
export function isEksIssuer(url: string): boolean {
  return EKS_HOST.test(url);
}

/** The claim, in lower case, that a key names for this issuer; null for keys of other issuers and global keys. Key names have no case. */
export function ownClaim(key: string, url: string): string | null {
  const own = `${url}:`.toLowerCase();
  const name = key.toLowerCase();
  return name.startsWith(own) ? name.slice(own.length) : null;
}

/**
 * What the request holds for a condition key.
 *
 * Own issuer: `aud` and `sub` are known. Kubernetes puts no `azp`, `amr` or `email` into its tokens, so there `oaud` is
 * the audience and everything else is certainly absent. Other issuers may send them, and some have a mapping of their own
 * (GitHub's `repository`): whether such a key is there, configuration cannot tell. Claims of other issuers are absent.
 * Global keys are unknowable.
 */
export function requestValue(key: string, url: string, { audience, subject }: TokenClaims): KeyValue {
  const claim = ownClaim(key, url);
  if (claim === null) return /^(aws|sts):/i.test(key) ? { state: 'unknowable' } : { state: 'absent' };
  if (WITHOUT_SUBJECT.test(url)) return { state: 'unknowable' };
  if (claim === 'sub') return { state: 'present', value: subject };
  if (claim === 'aud') return { state: 'present', value: audience };
  if (!isEksIssuer(url) && !subject.startsWith(SERVICE_ACCOUNT_PREFIX)) return { state: 'unknowable' };
  return claim === 'oaud' ? { state: 'present', value: audience } : { state: 'absent' };
}
