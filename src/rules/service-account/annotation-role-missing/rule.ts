import { meantRole } from '../../../facts/service-account/likely-role.js';
import { parseRoleArn } from '../../../facts/account/role-arn.js';
import { serviceAccountsOnAnnotations, annotationPatch } from '../../../facts/account/service-accounts.js';
import { roleAnnotation } from '../../../model/contract/about.js';
import { ROLE_ANNOTATION } from '../../../model/inventory/annotations.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages, type Raised } from '../../contract/define-rule.js';

const messages = {
  missing: ({ account, arn, near }: { account: string; arn: string; near: string }) =>
    `The service account ${account} names the role ${arn}, which does not exist${near}.`,
  case: ({ account, arn, meant }: { account: string; arn: string; meant: string }) =>
    `The service account ${account} names the role ${arn}; the role that is there has another case: ${meant}.`,
} satisfies Messages;

/** The annotation names a role of this account that is not there. */
export const annotationRoleMissing = defineRule({
  id: 'annotation-role-missing',
  cause: 'sa-annotation-role-missing',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'role',
  needs: ['service-accounts', 'clusters', 'roles'],
  uses: ['pod-identity-associations', 'namespaces'],
  looksAt: ['workloads'],
  title: 'Annotated role does not exist',
  why: 'Nothing checks the annotation when it is written, nor when the role is deleted or its path changes. STS answers as if the role refused.',
  error: STS_NOT_AUTHORIZED,
  references: ['EKS/associate-service-account-role.html', 'https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors'],
  subjects: (facts, scope) => serviceAccountsOnAnnotations(facts, scope),
  evaluate: (of, facts) => {
    const value = of.serviceAccount.annotations[ROLE_ANNOTATION] ?? '';
    const parsed = parseRoleArn(value);
    const { account, partition, roles } = facts.inventory;
    // Only a complete list tells that something is not in it.
    if (parsed?.account !== account || parsed.partition !== partition || !roles.known || facts.role(value) !== null) return [];
    const meant = meantRole(value, of, facts)?.role.arn ?? null;
    // Names of roles differ by more than their case; whether STS minds the case of an ARN is not written down.
    const caseOnly = meant !== null && meant.toLowerCase() === value.toLowerCase();
    return [
      {
        message: caseOnly
          ? messages.case({ account: of.id, arn: value, meant })
          : messages.missing({ account: of.id, arn: value, near: meant === null ? '' : `; there is ${meant}` }),
        ...(caseOnly ? { confidence: 'possible' } : {}),
        evidence: [{ what: `annotation ${ROLE_ANNOTATION}`, path: null, found: value, expected: meant }],
        related: meant === null ? [] : [{ type: 'role', id: meant, why: 'was probably meant' }],
        issuer: of.cluster.url,
        about: [roleAnnotation],
        fix:
          meant === null
            ? { summary: 'Make the role, or annotate the service account with the one that it is meant to have.' }
            : {
                summary: `Annotate the service account with ${meant}, if that is the role meant, in the chart or manifest that it belongs to, and restart its pods.`,
                patches: [annotationPatch(of, ROLE_ANNOTATION, meant)],
              },
      } satisfies Raised,
    ];
  },
});
