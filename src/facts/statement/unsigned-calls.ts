import { isEverybody, type ConditionEntry, type PrincipalEntry, type Statement, type TrustPolicy } from '../../policy/language/parse.js';
import { isOfSigners, passesWithoutKey } from './condition-semantics.js';
import { readCondition } from './web-identity.js';

/** The conditions of a Deny on keys of those who sign their calls, which are met where the key is absent, such as "without MFA". */
export const metUnsigned = (deny: Statement | undefined): readonly ConditionEntry[] =>
  (deny?.conditions ?? []).filter((entry) => {
    const condition = readCondition(entry, []);
    return isOfSigners(condition) && passesWithoutKey(condition);
  });

/** Whether a statement names every principal: whether that takes in callers with a web identity token, AWS does not say. */
export const namesEverybody = (statement: Statement | undefined): boolean =>
  statement?.negatedPrincipal === false && statement.principals.some(isEverybody);

/**
 * The policy as a call meets it that has none of these keys, of which AWS says so for each by itself, and is among every principal:
 * what is denied by it alone is possible.
 * @param principals those of the providers that the role trusts
 */
export function asUnsigned(policy: TrustPolicy, principals: readonly PrincipalEntry[]): TrustPolicy {
  const without = (deny: Statement): Statement => {
    const met = metUnsigned(deny);
    const isForAll = namesEverybody(deny);
    if (met.length === 0 && !isForAll) return deny;
    return {
      ...deny,
      conditions: deny.conditions.filter((entry) => !met.includes(entry)),
      principals: isForAll ? [...deny.principals, ...principals] : deny.principals,
    };
  };
  const statements = policy.statements.map((one) => (one.effect === 'Deny' ? without(one) : one));
  return statements.every((one, index) => one === policy.statements[index]) ? policy : { ...policy, statements };
}
