import { associatedServiceAccounts, associatedEntries, type AssociatedRole } from '../../../facts/pod-identity/associations.js';
import { clusterInWords, type NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import type { PrincipalEntry } from '../../../policy/language/parse.js';
import { unlessBeyond } from '../../../facts/pod/served-pods.js';
import {
  ASSUME_ROLE,
  coversTrustAction,
  plainDeny,
  POD_IDENTITY_SERVICE,
  POD_IDENTITY_STATEMENT,
  podIdentityAccess,
  podIdentityStatements,
} from '../../../policy/actions/pod-identity.js';
import { EKS_AUTH_DENIED } from '../../../model/report/pod-identity-errors.js';
import type { ClusterHas } from '../../../model/contract/has.js';
import { defineRule, type Messages, type Raised, type Repair } from '../../contract/define-rule.js';

/** Services of other partitions may have an ending of their own; and whether `*` takes in a service, AWS does not say. */
const mayBeMeant = ({ kind, value }: PrincipalEntry): boolean =>
  value === '*' || (kind === 'Service' && value.startsWith(`${POD_IDENTITY_SERVICE}.`));

/** A cluster with associations, and the pods that have their role by them. */
type Associating = ClusterHas<'pod-identity-associations' | 'workloads'>;

const messages = {
  missing: ({ cluster, principals }: { cluster: string; principals: string }) =>
    `A Pod Identity association of cluster ${cluster} gives this role, and its trust policy allows ${principals} only, not ${POD_IDENTITY_SERVICE}.`,
  action: ({ cluster }: { cluster: string }) =>
    `A Pod Identity association of cluster ${cluster} gives this role, and its trust policy allows ${POD_IDENTITY_SERVICE} other actions than ${ASSUME_ROLE}.`,
  denied: ({ cluster, path }: { cluster: string; path: string }) =>
    `A Pod Identity association of cluster ${cluster} gives this role, and the Deny at ${path} of its trust policy denies ${POD_IDENTITY_SERVICE}, which an Allow allows.`,
} satisfies Messages;

function evaluate(associated: AssociatedRole<Associating>, facts: NamesOfClusters): readonly Raised[] {
  const { policy } = associated.role;
  // What cannot be read whole may hold the statement that is missed.
  if (policy.problems.length > 0) return [];
  const isMissing = podIdentityAccess(policy, ASSUME_ROLE) === 'no';
  const deny = plainDeny(policy, ASSUME_ROLE);
  if (!isMissing && deny === null) return [];
  const letting = policy.statements.filter((one) => one.effect === 'Allow' && coversTrustAction(one, ASSUME_ROLE));
  const isDoubtful = isMissing && letting.some(({ principals }) => principals.some(mayBeMeant));
  const allowed = policy.statements.filter(({ effect }) => effect === 'Allow').flatMap(({ principals }) => principals);
  const spare = `Take ${POD_IDENTITY_SERVICE} out of the Deny at ${deny?.path ?? ''}, if the association is meant`;
  const add = `Add a statement that lets ${POD_IDENTITY_SERVICE} assume the role; the others stay`;
  const denied = deny?.principals.filter(({ value }) => value === POD_IDENTITY_SERVICE) ?? [];
  const cluster = clusterInWords(associated.cluster, facts);
  const principals = [...new Set(allowed.map(({ kind, value }) => `${kind} ${value}`))].join(', ') || 'nobody';
  return [
    {
      message:
        !isMissing && deny !== null
          ? messages.denied({ cluster, path: deny.path })
          : podIdentityStatements(policy).length > 0
            ? messages.action({ cluster })
            : messages.missing({ cluster, principals }),
      ...(isDoubtful ? { confidence: 'possible' } : {}),
      evidence: [
        ...(isMissing ? allowed : []).map(({ kind, value, path }) => ({ what: `${kind} principal`, path, found: value, expected: null })),
        ...denied.map(({ value, path }) => ({ what: 'principal of a Deny', path, found: value, expected: null })),
      ],
      related: associatedServiceAccounts(associated, 'its pods get no credentials by their association'),
      fix: unlessBeyond<Repair>(
        {
          summary: `${[...(isMissing ? [add] : []), ...(deny === null ? [] : [spare])].join('. ')}.`,
          ...(isMissing && deny === null ? { edits: [{ kind: 'add-statement', statement: POD_IDENTITY_STATEMENT }] } : {}),
        },
        associated.cluster,
        associated.associations,
      ),
    },
  ];
}

/** A Pod Identity association gives a role whose trust policy does not allow EKS Pod Identity. */
export const podIdentityTrustMissing = defineRule({
  id: 'pod-identity-trust-missing',
  cause: 'podid-trust-missing',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'trust of Pod Identity',
  needs: ['roles', 'pod-identity-associations'],
  looksAt: ['workloads'],
  title: 'Role does not trust EKS Pod Identity',
  why: `EKS assumes the role of an association as the service ${POD_IDENTITY_SERVICE}. A trust policy made for IRSA, for EC2 or for nodes does not allow it, and EKS accepts the association anyway.`,
  error: EKS_AUTH_DENIED,
  references: ['EKS/pod-id-role.html', 'EKS/pod-id-association.html'],
  subjects: (facts, scope) => associatedEntries(facts, scope),
  evaluate,
});
