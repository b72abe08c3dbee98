import type { Facts } from './facts.js';

/**
 * Text of a template or of documentation that nobody replaced. Upper case only, where the word could be a name: names in
 * Kubernetes are lower case, and tenants of shared issuers may be called anything.
 */
const PLACEHOLDERS = [
  /\$\{[^}]*\}/,
  /<[^<>]+>/,
  /\{\{[^}]*\}\}/,
  /\$[A-Z][A-Z0-9_]{2,}/,
  /EXAMPLE[A-Z0-9_-]*/,
  /(?:AWS_)?ACCOUNT_?ID\b/,
  /OIDC_(?:PROVIDER|ID|ISSUER|URL)\w*/,
  /\bYOUR[_-][A-Z0-9_-]+/,
  /\b(?:NAMESPACE|SERVICE_?ACCOUNT(?:_NAME)?|CLUSTER_(?:ID|NAME))\b/,
  /X{5,}/,
];

/** Account ids that AWS prints in its documentation. */
const DOCUMENTATION_ACCOUNT = /:iam::(111122223333|123456789012):/;

/** What every one of these has somewhere. Nearly all text of an account has none of it, which one quick look tells. */
const SUSPECT = /[$<{]|[A-Z]{4}[A-Z_-]|111122223333|123456789012/;

/** Variables that IAM fills in have a prefix: `${aws:PrincipalTag/team}`; a template's names have none. */
const IAM_VARIABLE = /\$\{(?:[*?$]|[^}:]+:[^}]*)\}/g;

/** The first host with its path in an ARN, a key or a value. */
const ISSUER = /(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+(?::\d+)?(?:\/[^\s:]*)?/;

/** What is right in this account, whatever it looks like. */
export interface KnownText {
  readonly account: string;
  /** Whether an issuer has a provider or a cluster here. */
  stands(url: string): boolean;
}

/** The first piece of a text that is a placeholder; null where there is none. */
export function placeholderIn(text: string, known: KnownText): string | null {
  if (!SUSPECT.test(text)) return null;
  const issuer = ISSUER.exec(text)?.[0];
  const rest = issuer !== undefined && known.stands(issuer) ? text.replace(issuer, '') : text;
  for (const pattern of PLACEHOLDERS) {
    const found = pattern.exec(rest)?.[0];
    if (found !== undefined) return found;
  }
  const account = DOCUMENTATION_ACCOUNT.exec(rest)?.[1];
  return account === undefined || account === known.account ? null : account;
}

/** A placeholder in a condition's value, where IAM's own variables are none if the document's version gives them meaning. */
export function placeholderInValue(value: string, variables: boolean, known: KnownText): string | null {
  return placeholderIn(variables && value.includes('${') ? value.replace(IAM_VARIABLE, '') : value, known);
}

/** What stands in the audited account. */
export function knownText({ inventory, providerOf, clusterOf }: Pick<Facts, 'inventory' | 'providerOf' | 'clusterOf'>): KnownText {
  return { account: inventory.account, stands: (url) => providerOf(url) !== null || clusterOf(url) !== null };
}
