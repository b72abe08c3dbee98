import { exposureOf, statementAlone, statementAsMeant, type Exposure } from './breadth.js';
import { canBeCarried, isPositive, meantKey, passesWithoutKey } from './absent-key.js';
import { DEFAULT_AUDIENCE, type Facts, type RoleFacts } from './facts.js';
import { kubernetesIssuersOf } from './kubernetes-issuer.js';
import { callerSubjects, isAuxiliary, subjectsOfCluster } from './role-callers.js';
import { concerns, conditionsOn, type Condition, type WebIdentityStatement } from './web-identity.js';
import { providerArn } from '../policy/federated.js';
import { hasWildcard, matchesGlob, parseGlob } from '../policy/glob.js';
import { hasVariable } from '../policy/variables.js';
import type { Evidence } from '../model/finding.js';
import type { TrustEdit } from '../policy/repair.js';
import type { TrustPolicy } from '../policy/parse.js';

/** Why a statement admits every service account. */
export type OpenBecause = 'no-condition' | 'pattern' | 'negated' | 'vacuous';

/** One statement that opens a role to more service accounts of one issuer than it names. */
export interface StatementExposure extends Exposure {
  readonly statement: WebIdentityStatement;
  readonly url: string;
  /** Another defect keeps it shut today. */
  readonly latent: boolean;
  /** The conditions on `sub` that concern this issuer. */
  readonly subjects: readonly Condition[];
  readonly because: OpenBecause;
}

function because(subjects: readonly Condition[]): OpenBecause {
  if (subjects.length === 0) return 'no-condition';
  const compares = (one: Condition): boolean => isPositive(one) && (canBeCarried(one, true) || !passesWithoutKey(one));
  if (subjects.some((one) => compares(one) && one.entry.values.some(({ value }) => hasWildcard(value)))) return 'pattern';
  return subjects.some(({ operator }) => operator?.negated === true) ? 'negated' : 'vacuous';
}

/** Audiences that a service account of the cluster can ask for: the default, and whatever the statement demands. */
function wantedAudiences(statement: WebIdentityStatement): string[] {
  const demanded = conditionsOn(statement, 'aud').flatMap(({ entry }) => entry.values.map(({ value }) => value));
  return [...new Set([DEFAULT_AUDIENCE, ...demanded])];
}

/** Those of them that the provider takes, as far as its audiences were read. */
function acceptedAudiences(wanted: readonly string[], url: string, facts: Facts): readonly string[] {
  const provider = facts.providerOf(url);
  const accepted = provider?.detail.known === true ? provider.detail.value.clientIds : null;
  return accepted === null ? wanted : wanted.filter((audience) => accepted.includes(audience));
}

/** Whether nothing about a statement is left to repair before it can let this issuer in. */
function isAsMeant(statement: WebIdentityStatement, url: string, arn: string): boolean {
  const keys = statement.conditions.every(
    (one) => one.key.kind === 'global' || one.entry.key.toLowerCase() === meantKey(one, url)?.toLowerCase(),
  );
  return (
    keys &&
    statement.statement.problems.length === 0 &&
    statement.allowsWebIdentity &&
    statement.federated.some(({ entry }) => entry.value === arn)
  );
}

function widest(
  statement: WebIdentityStatement,
  policy: TrustPolicy,
  url: string,
  tried: readonly string[],
  facts: Facts,
): Exposure | null {
  const arn = providerArn(facts.inventory.partition, facts.inventory.account, url);
  for (const audience of tried) {
    const exposure = exposureOf(statement, policy, { arn, url, audience });
    if (exposure.breadth !== 'bounded') return exposure;
  }
  return null;
}

/** Several rules ask for the same; the facts of a role live as long as those of its inventory. */
const derived = new WeakMap<RoleFacts, readonly StatementExposure[]>();

/**
 * The exposures of a role to the service accounts of clusters, decided by the evaluator: those that are open now, and
 * those that would be once the statement's other defects are repaired.
 */
export function exposuresOf(role: RoleFacts, facts: Facts): readonly StatementExposure[] {
  const known = derived.get(role);
  if (known !== undefined) return known;
  const exposures = deriveExposures(role, facts);
  derived.set(role, exposures);
  return exposures;
}

/** Whether a statement lists the subjects it lets in one by one: then there is nothing to try. */
function namesItsSubjects(subjects: readonly Condition[]): boolean {
  return subjects.some((one) => {
    if (!isPositive(one) || one.operator?.family !== 'string' || one.operator.ifExists || one.operator.set !== null) return false;
    return one.entry.values.length > 0 && !one.entry.values.some(({ value }) => hasWildcard(value) || hasVariable(value));
  });
}

function deriveExposures(role: RoleFacts, facts: Facts): StatementExposure[] {
  const account = { partition: facts.inventory.partition, id: facts.inventory.account };
  return role.statements.flatMap((statement) => {
    if (isAuxiliary(statement, role)) return [];
    return kubernetesIssuersOf(statement, facts).flatMap((url): StatementExposure[] => {
      const subjects = conditionsOn(statement, 'sub').filter((condition) => concerns(condition, url));
      if (namesItsSubjects(subjects)) return [];
      const wanted = wantedAudiences(statement);
      const accepted = acceptedAudiences(wanted, url, facts);
      const live = widest(statement, statementAlone(role.policy, statement), url, accepted, facts);
      const whole = accepted.length === wanted.length && isAsMeant(statement, url, providerArn(account.partition, account.id, url));
      const found = live ?? (whole ? null : widest(statement, statementAsMeant(role.policy, statement, url, account), url, wanted, facts));
      return found === null ? [] : [{ ...found, statement, url, latent: live === null, subjects, because: because(subjects) }];
    });
  });
}

/** The severity of an exposure: one step worse where the role is administrative. */
export function exposedSeverity<S>(role: RoleFacts, plain: S, administrative: S): S {
  return role.administrative === null ? plain : administrative;
}

/** At most this many service accounts are listed as evidence. */
const LISTED = 20;

/** The broad patterns with their paths, and the service accounts that they admit today, where the cluster was read. */
export function exposureEvidence({ subjects, patterns, url }: StatementExposure, facts: Facts): Evidence[] {
  const values = subjects.flatMap(({ entry }) => entry.values).filter(({ value }) => patterns.includes(value));
  const globs = patterns.map(parseGlob);
  const today = subjectsOfCluster(url, facts).filter((subject) => globs.some((glob) => matchesGlob(glob, subject)));
  return [
    ...values.map(({ value, path }): Evidence => ({ what: 'subject', path, found: value, expected: null })),
    ...(today.length === 0
      ? []
      : [
          { what: `service accounts that match today (${today.length})`, path: null, found: today.sort().slice(0, LISTED), expected: null },
        ]),
  ];
}

/**
 * Edits that put the service accounts that carry the role in the place of the broad patterns; other values stay. Empty
 * where nobody is known to carry it: whom to name, its owner must say.
 */
export function narrowingEdits(exposure: StatementExposure, role: RoleFacts): TrustEdit[] {
  const callers = callerSubjects(role, exposure.url);
  if (callers.length === 0) return [];
  return exposure.subjects.filter(isPositive).flatMap(({ entry }): TrustEdit[] => {
    const kept = entry.values.map(({ value }) => value).filter((value) => !exposure.patterns.includes(value));
    return kept.length === entry.values.length
      ? []
      : [{ kind: 'condition', path: entry.path, values: [...new Set([...kept, ...callers])] }];
  });
}

/** Where the first broad pattern stands. */
export function exposedFragment({ subjects, patterns, statement }: StatementExposure): string {
  return subjects.flatMap(({ entry }) => entry.values).find(({ value }) => patterns.includes(value))?.path ?? statement.statement.path;
}
