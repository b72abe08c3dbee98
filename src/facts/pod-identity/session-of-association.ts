import type { ClusterHas } from '../../model/contract/has.js';
import type { PodIdentityAssociation } from '../../model/inventory/inventory.js';
import { admission, judge, type Access } from '../../policy/language/admission.js';
import { isTokenKey } from '../../policy/language/condition-key.js';
import type { ConditionEntry, Statement, TrustPolicy } from '../../policy/language/parse.js';
import {
  ASSUME_ROLE,
  coversTrustAction,
  podIdentityDenies,
  podIdentityStatements,
  TAG_SESSION,
} from '../../policy/actions/pod-identity.js';
import type { KeyValue } from '../../policy/language/variables.js';
import { associationsByRole, associationsInWords } from './associations.js';
import type { NamesOfClusters } from './cluster-in-words.js';
import type { Has, RoleHas } from '../account/facts.js';

const present = (value: string): KeyValue => ({ state: 'present', value });
const ABSENT: KeyValue = { state: 'absent' };
const UNKNOWABLE: KeyValue = { state: 'unknowable' };

const TAG = 'aws:requesttag/';
const TAG_KEYS = 'aws:tagkeys';

/** Whether a condition is about a tag of the session. */
export const isSessionTag = ({ key }: ConditionEntry): boolean => key.toLowerCase().startsWith(TAG);

/** Why an association meets no condition on its tags, as a sentence goes on; empty where that is not why. */
export const forWantOfTags = (unmet: readonly ConditionEntry[], associations: readonly PodIdentityAssociation[]): string =>
  unmet.some(isSessionTag) && associations.every(({ disableSessionTags }) => disableSessionTags === true)
    ? ', since its session tags are disabled'
    : '';

/** An association of a cluster of an account. */
export interface Associated {
  readonly cluster: ClusterHas;
  readonly association: PodIdentityAssociation;
  readonly account: string;
}

/** The six tags that EKS Pod Identity puts on every session (EKS User Guide, "Grant Pods access to AWS resources based on tags"); null = each pod has its own. */
function tagsOf({ arn, name }: ClusterHas, { namespace, serviceAccount }: PodIdentityAssociation): ReadonlyMap<string, string | null> {
  return new Map([
    ['eks-cluster-arn', arn],
    ['eks-cluster-name', name],
    ['kubernetes-namespace', namespace],
    ['kubernetes-service-account', serviceAccount],
    ['kubernetes-pod-name', null],
    ['kubernetes-pod-uid', null],
  ]);
}

/**
 * A tag of the session by its condition key; null where the key is of none. They are those of the request for the role, and, being
 * transitive, for its target role (EKS User Guide, "Access AWS Resources using EKS Pod Identity target IAM roles").
 */
export function sessionTag(key: string, { cluster, association }: Pick<Associated, 'cluster' | 'association'>): KeyValue | null {
  const wanted = key.toLowerCase();
  if (!wanted.startsWith(TAG)) return null;
  const value = tagsOf(cluster, association).get(wanted.slice(TAG.length));
  if (association.disableSessionTags === true || value === undefined) return ABSENT;
  return value === null ? { state: 'some' } : present(value);
}

/** What the call of EKS Pod Identity has of a condition key, without case. */
function keyReader(of: Associated): (key: string) => KeyValue {
  return (key) => {
    const wanted = key.toLowerCase();
    if (wanted === 'aws:sourcearn') return present(of.cluster.arn);
    if (wanted === 'aws:sourceaccount') return present(of.account);
    if (isTokenKey(key)) return ABSENT;
    if (wanted === TAG_KEYS)
      return of.association.disableSessionTags === true
        ? ABSENT
        : { state: 'several', values: [...tagsOf(of.cluster, of.association).keys()] };
    return sessionTag(key, of) ?? UNKNOWABLE;
  };
}

/** Whether a trust policy lets EKS Pod Identity call an action for an association. */
export function admitsSession(policy: TrustPolicy, action: string, of: Associated): Access {
  const find = keyReader(of);
  const allowing = podIdentityStatements(policy).filter((statement) => coversTrustAction(statement, action));
  return admission([
    ...allowing.map((statement) => judge('yes', statement, policy, find)),
    ...podIdentityDenies(policy, action).map(({ statement, meant }) => judge(meant, statement, policy, find)),
  ]);
}

/**
 * What is called for an association: by EKS of its role, and by that of a target role, to which the tags of the session go on. Whether
 * tags are to be allowed where a session has none, AWS does not say.
 */
export const actionsOf = ({ disableSessionTags }: PodIdentityAssociation): readonly string[] =>
  disableSessionTags === true ? [ASSUME_ROLE] : [ASSUME_ROLE, TAG_SESSION];

/** An association, and what keeps it from either of the two calls. */
export interface JudgedAssociation {
  readonly association: PodIdentityAssociation;
  readonly isShut: boolean;
  readonly unmet: readonly ConditionEntry[];
  readonly denies: readonly Statement[];
}

/** Holds an association against the conditions of a trust policy, those of its Deny statements included. */
export function judgeAssociation(policy: TrustPolicy, of: Associated): JudgedAssociation {
  const { association } = of;
  const admissions = actionsOf(association).map((action) => admitsSession(policy, action, of));
  return {
    association,
    isShut: admissions.some(({ outcome }) => outcome === 'no'),
    unmet: [...new Set(admissions.flatMap((one) => one.unmet))],
    denies: [...new Set(admissions.flatMap((one) => one.denies))].filter(({ conditions }) => conditions.length > 0),
  };
}

/** An association that the role takes, in this cluster or another. */
export function servedAssociation(role: RoleHas<'pod-identity-associations'>, facts: Has & NamesOfClusters): string | null {
  const { account } = facts.inventory;
  for (const cluster of role.associatedIn) {
    const served = associationsByRole(cluster)
      .get(role.role.arn)
      ?.find((association) => !judgeAssociation(role.policy, { cluster, association, account }).isShut);
    if (served !== undefined) return associationsInWords(cluster, [served], facts);
  }
  return null;
}
