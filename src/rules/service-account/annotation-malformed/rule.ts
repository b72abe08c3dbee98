import type { Carriers, Has } from '../../../facts/account/facts.js';
import { meantRole } from '../../../facts/service-account/likely-role.js';
import { podsOf } from '../../../facts/pod/pods-of.js';
import { parseRoleArn, roleArnProblem } from '../../../facts/account/role-arn.js';
import { podRelated, type RunningPods } from '../../../facts/pod/running-pods.js';
import { serviceAccountsOnAnnotations, annotationPatch } from '../../../facts/account/service-accounts.js';
import { weightWithoutRole } from '../../../facts/pod/missing-role-weight.js';
import { podsGiven, roleAnnotation } from '../../../model/contract/about.js';
import { ROLE_ANNOTATION } from '../../../model/inventory/annotations.js';
import { unanswered } from '../../../model/inventory/observed.js';
import { STS_INVALID_ARN } from '../../../model/report/sts-errors.js';
import { NO_CREDENTIALS } from '../../../model/report/sdk-errors.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

const messages = {
  malformed: ({ account, problem }: { account: string; problem: string }) =>
    `The annotation eks.amazonaws.com/role-arn of ${account} is no ARN of a role: ${problem}.`,
} satisfies Messages;

/** Of an empty annotation; where the roles were not read, one of which may be for the service account, somewhere between the two. */
function weightOfEmpty(of: RunningPods['of'], facts: Has<'roles' | Carriers>): Pick<Raised, 'severity' | 'confidence' | 'unless'> {
  if (!facts.inventory.roles.known) return { severity: 'medium', confidence: 'possible' };
  return weightWithoutRole(of, facts) ?? { severity: 'info', confidence: 'possible' };
}

/** What IAM takes for the ARN of a role: paths may hold any printable sign. */
const WITH_ANY_PATH = /^arn:aws[a-z0-9-]*:iam::\d{12}:role\/([!-~]+\/)?[\w+=,.@-]+$/;

/** The annotation holds something else than the ARN of a role. */
export const annotationMalformed = defineRule({
  id: 'annotation-malformed',
  cause: 'sa-annotation-malformed',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'annotation',
  needs: ['service-accounts', 'clusters'],
  uses: ['pod-identity-associations', 'namespaces'],
  looksAt: ['roles', 'workloads', 'addons'],
  title: 'Role annotation is not a role ARN',
  why: 'The webhook logs that the value does not look like a role, and gives it to the pods anyway, character by character. STS refuses it. An empty value makes the webhook ignore the pods.',
  error: STS_INVALID_ARN,
  references: ['EKS/associate-service-account-role.html', 'https://github.com/aws/amazon-eks-pod-identity-webhook'],
  subjects: (facts, scope) => serviceAccountsOnAnnotations(facts, scope),
  evaluate: (of, facts) => {
    const value = of.serviceAccount.annotations[ROLE_ANNOTATION];
    // Paths may hold more than the webhook takes, which only logs it: what is there is a role.
    if (value === undefined || parseRoleArn(value) !== null || facts.role(value) !== null) return [];
    const role = meantRole(value, of, facts);
    const arn = role?.role.arn ?? null;
    // Charts write the annotation with an empty value where nobody gave them a role: unless one is for it, that is how it is switched off.
    const weight = value === '' ? weightOfEmpty(of, facts) : {};
    const isSwitchedOff = weight.severity === 'info';
    return [
      {
        message: messages.malformed({ account: of.id, problem: roleArnProblem(value) }),
        ...weight,
        ...(value === '' ? { error: NO_CREDENTIALS } : {}),
        ...(WITH_ANY_PATH.test(value) ? { unless: unanswered(facts.inventory.roles) } : {}),
        evidence: [{ what: `annotation ${ROLE_ANNOTATION}`, path: null, found: value, expected: arn }],
        issuer: of.cluster.url,
        about: [roleAnnotation, podsGiven(of.cluster.cluster.region, of.id)],
        related: (podsOf(of) ?? [])
          .filter(({ containers }) => containers.some(({ roleArn }) => roleArn !== null && roleArn !== value))
          .map((workload) => ({
            ...podRelated(of.cluster.cluster, workload),
            why: 'still has the role of before: a restart takes it away until the annotation is right',
          })),
        fix: isSwitchedOff
          ? { summary: 'Nothing, if no pod is to have a role by it; else write the whole ARN of the role.' }
          : arn === null
            ? { summary: 'Write the whole ARN of the role, such as arn:aws:iam::<account>:role/<name>, or take the annotation away.' }
            : {
                summary: `Write ${arn}, in the chart or manifest that the service account belongs to, and restart its pods.`,
                patches: [annotationPatch(of, ROLE_ANNOTATION, arn)],
              },
      } satisfies Raised,
    ];
  },
});
