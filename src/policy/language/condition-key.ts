import { memoByText } from '../../lib/memo.js';
import { asIssuerId, type IssuerId } from '../../model/inventory/issuer-id.js';

/** Claims that STS maps for an issuer without a mapping of its own (IAM User Guide, "Keys available for web identity federation"). */
export const DEFAULT_CLAIMS = ['aud', 'oaud', 'sub', 'amr', 'email'] as const;

export type KeyDefect = 'scheme' | 'arn' | 'issuer-twice' | 'no-claim' | 'blank';

/** A condition key, read as `<issuer>:<claim>` as far as that goes. */
export interface ConditionKey {
  readonly raw: string;
  /** `global` for `aws:…`, `sts:…` and other service prefixes; `claim` for everything that names an issuer. */
  readonly kind: 'global' | 'claim';
  /** The issuer without scheme, ARN, doubling or blanks: what was meant. Empty for global keys. */
  readonly issuer: IssuerId;
  /** The name behind the last colon, trimmed; null where there is none. */
  readonly claim: string | null;
  readonly defects: readonly KeyDefect[];
}

const GLOBAL = /^(aws|sts|iam|saml|ec2|s3|kms|ecs|lambda|cloudfront)$/i;

/** Blanks as people paste them: also no-break space (U+00A0), the widest that a policy may hold. */
const BLANK = /[\s\u00a0]/;
const BLANKS = new RegExp(BLANK, 'g');

/** A claim joined to the issuer by another character than a colon. */
const JOINED = /^(.+)[/.](aud|sub)$/i;

function readConditionKey(raw: string): ConditionKey {
  const defects: KeyDefect[] = [];
  let rest = raw;
  if (BLANK.test(rest)) defects.push('blank');
  rest = rest.replace(BLANKS, '');
  const global = /^([A-Za-z0-9-]+):/.exec(rest)?.[1];
  if (global !== undefined && GLOBAL.test(global))
    return { raw, kind: 'global', issuer: asIssuerId(''), claim: rest.slice(global.length + 1), defects };
  const provider = /^(?:arn:[^:]*:iam::[^:]*:)?oidc-provider\//i;
  if (provider.test(rest)) {
    defects.push('arn');
    rest = rest.replace(provider, '');
  }
  if (/https?:\/*/i.test(rest)) {
    defects.push(/^https?:/i.test(rest) ? 'scheme' : 'issuer-twice');
    rest = rest.replace(/^.*https?:\/*/i, '');
  }
  const colon = rest.lastIndexOf(':');
  const tail = colon < 0 ? '' : rest.slice(colon + 1);
  const hasClaim = colon > 0 && tail !== '' && !/^\d+(\/|$)/.test(tail);
  if (!hasClaim) defects.push('no-claim');
  const joined = hasClaim ? null : JOINED.exec(rest);
  const issuer = hasClaim ? rest.slice(0, colon) : (joined?.[1] ?? rest.replace(/:$/, ''));
  const claim = hasClaim ? tail : (joined?.[2] ?? null);
  const [, first, second] = /^(.+?\/id\/)(.+\/id\/.+)$/.exec(issuer) ?? [];
  if (first !== undefined && second !== undefined) {
    if (!defects.includes('issuer-twice')) defects.push('issuer-twice');
    return { raw, kind: 'claim', issuer: asIssuerId(second), claim, defects };
  }
  return { raw, kind: 'claim', issuer: asIssuerId(issuer), claim, defects };
}

/** Roles in thousands have the keys of a few clusters. */
const MOST_KEPT = 20_000;

/**
 * Reads a condition key and says what is odd about its form. Whether its issuer is the right one is not decided here.
 * Never throws.
 */
export const parseConditionKey = memoByText(readConditionKey, MOST_KEPT);

/** Whether a key is one of a web identity token: a call that brings none, such as that of EKS Pod Identity, has no such key. */
export const isTokenKey = (raw: string): boolean => {
  const { kind, issuer, claim } = parseConditionKey(raw);
  return kind === 'claim' && claim !== null && issuer.includes('.');
};
