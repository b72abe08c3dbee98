import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { memo } from '../../lib/memo.js';
import { exposureOf, statementAlone, statementAsMeant, subjectPatterns, type Exposure } from '../statement/breadth.js';
import { audienceKinds } from '../../policy/language/audience-kinds.js';
import { Steps } from '../../policy/pattern/steps.js';
import { tooInvolved } from '../../policy/subjects/subject-questions.js';
import { readAsStranger, type OpenReading } from '../../policy/language/caller-conditions.js';
import { subjectSet } from '../../policy/subjects/subject-set.js';
import { canBeCarried, isForAnother, isPositive, meantKey, passesWithoutKey } from '../statement/condition-semantics.js';
import type { Carriers, Has, RoleHas } from '../account/facts.js';
import { isProviderAbsent } from '../trust/dead-statement.js';
import { tokenBearers } from '../account/pods-by-hand.js';
import { isKubernetesIssuer } from '../provider/kubernetes-issuer.js';
import { trustedByClusters } from '../provider/trusted-issuers.js';
import { callersFrom, isAuxiliary, subjectsOfCluster } from '../trust/service-accounts-of-role.js';
import { concerns, conditionsOn, valuesOf, type Condition, type WebIdentityStatement } from '../statement/web-identity.js';
import { globMatcher, hasWildcard } from '../../policy/pattern/glob.js';
import { hasVariable, widestValue } from '../../policy/language/variables.js';
import { DEFAULT_AUDIENCE } from '../../model/inventory/annotations.js';
import { SEVERITIES, severityRank, type Confidence, type Evidence, type Sentence, type Severity } from '../../model/report/finding.js';
import { listed } from '../../lib/list-in-words.js';
import type { TrustEdit } from '../../policy/edit/repair.js';
import type { TrustPolicy } from '../../policy/language/parse.js';
import { verdictOf } from '../../policy/language/evaluate.js';
import { doorOf, requestWith, type OwnAccount } from '../../policy/language/token.js';

/** Why a statement allows every service account. */
export type OpenBecause = 'no-condition' | 'pattern' | 'negated' | 'vacuous';

/** One statement that opens a role to more service accounts of one issuer than it names. */
export interface StatementExposure extends Exposure {
  readonly statement: WebIdentityStatement;
  readonly url: IssuerId;
  /** Another defect blocks it today, or the account has no provider of the issuer. */
  readonly latent: boolean;
  /** The conditions on `sub` that concern this issuer. */
  readonly subjects: readonly Condition[];
  readonly because: OpenBecause;
  /** `likely` where only the network that pods call from may deny them, `possible` where something else may. */
  readonly confidence: Confidence;
  /** The condition keys that configuration cannot decide; empty unless it is only possible. */
  readonly undecided: readonly string[];
  /** The policy is too involved to be decided within the steps of a role; then it is possible too. */
  readonly isInvolved: boolean;
}

/** What the widest reading of a statement comes to. */
type Widest = Exposure & Pick<StatementExposure, 'confidence' | 'undecided' | 'isInvolved'>;

function because(subjects: readonly Condition[]): OpenBecause {
  if (subjects.length === 0) return 'no-condition';
  const compares = (one: Condition): boolean => isPositive(one) && (canBeCarried(one, true) || !passesWithoutKey(one));
  if (subjects.some((one) => compares(one) && one.entry.values.some(({ value }) => hasWildcard(widestValue(value))))) return 'pattern';
  return subjects.some(({ operator }) => operator?.negated === true) ? 'negated' : 'vacuous';
}

/** Audiences that a service account of the cluster can ask for: the default, and whatever the statement requires. */
function wantedAudiences(statement: WebIdentityStatement): string[] {
  const demanded = valuesOf(conditionsOn(statement, 'aud'));
  return [...new Set([DEFAULT_AUDIENCE, ...demanded])];
}

/** Those that the provider takes, for anybody can ask for any in a token; those that are wanted where its audiences were not read. */
function acceptedAudiences(wanted: readonly string[], url: IssuerId, facts: Has<'providers'>): readonly string[] {
  const provider = facts.providerOf(url);
  return provider?.detail.known === true ? provider.detail.value.clientIds : wanted;
}

/** Whether nothing about a statement is left to repair before it can allow this issuer. */
function isAsMeant(statement: WebIdentityStatement, url: IssuerId, arn: string): boolean {
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

/**
 * How wide a statement is at its widest, over the audiences tried. A condition on where calls come from does not tell the
 * pods of a cluster apart: all of them call from the same network.
 */
function widest(
  statement: WebIdentityStatement,
  reading: OpenReading,
  { url, tried, owner }: { readonly url: IssuerId; readonly tried: readonly string[]; readonly owner: OwnAccount },
  steps: Steps,
): Widest | null {
  const door = doorOf(url, owner);
  const sets = audienceKinds(reading.policy, url, tried, steps).map((audience) => subjectSet(reading.policy, { ...door, audience }, steps));
  const confidence = reading.asksForNetwork ? 'likely' : 'certain';
  for (const set of sets) {
    const exposure = exposureOf(statement, set, false);
    if (exposure.breadth !== 'bounded') return { ...exposure, confidence, undecided: [], isInvolved: false };
  }
  // What IAM would not store may mean anything: the defect itself is told.
  if (statement.statement.problems.length + reading.policy.problems.length > 0) return null;
  const possible = { confidence: 'possible', undecided: reading.unknown } as const;
  for (const set of sets) {
    const exposure = set.possible === set.definite ? null : exposureOf(statement, set, true);
    if (exposure !== null && exposure.breadth !== 'bounded') return { ...exposure, ...possible, isInvolved: false };
  }
  // Nothing was found, and not everything was checked: that is no reason to say nothing.
  const patterns = subjectPatterns(statement).flatMap(({ wildcard, value }) => (wildcard ? [value] : []));
  return sets.some(tooInvolved)
    ? { breadth: 'namespace-open', patterns, namespaces: [], except: [], allows: () => true, ...possible, isInvolved: true }
    : null;
}

/**
 * The exposures of a role to the service accounts of clusters, decided by the evaluator: those that are open now, and
 * those that would be once the statement's other defects are repaired. Several rules ask for the same.
 */
export const exposuresOf = memo(deriveExposures);

/**
 * A quarter of what `who` and `roles` may spend on a role: what is left undecided is told anyway. A role that names two
 * hundred namespaces takes 60,000.
 */
const STEPS = 500_000;

/** Whether a statement lists the subjects it allows one by one: then there is nothing to try. */
function namesItsSubjects(subjects: readonly Condition[]): boolean {
  return subjects.some((one) => {
    if (!isPositive(one) || one.operator?.family !== 'string' || one.operator.ifExists || one.operator.set !== null) return false;
    return one.entry.values.length > 0 && !one.entry.values.some(({ value }) => hasWildcard(value) || hasVariable(value));
  });
}

function deriveExposures(role: RoleHas, facts: Has<'clusters' | 'providers'>): readonly StatementExposure[] {
  const owner: OwnAccount = facts.inventory;
  const steps = new Steps(STEPS);
  const read = (policy: TrustPolicy): OpenReading =>
    readAsStranger(policy, { kind: 'web-identity', now: facts.inventory.collectedAt, networkKeepsOut: false });
  return role.statements.flatMap((statement) => {
    if (isAuxiliary(statement, role)) return [];
    const ofClusters = trustedByClusters(statement, facts).filter((url) => isKubernetesIssuer(url, facts));
    const ofIssuers = ofClusters.map((url) => {
      const subjects = conditionsOn(statement, 'sub').filter((condition) => concerns(condition, url));
      return { url, subjects };
    });
    // Most statements name their subjects: nothing is read for these.
    const open = ofIssuers.filter(({ subjects }) => !namesItsSubjects(subjects));
    if (open.length === 0) return [];
    const [wanted, alone] = [wantedAudiences(statement), read(statementAlone(role.policy, statement))];
    return open.flatMap(({ url, subjects }): StatementExposure[] => {
      const accepted = acceptedAudiences(wanted, url, facts);
      const isAbsent = isProviderAbsent(url, facts);
      const live = isAbsent ? null : widest(statement, alone, { url, tried: accepted, owner }, steps);
      const whole =
        !isAbsent && wanted.every((audience) => accepted.includes(audience)) && isAsMeant(statement, url, doorOf(url, owner).providerArn);
      const found =
        live ??
        (whole || isForAnother(statement, url)
          ? null
          : widest(statement, read(statementAsMeant(role.policy, statement, url, owner)), { url, tried: wanted, owner }, steps));
      return found === null ? [] : [{ ...found, statement, url, latent: live === null, subjects, because: because(subjects) }];
    });
  });
}

/** One severity lower, for what is only possible. */
export function oneLower(severity: Severity): Severity {
  return SEVERITIES[severityRank(severity) - 1] ?? severity;
}

/** How grave an exposure is and how sure: one severity worse where the role is administrative, one lower where it is only possible. */
export function exposedAt(
  role: RoleHas<'managed-policies'>,
  plain: Severity,
  administrative: Severity,
  { confidence }: Pick<StatementExposure, 'confidence'>,
): { readonly severity: Severity; readonly confidence: Confidence } {
  const severity = role.administrative === null ? plain : administrative;
  return { severity: confidence === 'possible' ? oneLower(severity) : severity, confidence };
}

type Exposed = 'open' | 'latent' | 'possible';

/** Which message an exposure has, of those every rule about exposures writes. */
export function exposureMessage({ latent, confidence }: Pick<StatementExposure, 'latent' | 'confidence'>): Exposed {
  return latent ? 'latent' : confidence === 'possible' ? 'possible' : 'open';
}

type Doubted = Pick<StatementExposure, 'undecided'> & Partial<Pick<StatementExposure, 'isInvolved' | 'statement' | 'url'>>;

/** What may keep an exposure shut, in words. */
export function doubtAbout({ undecided, isInvolved = false, statement, url }: Doubted): string {
  if (isInvolved) return 'what its many conditions come to together';
  if (undecided.length > 0) return `the condition on ${listed(undecided)}`;
  const isSpelled = url === undefined || statement?.issuers.includes(url) !== false;
  return isSpelled ? 'a condition that cannot be decided' : 'the spelling of its principal, which no provider has,';
}

/** Whose service accounts an exposure allows, with those that the policy leaves out. */
export const issuerInWords = ({ url, except }: Pick<StatementExposure, 'url' | 'except'>): string =>
  except.length === 0 ? url : `${url} except ${listed(except)}`;

/** At most this many service accounts are listed as evidence. */
const LISTED = 20;

/** The broad patterns with their paths, and the service accounts that they allow today, where the cluster was read. */
function exposureEvidence({ subjects, patterns, allows, url }: StatementExposure, facts: Has<'clusters' | 'service-accounts'>): Evidence[] {
  const values = subjects.flatMap(({ entry }) => entry.values).filter(({ value }) => patterns.includes(value));
  const globs = patterns.map(globMatcher);
  const today = subjectsOfCluster(url, facts).filter((subject) => globs.some((matches) => matches(subject)) && allows(subject));
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
 * The service accounts that use a role by what is open in a statement: it allows them, and none that names its subjects does. Whom to
 * name in the place of everybody, where there is none, its owner must say.
 */
export function usersOfOpening(
  { url, allows }: StatementExposure,
  role: RoleHas<Carriers>,
  facts: Has<'clusters' | 'providers' | 'workloads'>,
): readonly string[] {
  const open = new Set(exposuresOf(role, facts).map(({ statement }) => statement.statement));
  const naming = { ...role.policy, statements: role.policy.statements.filter((one) => !open.has(one)) };
  // Pods that name the role themselves use it as well.
  const byHand = tokenBearers(role.role.arn, facts).filter((one) => one.url === url);
  const users = [...callersFrom(role, url), ...byHand].filter(
    ({ subject, audience }) => allows(subject) && verdictOf(naming, requestWith({ url, audience, subject }, facts.inventory)) !== 'allowed',
  );
  return [...new Set(users.map(({ subject }) => subject))];
}

/** Edits that put those who use the role by a statement in the place of its broad patterns; other values stay. */
function narrowingEdits(exposure: StatementExposure, callers: readonly string[]): TrustEdit[] {
  if (callers.length === 0) return [];
  return exposure.subjects.filter(isPositive).flatMap(({ entry }): TrustEdit[] => {
    const kept = entry.values.map(({ value }) => value).filter((value) => !exposure.patterns.includes(value));
    return kept.length === entry.values.length
      ? []
      : [{ kind: 'condition', path: entry.path, values: [...new Set([...kept, ...callers])] }];
  });
}

/** How a rule about broad patterns tells of an exposure, how grave that is, and what to do. */
interface Told {
  readonly messages: Readonly<Record<Exposed, (data: { pattern: string; issuer: string; doubt: string }) => Sentence>>;
  readonly plain: Severity;
  readonly administrative: Severity;
  readonly summary: string;
}

/**
 * What a rule about broad patterns raises of an exposure: the same for a cluster, an open namespace and a whole one, but for its
 * sentence, its weight and its advice.
 */
export function raisedByPattern(
  exposure: StatementExposure,
  role: RoleHas<Carriers | 'managed-policies'>,
  facts: Has<'clusters' | 'service-accounts' | 'providers' | 'workloads'>,
  { messages, plain, administrative, summary }: Told,
) {
  const { statement, url, latent, patterns } = exposure;
  const edits = narrowingEdits(exposure, usersOfOpening(exposure, role, facts));
  return {
    message: messages[exposureMessage(exposure)]({
      // Where a Deny alone limits the subject there is none.
      pattern: patterns.join(', ') || '*',
      issuer: issuerInWords(exposure),
      doubt: doubtAbout(exposure),
    }),
    ...exposedAt(role, plain, administrative, exposure),
    evidence: exposureEvidence(exposure, facts),
    statement: statement.statement.index,
    issuer: url,
    concerns: [url],
    latent,
    fix: { summary, ...(edits.length === 0 ? {} : { edits }) },
  };
}
