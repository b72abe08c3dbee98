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

/** Variables that IAM fills in have a prefix: `${aws:PrincipalTag/team}`; a template's names have none. */
const IAM_VARIABLE = /\$\{(?:[*?$]|[^}:]+:[^}]*)\}/g;

export interface KnownText {
  /** This account's id: in documentation or not, it is right here. */
  readonly account: string;
  /** Issuers that stand in this account, as they are: right whatever they look like. */
  readonly issuers: readonly string[];
}

/** The first piece of a text that is a placeholder; null where there is none. */
export function placeholderIn(text: string, known: KnownText): string | null {
  const rest = known.issuers.reduce((left, issuer) => left.split(issuer).join(''), text);
  for (const pattern of PLACEHOLDERS) {
    const found = pattern.exec(rest)?.[0];
    if (found !== undefined) return found;
  }
  const account = DOCUMENTATION_ACCOUNT.exec(rest)?.[1];
  return account === undefined || account === known.account ? null : account;
}

/** A placeholder in a condition's value, where IAM's own variables are none if the document's version gives them meaning. */
export function placeholderInValue(value: string, variables: boolean, known: KnownText): string | null {
  return placeholderIn(variables ? value.replace(IAM_VARIABLE, '') : value, known);
}
