import type { Statement, TrustPolicy } from './parse.js';
import { coversAction } from './permissions.js';

/** The principal of EKS Pod Identity (EKS User Guide, "Create IAM role with trust policy required by EKS Pod Identity"). */
export const POD_IDENTITY_SERVICE = 'pods.eks.amazonaws.com';

export const ASSUME_ROLE = 'sts:AssumeRole';
export const TAG_SESSION = 'sts:TagSession';

/** `conditional`: admitted by statements that each have a condition. */
export type PodIdentityAccess = 'yes' | 'conditional' | 'no';

/** The Allow statements for EKS Pod Identity. */
export function podIdentityStatements({ statements }: TrustPolicy): readonly Statement[] {
  return statements.filter(
    ({ effect, principals, negatedPrincipal }) =>
      effect === 'Allow' && !negatedPrincipal && principals.some(({ kind, value }) => kind === 'Service' && value === POD_IDENTITY_SERVICE),
  );
}

/** Whether a statement's actions take in one of them. */
export function coversTrustAction({ actions, negatedAction }: Statement, action: string): boolean {
  return coversAction({ actions: actions.map(({ value }) => value), negatedAction }, action);
}

/** Whether a trust policy allows EKS Pod Identity one of its two actions. A Deny is not looked at. */
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
