import type { InventoryHas } from '../../model/contract/has.js';
import type { ClusterHas } from '../../model/contract/has.js';
import { memo } from '../../lib/memo.js';
import { oneOrList } from '../../lib/one-or-list.js';
import type { PodIdentityAssociation, Role } from '../../model/inventory/inventory.js';
import { seen } from '../../model/inventory/observed.js';
import type { UnreadEntry } from '../../model/contract/scope.js';
import { admission, judge, type Access } from '../../policy/language/admission.js';
import { isTokenKey } from '../../policy/language/condition-key.js';
import type { ConditionEntry, Statement, TrustPolicy } from '../../policy/language/parse.js';
import { ASSUME_ROLE, coversTrustAction, TAG_SESSION } from '../../policy/actions/pod-identity.js';
import type { TrustEdit } from '../../policy/edit/repair.js';
import { all, type Tristate } from '../../policy/language/tristate.js';
import type { KeyValue } from '../../policy/language/variables.js';
import type { Has, RoleHas } from '../account/facts.js';
import { groupBy } from '../../lib/group-by.js';
import { parseRoleArn } from '../account/role-arn.js';
import { clusterSubject } from '../account/subjects.js';
import { roleVerdict, type DeniedBy, type RoleVerdict } from '../permissions/role-permissions.js';
import { actionsOf, sessionTag, type Associated } from './session-of-association.js';

const UNKNOWABLE: KeyValue = { state: 'unknowable' };

/**
 * How a statement names the role: itself, with everybody, its account (then the role needs a permission of its own), by whom it is not
 * about, or not at all. Of its own account everybody needs no permission, and no boundary limits that
 * (IAM/reference_policies_elements_principal.html, "All principals").
 */
type Naming = 'role' | 'everybody' | 'account' | 'unclear' | 'no';

/** A statement may name hundreds of roles, and each of them asks. */
const namedIn = memo(
  ({ principals }: Statement): ReadonlySet<string> =>
    new Set(principals.filter(({ kind }) => kind === 'AWS' || kind === '*').map(({ value }) => value)),
);

function naming(statement: Statement, roleArn: string, account: string): Naming {
  if (statement.negatedPrincipal) return 'unclear';
  const values = namedIn(statement);
  if (values.has(roleArn)) return 'role';
  if (values.has('*')) return 'everybody';
  const [, partition = ''] = roleArn.split(':');
  return [account, `arn:${partition}:iam::${account}:root`].some((value) => values.has(value)) ? 'account' : 'no';
}

/** EKS passes the association's external id where session tags are off; whether it does otherwise is not written. */
function keyReader(of: Associated): (key: string) => KeyValue {
  const { roleArn, externalId, disableSessionTags } = of.association;
  return (key) => {
    const wanted = key.toLowerCase();
    if (wanted === 'aws:principalarn') return { state: 'present', value: roleArn ?? '' };
    if (wanted === 'aws:principalaccount') return { state: 'present', value: of.account };
    if (isTokenKey(key)) return { state: 'absent' };
    const tag = sessionTag(key, of);
    if (tag !== null) return tag;
    if (wanted !== 'sts:externalid') return UNKNOWABLE;
    if (disableSessionTags !== true) return externalId == null ? UNKNOWABLE : { state: 'optional', value: externalId };
    return externalId == null ? { state: 'absent' } : { state: 'present', value: externalId };
  };
}

const PRINCIPAL_TAG = 'aws:principaltag/';

/** Whether a condition is about a tag of whoever calls. */
export const isPrincipalTag = ({ key }: ConditionEntry): boolean => key.toLowerCase().startsWith(PRINCIPAL_TAG);

/**
 * What a session of EKS Pod Identity has of a condition key when it goes on: its tags are those of the principal.
 * @param ownTag what the role has itself of a tag that the session has not; its tags are not read
 */
function sessionReader(of: Associated, ownTag = UNKNOWABLE): (key: string) => KeyValue {
  const find = keyReader(of);
  return (key) => {
    if (!key.toLowerCase().startsWith(PRINCIPAL_TAG)) return find(key);
    const asRequested = `aws:RequestTag/${key.slice(PRINCIPAL_TAG.length)}`;
    const tag = sessionTag(asRequested, of);
    if (tag !== null && tag.state !== 'absent') return tag;
    // A tag of another name can be the role's alone, as people mean it to be.
    const isOfSessions =
      sessionTag(asRequested, { ...of, association: { ...of.association, disableSessionTags: false } })?.state !== 'absent';
    return isOfSessions ? ownTag : UNKNOWABLE;
  };
}

export interface TargetAdmission extends Access {
  /** Only through its account: the role of the association needs the permission itself. */
  readonly byAccount: boolean;
  /** With everybody: no boundary of the role limits that. */
  readonly byEverybody: boolean;
  /** The statements that allow the role or its account the action, under whatever conditions. */
  readonly naming: readonly Statement[];
}

/**
 * Whether the trust policy of a target role lets the role of an association call an action.
 * @param ownTag what that role has of a tag that its session has not
 */
export function admitsAssociatedRole(policy: TrustPolicy, action: string, of: Associated, ownTag = UNKNOWABLE): TargetAdmission {
  const { association, account } = of;
  const find = sessionReader(of, ownTag);
  const judged = policy.statements
    .filter((statement) => coversTrustAction(statement, action))
    .map((statement) => ({ how: naming(statement, association.roleArn ?? '', account), statement }))
    .filter(({ how }) => how !== 'no')
    .map(({ how, statement }) => ({ how, ...judge(how === 'unclear' ? 'undecided' : 'yes', statement, policy, find) }));
  const allowing = judged.filter(({ statement }) => statement.effect === 'Allow');
  const letting = allowing.filter(({ outcome }) => outcome !== 'no');
  return {
    ...admission(judged),
    byAccount: letting.length > 0 && letting.every(({ how }) => how === 'account'),
    byEverybody: letting.some(({ how }) => how === 'everybody'),
    naming: allowing.filter(({ how }) => how !== 'unclear').map(({ statement }) => statement),
  };
}

/** An association that goes on to a role of this account. */
export interface Chained {
  readonly association: PodIdentityAssociation;
  /** That of the association. */
  readonly role: RoleHas;
}

/** What of the trust policy of the target keeps it from that: a Deny, nobody names its role, an action is missing, or a condition is not met. */
export type Wrong = 'denied' | 'unnamed' | 'untagged' | 'condition';

export interface JudgedChain extends Chained {
  readonly wrong: Wrong;
  readonly unmet: readonly ConditionEntry[];
  readonly denies: readonly Statement[];
  /** It holds unless the role of the association has a tag of its own, which is not read. */
  readonly unlessTagged?: true;
}

const NOTHING_OF_AWS: ReadonlySet<string> = new Set();

/** The actions that one thing keeps a role from, each of which it would be refused by itself. */
export interface Refused {
  readonly by: DeniedBy;
  readonly actions: readonly string[];
}

/** What the policies of a role say of its going on to another; of several actions the worst. */
export interface TargetVerdict extends Pick<RoleVerdict, 'outcome'> {
  /** Of which actions it is certain; null where it is of none. */
  readonly refused: Refused | null;
  readonly byAction: ReadonlyMap<string, RoleVerdict>;
}

/** A role that goes on to another, by its ARN. */
interface GoingOn {
  readonly role: Role;
  readonly of: Associated;
  readonly target: string;
}

/** The same of one action. */
const mayCall = (action: string, { role, of, target }: GoingOn, inventory: InventoryHas<'managed-policies'>): RoleVerdict =>
  roleVerdict(role, inventory, { action, arn: target, find: sessionReader(of) }, NOTHING_OF_AWS);

/** What the policies of a role say of its going on to another for an association, by its ARN. */
export function mayTake(role: Role, of: Associated, target: string, inventory: InventoryHas<'managed-policies'>): TargetVerdict {
  const verdicts = actionsOf(of.association).map((action) => ({ action, ...mayCall(action, { role, of, target }, inventory) }));
  const refused = verdicts.filter(({ outcome }) => outcome === 'no');
  const by = refused[0]?.by ?? null;
  return {
    outcome: all(verdicts.map(({ outcome }) => outcome)),
    refused: by === null ? null : { by, actions: refused.filter((one) => one.by === by).map(({ action }) => action) },
    byAction: new Map(verdicts.map(({ action, ...own }) => [action, own])),
  };
}

/**
 * Whether what the role of an association has of its own lets it to a target of its account: a permission where the trust policy names
 * the account, no Deny in any case, and no boundary but where that names everybody.
 */
export function letsItself({ byAccount, byEverybody }: TargetAdmission, own: RoleVerdict | undefined): Tristate {
  if (own === undefined) return 'undecided';
  if (byEverybody && own.by === 'boundary') return 'yes';
  return byAccount ? own.outcome : own.isSpared;
}

/** What is wrong of the trust policy of a target role for an association; null where that is nothing certain. */
export function judgeChain(
  { association, role }: Chained,
  cluster: ClusterHas,
  { policy }: Pick<RoleHas, 'policy'>,
  { inventory }: Has,
): JudgedChain | null {
  const of = { cluster, association, account: inventory.account };
  const assume = admitsAssociatedRole(policy, ASSUME_ROLE, of);
  const admissions = actionsOf(association).map((action) => (action === ASSUME_ROLE ? assume : admitsAssociatedRole(policy, action, of)));
  const unmet = [...new Set(admissions.flatMap((one) => one.unmet))];
  const denies = [...new Set(admissions.flatMap((one) => one.denies))];
  const found = (wrong: Wrong): JudgedChain => ({ association, role, wrong, unmet, denies });
  if (assume.naming.length === 0 && assume.outcome === 'no') return found('unnamed');
  if (admissions.some((one) => one.naming.length > 0 && one.unmet.length > 0)) return found('condition');
  if (denies.length > 0) return found('denied');
  if (admissions.some(({ outcome }) => outcome === 'no')) return found('untagged');
  const untagged = admitsAssociatedRole(policy, ASSUME_ROLE, of, { state: 'absent' });
  if (assume.outcome === 'undecided' && untagged.outcome === 'no' && untagged.unmet.length > 0)
    return { ...found('condition'), unmet: untagged.unmet, unlessTagged: true };
  return null;
}

/**
 * What of its own keeps the role of an association from a target role of its account whose trust policy has nothing against it; null
 * where that is nothing certain.
 */
export function refusedByItself(chained: Chained, cluster: ClusterHas, target: RoleHas, facts: Has<'managed-policies'>): Refused | null {
  if (judgeChain(chained, cluster, target, facts) !== null) return null;
  const { association, role } = chained;
  const of = { cluster, association, account: facts.inventory.account };
  const refusals = actionsOf(association).flatMap((action): readonly Refused[] => {
    const admitted = admitsAssociatedRole(target.policy, action, of);
    const own = mayCall(action, { role: role.role, of, target: target.role.arn }, facts.inventory);
    const isCertain = admitted.outcome === 'yes' || own.isSpared === 'no';
    return own.by !== null && isCertain && letsItself(admitted, own) === 'no' ? [{ by: own.by, actions: [action] }] : [];
  });
  const [first] = refusals;
  if (first === undefined) return null;
  return { by: first.by, actions: refusals.filter(({ by }) => by === first.by).flatMap(({ actions }) => actions) };
}

/** A role of this account that associations of a cluster go on to. */
export interface Targeted {
  readonly cluster: ClusterHas<'pod-identity-associations'>;
  readonly target: RoleHas;
  readonly chains: readonly Chained[];
}

/** The target roles of a cluster's associations, as far as they and the roles of the associations were read. */
export function targetsOf(cluster: Targeted['cluster'], facts: Has<'roles'>): readonly Targeted[] {
  const byTarget = groupBy(seen(cluster.podIdentityAssociations), ({ targetRoleArn }) => targetRoleArn ?? '');
  return [...byTarget].flatMap(([arn, associations]): readonly Targeted[] => {
    const target = facts.role(arn);
    if (target === null) return [];
    const chains = associations.flatMap((association) => {
      const role = facts.role(association.roleArn ?? '');
      return role === null ? [] : [{ association, role }];
    });
    return chains.length === 0 ? [] : [{ cluster, target, chains }];
  });
}

/** The cluster as one entry that was not evaluated, where associations go on to roles of other accounts: those were not read. */
export function targetsElsewhere(cluster: Targeted['cluster'], facts: Has<'roles'>): readonly UnreadEntry[] {
  const { account } = facts.inventory;
  const isElsewhere = seen(cluster.podIdentityAssociations).some(
    ({ targetRoleArn }) => targetRoleArn != null && parseRoleArn(targetRoleArn)?.account !== account && facts.role(targetRoleArn) === null,
  );
  return isElsewhere ? [{ subject: clusterSubject(cluster), unread: { reason: 'not-requested' } }] : [];
}

/** The roles of the associations, each once. */
export const arnsOf = (chains: readonly Chained[]): readonly string[] => [...new Set(chains.map(({ role }) => role.role.arn))];
/** As IAM writes them: one without a list. */

/** Allows sts:TagSession: beside sts:AssumeRole where one statement allows that, to this role alone; any other stays as it is. */
export function tagging(chains: readonly JudgedChain[], cluster: ClusterHas, target: RoleHas, account: string): TrustEdit {
  const arns = arnsOf(chains);
  const naming = new Set(
    chains.flatMap(({ association }) => admitsAssociatedRole(target.policy, ASSUME_ROLE, { cluster, association, account }).naming),
  );
  const [statement, another] = naming;
  const [principal, other] = statement?.principals ?? [];
  if (statement === undefined || another !== undefined || statement.negatedAction || other !== undefined || principal?.value !== arns[0])
    return { kind: 'add-statement', statement: { Effect: 'Allow', Principal: { AWS: oneOrList(arns) }, Action: TAG_SESSION } };
  return { kind: 'actions', statement: statement.index, actions: [...statement.actions.map(({ value }) => value), TAG_SESSION] };
}
