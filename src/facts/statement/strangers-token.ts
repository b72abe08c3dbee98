import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { evaluateCondition } from '../../policy/language/evaluate-condition.js';
import type { OtherClaims } from '../../policy/language/claims.js';
import { keysOfIssuer } from '../../policy/language/issuer-keys.js';
import { widestValue, type KeyValue } from '../../policy/language/variables.js';
import type { Condition } from './web-identity.js';

/** What there is to know of the tokens that strangers can bring to a statement. */
export interface StrangersToken {
  readonly url: IssuerId;
  /** The conditions that they meet: of the Allow, and of the Deny statements beside it. */
  readonly conditions: readonly Condition[];
  /** Claims that a token may lack. */
  readonly optional: readonly string[];
  /** Whether somebody else than those who are meant can have a value of a claim. */
  readonly isOpen: (claim: string, value: string) => boolean;
}

/** Nobody's name, number or audience. */
const NOBODYS = '6660666';
/** At most so many tokens are tried for one statement. */
const MOST = 64;

/** A value with something in the place of its wildcards. */
const filled = (value: string): string => value.replace(/[*?]/g, (wild) => (wild === '*' ? NOBODYS : '6'));

const exact = (condition: Condition): string => condition.key.claim?.toLowerCase() ?? '';

/** What strangers can bring by the values of a condition on a claim, with something in the place of wildcards and variables. */
const openIn = ({ entry }: Condition, claim: string, isOpen: StrangersToken['isOpen']): readonly string[] =>
  entry.values.map(({ value }) => widestValue(value)).flatMap((value) => (isOpen(claim, value) ? [filled(value)] : []));

/** What a token has for a claim; null = nothing. */
type Brought = OtherClaims[string] | null;

/** The claim of which a token may have several values (IAM User Guide, "Available keys for AWS web identity federation"). */
const MULTIVALUED = 'amr';

/** The values of a claim that strangers can bring, one each that may make a difference, and of several all; null = left out. */
function choicesOf(claim: string, { conditions, optional, isOpen }: StrangersToken): readonly Brought[] {
  const named = conditions.filter((one) => one.key.kind === 'claim' && exact(one) === claim);
  if (named.length === 0) return [null];
  const values = named.flatMap((condition) => openIn(condition, claim, isOpen));
  const together = claim === MULTIVALUED && named.length > 1 && values.length > 1 ? [[...new Set(values)]] : [];
  return [...new Set([...values, NOBODYS]), ...together, ...(optional.includes(claim) ? [null] : [])];
}

function foundIn(value: Brought): KeyValue {
  if (value === null) return { state: 'absent' };
  return typeof value === 'string' ? { state: 'present', value } : { state: 'several', values: value };
}

/** Whether a value meets what the Allow itself asks of a claim. */
function fits(claim: string, value: Brought, conditions: readonly Condition[], variables: boolean): boolean {
  const found = foundIn(value);
  return conditions
    .filter((one) => one.ownIssuer && exact(one) === claim)
    .every(({ entry }) => evaluateCondition(entry, variables, () => found).outcome !== 'no');
}

/** Whether a value of some condition holds the variable of a claim beside audience and subject: what stands there, each token says for itself. */
function quotesClaims({ url, conditions }: StrangersToken): boolean {
  const { claims, audience, subject } = keysOfIssuer(url);
  const others = [...claims].filter((claim) => claim !== audience && claim !== subject).map((claim) => `\${${url}:${claim}`.toLowerCase());
  return conditions.some(({ entry }) => entry.values.some(({ value }) => others.some((start) => value.toLowerCase().includes(start))));
}

/**
 * The claims, beside audience and subject, of tokens that strangers can bring to a statement: what they choose, as the conditions
 * wish it; what they cannot choose, as nobody who is meant has it. Null = not known, where one condition quotes what another claim says.
 */
export function strangersClaims(token: StrangersToken, allowed: readonly Condition[], variables: boolean): readonly (OtherClaims | null)[] {
  const { claims, audience, subject } = keysOfIssuer(token.url);
  if (variables && quotesClaims(token)) return [null];
  let tokens: readonly OtherClaims[] = [{}];
  for (const claim of claims) {
    if (claim === audience || claim === subject) continue;
    const choices = choicesOf(claim, token);
    const fitting = choices.filter((value) => fits(claim, value, allowed, variables));
    const tried = fitting.length > 0 ? fitting : choices.slice(0, 1);
    if (tokens.length * tried.length > MOST) continue;
    tokens = tokens.flatMap((one) => tried.map((value): OtherClaims => (value === null ? one : { ...one, [claim]: value })));
  }
  return tokens;
}

/** The audiences that strangers can bring where no provider lists them. */
export function strangersAudiences({ url, conditions, isOpen }: StrangersToken): readonly string[] {
  const { audience } = keysOfIssuer(url);
  const values = conditions.filter((one) => exact(one) === audience).flatMap((condition) => openIn(condition, audience, isOpen));
  return [...new Set([...values, NOBODYS])];
}
