import type { Statement, TrustPolicy } from '../language/parse.js';
import { coversAction } from './permissions.js';
import type { Tristate } from '../language/tristate.js';

/** The principal of EKS Pod Identity (EKS User Guide, "Create IAM role with trust policy required by EKS Pod Identity"). */
export const POD_IDENTITY_SERVICE = 'pods.eks.amazonaws.com';

export const ASSUME_ROLE = 'sts:AssumeRole';
export const TAG_SESSION = 'sts:TagSession';

/** `conditional`: allowed by statements that each have a condition. */
export type PodIdentityAccess = 'yes' | 'conditional' | 'no';

/** The Allow statements for EKS Pod Identity. */
export function podIdentityStatements({ statements }: TrustPolicy): readonly Statement[] {
  return statements.filter(
    ({ effect, principals, negatedPrincipal }) =>
      effect === 'Allow' && !negatedPrincipal && principals.some(({ kind, value }) => kind === 'Service' && value === POD_IDENTITY_SERVICE),
  );
}

/** How far a Deny is meant for EKS Pod Identity: by name, or by a wildcard of which AWS does not say whether it takes in services. */
function denies({ effect, principals, negatedPrincipal, problems }: Statement): Tristate {
  if (effect !== 'Deny') return 'no';
  if (problems.length > 0 || negatedPrincipal) return 'undecided';
  if (principals.some(({ kind, value }) => kind === 'Service' && value === POD_IDENTITY_SERVICE)) return 'yes';
  return principals.some(({ value }) => value === '*') ? 'undecided' : 'no';
}

/** The Deny statements that take in an action and are, or may be, meant for EKS Pod Identity. */
export function podIdentityDenies({ statements }: TrustPolicy, action: string): readonly { statement: Statement; meant: Tristate }[] {
  return statements
    .map((statement) => ({ statement, meant: denies(statement) }))
    .filter(({ statement, meant }) => meant !== 'no' && coversTrustAction(statement, action));
}

/** The Deny that denies EKS Pod Identity an action whatever the session is; null where there is none. */
export function plainDeny(policy: TrustPolicy, action: string): Statement | null {
  const found = podIdentityDenies(policy, action).find(({ statement, meant }) => meant === 'yes' && statement.conditions.length === 0);
  return found?.statement ?? null;
}

/** Whether a statement's actions take in one of them. */
export function coversTrustAction({ actions, negatedAction }: Statement, action: string): boolean {
  return coversAction({ actions: actions.map(({ value }) => value), negatedAction }, action);
}

/** Whether a trust policy allows EKS Pod Identity one of its two actions. A Deny is not checked. */
export function podIdentityAccess(policy: TrustPolicy, action: typeof ASSUME_ROLE | typeof TAG_SESSION): PodIdentityAccess {
  const own = podIdentityStatements(policy).filter((one) => coversTrustAction(one, action));
  if (own.length === 0) return 'no';
  return own.some(({ conditions }) => conditions.length === 0) ? 'yes' : 'conditional';
}

/** The trust statement that the documentation prescribes. */
export const POD_IDENTITY_STATEMENT = {
  Effect: 'Allow',
  Principal: { Service: POD_IDENTITY_SERVICE },
  Action: [ASSUME_ROLE, TAG_SESSION],
};
