import { admission, judge } from '../../policy/language/admission.js';
import { isTokenKey } from '../../policy/language/condition-key.js';
import { isServiceOfWebIdentity } from '../../policy/language/evaluate.js';
import { parseFederated } from '../../policy/language/federated.js';
import type { PrincipalEntry, TrustPolicy } from '../../policy/language/parse.js';
import { ASSUME_ROLE, coversTrustAction, TAG_SESSION } from '../../policy/actions/pod-identity.js';
import type { Tristate } from '../../policy/language/tristate.js';
import type { KeyValue } from '../../policy/language/variables.js';

/** What roles, users, services and SAML sessions call: none of them brings a token of an OIDC provider. */
const ACTIONS = [ASSUME_ROLE, TAG_SESSION, 'sts:AssumeRoleWithSAML', 'sts:SetSourceIdentity'];

const bringsToken = (entry: PrincipalEntry): boolean =>
  (entry.kind === 'Federated' && parseFederated(entry.value).kind !== 'saml') || isServiceOfWebIdentity(entry);

const claimsAreAbsent = (key: string): KeyValue => ({ state: isTokenKey(key) ? 'absent' : 'unknowable' });

/** Whether a policy allows a principal, by name, without a token. */
function admits(policy: TrustPolicy, { kind, value }: PrincipalEntry, action: string): Tristate {
  const judged = policy.statements
    .filter((one) => coversTrustAction(one, action) && one.principals.some((other) => other.kind === kind && other.value === value))
    .map((one) => judge('yes', one, policy, claimsAreAbsent));
  return admission(judged).outcome;
}

const RANK = { no: 0, undecided: 1, yes: 2 } as const;

/**
 * Whether roles, users, services and SAML sessions that a trust policy names are allowed at least as surely by another: whoever shares a
 * statement with an issuer has none of its claims, and is denied by a condition on them. Those that the other does not name any
 * more were taken out on purpose.
 */
export function keepsThoseWithoutToken(before: TrustPolicy, after: TrustPolicy): boolean {
  const namedThen = new Set(after.statements.flatMap(({ principals }) => principals.map(({ kind, value }) => `${kind} ${value}`)));
  return before.statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ principals }) => principals)
    .filter((entry) => !bringsToken(entry) && namedThen.has(`${entry.kind} ${entry.value}`))
    .every((entry) => ACTIONS.every((action) => RANK[admits(after, entry, action)] >= RANK[admits(before, entry, action)]));
}
