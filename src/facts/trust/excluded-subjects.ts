import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { oneOrList } from '../../lib/one-or-list.js';
import { isExclusion, isPositive } from '../statement/condition-semantics.js';
import type { RoleHas } from '../account/facts.js';
import { nearest } from '../../lib/nearest.js';
import { isMetBy, takesValue } from '../statement/matches-value.js';
import { concerns, conditionsOn, type Condition, type WebIdentityStatement } from '../statement/web-identity.js';
import { claimIn, type Ref, valueAt, valuesIn } from '../../model/contract/about.js';
import type { Evidence } from '../../model/report/finding.js';
import type { TrustEdit } from '../../policy/edit/repair.js';
import { canHoldTogether } from '../../policy/subjects/texts-in-common.js';
import { parseOperator } from '../../policy/language/condition-operators.js';
import { hasWildcard, matchesGlob, parseGlob } from '../../policy/pattern/glob.js';
import { hasVariable } from '../../policy/language/variables.js';

/** Subjects that a trust policy speaks past, since it names others, or that it excludes. */
export interface ShutOut {
  readonly subjects: readonly string[];
  /** Those of them that a negated operator leaves out of what is allowed otherwise. */
  readonly excluded: readonly string[];
  /** What the policy does about the first of them: how the nearest of those that it names differs, or that it excludes it. */
  readonly says: string;
  readonly evidence: readonly Evidence[];
  readonly statement: number;
  readonly about: readonly Ref[];
  /** They join those that are named; whom a policy excludes it excludes on purpose. */
  readonly edits: readonly TrustEdit[];
}

/** A statement with its conditions on the subject. */
interface Judged {
  readonly statement: WebIdentityStatement;
  /** Those that pick subjects out. */
  readonly limits: readonly Condition[];
  /** Those that leave some out. */
  readonly exclusions: readonly Condition[];
}

function judgedBy(statement: WebIdentityStatement, url: IssuerId): Judged {
  const own = conditionsOn(statement, 'sub').filter((one) => concerns(one, url));
  return {
    statement,
    limits: own.filter(isPositive),
    // By a key that no token of the issuer has, a negated operator excludes nobody.
    exclusions: own.filter((one) => isExclusion(one) && one.entry.key.toLowerCase() === `${url}:sub`.toLowerCase()),
  };
}

/** Whether the statement's subject can be judged: string operators, and no variable whose value is known at run time only. */
const isJudged = ({ limits, exclusions }: Judged): boolean =>
  [...limits, ...exclusions].every(
    ({ operator, entry }) =>
      operator?.family === 'string' && entry.values.length > 0 && !entry.values.some(({ value }) => hasVariable(value)),
  );

const ANY_SERVICE_ACCOUNT = { operator: parseOperator('StringLike'), values: [{ value: 'system:serviceaccount:*:*', path: '' }] };

/** Whether some service account meets what a statement requires of its subject: that none does is told by itself. */
const isMetBySome = ({ limits, exclusions }: Judged): boolean =>
  canHoldTogether([ANY_SERVICE_ACCOUNT, ...[...limits, ...exclusions].map(({ operator, entry }) => ({ operator, values: entry.values }))]);

/** Whether all that pick subjects out take one in. */
const isNamedBy = ({ limits }: Judged, subject: string): boolean => limits.every((one) => takesValue(one, subject));
const isAllowedBy = ({ limits, exclusions }: Judged, subject: string): boolean =>
  [...limits, ...exclusions].every((one) => isMetBy(one, subject));

function difference(subject: string, value: string | null): string {
  const [, , namespace, name] = subject.split(':');
  const [, , otherNamespace, otherName] = (value ?? '').split(':');
  if (otherName === undefined) return 'a subject of another form';
  if (name === otherName) return `namespace ${otherNamespace ?? ''}`;
  return namespace === otherNamespace ? `service account ${otherName}` : `service account ${otherNamespace ?? ''}/${otherName}`;
}

const evidenceOf = (what: string, conditions: readonly Condition[], expected: Evidence['expected']): readonly Evidence[] =>
  conditions.flatMap(({ entry }) => entry.values.map(({ value, path }) => ({ what, path, found: value, expected })));

function aboutSubject({ statement: { statement } }: Judged, conditions: readonly Condition[]): readonly Ref[] {
  const first = (conditions[0]?.entry.values ?? []).slice(0, 1);
  return [claimIn(statement.index, 'sub'), valuesIn(statement.index, 'sub'), ...first.map(({ path }) => valueAt(path))];
}

type Found = Omit<ShutOut, 'subjects' | 'excluded'>;

/** Those whom no statement names, beside the nearest of those that one does; null where none names anybody. */
function passedBy(missing: readonly string[], judged: readonly Judged[]): Found | null {
  const [first] = missing;
  if (first === undefined) return null;
  const living = judged.filter((one) => one.limits.length > 0 && isMetBySome(one));
  const named = (living.length > 0 ? living : judged).flatMap((of) =>
    // What does take the subject says nothing of why it is not allowed.
    of.limits
      .filter((one) => !takesValue(one, first))
      .flatMap(({ entry, operator }) => entry.values.map(({ value }) => ({ value, operator, of }))),
  );
  if (named.length === 0) return null;
  const near = nearest(
    first,
    named.map(({ value }) => value),
    256,
  );
  const nearOne = named.find(({ value }) => value === near);
  if (nearOne === undefined) return null;
  const { of: chosen, operator } = nearOne;
  // As a pattern it would take the subject: compared as text it is that of nobody.
  const isByTheLetter = operator?.wildcards === false && hasWildcard(nearOne.value) && matchesGlob(parseGlob(nearOne.value), first);
  const failing = chosen.limits.filter((one) => missing.some((other) => !takesValue(one, other)));
  return {
    says: isByTheLetter ? `its ${operator.name} does not take ${nearOne.value} for a pattern` : `it names ${difference(first, near)}`,
    evidence: evidenceOf('subject', failing, oneOrList(missing)),
    statement: chosen.statement.statement.index,
    about: aboutSubject(chosen, failing),
    edits: failing.map(({ entry }) => ({
      kind: 'condition',
      path: entry.path,
      values: [...new Set([...entry.values.map(({ value }) => value), ...missing])],
    })),
  };
}

/** Those whom a statement would allow but for a negated operator. */
function excludedBy(excluded: readonly string[], judged: readonly Judged[]): Found | null {
  const [first] = excluded;
  const chosen = first === undefined ? undefined : judged.find((one) => isNamedBy(one, first) && isMetBySome(one));
  if (chosen === undefined) return null;
  const failing = chosen.exclusions.filter((one) => excluded.some((subject) => takesValue(one, subject)));
  return {
    says: `its ${failing[0]?.entry.operator ?? ''} excludes it`,
    evidence: evidenceOf('excluded subject', failing, null),
    statement: chosen.statement.statement.index,
    about: aboutSubject(chosen, failing),
    edits: [],
  };
}

/** Which of these subjects no statement for the issuer allows, though it names or excludes some; null where that is none, or cannot be told. */
export function shutOut(role: RoleHas, url: IssuerId, subjects: readonly string[]): ShutOut | null {
  // Keys are compared without case; of ARNs AWS does not say, and whom the keys deny is denied either way.
  const isOf = (other: string): boolean => other.toLowerCase() === url.toLowerCase();
  const judged = role.statements
    .filter(({ issuers }) => issuers.some(isOf))
    .map((statement) => judgedBy(statement, url))
    // A statement for another action allows none of them; of whom it names, that is what is told.
    .filter(({ statement, limits }) => statement.allowsWebIdentity || limits.length > 0);
  if (!judged.every(isJudged)) return null;
  const out = [...new Set(subjects)].filter((subject) => !judged.some((one) => isAllowedBy(one, subject)));
  const excluded = out.filter((subject) => judged.some((one) => isNamedBy(one, subject)));
  const missing = out.filter((subject) => !excluded.includes(subject));
  const found = passedBy(missing, judged) ?? excludedBy(excluded, judged);
  return found === null ? null : { ...found, subjects: [...missing, ...excluded], excluded };
}
