import { addonServiceAccounts, type AddonServiceAccounts } from '../../../facts/account/addon-accounts.js';
import type { Has, IssuingHas, ShowsAssociations } from '../../../facts/account/facts.js';
import { nearRole } from '../../../facts/account/near-role.js';
import { parseRoleArn } from '../../../facts/account/role-arn.js';
import { serviceAccountSubject } from '../../../facts/account/service-accounts.js';
import { mayBeAssociated } from '../../../facts/account/may-be-associated.js';
import { issuingClustersIn } from '../../../facts/account/subjects.js';
import { associationsByServiceAccount, serviceAccountKey } from '../../../facts/account/service-account-key.js';
import { clusterInWords, type NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import { roleAnnotation } from '../../../model/contract/about.js';
import { seen } from '../../../model/inventory/observed.js';
import { defineRule, STS_NOT_AUTHORIZED, type Entry, type Messages, type Raised } from '../../contract/define-rule.js';

interface AddonOfCluster {
  readonly cluster: IssuingHas;
  readonly addon: AddonServiceAccounts;
}

const messages = {
  missing: ({ addon, cluster, arn, near }: { addon: string; cluster: string; arn: string; near: string }) =>
    `The add-on ${addon} of cluster ${cluster} has the role ${arn}, which does not exist${near}.`,
} satisfies Messages;

function evaluate({ cluster, addon }: AddonOfCluster, facts: Has<'roles'> & NamesOfClusters): readonly Raised[] {
  const { account, partition, roles } = facts.inventory;
  const arn = addon.detail.serviceAccountRoleArn ?? '';
  const parsed = parseRoleArn(arn);
  // Only a complete list tells that something is not in it.
  if (parsed?.account !== account || parsed.partition !== partition || !roles.known || facts.role(arn) !== null) return [];
  const near = nearRole(parsed.name, facts)?.role.arn ?? null;
  return [
    {
      message: messages.missing({
        addon: addon.name,
        cluster: clusterInWords(cluster.cluster, facts),
        arn,
        near: near === null ? '' : `; there is ${near}`,
      }),
      evidence: [{ what: 'role of the add-on', path: null, found: arn, expected: near }],
      related: near === null ? [] : [{ type: 'role', id: near, why: 'was probably meant' }],
      issuer: cluster.url,
      about: [roleAnnotation],
      fix: {
        summary:
          near === null
            ? 'Make the role again, or update the add-on with the one that it is meant to have.'
            : `Update the add-on with ${near}, if that is the role meant.`,
      },
    },
  ];
}

function entriesIn(cluster: IssuingHas<'addons' | ShowsAssociations>, facts: Has<'roles'>): readonly Entry<AddonOfCluster>[] {
  const associated = associationsByServiceAccount(cluster.cluster);
  return seen(cluster.cluster.addons).flatMap((one): Entry<AddonOfCluster>[] => {
    const addon = addonServiceAccounts(one);
    const [wanted] = addon?.wants ?? [];
    if (addon === null || wanted === undefined || associated.has(serviceAccountKey(addon.namespace, wanted.serviceAccount))) return [];
    const subject = serviceAccountSubject(cluster, addon.namespace, wanted.serviceAccount);
    return [{ subject, of: { cluster, addon }, unless: mayBeAssociated(cluster.cluster, null, facts) }];
  });
}

/** The role that EKS was told to give an add-on is not there. */
export const addonRoleAbsent = defineRule({
  id: 'addon-role-absent',
  cause: 'sa-annotation-role-missing',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'role',
  // EKS writes the role of the add-on into the annotation: bad-annotated-by-eks.
  absorbs: ['annotation-role-missing'],
  needs: ['roles', 'clusters', 'addons'],
  uses: ['pod-identity-associations'],
  looksAt: ['workloads'],
  title: 'Add-on role does not exist',
  why: 'EKS annotates the service account of an add-on with the role that it was given, and looks neither then nor later whether there is such a role. STS answers as if the role refused.',
  error: STS_NOT_AUTHORIZED,
  references: ['EKS/add-ons-iam.html', 'https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors'],
  subjects: (facts, scope) => issuingClustersIn(facts, scope).flatMap((cluster) => entriesIn(cluster, facts)),
  evaluate,
});
