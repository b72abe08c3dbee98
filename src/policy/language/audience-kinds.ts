import { claimReader } from './claims.js';
import { isPlainText, parseOperator } from './condition-operators.js';
import { evaluateCondition } from './evaluate-condition.js';
import { keysOfIssuer } from './issuer-keys.js';
import type { ConditionEntry, TrustPolicy } from './parse.js';
import { withinSteps, type Steps } from '../pattern/steps.js';
import type { KeyValue } from './variables.js';

/** An audience that no policy names: a provider that was not read may take any. */
export const ANY_AUDIENCE = 'urn:any';

/** A condition made ready to be asked about very many audiences: what is there as plain text is looked up. It holds no variable. @throws StepsEnded */
function verdictOn(entry: ConditionEntry, steps: Steps): (audience: string) => string {
  const operator = parseOperator(entry.operator);
  const isPlain = (value: string): boolean => operator !== null && isPlainText(operator, value);
  const plain = new Set(entry.values.flatMap(({ value }) => (isPlain(value) ? [value] : [])));
  const others = { ...entry, values: entry.values.filter(({ value }) => !isPlain(value)) };
  return (audience) => {
    steps.take(1);
    if (plain.has(audience)) return 'listed';
    if (others.values.length === 0) return 'not listed';
    steps.take(others.values.length);
    const find = (): KeyValue => ({ state: 'present', value: audience });
    return evaluateCondition(others, false, find).outcome;
  };
}

/** Whether a value may stand for the audience by a variable, or the audience is compared with what another variable stands for. */
const standsForIt = (value: string, isAudience: boolean): boolean =>
  value.includes('${') && (isAudience || /:(?:o?aud|app_id)/i.test(value));

/**
 * One of each kind of audience, of those that are given the first: tokens with two audiences of one kind are allowed and denied
 * alike, because no condition of the policy tells the two apart. A policy that lists eighty audiences has two kinds.
 * @param url issuer without `https://`
 * @param steps those of the role; where they end, the first audience stands for all, and no set of it is decided
 */
export function audienceKinds(policy: TrustPolicy, url: string, audiences: readonly string[], steps: Steps): readonly string[] {
  if (audiences.length < 2 || steps.ended) return audiences.slice(0, 1);
  const claimOf = claimReader(url);
  const { audience: named } = keysOfIssuer(url);
  const isAudience = (key: string): boolean => [named, 'oaud'].includes(claimOf(key) ?? '');
  const conditions = policy.statements.flatMap((statement) => statement.conditions);
  if (policy.variables && conditions.some(({ key, values }) => values.some(({ value }) => standsForIt(value, isAudience(key)))))
    return audiences;
  const verdicts = conditions.filter(({ key }) => isAudience(key)).map((entry) => verdictOn(entry, steps));
  const kinds = new Map<string, string>();
  const sorted = withinSteps(() => {
    for (const audience of audiences) {
      const kind = verdicts.map((verdict) => verdict(audience)).join();
      if (!kinds.has(kind)) kinds.set(kind, audience);
    }
    return [...kinds.values()];
  });
  return sorted ?? audiences.slice(0, 1);
}
