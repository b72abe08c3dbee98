import type { IssuerId } from '../model/issuer-id.js';
import { oneOrList } from '../lib/one-or-list.js';
import { isPositive } from './absent-key.js';
import type { RoleHas } from './facts.js';
import { nearest } from '../lib/nearest.js';
import { takesValue } from './takes-value.js';
import { concerns, conditionsOn, type Condition, type WebIdentityStatement } from './web-identity.js';
import { claimIn, type Ref, valueAt, valuesIn } from '../model/about.js';
import type { Evidence } from '../model/finding.js';
import type { TrustEdit } from '../policy/repair.js';
import { hasVariable } from '../policy/variables.js';

/** Subjects that a trust policy speaks past: it names others. */
export interface ShutOut {
  readonly subjects: readonly string[];
  /** How the nearest of those that it names differs from the first of them. */
  readonly difference: string;
  readonly evidence: readonly Evidence[];
  readonly statement: number;
  readonly about: readonly Ref[];
  /** They join those that are named. */
  readonly edits: readonly TrustEdit[];
}

const limits = (statement: WebIdentityStatement, url: IssuerId): Condition[] =>
  conditionsOn(statement, 'sub').filter((one) => concerns(one, url) && isPositive(one));

/** Whether the statement's subject can be judged: string operators, and no variable whose value is known at run time only. */
const isJudged = (conditions: readonly Condition[]): boolean =>
  conditions.every(
    ({ operator, entry }) =>
      operator?.family === 'string' && entry.values.length > 0 && !entry.values.some(({ value }) => hasVariable(value)),
  );

function difference(subject: string, value: string | null): string {
  const [, , namespace, name] = subject.split(':');
  const [, , otherNamespace, otherName] = (value ?? '').split(':');
  if (otherName === undefined) return 'a subject of another form';
  if (name === otherName) return `namespace ${otherNamespace ?? ''}`;
  return namespace === otherNamespace ? `service account ${otherName}` : `service account ${otherNamespace ?? ''}/${otherName}`;
}

/** Which of these subjects no statement for the issuer takes, though it names some; null where that is none, or cannot be told. */
export function shutOut(role: RoleHas, url: IssuerId, subjects: readonly string[]): ShutOut | null {
  // Keys are compared without case; of ARNs AWS does not say, and whom the keys deny is denied either way.
  const isOf = (other: string): boolean => other.toLowerCase() === url.toLowerCase();
  const statements = role.statements.filter(({ issuers }) => issuers.some(isOf));
  const judged = statements.map((statement) => ({ statement, conditions: limits(statement, url) }));
  if (judged.some(({ conditions }) => !isJudged(conditions))) return null;
  const out = [...new Set(subjects)].filter(
    (subject) => !judged.some(({ conditions }) => conditions.every((one) => takesValue(one, subject))),
  );
  const [first] = out;
  if (first === undefined) return null;
  const named = judged.flatMap(({ statement, conditions }) =>
    conditions.flatMap(({ entry }) => entry.values.map((one) => ({ ...one, statement }))),
  );
  if (named.length === 0) return null;
  const near = nearest(
    first,
    named.map(({ value }) => value),
    256,
  );
  const chosen = judged.find(({ statement }) => named.some((one) => one.value === near && one.statement === statement));
  if (chosen === undefined) return null;
  const failing = chosen.conditions.filter((one) => out.some((other) => !takesValue(one, other)));
  return {
    subjects: out,
    difference: difference(first, near),
    evidence: failing.flatMap(({ entry }) =>
      entry.values.map(({ value, path }) => ({ what: 'subject', path, found: value, expected: oneOrList(out) })),
    ),
    statement: chosen.statement.statement.index,
    about: [
      claimIn(chosen.statement.statement.index, 'sub'),
      valuesIn(chosen.statement.statement.index, 'sub'),
      ...(failing[0]?.entry.values ?? []).slice(0, 1).map(({ path }) => valueAt(path)),
    ],
    edits: failing.map(({ entry }) => ({
      kind: 'condition',
      path: entry.path,
      values: [...new Set([...entry.values.map(({ value }) => value), ...out])],
    })),
  };
}
