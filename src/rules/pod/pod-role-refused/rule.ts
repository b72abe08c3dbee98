import { serviceAccountKey } from '../../../facts/account/service-account-key.js';
import type { Has, IssuingHas, RoleHas } from '../../../facts/account/facts.js';
import { audienceDemands } from '../../../facts/trust/audience-agreement.js';
import { requestWith } from '../../../policy/language/token.js';
import { DEFAULT_AUDIENCE } from '../../../model/inventory/annotations.js';
import {
  containersByHand,
  errorOf,
  isGivenByWebhook,
  isOfWebhook,
  judgedByHand,
  type JudgedByHand,
  roleGiver,
  type RefusedBy,
  type RoleGiver,
} from '../../../facts/pod/role-by-hand.js';
import { nearRole } from '../../../facts/account/near-role.js';
import { parseRoleArn, roleArnProblem } from '../../../facts/account/role-arn.js';
import { inWords, isBeingReplaced, mayBeReplaced, podSubject } from '../../../facts/pod/running-pods.js';
import { isTerminating, mayBeTerminating } from '../../../facts/account/service-accounts.js';
import { mayBeAssociated } from '../../../facts/account/may-be-associated.js';
import { issuingClustersIn } from '../../../facts/account/subjects.js';
import { groupBy } from '../../../lib/group-by.js';
import { setByHand, tokensFor } from '../../../model/contract/about.js';
import type { Related } from '../../../model/report/finding.js';
import { seen } from '../../../model/inventory/observed.js';
import type { Scope } from '../../../model/contract/scope.js';
import type { Workload } from '../../../model/inventory/workload.js';
import { defineRule, STS_NOT_AUTHORIZED, STS_WRONG_AUDIENCE, type Entry, type Messages, type Raised } from '../../contract/define-rule.js';

type Read = 'service-accounts' | 'pod-identity-associations' | 'workloads' | 'namespaces';

interface PodsByHand {
  readonly cluster: IssuingHas<Read>;
  readonly workload: Workload;
  /** All pods of the same owner, these included. */
  readonly siblings: readonly Workload[];
  readonly readAt: string;
  /** What gives their service account a role; null = nothing does. */
  readonly giver: RoleGiver | null;
}

interface Told {
  readonly container: string;
  readonly pods: string;
  readonly role: string;
}

const messages = {
  arn: ({ container, pods, role, problem }: Told & { problem: string }) =>
    `The container ${container} of ${pods} sets AWS_ROLE_ARN to ${role}, which is no ARN of a role: ${problem}.`,
  partition: ({ container, pods, role }: Told) =>
    `The container ${container} of ${pods} sets AWS_ROLE_ARN to ${role}: no role of another partition can be assumed.`,
  role: ({ container, pods, role }: Told) => `The container ${container} of ${pods} sets AWS_ROLE_ARN to ${role}, which does not exist.`,
  trust: ({ container, pods, role, subject, audience }: Told & { subject: string; audience: string }) =>
    `The container ${container} of ${pods} sets AWS_ROLE_ARN to ${role}, whose trust policy does not allow ${subject} with the audience ${audience}.`,
  audience: ({ container, pods, role, audience, issuer }: Told & { audience: string; issuer: string }) =>
    `The container ${container} of ${pods} asks for ${role} with a token for the audience ${audience}, which the provider of ${issuer} does not list.`,
  file: ({ container, pods, role, file }: Told & { file: string }) =>
    `The container ${container} of ${pods} asks for ${role} with the token in ${file}, where no projected token for an audience is mounted.`,
} satisfies Messages;

/** What a provider refuses is told of the cluster: all its pods suffer by it. */
type ToldBy = Exclude<RefusedBy, 'provider'>;
/** In the order of repairs: what becomes of the token of a role that is gone is nothing to mend. */
const TOLD = ['arn', 'role', 'file', 'audience', 'trust'] as const satisfies readonly ToldBy[];
const toldOf = ({ refusals }: JudgedByHand): ToldBy | undefined => TOLD.find((one) => refusals.includes(one));

function messageOf(by: ToldBy, judged: JudgedByHand, { cluster, workload }: PodsByHand): Raised['message'] {
  const { container, audience } = judged;
  const told = { container: container.name, pods: inWords(workload), role: container.roleArn };
  switch (by) {
    case 'arn':
      return parseRoleArn(container.roleArn) === null
        ? messages.arn({ ...told, problem: roleArnProblem(container.roleArn) })
        : messages.partition(told);
    case 'role':
      return messages.role(told);
    case 'file':
      return messages.file({ ...told, file: container.tokenFile });
    case 'audience':
      return messages.audience({ ...told, audience: audience ?? '', issuer: cluster.url });
    case 'trust':
      return messages.trust({ ...told, audience: audience ?? '', subject: `${workload.namespace}:${workload.serviceAccount}` });
  }
}

function adviceOf(
  by: ToldBy,
  { container: { roleArn, name, tokenFile }, audience }: JudgedByHand,
  { giver }: PodsByHand,
  facts: Has<'roles' | 'providers'>,
): string {
  const near = by === 'role' ? nearRole(parseRoleArn(roleArn)?.name ?? '', facts) : null;
  const instead = `or take both variables out${giver === null ? ' and annotate the service account' : ', and the pods get the role of their service account'}`;
  switch (by) {
    case 'arn':
    case 'role':
      return `Set AWS_ROLE_ARN of the container ${name} to ${near === null ? 'a role that exists' : near.role.arn}, ${instead}.`;
    case 'file':
      if (isOfWebhook(tokenFile))
        return `Take AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE out of the manifest of the container ${name}${giver === null ? ', and annotate the service account' : ''}: the webhook gives both, with the token, to containers that set neither. Where something else in the pod writes that file, nothing is wrong.`;
      return `Mount a projected service account token for the audience ${DEFAULT_AUDIENCE} as ${tokenFile}, ${instead}. Where something else in the pod writes that file, nothing is wrong.`;
    case 'audience':
      return `Mount a projected service account token for an audience that the provider lists, mostly ${DEFAULT_AUDIENCE}, ${instead}.`;
    case 'trust':
      return `If the pods are meant to have the role, let its trust policy allow their service account with the audience ${audience ?? ''}; else set AWS_ROLE_ARN to the one that is for them, ${instead}.`;
  }
}

/** Whether newer pods of the same owner are there of which nothing is known to be wrong. */
const isReplaced = (of: PodsByHand, facts: Has<'roles' | 'providers'>): boolean =>
  isBeingReplaced(of, (one) => judgedByHand(one, of.giver, of.cluster.url, facts).every(({ state }) => state !== 'refused'));

/** Whether a role would allow the pods with a token for an audience that it requires. */
function wouldAllow(
  role: RoleHas,
  { cluster: { url }, workload: { namespace, serviceAccount } }: PodsByHand,
  facts: Has<'roles'>,
): boolean {
  const demands = audienceDemands(role, url)?.statements.flat() ?? [];
  const subject = `system:serviceaccount:${namespace}:${serviceAccount}`;
  return demands
    .flatMap(({ entry }) => entry.values)
    .some(({ value }) => facts.admits(role, requestWith({ url, audience: value, subject }, facts.inventory)) !== 'denied');
}

function evaluate(of: PodsByHand, facts: Has<'roles' | 'providers'>): readonly Raised[] {
  const { cluster, workload } = of;
  const refused = judgedByHand(workload, of.giver, cluster.url, facts).flatMap((judged) => {
    const by = judged.state === 'refused' ? toldOf(judged) : undefined;
    return by === undefined ? [] : [{ by, judged }];
  });
  const [first] = refused;
  if (first === undefined || isReplaced(of, facts)) return [];
  const { by, judged } = first;
  const { role, audience, container } = judged;
  const { namespace, serviceAccount } = workload;
  const isGuessed = judged.isFileGuessed && by !== 'role' && by !== 'arn';
  return [
    {
      message: messageOf(by, judged, of),
      error: errorOf(judged.refusals[0] ?? by, cluster.url),
      ...(isGuessed ? { confidence: 'likely' } : {}),
      // Something else in the pod may write the file: which other volumes it has is not read.
      ...(by === 'file' ? { severity: 'medium' } : {}),
      evidence: refused.map(({ judged: one }) => ({
        what: `AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE of the container ${one.container.name}`,
        path: null,
        found: [one.container.roleArn, one.container.tokenFile],
        expected: null,
      })),
      related: [
        { type: 'service-account', id: `${cluster.cluster.name}/${serviceAccountKey(namespace, serviceAccount)}`, why: 'they run as it' },
        ...(role === null ? [] : [{ type: 'role', id: role.role.arn, why: 'is the one that they name' } satisfies Related]),
      ],
      issuer: cluster.url,
      about: [
        ...(by === 'trust' ? [setByHand(container.roleArn)] : []),
        // What is refused for its subject too is mended by no audience.
        ...((by === 'audience' || (by === 'trust' && role !== null && wouldAllow(role, of, facts))) && audience !== null
          ? [tokensFor(cluster.url, [audience])]
          : []),
      ],
      fix: { summary: adviceOf(by, judged, of, facts) },
    },
  ];
}

function podsByHand(facts: Has<Read | 'clusters' | 'roles'>, scope: Scope): readonly Entry<PodsByHand>[] {
  return issuingClustersIn(facts, scope).flatMap((cluster) => {
    const workloads = seen(cluster.cluster.workloads).filter(({ namespace }) => !isTerminating(cluster, namespace));
    const byOwner = groupBy(
      workloads,
      ({ namespace, serviceAccount, owner }) => `${serviceAccountKey(namespace, serviceAccount)} ${owner.kind} ${owner.name}`,
    );
    return [...byOwner.values()].flatMap((siblings) =>
      siblings.flatMap((workload): readonly Entry<PodsByHand>[] => {
        const giver = roleGiver(cluster, workload);
        const own = containersByHand(workload, giver);
        if (own.length === 0) return [];
        // Left over from an annotation they are told as that.
        const asked = { namespace: workload.namespace, name: workload.serviceAccount };
        const mayBeGiven = own.every((one) => isGivenByWebhook(workload, one)) ? mayBeAssociated(cluster.cluster, asked, facts) : null;
        return [
          {
            subject: podSubject(cluster.cluster, workload),
            of: { cluster, workload, siblings, readAt: facts.inventory.collectedAt, giver },
            unless: mayBeTerminating(cluster, workload.namespace) ?? mayBeGiven ?? mayBeReplaced(cluster.cluster, workload),
          },
        ];
      }),
    );
  });
}

/** Pods name a role themselves that does not take them. */
export const podRoleRefused = defineRule({
  id: 'pod-role-refused',
  cause: 'pod-role-refused',
  since: '0.2.0',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'role set by hand',
  // Whom the trust policy names is not there, and who asks is not named: bad-role-is-for-a-name-that-nobody-has.
  absorbs: ['service-account-missing'],
  needs: ['service-accounts', 'workloads', 'clusters'],
  uses: ['namespaces', 'pod-identity-associations'],
  looksAt: ['roles', 'providers'],
  title: 'Role set in the pod denies it',
  why: 'Variables that a container sets itself win over the annotation of its service account and over an association of EKS Pod Identity. The role has to exist, the token has to lie where the variable says, its audience has to be one of the provider, and the trust policy has to allow the service account.',
  errorForm: `${STS_NOT_AUTHORIZED}; ${STS_WRONG_AUDIENCE}`,
  references: [
    'https://github.com/aws/amazon-eks-pod-identity-webhook',
    'EKS/pod-configuration.html',
    'https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors',
  ],
  subjects: podsByHand,
  evaluate,
});
