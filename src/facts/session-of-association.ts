import type { Cluster, PodIdentityAssociation } from '../model/inventory.js';
import { evaluateConditions } from '../policy/evaluate.js';
import type { ConditionEntry, TrustPolicy } from '../policy/parse.js';
import { coversTrustAction, podIdentityStatements } from '../policy/pod-identity.js';
import { all, any, type Tristate } from '../policy/tristate.js';
import type { KeyValue } from '../policy/variables.js';

const present = (value: string): KeyValue => ({ state: 'present', value });
const ABSENT: KeyValue = { state: 'absent' };
const UNKNOWABLE: KeyValue = { state: 'unknowable' };

const TAG = 'aws:requesttag/';

/** Whether a condition is about a tag of the session. */
export const isSessionTag = ({ key }: ConditionEntry): boolean => key.toLowerCase().startsWith(TAG);

/** The tags that EKS Pod Identity puts on a session (EKS User Guide, "Grant Pods access to AWS resources based on tags"); null = each pod has its own. */
function tagsOf({ arn, name }: Cluster, { namespace, serviceAccount }: PodIdentityAssociation): ReadonlyMap<string, string | null> {
  return new Map([
    ['eks-cluster-arn', arn],
    ['eks-cluster-name', name],
    ['kubernetes-namespace', namespace],
    ['kubernetes-service-account', serviceAccount],
    ['kubernetes-pod-name', null],
    ['kubernetes-pod-uid', null],
  ]);
}

/** What the call of EKS Pod Identity carries of a condition key, without case. */
function keyReader(cluster: Cluster, association: PodIdentityAssociation, account: string): (key: string) => KeyValue {
  const tags = tagsOf(cluster, association);
  return (key) => {
    const wanted = key.toLowerCase();
    if (wanted === 'aws:sourcearn') return present(cluster.arn);
    if (wanted === 'aws:sourceaccount') return present(account);
    if (!wanted.startsWith(TAG)) return UNKNOWABLE;
    const value = tags.get(wanted.slice(TAG.length));
    if (association.disableSessionTags === true || value === undefined) return ABSENT;
    return value === null ? UNKNOWABLE : present(value);
  };
}

export interface Admission {
  readonly outcome: Tristate;
  /** The conditions that are not met, of the statements that would let it in otherwise. */
  readonly unmet: readonly ConditionEntry[];
}

/** Whether the conditions of a trust policy let EKS Pod Identity call an action for an association. A Deny is not looked at. */
export function admitsSession(
  policy: TrustPolicy,
  action: string,
  cluster: Cluster,
  association: PodIdentityAssociation,
  account: string,
): Admission {
  const find = keyReader(cluster, association, account);
  const judged = podIdentityStatements(policy)
    .filter((statement) => coversTrustAction(statement, action))
    .map((statement) => {
      const outcomes = evaluateConditions(statement, policy.variables, find).map(({ outcome }) => outcome);
      return { outcome: all(outcomes), unmet: statement.conditions.filter((_, index) => outcomes[index] === 'no') };
    });
  return { outcome: any(judged.map(({ outcome }) => outcome)), unmet: judged.flatMap(({ unmet }) => unmet) };
}
