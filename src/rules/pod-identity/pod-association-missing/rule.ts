import { agentTokens } from '../../../facts/pod/agent-token.js';
import {
  inWords,
  isBeingReplaced,
  isBeyondPodIdentity,
  mayBeReplaced,
  podsWithoutAssociation,
  restartAdvice,
} from '../../../facts/pod/running-pods.js';
import { ROLE_ANNOTATION } from '../../../model/inventory/annotations.js';
import { EKS_AUTH_NO_ASSOCIATION } from '../../../model/report/pod-identity-errors.js';
import type { Workload } from '../../../model/inventory/workload.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

const messages = {
  gone: ({ pods, account }: { pods: string; account: string }) =>
    `${pods} asks the Pod Identity agent for credentials, and no association is there for ${account}: credentials that it has already end within hours.`,
} satisfies Messages;

/** Whether containers of pods go by the agent, with a token that EKS takes, or may. */
const goesByAgent = (workload: Workload): boolean => agentTokens(workload).some(({ state }) => state !== 'refused');

/** Pods go by EKS Pod Identity, and their service account has no association. */
export const podAssociationMissing = defineRule({
  id: 'pod-association-missing',
  cause: 'podid-association-missing',
  since: '0.2.0',
  kind: 'break',
  severity: 'high',
  // Who answers at the address of the agent on their nodes, no configuration shows.
  confidence: 'likely',
  scope: 'cluster',
  link: 'pod',
  needs: ['service-accounts', 'workloads', 'pod-identity-associations', 'clusters'],
  uses: ['namespaces'],
  looksAt: ['roles'],
  title: 'Pod Identity association missing',
  why: 'The webhook writes the address of the agent into pods while they are made. When the association is deleted, running pods keep it, and EKS answers that there is none as soon as their credentials end.',
  error: EKS_AUTH_NO_ASSOCIATION,
  references: [
    'EKS/pod-id-how-it-works.html',
    'https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html',
  ],
  subjects: (facts, scope) => podsWithoutAssociation(facts, scope).filter(({ of: { workload } }) => goesByAgent(workload)),
  evaluate: (running) => {
    const { of, workload } = running;
    if (isBeyondPodIdentity(workload) || isBeingReplaced(running, (one) => !goesByAgent(one))) return [];
    const isAnnotated = (of.serviceAccount.annotations[ROLE_ANNOTATION] ?? '') !== '';
    const again = `Create the association of ${of.id} again, if its pods are meant to have a role`;
    return [
      {
        message: messages.gone({ pods: inWords(workload), account: of.id }),
        evidence: [
          {
            what: 'AWS_CONTAINER_CREDENTIALS_FULL_URI',
            path: null,
            found: workload.containers.flatMap(({ credentialsUri }) => credentialsUri ?? []),
            expected: null,
          },
        ],
        related: [{ type: 'service-account', id: of.id, region: of.cluster.cluster.region, why: 'no association is there for it' }],
        issuer: of.cluster.url,
        unless: mayBeReplaced(of.cluster.cluster, workload),
        fix: {
          summary: isAnnotated
            ? `${restartAdvice(workload)}: those that are made from now on go by the annotation. Or ${again.replace(/^C/, 'c')}.`
            : `${again}.`,
        },
      },
    ];
  },
});
