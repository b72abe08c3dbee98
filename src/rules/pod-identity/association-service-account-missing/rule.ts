import { associationSubject } from '../../../facts/pod-identity/associations.js';
import type { IssuingHas } from '../../../facts/account/facts.js';
import { nearServiceAccounts } from '../../../facts/service-account/near-account.js';
import { serviceAccountKey } from '../../../facts/account/service-account-key.js';
import { clusterInWords, type NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import { serviceAccountAt, isTerminating, mayBeTerminating } from '../../../facts/account/service-accounts.js';
import { issuingClustersIn } from '../../../facts/account/subjects.js';
import { serviceAccountMeant } from '../../../model/contract/about.js';
import { wantsNothing } from '../../../model/inventory/eks-addons.js';
import type { ClusterHas } from '../../../model/contract/has.js';
import type { PodIdentityAssociation } from '../../../model/inventory/inventory.js';
import { unanswered, seen, whole } from '../../../model/inventory/observed.js';
import { NO_CREDENTIALS } from '../../../model/report/sdk-errors.js';
import { defineRule, type Messages, type Raised, type Unless } from '../../contract/define-rule.js';

interface Associated {
  readonly cluster: IssuingHas<'service-accounts' | 'namespaces' | 'addons'>;
  readonly association: PodIdentityAssociation;
}

/** Whether an add-on that is being installed may bring it, or why that is not known. */
function mayStillCome({ addons }: ClusterHas<'addons'>, { ownerArn, serviceAccount, unread }: PodIdentityAssociation): boolean | Unless {
  const installed = whole(addons);
  if (installed === null) return unanswered(addons) ?? (ownerArn != null || unread !== undefined);
  const its = installed.filter(({ name, wants }) => {
    const isOwner = unread !== undefined || ownerArn?.includes(`/${name}/`) === true;
    return isOwner || (whole(wants)?.some((one) => one.serviceAccount === serviceAccount) ?? !wantsNothing(name));
  });
  if (its.some(({ detail }) => detail.known && detail.value.status === 'CREATING')) return true;
  return its.map(({ detail }) => unanswered(detail)).find((one) => one !== null) ?? false;
}

interface Given {
  readonly cluster: string;
  readonly account: string;
  readonly role: string;
  readonly near: string;
}

const messages = {
  missing: ({ cluster, account, role, near }: Given) =>
    `The cluster ${cluster} has no service account ${account}, to which a Pod Identity association gives ${role}${near}.`,
  namespace: ({ cluster, namespace, role, account, near }: Given & { readonly namespace: string }) =>
    `The cluster ${cluster} has no namespace ${namespace}: a Pod Identity association gives ${role} to ${account}${near}.`,
} satisfies Messages;

function evaluate({ cluster, association }: Associated, facts: NamesOfClusters): readonly Raised[] {
  const { namespace, serviceAccount, roleArn } = association;
  if (serviceAccountAt(cluster, serviceAccountKey(namespace, serviceAccount)) !== null || isTerminating(cluster, namespace)) return [];
  const comes = mayStillCome(cluster.cluster, association);
  if (comes === true) return [];
  const { namespaces, name } = cluster.cluster;
  const near = nearServiceAccounts(cluster.cluster, namespace, serviceAccount).map((one) => `${one.namespace}/${one.name}`);
  const isWithout = namespaces.known && !namespaces.value.some((one) => one.name === namespace);
  return [
    {
      message: messages[isWithout ? 'namespace' : 'missing']({
        cluster: clusterInWords(cluster.cluster, facts),
        account: `${namespace}/${serviceAccount}`,
        namespace,
        role: roleArn ?? 'a role that was not read',
        near: near.length === 0 ? '' : `; there is ${near.join(' and ')}`,
      }),
      evidence: [
        { what: 'service account of the association', path: null, found: `${namespace}/${serviceAccount}`, expected: near[0] ?? null },
      ],
      issuer: cluster.url,
      about: [serviceAccountMeant(cluster.cluster.region, `${name}/${namespace}/${serviceAccount}`)],
      unless: mayBeTerminating(cluster, namespace) ?? (comes === false ? null : comes),
      fix: {
        summary:
          near.length === 0
            ? 'Make the service account, or remove the association if nothing needs it any more.'
            : `Make the association for ${near.join(' or ')}, if that was meant.`,
      },
    },
  ];
}

/** A Pod Identity association names a service account that the cluster does not have. */
export const associationServiceAccountMissing = defineRule({
  id: 'association-service-account-missing',
  cause: 'podid-service-account-missing',
  kind: 'break',
  severity: 'medium',
  confidence: 'certain',
  scope: 'cluster',
  link: 'service account',
  needs: ['pod-identity-associations', 'service-accounts', 'clusters'],
  uses: ['addons', 'namespaces'],
  title: 'Associated service account missing',
  why: 'EKS takes any namespace and name for an association. One that no service account bears gives nobody anything, and whoever was meant goes without.',
  error: NO_CREDENTIALS,
  references: ['EKS/pod-id-association.html'],
  subjects: (facts, scope) =>
    issuingClustersIn(facts, scope).flatMap((cluster) =>
      seen(cluster.cluster.podIdentityAssociations).map((association) => ({
        subject: associationSubject(cluster.cluster, association),
        of: { cluster, association },
      })),
    ),
  evaluate,
});
