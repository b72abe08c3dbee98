import { listed } from '../../../lib/list-in-words.js';
import { rolesCarriedIn } from '../../../facts/trust/service-accounts-of-role.js';
import { shutOut } from '../../../facts/trust/excluded-subjects.js';
import { issuingClustersIn, relatedUsers } from '../../../facts/account/subjects.js';
import { givenRoleEntries } from '../../../facts/trust/role-entries.js';
import { holderOf } from '../../../model/contract/about.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages, type Raised } from '../../contract/define-rule.js';

const messages = {
  other: ({ subject, says }: { subject: string; says: string }) =>
    `The trust policy does not allow ${subject}, which uses this role: ${says}.`,
} satisfies Messages;

/** The role is used by a service account that its trust policy does not name. */
export const subjectMismatch = defineRule({
  id: 'subject-mismatch',
  cause: 'trust-sub-mismatch',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'subject',
  // It names one service account, and another uses the role: annotation-missing/ok-a-mismatch-explains-it.
  absorbs: ['annotation-missing'],
  byAnnotationAlone: true,
  needs: ['roles', 'service-accounts', 'clusters'],
  uses: ['pod-identity-associations'],
  looksAt: ['addons', 'workloads'],
  title: 'Other service account trusted',
  why: 'The subject of a token is the namespace and the name of its service account. Where the trust policy lists others, the service account that uses the role is refused.',
  error: STS_NOT_AUTHORIZED,
  references: ['EKS/associate-service-account-role.html', 'https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors'],
  subjects: (facts, scope) =>
    issuingClustersIn(facts, scope)
      .flatMap((cluster) => rolesCarriedIn(cluster, facts))
      .flatMap((of) => givenRoleEntries(of, facts)),
  evaluate: ({ role, users, cluster: { url } }) => {
    const found = shutOut(
      role,
      url,
      users.map(({ subject }) => subject),
    );
    const [subject] = found?.subjects ?? [];
    if (found === null || subject === undefined) return [];
    const { subjects, excluded, says, evidence, statement, about, edits } = found;
    const missing = subjects.filter((one) => !excluded.includes(one));
    const change = missing.length > 0 ? `Add ${listed(missing)} to the subjects` : `Exclude ${listed(excluded)} no longer`;
    return [
      {
        message: messages.other({ subject, says }),
        evidence,
        related: relatedUsers(
          users.filter((user) => subjects.includes(user.subject)),
          'uses the role and is refused',
        ),
        statement,
        issuer: url,
        concerns: [url],
        about: [...about, holderOf(role.role.arn)],
        fix: {
          summary: `${change}, only if meant to have this role; otherwise give the service account the annotation of its own role.`,
          edits,
        },
      } satisfies Raised,
    ];
  },
});
