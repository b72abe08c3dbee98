import { clusterInWords, type NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import { mayBeAssociated } from '../../../facts/account/may-be-associated.js';
import { rolesOfAddons, type RoleOfAddon } from '../../../facts/trust/roles-of-addons.js';
import { shutOut } from '../../../facts/trust/excluded-subjects.js';
import { issuingClustersIn, roleSubject } from '../../../facts/account/subjects.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages, type Raised } from '../../contract/define-rule.js';

const messages = {
  other: ({ addon, cluster, subject, says }: { addon: string; cluster: string; subject: string; says: string }) =>
    `The add-on ${addon} of cluster ${cluster} runs as ${subject}, which the trust policy of its role does not allow: ${says}.`,
} satisfies Messages;

function evaluate({ role, addon, cluster, subjects }: RoleOfAddon, facts: NamesOfClusters): readonly Raised[] {
  const found = shutOut(role, cluster.url, subjects);
  // Of several service accounts some are on the node's role by design: one that is allowed is enough.
  const [first] = subjects;
  if (found === null || first === undefined || found.subjects.length < subjects.length) return [];
  const { excluded, says, evidence, statement, about, edits } = found;
  return [
    {
      message: messages.other({ addon, cluster: clusterInWords(cluster.cluster, facts), subject: subjects.join(' and '), says }),
      evidence,
      related: subjects.map((one) => ({
        type: 'service-account',
        id: `${cluster.cluster.name}/${one.split(':').slice(2).join('/')}`,
        region: cluster.cluster.region,
        why: 'uses the role and is refused',
      })),
      statement,
      issuer: cluster.url,
      about,
      fix: {
        summary: `${excluded.length < found.subjects.length ? 'Name' : 'Do not exclude'} ${subjects.join(' and ')}, as which the add-on runs.`,
        edits,
      },
    } satisfies Raised,
  ];
}

/** The role that EKS was told to give an add-on does not allow the add-on's service account. */
export const addonSubjectMismatch = defineRule({
  id: 'addon-subject-mismatch',
  cause: 'trust-sub-mismatch',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'subject',
  // The add-on says which service account it is: bad-carried-by-its-service-account.
  absorbs: ['subject-mismatch'],
  needs: ['roles', 'clusters', 'addons'],
  uses: ['pod-identity-associations'],
  looksAt: ['workloads'],
  title: 'Add-on role denies the add-on',
  why: 'EKS annotates the service account of an add-on with the role that it was given, whatever the trust policy of that role says. The service account has the name that the add-on gives it, and not that of the add-on.',
  error: STS_NOT_AUTHORIZED,
  references: ['EKS/add-ons-iam.html', 'https://docs.aws.amazon.com/eks/latest/APIReference/API_AddonPodIdentityConfiguration.html'],
  subjects: (facts, scope) =>
    issuingClustersIn(facts, scope)
      .flatMap((cluster) => rolesOfAddons(cluster, facts))
      .map((of) => ({ subject: roleSubject(of.role.role), of, unless: mayBeAssociated(of.cluster.cluster, null, facts) })),
  evaluate,
});
