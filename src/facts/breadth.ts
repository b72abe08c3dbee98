import { hasWildcard, matchesGlob, parseGlob } from '../policy/glob.js';
import { evaluateParsed } from '../policy/evaluate.js';
import { parseTrustPolicy, type TrustPolicy } from '../policy/parse.js';
import { providerArn } from '../policy/federated.js';
import type { Json } from '../model/inventory.js';
import type { Condition, WebIdentityStatement } from './web-identity.js';
import { concerns, conditionsOn } from './web-identity.js';

/** Names that no policy mentions: whoever admits them admits everybody of that kind. */
const WITNESS_NAMESPACE = 'irsa-auditor-witness-ns-7q4x';
const WITNESS_NAME = 'irsa-auditor-witness-sa-9k2v';

export type Breadth = 'everybody' | 'namespace-open' | 'namespace-wide' | 'bounded';

export interface Exposure {
  readonly breadth: Breadth;
  /** The subject patterns that make it so; empty where nothing limits the subject. */
  readonly patterns: readonly string[];
  /** Namespaces whose every service account gets in. */
  readonly namespaces: readonly string[];
}

/** Values of the conditions that limit the subject positively. */
export function subjectPatterns(statement: WebIdentityStatement): { condition: Condition; value: string; wildcard: boolean }[] {
  return conditionsOn(statement, 'sub').flatMap((condition) =>
    condition.operator === null || condition.operator.negated || condition.operator.family === 'null'
      ? []
      : condition.entry.values.map(({ value }) => ({
          condition,
          value,
          wildcard: condition.operator?.wildcards === true && hasWildcard(value),
        })),
  );
}

/** What one `*` may have to stand for so that the whole is a service account of a namespace nobody mentions. */
const FILLERS = ['', 'serviceaccount:', 'system:serviceaccount:'].flatMap((prefix) =>
  ['', `:${WITNESS_NAME}`].map((suffix) => `${prefix}${WITNESS_NAMESPACE}${suffix}`),
);
const STRANGE_NAMESPACE = new RegExp(`^system:serviceaccount:[^:]*${WITNESS_NAMESPACE}[^:]*:[^:]+$`);

/** Service accounts of a namespace that nobody mentions, as far as a pattern's wildcards can stand for one. */
function strangers(pattern: string): string[] {
  const parts = parseGlob(pattern);
  const runs = parts.flatMap(({ kind }, index) => (kind === 'run' ? [index] : []));
  const filled = (chosen: number, filler: string, other: string): string =>
    parts
      .map((part, index) => (part.kind === 'literal' ? part.char : part.kind === 'one' ? 'q' : index === chosen ? filler : other))
      .join('');
  return runs
    .flatMap((chosen) => FILLERS.flatMap((filler) => ['', 'x'].map((other) => filled(chosen, filler, other))))
    .filter((subject) => STRANGE_NAMESPACE.test(subject));
}

/**
 * How wide one statement opens a role to the service accounts of an issuer: decided by asking the evaluator about
 * subjects that no policy mentions, not by reading the text.
 * @param alone the policy with this statement as its only one (Deny statements of the document may stand beside it)
 */
export function exposureOf(
  statement: WebIdentityStatement,
  alone: TrustPolicy,
  request: { readonly arn: string; readonly url: string; readonly audience: string },
): Exposure {
  const admits = (subject: string): boolean =>
    evaluateParsed(alone, { providerArn: request.arn, issuer: `https://${request.url}`, audience: request.audience, subject }).verdict ===
    'allowed';
  const patterns = subjectPatterns(statement)
    .filter(({ wildcard }) => wildcard)
    .map(({ value }) => value);
  const holding = (subject: string): string[] => patterns.filter((pattern) => matchesGlob(parseGlob(pattern), subject));
  const anybody = `system:serviceaccount:${WITNESS_NAMESPACE}:${WITNESS_NAME}`;
  if (admits(anybody)) return { breadth: 'everybody', patterns: holding(anybody), namespaces: [] };
  const open = patterns.filter((pattern) => strangers(pattern).some(admits));
  if (open.length > 0) return { breadth: 'namespace-open', patterns: open, namespaces: [] };
  const namespaces = [...new Set(subjectPatterns(statement).flatMap(({ value }) => value.split(':')[2] ?? []))].filter(
    (namespace) => namespace !== '' && !hasWildcard(namespace) && admits(`system:serviceaccount:${namespace}:${WITNESS_NAME}`),
  );
  const wide = namespaces.flatMap((namespace) => holding(`system:serviceaccount:${namespace}:${WITNESS_NAME}`));
  return namespaces.length > 0
    ? { breadth: 'namespace-wide', patterns: [...new Set(wide)], namespaces }
    : { breadth: 'bounded', patterns: [], namespaces: [] };
}

/**
 * The policy that holds one statement alone, beside the document's Deny statements, with malformed ARN and keys as they
 * were meant: so an exposure that a defect keeps shut can be told before somebody repairs the defect.
 */
export function statementAlone(policy: TrustPolicy, statement: WebIdentityStatement): TrustPolicy {
  return { ...policy, statements: policy.statements.filter((one) => one.index === statement.statement.index || one.effect === 'Deny') };
}

/**
 * The statement as it was meant for one of its issuers: federated ARN of this account, keys cleaned and of this issuer,
 * the right action. Keys of the statement's other issuers are left out: their tokens need a statement of their own.
 */
export function statementAsMeant(
  policy: TrustPolicy,
  statement: WebIdentityStatement,
  url: string,
  account: { readonly partition: string; readonly id: string },
): TrustPolicy {
  const conditions: Record<string, Record<string, Json>> = {};
  for (const condition of statement.conditions.filter((one) => concerns(one, url))) {
    const { entry } = condition;
    const block = (conditions[entry.operator] ??= {});
    const claim = condition.claim;
    block[claim === null ? entry.key : `${url}:${claim}`] = entry.values.map(({ value }) => value);
  }
  const meant = parseTrustPolicy({
    Version: policy.version ?? '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: providerArn(account.partition, account.id, url) },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: conditions,
      },
    ],
  });
  return {
    ...meant,
    statements: [
      ...meant.statements,
      ...policy.statements.filter(({ effect }) => effect === 'Deny').map((deny) => ({ ...deny, index: deny.index + 1 })),
    ],
  };
}
