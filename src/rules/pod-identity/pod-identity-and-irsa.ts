import type { Has } from '../../facts/facts.js';
import { associationTakes, audienceOf, verdictFor } from '../../facts/new-pods.js';
import { hasWebIdentity, podsOf } from '../../facts/pods-of.js';
import { inWords, isBeyondPodIdentity, podSubject, restartCommands, type RunningPods } from '../../facts/running-pods.js';
import { annotationPatch, serviceAccountsIn } from '../../facts/service-accounts.js';
import { webIdentityRefused } from '../../facts/web-identity-of-pods.js';
import { listed } from '../../lib/list-in-words.js';
import { ROLE_ANNOTATION } from '../../model/annotations.js';
import { unanswered, type Unless } from '../../model/observed.js';
import type { Workload } from '../../model/workload.js';
import { defineRule, type Messages, type Raised, type Repair } from '../define-rule.js';

interface Named {
  readonly account: string;
  readonly annotated: string;
  readonly associated: string;
}
interface WithPods extends Named {
  readonly pods: string;
  readonly others: string;
}

const both = ({ account, annotated, associated }: Named): string =>
  `${account} is annotated with ${annotated} and associated with ${associated}`;

const messages = {
  both: (named: Named) =>
    `${both(named)}: no pod goes by web identity, those that are made now go by the association, and the annotation does nothing.`,
  unread: (named: Named) => `${both(named)}: pods that are made now go by the association; what older ones go by was not read.`,
  older: ({ pods, others, ...named }: WithPods) => `${both(named)}: ${pods} by web identity, ${others} by the association.`,
  refused: ({ pods, others, ...named }: WithPods) =>
    `${both(named)}: ${pods} by web identity, which STS refuses, ${others} by the association.`,
  shut: (named: Named) => `${both(named)}: pods that are made now go by the association, whose role does not take them.`,
  olderBeforeShut: ({ pods, others, ...named }: WithPods) =>
    `${both(named)}: ${pods} by web identity, ${others} by the association, whose role does not take them.`,
} satisfies Messages;

/** A service account with both, and how its pods fare. */
interface Judged {
  readonly of: RunningPods['of'];
  readonly annotated: string;
  readonly pods: readonly Workload[] | null;
  /** Those with a role and a token of web identity, which SDKs take before the association. */
  readonly older: readonly Workload[];
  readonly refused: readonly Workload[];
  /** What STS says to those. */
  readonly error: string | null;
  /** Whether the association's role takes pods that are made now; null where that cannot be told. */
  readonly takes: boolean | null;
}

function judge(of: RunningPods['of'], annotated: string, facts: Has<'roles' | 'providers'>): Judged {
  const pods = podsOf(of);
  const older = (pods ?? []).filter(hasWebIdentity);
  const saidOf = (workload: Workload): string | null => webIdentityRefused(workload, of, facts)?.error ?? null;
  const refused = older.filter((workload) => saidOf(workload) !== null);
  const error = refused[0] === undefined ? null : saidOf(refused[0]);
  return { of, annotated, pods, older, refused, error, takes: associationTakes(of, facts) };
}

/** Why some pod may be refused for all that was read, where none is known to be. */
function unreadBehind({ of, older, refused }: Judged, facts: Has<'roles' | 'providers'>): Unless | null {
  if (refused.length > 0) return null;
  const { cluster, url } = of.cluster;
  const { roles, providers } = facts.inventory;
  const pods = unanswered(cluster.workloads);
  if (pods !== null || older.length === 0) return pods;
  const detail = facts.providerOf(url)?.detail;
  return unanswered(roles) ?? unanswered(providers) ?? (detail === undefined ? null : unanswered(detail));
}

function messageOf({ of, annotated, pods, older, refused, takes }: Judged): Raised['message'] {
  const named = { account: of.id, annotated, associated: of.association?.roleArn ?? 'a role that was not read' };
  if (older.length === 0) return messages[takes === false ? 'shut' : pods === null ? 'unread' : 'both'](named);
  const meant = refused.length > 0 ? refused : older;
  const told = refused.length > 0 ? 'refused' : takes === false ? 'olderBeforeShut' : 'older';
  return messages[told]({
    ...named,
    pods: `${listed(meant.map(inWords))} ${meant.length === 1 ? 'goes' : 'go'}`,
    others: (pods ?? []).length > older.length ? 'the other pods and those that are made now' : 'those that are made now',
  });
}

/** What to do, which never takes from pods what they work by. */
function repairOf({ of, annotated, pods, older, refused, takes }: Judged, facts: Has<'roles' | 'providers'>): Repair {
  const isOpen = verdictFor(annotated, audienceOf(of), of, facts).state === 'admitted';
  const or = isOpen ? '; or remove the association, if the annotation is meant' : '';
  const away = 'in the chart or manifest that the service account belongs to';
  if (takes === false) return { summary: `Do not restart its pods yet. First make the role of the association one that takes them${or}.` };
  if (refused.length > 0)
    return {
      summary: `Restart the pods that are refused, which go by the association then, and take the annotation away, ${away}${or}.`,
      commands: takes === true ? refused.filter((one) => !isBeyondPodIdentity(one)).flatMap((workload) => restartsOf(of, workload)) : [],
    };
  if (older.some(isBeyondPodIdentity))
    return {
      summary: `Nothing is known to fail. Do not restart its pods on Fargate or Windows, where EKS Pod Identity gives nothing${or}.`,
    };
  if (older.length > 0)
    return {
      summary: `Nothing is known to fail. To go on from one to the other, restart its pods, and then take the annotation away, ${away}${or}.`,
    };
  return {
    summary: `Nothing is known to fail. The annotation (which the AWS CDK writes beside each association) can be taken away, ${away}${or}.`,
    patches: pods === null ? [] : [annotationPatch(of, ROLE_ANNOTATION, null)],
  };
}

const restartsOf = (of: RunningPods['of'], workload: Workload): readonly (readonly string[])[] =>
  restartCommands({ of, workload, siblings: [], readAt: '' });

function evaluate(of: RunningPods['of'], facts: Has<'roles' | 'providers'>): readonly Raised[] {
  const { account, association, cluster } = of;
  const annotated = account.annotations[ROLE_ANNOTATION] ?? '';
  if (annotated === '' || association === null) return [];
  const judged = judge(of, annotated, facts);
  const { error, older, takes } = judged;
  return [
    {
      message: messageOf(judged),
      severity: error !== null ? 'high' : takes === false ? 'low' : 'info',
      error,
      evidence: [
        { what: `annotation ${ROLE_ANNOTATION}`, path: null, found: annotated, expected: null },
        { what: 'role of the association', path: null, found: association.roleArn, expected: null },
      ],
      related: older.map((workload) => ({
        type: 'pod',
        id: podSubject(cluster.cluster, workload).id,
        why: 'still has the variables of web identity',
      })),
      issuer: cluster.url,
      unless: unreadBehind(judged, facts),
      fix: repairOf(judged, facts),
    } satisfies Raised,
  ];
}

/** A service account has both a role annotation and a Pod Identity association. */
export const podIdentityAndIrsa = defineRule({
  id: 'pod-identity-and-irsa',
  cause: 'podid-and-irsa-conflict',
  kind: 'break',
  severity: 'info',
  confidence: 'certain',
  scope: 'cluster',
  link: 'annotation',
  needs: ['service-accounts', 'pod-identity-associations', 'clusters'],
  uses: ['namespaces'],
  looksAt: ['roles', 'providers', 'workloads'],
  title: 'The service account has a role annotation and a Pod Identity association',
  why: 'For pods that are made now the association wins: the webhook gives them its variables alone. Pods that are older than it keep the variables of the annotation, which SDKs look at first. Both work side by side, and people move from one to the other in this order; it fails where STS refuses the older pods, or the role of the association the new ones.',
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html',
    'https://github.com/aws/amazon-eks-pod-identity-webhook/issues/264',
  ],
  subjects: (facts, scope) => serviceAccountsIn(facts, scope).filter(({ of }) => of.associated),
  evaluate,
});
