import type { IssuingHas } from '../../../facts/account/facts.js';
import { misplacedIn, type Misplaced } from '../../../facts/pod/likely-service-account.js';
import { inWords, podSubject } from '../../../facts/pod/running-pods.js';
import { isTerminating, mayBeTerminating } from '../../../facts/account/service-accounts.js';
import { mayBeAssociated } from '../../../facts/account/may-be-associated.js';
import { issuingClustersIn } from '../../../facts/account/subjects.js';
import { serviceAccountMeant } from '../../../model/contract/about.js';
import type { Patch } from '../../../model/report/finding.js';
import type { Workload } from '../../../model/inventory/workload.js';
import { NO_CREDENTIALS } from '../../../model/report/sdk-errors.js';
import { defineRule, type Messages, type Raised, type Repair } from '../../contract/define-rule.js';

interface MisplacedPods extends Misplaced {
  readonly cluster: IssuingHas;
}

/** Where what starts pods is told as whom they run. */
const settingOf = ({ owner }: Workload): string =>
  owner.kind === 'EphemeralRunner'
    ? 'serviceAccountName in the template that ACTIONS_RUNNER_CONTAINER_HOOK_TEMPLATE of the runner names'
    : 'spark.kubernetes.authenticate.executor.serviceAccountName of a Spark application';

function repair({ cluster, workload, meant, starter }: MisplacedPods): Repair {
  const { namespace, serviceAccount, owner } = workload;
  if (starter !== null) return { summary: `Have what starts them run them as ${meant.name}: ${settingOf(starter)}.` };
  const { association } = meant;
  const line = `Write serviceAccountName: ${meant.name} into the manifest of ${owner.kind} ${owner.name}`;
  // An association for a name that nobody bears: the name in use is as good, unless every pod of the namespace bears it.
  if (meant.isThere || association?.roleArn == null || serviceAccount === 'default')
    return { summary: `${line}, and let its pods be recreated.` };
  const patch = (name: string, before: Patch['before'], after: Patch['after']): Patch => ({
    resource: `${cluster.cluster.name}/${namespace}/${name}`,
    region: cluster.cluster.region,
    kind: 'pod-identity-association',
    before,
    after,
  });
  const { roleArn, id, targetRoleArn, disableSessionTags } = association;
  const old = { namespace, serviceAccount: meant.name, roleArn, ...(id === undefined ? {} : { id }) };
  // The command would leave out what a plain association has not.
  if ((targetRoleArn ?? null) !== null || disableSessionTags === true)
    return { summary: `Make the association for ${serviceAccount} in place of ${meant.name}, as it is otherwise.` };
  return {
    summary: `Make the association for ${serviceAccount}, as which the pods run, in place of ${meant.name}, and restart them; or have the chart call the service account ${meant.name}.`,
    patches: [patch(serviceAccount, null, { namespace, serviceAccount, roleArn }), patch(meant.name, old, null)],
  };
}

interface Named {
  readonly pods: string;
  readonly serviceAccount: string;
  readonly meant: string;
  readonly role: string;
}

const messages = {
  other: ({ pods, serviceAccount, meant, role }: Named) =>
    `${pods} runs as the service account ${serviceAccount}, which has no role; ${meant} of the same namespace has ${role}, is named after it, and nothing runs as it.`,
  started: ({ pods, serviceAccount, starter, meant, role }: Named & { readonly starter: string }) =>
    `${pods} runs as the service account ${serviceAccount}, which has no role; the pod ${starter}, which started it, runs as ${meant}, which has ${role}.`,
  absent: ({ pods, serviceAccount, role, meant }: Named) =>
    `${pods} runs as the service account ${serviceAccount}, which has no role; the Pod Identity association with ${role} is for ${meant}, which is not there.`,
} satisfies Messages;

function evaluate(misplaced: MisplacedPods): readonly Raised[] {
  const { cluster, workload, meant, starter } = misplaced;
  const { namespace, serviceAccount } = workload;
  const id = `${cluster.cluster.name}/${namespace}/${meant.name}`;
  const named = { pods: inWords(workload), serviceAccount, meant: meant.name, role: meant.role ?? 'a role that was not read' };
  return [
    {
      message:
        starter === null ? messages[meant.isThere ? 'other' : 'absent'](named) : messages.started({ ...named, starter: starter.example }),
      evidence: [{ what: 'service account of the pods', path: null, found: serviceAccount, expected: meant.name }],
      related: [
        {
          type: 'service-account',
          id,
          serviceAccount: `${cluster.cluster.name}/${namespace}/${serviceAccount}`,
          why: 'has the role, and was meant for these pods',
        },
      ],
      issuer: cluster.url,
      about: [serviceAccountMeant(cluster.cluster.region, id)],
      fix: repair(misplaced),
    },
  ];
}

/** Pods without AWS identity run as another service account than the one with a role that was made for them. */
export const podServiceAccountWrong = defineRule({
  id: 'pod-service-account-wrong',
  cause: 'pod-wrong-service-account',
  kind: 'break',
  severity: 'high',
  confidence: 'likely',
  scope: 'cluster',
  link: 'service account of the pod',
  // The pods that should have used it show which of the two names is wrong: bad-association-a-letter-off.
  absorbs: ['association-service-account-missing'],
  needs: ['service-accounts', 'workloads', 'clusters'],
  uses: ['pod-identity-associations', 'namespaces'],
  looksAt: ['roles'],
  title: 'Pods run as wrong service account',
  why: 'A pod has the role of the service account that its manifest names. Where the line is missing it runs as default; where a chart makes the name of the service account from that of the release, it is another than the one that the role or association is for.',
  error: NO_CREDENTIALS,
  references: ['EKS/pod-configuration.html', 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/'],
  subjects: (facts, scope) =>
    issuingClustersIn(facts, scope).flatMap((cluster) =>
      misplacedIn(cluster)
        .filter(({ workload }) => !isTerminating(cluster, workload.namespace))
        .map((misplaced) => ({
          subject: podSubject(cluster.cluster, misplaced.workload),
          of: { cluster, ...misplaced },
          unless: mayBeTerminating(cluster, misplaced.workload.namespace) ?? mayBeAssociated(cluster.cluster, null, facts),
        })),
    ),
  evaluate,
});
