import { meantRole } from '../../../facts/service-account/likely-role.js';
import { isMisspeltRoleKey } from '../../../facts/service-account/misspelt-annotation.js';
import { serviceAccountsOnAnnotations, annotationPatch } from '../../../facts/account/service-accounts.js';
import { roleAnnotation } from '../../../model/contract/about.js';
import { ROLE_ANNOTATION } from '../../../model/inventory/annotations.js';
import { NO_CREDENTIALS } from '../../../model/report/sdk-errors.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

const messages = {
  misspelt: ({ account, key }: { account: string; key: string }) =>
    `The service account ${account} has ${key}, which nothing reads; the key is eks.amazonaws.com/role-arn.`,
} satisfies Messages;

/** A service account has its role under a key that the webhook does not know. */
export const annotationKeyMisspelt = defineRule({
  id: 'annotation-key-misspelt',
  cause: 'sa-annotation-missing',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'key of the annotation',
  needs: ['service-accounts', 'clusters'],
  uses: ['pod-identity-associations', 'namespaces'],
  looksAt: ['roles', 'workloads'],
  title: 'Role annotation misspelled',
  why: 'The webhook honors eks.amazonaws.com/role-arn and ignores every key that is like it, that of kiam included.',
  error: NO_CREDENTIALS,
  references: ['EKS/associate-service-account-role.html', 'https://github.com/aws/amazon-eks-pod-identity-webhook'],
  subjects: (facts, scope) => serviceAccountsOnAnnotations(facts, scope),
  evaluate: (of, facts) => {
    const { annotations } = of.serviceAccount;
    // Charts write out an empty one beside it.
    if ((annotations[ROLE_ANNOTATION] ?? '') !== '') return [];
    const found = Object.entries(annotations).filter(([key]) => isMisspeltRoleKey(key));
    const [first] = found;
    if (first === undefined) return [];
    const [key, value] = first;
    const arn = meantRole(value, of, facts)?.role.arn ?? null;
    return [
      {
        message: messages.misspelt({ account: of.id, key }),
        evidence: found.map(([one, text]) => ({ what: `annotation ${one}`, path: null, found: text, expected: null })),
        issuer: of.cluster.url,
        about: [roleAnnotation],
        fix:
          arn === null
            ? { summary: `Write the key ${ROLE_ANNOTATION}, with the ARN of the role.` }
            : {
                summary: `Write the key ${ROLE_ANNOTATION} with ${arn}, in the chart or manifest that the service account belongs to, and restart its pods.`,
                patches: [annotationPatch(of, ROLE_ANNOTATION, arn)],
              },
      } satisfies Raised,
    ];
  },
});
