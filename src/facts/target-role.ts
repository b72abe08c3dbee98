import type { PodIdentityAssociation } from '../model/inventory.js';
import { evaluateConditions } from '../policy/evaluate.js';
import type { ConditionEntry, PrincipalEntry, Statement, TrustPolicy } from '../policy/parse.js';
import { coversTrustAction } from '../policy/pod-identity.js';
import { all, any, type Tristate } from '../policy/tristate.js';
import type { KeyValue } from '../policy/variables.js';

const UNKNOWABLE: KeyValue = { state: 'unknowable' };

/** How a principal names the role: itself, its account (then the role needs a permission of its own), or not at all. */
type Naming = 'role' | 'account' | 'no';

function naming({ kind, value }: PrincipalEntry, roleArn: string, account: string): Naming {
  if (kind !== 'AWS' && kind !== '*') return 'no';
  if (value === roleArn) return 'role';
  return value === '*' || value === account || value.endsWith(`:iam::${account}:root`) ? 'account' : 'no';
}

/** EKS passes the association's external id where session tags are off; whether it does otherwise is not written. */
function keyReader({ roleArn, externalId, disableSessionTags }: PodIdentityAssociation, account: string): (key: string) => KeyValue {
  return (key) => {
    const wanted = key.toLowerCase();
    if (wanted === 'aws:principalarn') return { state: 'present', value: roleArn ?? '' };
    if (wanted === 'aws:principalaccount') return { state: 'present', value: account };
    if (wanted !== 'sts:externalid' || disableSessionTags !== true) return UNKNOWABLE;
    return externalId == null ? { state: 'absent' } : { state: 'present', value: externalId };
  };
}

export interface TargetAdmission {
  readonly outcome: Tristate;
  /** Only through its account: the role of the association needs the permission itself. */
  readonly byAccount: boolean;
  /** The statements that name the role or its account. */
  readonly naming: readonly Statement[];
  /** Conditions of theirs that are not met. */
  readonly unmet: readonly ConditionEntry[];
}

/** Whether the trust policy of a target role lets the role of an association call an action. A Deny is not looked at. */
export function admitsAssociatedRole(
  policy: TrustPolicy,
  action: string,
  association: PodIdentityAssociation,
  account: string,
): TargetAdmission {
  const find = keyReader(association, account);
  const judged = policy.statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap((statement) => {
      const named = statement.principals.map((one) => naming(one, association.roleArn ?? '', account));
      if (statement.negatedPrincipal) return [{ statement, outcome: 'undecided' as const, direct: true, unmet: [], isNamed: false }];
      if (!named.some((one) => one !== 'no')) return [];
      const outcomes = evaluateConditions(statement, policy.variables, find).map(({ outcome }) => outcome);
      const outcome = coversTrustAction(statement, action) ? all(outcomes) : 'no';
      const unmet = statement.conditions.filter((_, index) => outcomes[index] === 'no');
      return [{ statement, outcome, direct: named.includes('role'), unmet, isNamed: true }];
    });
  const letting = judged.filter(({ outcome }) => outcome !== 'no');
  return {
    outcome: any(judged.map(({ outcome }) => outcome)),
    byAccount: letting.length > 0 && letting.every(({ direct }) => !direct),
    naming: judged.filter(({ isNamed }) => isNamed).map(({ statement }) => statement),
    unmet: judged.flatMap(({ unmet }) => unmet),
  };
}
