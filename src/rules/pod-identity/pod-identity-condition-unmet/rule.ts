import {
  associatedServiceAccounts,
  associatedId,
  associatedEntries,
  associationsInWords,
  type AssociatedRole,
} from '../../../facts/pod-identity/associations.js';
import type { NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import type { Has } from '../../../facts/account/facts.js';
import { groupBy } from '../../../lib/group-by.js';
import { listed } from '../../../lib/list-in-words.js';
import {
  forWantOfTags,
  isSessionTag,
  judgeAssociation,
  servedAssociation,
  sessionTag,
  type JudgedAssociation,
} from '../../../facts/pod-identity/session-of-association.js';
import type { ClusterHas } from '../../../model/contract/has.js';
import type { PodIdentityAssociation } from '../../../model/inventory/inventory.js';
import { isTokenKey } from '../../../policy/language/condition-key.js';
import { unlessBeyond } from '../../../facts/pod/served-pods.js';
import type { ConditionEntry, Statement } from '../../../policy/language/parse.js';
import { POD_IDENTITY_SERVICE, POD_IDENTITY_STATEMENT } from '../../../policy/actions/pod-identity.js';
import { EKS_AUTH_DENIED } from '../../../model/report/pod-identity-errors.js';
import { defineRule, type Messages, type Raised, type Repair } from '../../contract/define-rule.js';

const isOfToken = ({ key }: ConditionEntry): boolean => isTokenKey(key);

/** AWS documents the session tags, and that the call brings no token; source ARN and account are in wide use, and on no page of it. */
function confidence(conditions: readonly ConditionEntry[]): Pick<Raised, 'confidence'> {
  if (conditions.every((one) => isSessionTag(one) || isOfToken(one))) return {};
  // An association in place of its cluster denies too (mountpoint-s3-csi-driver issue 781, by trial).
  return { confidence: 'likely' };
}

const written = ({ operator, key, values }: ConditionEntry): string =>
  `${operator} ${key} ${values.map(({ value }) => value).join(' or ') || 'nothing'}`;

/** Whether session tags can be enabled for it, and nothing else depends on their being off. */
function takesTags({ disableSessionTags, ownerArn, targetRoleArn, sessionPolicy }: PodIdentityAssociation): boolean {
  return disableSessionTags === true && ownerArn == null && targetRoleArn == null && sessionPolicy !== true;
}

/** What the conditions would have to take, as far as it is known: the tags of the sessions. */
function wanted(cluster: ClusterHas, shut: readonly PodIdentityAssociation[], unmet: readonly ConditionEntry[]): string | null {
  const values = unmet.map(({ key }) => {
    const tags = shut.map((association) => sessionTag(key, { cluster, association }));
    const known = tags.flatMap((tag) => (tag?.state === 'present' ? tag.value : []));
    return known.length === tags.length ? `${key} ${listed([...new Set(known)])}` : null;
  });
  return values.length === 0 || values.includes(null) ? null : values.join(' and ');
}

function repair(
  { cluster }: AssociatedRole,
  shut: readonly PodIdentityAssociation[],
  unmet: readonly ConditionEntry[],
  names: NamesOfClusters,
): Repair {
  if (unmet.length > 0 && unmet.every(isSessionTag) && shut.every(takesTags))
    return {
      summary: 'Enable session tags for the association: the conditions rely on them.',
      patches: shut.map((association) => {
        const { namespace, serviceAccount, roleArn, id } = association;
        const before = { namespace, serviceAccount, roleArn, disableSessionTags: true, ...(id === undefined ? {} : { id }) };
        return {
          resource: associatedId(cluster, association),
          region: cluster.region,
          kind: 'pod-identity-association',
          before,
          after: { ...before, disableSessionTags: false },
        };
      }),
    };
  if (unmet.length > 0 && unmet.every(isOfToken))
    return {
      summary: `Trust ${POD_IDENTITY_SERVICE} in a statement of its own: its call brings no token, so that no condition on one is met.`,
      edits: [{ kind: 'add-statement', statement: POD_IDENTITY_STATEMENT }],
    };
  const serviceAccounts = associationsInWords(cluster, shut, names);
  const values = wanted(cluster, shut, unmet);
  if (values !== null)
    return {
      summary: `Let the conditions allow ${values}, only if ${serviceAccounts} is meant to have this role; else associate it with a role of its own.`,
    };
  return {
    summary: `Let the conditions allow ${serviceAccounts}, or associate it with a role of its own.`,
  };
}

interface ShutOut {
  readonly conditions: string;
  readonly serviceAccounts: string;
  /** An association of the role that is allowed; null where none is. */
  readonly served: string | null;
}

/** A cluster with associations, and the pods that have their role by them. */
type Associating = ClusterHas<'pod-identity-associations' | 'workloads'>;

const messages = {
  unmet: ({ conditions, serviceAccounts, served, reason }: ShutOut & { readonly reason: string }) =>
    `The trust policy requires ${conditions}, which the Pod Identity association of ${serviceAccounts} does not meet${reason}${served === null ? ': no association of the role is allowed' : `, and that of ${served} does`}.`,
  denied: ({ path, serviceAccounts, conditions, served }: ShutOut & { readonly path: string }) =>
    `The Deny at ${path} of the trust policy denies the Pod Identity association of ${serviceAccounts} by ${conditions}${served === null ? ': no association of the role is allowed' : `, and not that of ${served}`}.`,
} satisfies Messages;

function evaluate(associated: AssociatedRole<Associating>, facts: Has & NamesOfClusters): readonly Raised[] {
  const { role, cluster, associations } = associated;
  const { account } = facts.inventory;
  const { policy } = role;
  if (policy.problems.length > 0) return [];
  const judged = associations.map((association) => judgeAssociation(policy, { cluster, association, account }));
  const served = judged.every(({ isShut }) => !isShut) ? null : servedAssociation(role, facts);
  const raise = (shut: readonly JudgedAssociation[], conditions: readonly ConditionEntry[], deny: Statement | null): readonly Raised[] => {
    if (shut.length === 0) return [];
    const serviceAccounts = shut.map(({ association }) => association);
    const shutOut = {
      serviceAccounts: associationsInWords(cluster, serviceAccounts, facts),
      conditions: conditions.map(written).join('; '),
    };
    return [
      {
        message:
          deny === null
            ? messages.unmet({ ...shutOut, served, reason: forWantOfTags(conditions, serviceAccounts) })
            : messages.denied({ ...shutOut, served, path: deny.path }),
        ...(served === null ? {} : { severity: 'medium' }),
        ...confidence(conditions),
        evidence: conditions.map(({ key, path, values }) => ({
          what: `condition ${key}`,
          path,
          found: values.map(({ value }) => value),
          expected: null,
        })),
        related: associatedServiceAccounts({ cluster, associations: serviceAccounts }, 'its pods get no credentials by their association'),
        fix: unlessBeyond<Repair>(
          deny === null
            ? repair(associated, serviceAccounts, conditions, facts)
            : { summary: `Have the Deny spare ${associationsInWords(cluster, serviceAccounts, facts)}, if the association is meant.` },
          cluster,
          serviceAccounts,
        ),
      },
    ];
  };
  const unmet = judged.filter((one) => one.unmet.length > 0);
  const denied = groupBy(
    judged.flatMap((one) => one.denies.map((deny) => ({ one, deny }))),
    ({ deny }) => deny,
  );
  return [
    ...raise(unmet, [...new Set(unmet.flatMap((one) => one.unmet))], null),
    ...[...denied].flatMap(([deny, shut]) =>
      raise(
        shut.map(({ one }) => one),
        deny.conditions,
        deny,
      ),
    ),
  ];
}

/** The trust policy allows EKS Pod Identity under conditions that an association of the role does not meet. */
export const podIdentityConditionUnmet = defineRule({
  id: 'pod-identity-condition-unmet',
  cause: 'podid-trust-missing',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'conditions of Pod Identity',
  needs: ['roles', 'pod-identity-associations'],
  looksAt: ['workloads'],
  title: 'Trust conditions deny association',
  why: 'EKS Pod Identity tags its sessions with cluster, namespace, service account and pod, and a trust policy may require any of them. An association whose session tags are disabled has none.',
  error: EKS_AUTH_DENIED,
  references: ['EKS/pod-id-abac.html', 'EKS/pod-id-role.html'],
  subjects: (facts, scope) => associatedEntries(facts, scope),
  evaluate,
});
