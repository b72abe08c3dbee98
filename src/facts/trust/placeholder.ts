import { asIssuerId, type IssuerId } from '../../model/inventory/issuer-id.js';
import { SERVICE_ACCOUNT_PREFIX } from '../../policy/language/claims.js';
import type { Has } from '../account/facts.js';
import { subjectProblem } from '../statement/service-account-subject.js';
import type { Condition } from '../statement/web-identity.js';

/**
 * Text of a template or of documentation that nobody replaced. Upper case only, where the word could be a name: names in
 * Kubernetes are lower case, and tenants of shared issuers may be called anything.
 */
const PLACEHOLDERS: readonly ((text: string) => string | null)[] = [
  bracedBy('${', '}'),
  by(/<[^<>]+>/),
  bracedBy('{{', '}}'),
  ...[
    /\$[A-Za-z_][A-Za-z0-9_]{2,}/,
    /\[[A-Z][A-Za-z0-9 _-]{2,}\]/,
    /__[A-Z][A-Z0-9_]*__/,
    /EXAMPLE[A-Z0-9_-]*/,
    /(?:AWS_)?ACCOUNT_?ID\b/,
    /OIDC_(?:PROVIDER|ID|ISSUER|URL)\w*/,
    /\bYOUR[_-][A-Z0-9_-]+/,
    /\b(?:NAMESPACE|SERVICE_?ACCOUNT(?:_NAME)?|CLUSTER_(?:ID|NAME))\b/,
    /X{5,}/,
  ].map(by),
];

function by(pattern: RegExp): (text: string) => string | null {
  return (text) => pattern.exec(text)?.[0] ?? null;
}

/**
 * The first piece that an opening begins and the next `}` ends. Not by an expression: that would read on to the end for each
 * opening that nothing closes.
 */
function bracedBy(opening: string, closing: string): (text: string) => string | null {
  return (text) => {
    let open = text.indexOf(opening);
    for (let close = text.indexOf('}'); open >= 0 && close >= 0; close = text.indexOf('}', close + 1)) {
      if (open + opening.length <= close && text.startsWith(closing, close)) return text.slice(open, close + closing.length);
      if (open < close) open = text.indexOf(opening, close + 1);
    }
    return null;
  };
}

/** Account ids that AWS prints in its documentation. */
const DOCUMENTATION_ACCOUNT = /:iam::(111122223333|123456789012):/;

/** What every one of these has somewhere. Nearly all text of an account has none of it, which one quick look tells. */
const SUSPECT = /[$<{[]|__[A-Z]|[A-Z]{4}[A-Z_-]|111122223333|123456789012/;

/** Variables that IAM fills in have a prefix: `${aws:PrincipalTag/team}`; a template's names have none. */
function withoutVariables(value: string): string {
  let kept = '';
  let from = 0;
  for (let close = value.indexOf('}'); close >= 0; close = value.indexOf('}', from)) {
    const start = startOfVariable(value.slice(from, close));
    kept += start < 0 ? value.slice(from, close + 1) : value.slice(from, from + start);
    from = close + 1;
  }
  return kept + value.slice(from);
}

/** Where the first variable of IAM begins that ends with the text; -1 where none does. */
function startOfVariable(text: string): number {
  const colon = text.lastIndexOf(':');
  for (let start = text.indexOf('${'); start >= 0; start = text.indexOf('${', start + 1)) {
    const name = start + 2;
    if (/^[*?$]$/.test(text.slice(name, name + 2))) return start;
    if (colon > name && text[name] !== ':') return start;
  }
  return -1;
}

/** The first host with its path in an ARN, a key or a value. It begins where a word does: else each letter of a long one would be tried. */
const ISSUER = /(?<![A-Za-z0-9-])(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+(?::\d+)?(?:\/[^\s:]*)?/;

/** What is right in this account, whatever it looks like. */
export interface KnownText {
  readonly account: string;
  /** Whether an issuer has a provider or a cluster here. */
  stands(url: IssuerId): boolean;
}

/** The first piece of a text that is a placeholder; null where there is none. */
export function placeholderIn(text: string, known: KnownText): string | null {
  if (!SUSPECT.test(text)) return null;
  const issuer = ISSUER.exec(text)?.[0];
  const rest = issuer !== undefined && known.stands(asIssuerId(issuer)) ? text.replace(issuer, '') : text;
  for (const find of PLACEHOLDERS) {
    const found = find(rest);
    if (found !== null) return found;
  }
  const account = DOCUMENTATION_ACCOUNT.exec(rest)?.[1];
  return account === undefined || account === known.account ? null : account;
}

/** A placeholder in a condition's value, where IAM's own variables are none if the document's version gives them meaning. */
export function placeholderInValue(value: string, variables: boolean, known: KnownText): string | null {
  return placeholderIn(variables && value.includes('${') ? withoutVariables(value) : value, known);
}

/** Whether a value is the subject of a service account where its letters are compared without case: capitals are names then. */
export const isSubjectInCapitals = ({ operator }: Pick<Condition, 'operator'>, value: string): boolean =>
  operator?.ignoreCase === true && subjectProblem(value.toLowerCase(), false) === null;

/**
 * The same of a value that is compared without case: what makes it a subject is none, nor is a part that merely has a template's word
 * in it.
 * @param subjectsThere the subjects of the service accounts that are there, as far as read
 */
export function placeholderWithoutCase(
  condition: Pick<Condition, 'operator'>,
  value: string,
  placeholderOf: (text: string) => string | null,
  subjectsThere: () => readonly string[],
): string | null {
  const folded = value.toLowerCase();
  const rest = folded.startsWith(SERVICE_ACCOUNT_PREFIX) ? value.slice(SERVICE_ACCOUNT_PREFIX.length) : value;
  const found = placeholderOf(rest);
  if (found === null || !isSubjectInCapitals(condition, value)) return found;
  const there = subjectsThere();
  if (there.includes(folded)) return null;
  const [namespace = '', name = ''] = rest.split(':');
  const isThere = there.some((subject) => subject.startsWith(`${SERVICE_ACCOUNT_PREFIX}${namespace.toLowerCase()}:`));
  return [isThere ? '' : namespace, name].find((part) => placeholderOf(part) === part && !/^EXAMPLE./.test(part)) ?? null;
}

/** What is in the audited account. */
export function knownText(facts: Has<'clusters' | 'providers'>): KnownText {
  return { account: facts.inventory.account, stands: (url) => facts.providerOf(url) !== null || facts.clusterOf(url) !== null };
}
