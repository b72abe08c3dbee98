import { CLOCK_KEYS, CONSTANT_KEYS } from './claims.js';
import { parseConditionKey } from './condition-key.js';
import { parseOperator, type Operator } from './condition-operators.js';
import { evaluateCondition } from './evaluate-condition.js';
import { hasWildcard, literalStart } from '../pattern/glob.js';
import { isEverybody, type ConditionEntry, type Statement, type TrustPolicy } from './parse.js';
import { hasVariable } from './variables.js';

/** Who makes the call: a token (AssumeRoleWithWebIdentity, not signed), or an AWS principal that signs it (AssumeRole). */
export type CallKind = 'web-identity' | 'signed';

/**
 * What a condition on a global key requires of whoever is to be allowed.
 * - `none`: nothing that a stranger could not meet, by what is always so or by choosing region, session name, date and the like.
 * - `network`: to call from some network.
 * - `caller`: to be somebody fixed: an account, an organization, a tenant, who knows a secret.
 * - `nobody`: what no call meets.
 * - `unknown`: configuration cannot tell.
 */
export type CallerLimit = 'none' | 'network' | 'caller' | 'nobody' | 'unknown';

/** The caller picks the value (STS API reference, AssumeRole and AssumeRoleWithWebIdentity). */
const CHOSEN = new Set(['sts:rolesessionname', 'aws:requestedregion', 'aws:useragent', 'aws:referer', 'sts:durationseconds']);
/** Likewise where the caller has an account of their own: they sign in there as they like. */
const CHOSEN_BY_SIGNER = new Set([
  'sts:sourceidentity',
  'aws:multifactorauthpresent',
  'aws:multifactorauthage',
  'aws:principaltype',
  'aws:tokenissuetime',
  'aws:username',
]);
const NETWORK =
  /^aws:(?:sourceip|vpcsourceip|sourcevpc|sourcevpce|sourcevpcarn|vpceaccount|vpceorgid|vpceorgpaths|ec2instancesourcevpc|ec2instancesourceprivateipv4)$/;
const CALLER =
  /^(?:aws:(?:principalarn|principalaccount|principalorgid|principalorgpaths|principalservicename|principalservicenameslist|sourcearn|sourceaccount|sourceorgid|sourceorgpaths|userid)|sts:externalid)$/;
/** Tags: in a token they are the issuer's word; a caller who signs tags principal and session in their own account as they like. */
const TAG = /^aws:(?:requesttag\/.*|principaltag\/.*|tagkeys)$/;
/** A person or program that signs is no service of AWS. */
const CONSTANT_SIGNED: ReadonlyMap<string, string> = new Map([['aws:principalisawsservice', 'false']]);
/** Every signed call has these. */
const ALWAYS_SIGNED = new Set(['aws:principalarn', 'aws:principalaccount', 'aws:userid']);
/** Variables that stand for the account of the role itself, or its organization. */
const OWN = /^\$\{aws:Resource(?:Account|OrgID|OrgPaths)\}$/i;

/** AssumeRole takes no session that is shorter (STS API reference, DurationSeconds). */
const SHORTEST_SESSION = 900;
const LONGEST_SESSION = 43_200;

/** Nothing but wildcards, or what every id of its kind begins with. */
const isAnything = (value: string): boolean => /^(?:vpce?-)?[*?]*\*[*?]*$/.test(value);

/** All of IPv4, or of IPv6, by which the dual-stack endpoints of STS can be reached. */
const EVERY_ADDRESS = /\/0+$/;
const ADDRESSES = 2 ** 32;

/** First and last address of an IPv4 network, as numbers; null for anything else. */
function rangeOf(network: string): readonly [number, number] | null {
  const [, a, b, c, d, length = '32'] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(network) ?? [];
  if (a === undefined || Number(length) > 32) return null;
  const size = 2 ** (32 - Number(length));
  const address = [a, b, c, d].reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const first = Math.floor(address / size) * size;
  return [first, first + size - 1];
}

/** Whether networks hold every address of IPv4 together, be it in one or in parts. */
function holdEveryAddress(networks: readonly string[]): boolean {
  const ranges = networks.map(rangeOf).filter((range) => range !== null);
  let next = 0;
  for (const [first, last] of ranges.sort(([left], [right]) => left - right)) if (first <= next) next = Math.max(next, last + 1);
  return next >= ADDRESSES;
}

/** Whether a value of a caller's key is somebody in particular; null where that cannot be told. */
function isFixed(key: string, value: string, { wildcards, family }: Operator, variables: boolean): boolean | null {
  if (variables && hasVariable(value)) return OWN.test(value) ? true : null;
  if (!wildcards || !hasWildcard(value)) return true;
  // Behind the id of a role stands the name of its session, which the caller chooses.
  if (key === 'aws:userid') return /^A[A-Z]{3}[A-Z0-9]{4}/.test(literalStart(value));
  // Anybody can give a role of their own account any name: only the account says whose it is.
  if (key === 'aws:principalarn' || key === 'aws:sourcearn') {
    // As text a wildcard goes over colons, into the path of a stranger's role; as an ARN it stays in its part.
    return family === 'arn' ? /^\d{12}\**$/.test(value.split(':')[4] ?? '') : /:\d{12}(?::|$)/.test(literalStart(value));
  }
  // No account has an id of more digits.
  if (key === 'aws:principalaccount' || key === 'aws:sourceaccount') return /^\d{12}$/.test(literalStart(value));
  if (/org(?:id|paths)$/.test(key)) return /^o-[a-z0-9]{4}/.test(literalStart(value)) || /\bou-[a-z0-9]{4}/.test(value);
  return /[^*?]/.test(value);
}

/** Whether the condition holds where the request has this value, or none. */
function holds(entry: ConditionEntry, value: string | null): boolean {
  return evaluateCondition(entry, false, () => (value === null ? { state: 'absent' } : { state: 'present', value })).outcome === 'yes';
}

const keyOf = ({ key }: ConditionEntry): string => key.trim().toLowerCase();

/** A condition whose outcome is known, as a requirement: an Allow wants it to hold, a Deny wants it not to. */
const settled = (admits: boolean): CallerLimit => (admits ? 'none' : 'nobody');

function limitOfClock(entry: ConditionEntry, effect: Statement['effect'], now: string | null): CallerLimit {
  if (now === null) return 'unknown';
  const { outcome } = evaluateCondition(entry, false, () => ({ state: 'clock', at: now }), effect);
  return outcome === 'undecided' ? 'unknown' : settled((outcome === 'yes') === (effect === 'Allow'));
}

function limitOfDuration(entry: ConditionEntry, effect: Statement['effect']): CallerLimit {
  const wanted = effect === 'Allow';
  const tried = entry.values.flatMap(({ value }) => [Number(value) - 1, Number(value), Number(value) + 1]);
  return settled(
    [SHORTEST_SESSION, LONGEST_SESSION, ...tried]
      .filter((seconds) => seconds >= SHORTEST_SESSION && seconds <= LONGEST_SESSION)
      .some((seconds) => holds(entry, String(seconds)) === wanted),
  );
}

function limitOfNetwork(entry: ConditionEntry, isDemand: boolean): CallerLimit {
  const values = entry.values.map(({ value }) => value);
  const takesAny = values.some((value) => isAnything(value) || EVERY_ADDRESS.test(value)) || holdEveryAddress(values);
  if (isDemand) return takesAny ? 'none' : 'network';
  return takesAny ? 'unknown' : 'none';
}

function limitOfCaller(entry: ConditionEntry, operator: Operator, isDemand: boolean, { kind, variables }: Call): CallerLimit {
  const key = keyOf(entry);
  const fixed = entry.values.map(({ value }) => isFixed(key, value, operator, variables));
  if (!isDemand) return fixed.includes(true) && !fixed.includes(false) && !fixed.includes(null) ? 'none' : 'unknown';
  if (fixed.every((one) => one === true)) return 'caller';
  return kind === 'signed' && fixed.includes(false) ? 'none' : 'unknown';
}

/** What is known of the call. */
export interface Call {
  readonly kind: CallKind;
  /** ISO 8601; null = unknown. */
  readonly now: string | null;
  /** Whether `${…}` has meaning in the document. */
  readonly variables: boolean;
  /** Keys, in lower case, that the policy requires elsewhere to be there. */
  readonly present: ReadonlySet<string>;
}

/**
 * What a condition of a statement requires of strangers, where its key is a global one (`aws:…`, `sts:…`).
 * @returns null for keys of tokens and for operators that IAM does not know: these the evaluator decides
 * Source: IAM User Guide, "AWS global condition context keys"; STS condition keys in the Service Authorization Reference.
 */
export function callerLimit(entry: ConditionEntry, effect: Statement['effect'], call: Call): CallerLimit | null {
  const { kind, now, present } = call;
  const operator = parseOperator(entry.operator);
  if (operator === null || parseConditionKey(entry.key).kind !== 'global') return null;
  const key = keyOf(entry);
  const constant = CONSTANT_KEYS.get(key) ?? (kind === 'signed' ? CONSTANT_SIGNED.get(key) : undefined);
  const wanted = effect === 'Allow';
  if (constant !== undefined) return settled(holds(entry, constant) === wanted);
  if (entry.values.length === 0) return null;
  if (CLOCK_KEYS.has(key)) return limitOfClock(entry, effect, now);
  if (key === 'sts:durationseconds' && operator.family === 'numeric') return limitOfDuration(entry, effect);
  if (CHOSEN.has(key) || (kind === 'signed' && CHOSEN_BY_SIGNER.has(key))) return 'none';
  const isCaller = CALLER.test(key) || (kind === 'web-identity' && TAG.test(key));
  if (!isCaller && !NETWORK.test(key)) return 'unknown';
  // Whoever can leave the key out meets what holds without it.
  const isAlwaysThere = present.has(key) || (kind === 'signed' && ALWAYS_SIGNED.has(key));
  if (!isAlwaysThere && holds(entry, null) === wanted) return 'none';
  if (operator.family === 'null') return isCaller && kind === 'web-identity' ? 'unknown' : 'none';
  const isDemand = operator.negated !== wanted;
  return isCaller ? limitOfCaller(entry, operator, isDemand, call) : limitOfNetwork(entry, isDemand);
}

/**
 * Whether a condition on a global key leaves no token in, as a requirement: in an Allow no call meets it, in a Deny every call does,
 * today and from now on.
 * @param now ISO 8601: when the policy was read
 */
export function admitsNoToken(entry: ConditionEntry, { effect }: Pick<Statement, 'effect'>, policy: TrustPolicy, now: string): boolean {
  // A call that asks for no duration may not have the key, and keeps clear of a Deny.
  if (effect === 'Deny' && keyOf(entry) === 'sts:durationseconds') return false;
  return callerLimit(entry, effect, { kind: 'web-identity', now, variables: policy.variables, present: new Set() }) === 'nobody';
}

/** Whether a condition requires in an Allow that its key is there: AWS's guard for ForAllValues (IAM User Guide, multivalued context keys). */
const demandsPresence = ({ operator, values }: ConditionEntry): boolean =>
  parseOperator(operator)?.family === 'null' && values.length > 0 && values.every(({ value }) => value.toLowerCase() === 'false');

/** The key that a Deny of AssumeRole for everybody requires to be there: it denies whoever lacks it, and asks for nothing else. */
function demandedByDeny({ effect, principals, negatedPrincipal, actions, negatedAction, conditions }: Statement): readonly string[] {
  const [only, ...others] = conditions;
  const isForAll = !negatedPrincipal && principals.some(isEverybody);
  const isOfAll = !negatedAction && actions.some(({ value }) => /^(?:\*|sts:\*|sts:AssumeRole)$/i.test(value));
  if (effect !== 'Deny' || !isForAll || !isOfAll || only === undefined || others.length > 0) return [];
  const isNull = parseOperator(only.operator)?.family === 'null' && only.values.length > 0;
  return isNull && only.values.every(({ value }) => value.toLowerCase() === 'true') ? [keyOf(only)] : [];
}

/** The keys that every Allow statement of a policy requires to be there. */
function presentIn({ statements }: TrustPolicy, kind: CallKind): ReadonlySet<string> {
  const demanded = statements
    .filter(({ effect }) => effect === 'Allow')
    .map(({ conditions }) => new Set(conditions.filter(demandsPresence).map(keyOf)));
  const [first, ...others] = demanded;
  const byDeny = kind === 'signed' ? statements.flatMap(demandedByDeny) : [];
  return new Set([...[...(first ?? [])].filter((key) => others.every((one) => one.has(key))), ...byDeny]);
}

/** A policy as strangers meet it, with the conditions on global keys decided as far as that goes. */
export interface OpenReading {
  readonly policy: TrustPolicy;
  /** Some condition asks where the call comes from. */
  readonly asksForNetwork: boolean;
  /** Keys of what stays undecided. */
  readonly unknown: readonly string[];
}

interface Reading {
  readonly kind: CallKind;
  readonly now: string | null;
  /** Whether a requirement for a network denies strangers; null = that cannot be told. */
  readonly networkKeepsOut: boolean | null;
}

type Standing = 'met' | 'unmet' | 'open';

function standingOf(limit: CallerLimit | null, networkKeepsOut: boolean | null): Standing {
  if (limit === null || limit === 'unknown') return 'open';
  if (limit === 'none') return 'met';
  if (limit !== 'network' || networkKeepsOut === true) return 'unmet';
  return networkKeepsOut === null ? 'open' : 'met';
}

/** The statement with its decided conditions taken out; null where it does not concern strangers at all. */
function readStatement(statement: Statement, limits: readonly (CallerLimit | null)[], networkKeepsOut: boolean | null): Statement | null {
  const standings = limits.map((limit) => standingOf(limit, networkKeepsOut));
  // An Allow falls with one requirement that strangers cannot meet; a Deny with one that they can.
  if (standings.includes(statement.effect === 'Allow' ? 'unmet' : 'met')) return null;
  if (standings.every((one) => one === 'open')) return statement;
  return { ...statement, conditions: statement.conditions.filter((_, index) => standings[index] === 'open') };
}

/**
 * A trust policy as somebody meets it who is nobody in particular, and free to choose what callers choose: conditions on
 * global keys that such a caller meets are gone, Allow statements that they never meet are gone, Deny statements that they
 * can keep clear of are gone. What cannot be decided stays, and the evaluator calls it undecided.
 */
export function readAsStranger(policy: TrustPolicy, { kind, now, networkKeepsOut }: Reading): OpenReading {
  let asksForNetwork = false;
  const unknown = new Set<string>();
  const call: Call = { kind, now, variables: policy.variables, present: presentIn(policy, kind) };
  const statements = policy.statements.flatMap((statement) => {
    if (statement.conditions.length === 0 || statement.effect === null) return [statement];
    const limits = statement.conditions.map((entry) => callerLimit(entry, statement.effect, call));
    asksForNetwork ||= limits.includes('network');
    const read = readStatement(statement, limits, networkKeepsOut);
    if (read === null) return [];
    limits.forEach((limit, index) => {
      const key = statement.conditions[index]?.key;
      if (key !== undefined && limit !== null && standingOf(limit, networkKeepsOut) === 'open') unknown.add(key);
    });
    return [read];
  });
  return { policy: { ...policy, statements }, asksForNetwork, unknown: [...unknown].sort() };
}
