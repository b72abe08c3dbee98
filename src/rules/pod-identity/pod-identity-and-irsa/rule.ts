import type { Has } from '../../../facts/account/facts.js';
import { agentOn, type OfAgent } from '../../../facts/pod-identity/pod-identity-agent.js';
import { associationTakes, audienceOf, verdictFor } from '../../../facts/pod/new-pods.js';
import { hasWebIdentity, podsOf } from '../../../facts/pod/pods-of.js';
import { inWords, isBeyondPodIdentity, podRelated, restartCommands } from '../../../facts/pod/running-pods.js';
import { annotationPatch, serviceAccountsIn, type Live, type LiveServiceAccount } from '../../../facts/account/service-accounts.js';
import { containersByHand } from '../../../facts/pod/role-by-hand.js';
import { inWordsWith, servedPods } from '../../../facts/pod/served-pods.js';
import { looksAtPods } from '../../../facts/pod/webhook-of-pods.js';
import { webIdentityRefused } from '../../../facts/pod/web-identity-of-pods.js';
import { listed } from '../../../lib/list-in-words.js';
import { ROLE_ANNOTATION } from '../../../model/inventory/annotations.js';
import type { ClusterHas } from '../../../model/contract/has.js';
import { unanswered, type Unless } from '../../../model/inventory/observed.js';
import type { Workload } from '../../../model/inventory/workload.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages, type Raised, type Repair } from '../../contract/define-rule.js';

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
  shut: ({ lack, ...named }: Named & { lack: string }) => `${both(named)}: pods that are made now go by the association, ${lack}.`,
  olderBeforeShut: ({ pods, others, lack, ...named }: WithPods & { lack: string }) =>
    `${both(named)}: ${pods} by web identity, ${others} by the association, ${lack}.`,
} satisfies Messages;

/** What an association lacks: a role that takes its pods, nodes that it serves, the agent on them. */
type Lack = 'role' | 'nodes' | 'agent';

const FIRST: Readonly<Record<Exclude<Lack, 'nodes'>, string>> = {
  role: 'First make the role of the association one that takes them',
  agent: 'First install the Pod Identity agent',
};

type Of = LiveServiceAccount<ClusterHas<Live | 'workloads' | 'webhooks' | OfAgent>>;

/** A service account with both, and how its pods fare. */
interface Judged {
  readonly of: Of;
  readonly annotated: string;
  readonly pods: readonly Workload[] | null;
  /** Those with a role and a token of web identity, which SDKs take before the association. */
  readonly older: readonly Workload[];
  readonly refused: readonly Workload[];
  /** What STS says to those. */
  readonly error: string | null;
  /** Whether the association's role takes pods that are made now; null where that cannot be told. */
  readonly takes: boolean | null;
  /** Why the association gives pods that are made now nothing; null where nothing is known of that. */
  readonly lack: Lack | null;
  /** Pods on Fargate and Windows that are told of nothing but the association. */
  readonly beyond: readonly Workload[];
  /** Those that live by the association. */
  readonly served: readonly Workload[];
}

function lackOf(takes: boolean | null, { cluster: { cluster } }: Of, beyond: readonly Workload[]): Lack | null {
  if (takes === false) return 'role';
  if (beyond.length > 0) return 'nodes';
  return cluster.addons.known && agentOn(cluster) === 'none' ? 'agent' : null;
}

function judge(of: Of, annotated: string, facts: Has<'roles' | 'providers'>): Judged {
  const pods = podsOf(of);
  const older = (pods ?? []).filter(hasWebIdentity);
  const saidOf = (workload: Workload): string | null => webIdentityRefused(workload, of, facts)?.error ?? null;
  const refused = older.filter((workload) => saidOf(workload) !== null);
  const error = refused[0] === undefined ? null : saidOf(refused[0]);
  const takes = associationTakes(of, facts);
  const beyond = (pods ?? []).filter((one) => isBeyondPodIdentity(one) && !hasWebIdentity(one));
  return { of, annotated, pods, older, refused, error, takes, lack: lackOf(takes, of, beyond), beyond, served: servedPods(of) };
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

/** What the association lacks, as a clause. */
function lackInWords(lack: Lack, beyond: readonly Workload[]): string {
  switch (lack) {
    case 'role':
      return 'whose role does not take them';
    case 'nodes':
      return `which gives nothing on Fargate and Windows, where ${inWordsWith(beyond, 'runs', 'run')}`;
    case 'agent':
      return 'and the cluster has no agent for it';
  }
}

function messageOf({ of, annotated, pods, older, refused, lack, beyond }: Judged): Raised['message'] {
  const named = { account: of.id, annotated, associated: of.association?.roleArn ?? 'a role that was not read' };
  if (older.length === 0)
    return lack === null
      ? messages[pods === null ? 'unread' : 'both'](named)
      : messages.shut({ ...named, lack: lackInWords(lack, beyond) });
  const meant = refused.length > 0 ? refused : older;
  const told = {
    ...named,
    pods: `${listed(meant.map(inWords))} ${meant.length === 1 ? 'goes' : 'go'}`,
    others: (pods ?? []).length > older.length ? 'the other pods and those that are made now' : 'those that are made now',
  };
  if (refused.length > 0) return messages.refused(told);
  return lack === null ? messages.older(told) : messages.olderBeforeShut({ ...told, lack: lackInWords(lack, beyond) });
}

/** How to go back to the annotation alone: whoever lives by the association does not get the other role before it is recreated. */
const withoutIt = (served: readonly Workload[]): string =>
  served.length === 0
    ? '; or remove the association, if the annotation is meant'
    : `; or, if the annotation is meant for all of its pods, remove the association and restart ${inWordsWith(served, 'at once, which goes', 'at once, which go')} by it`;

/** What pods on Fargate and Windows need, beside those that live by the association. */
function forThoseBeyond({ beyond, served, pods, of }: Judged, isOpen: boolean): string {
  if (served.length > 0)
    return `Run ${inWordsWith(beyond, 'as a service account of its own', 'as a service account of their own')}, annotated with a role that allows it by the OIDC provider of the cluster. Do not remove the association: ${inWordsWith(served, 'has its role by it, and runs', 'have their role by it, and run')} on Linux nodes.`;
  const isWhole = pods !== null && of.cluster.cluster.workloads.known;
  return `Remove the association${isWhole ? '' : ', but only if no pods on Linux nodes go by it'}, and restart the pods: what those on Fargate and Windows need is the annotation${isOpen ? '' : ', and a role that allows them by the OIDC provider of the cluster'}.`;
}

/** Pods that have their web identity from the webhook lose it by a restart; in those that set it themselves it is there again. */
function forRefused({ of, annotated, refused, takes }: Judged, then: string): Repair {
  const isByHand = (one: Workload): boolean => containersByHand(one, { annotated }).length > 0;
  const [byHand, given] = [refused.filter(isByHand), refused.filter((one) => !isByHand(one))];
  const out = `take AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE out of the manifest of ${listed(byHand.map(({ owner }) => `${owner.kind} ${owner.name}`))}, whose containers set them themselves`;
  if (given.length === 0) return { summary: `T${out.slice(1)}: its pods go by the association then. And ${then}.` };
  const mends = given.filter((one) => !isBeyondPodIdentity(one) && looksAtPods(of.cluster.cluster, one) === 'yes');
  return {
    summary: `Restart the pods that are refused, which go by the association then${byHand.length === 0 ? '' : `; ${out}`}, and ${then}.`,
    commands: takes === true ? mends.flatMap((workload) => restartsOf(of, workload)) : [],
  };
}

/** What to do, which never takes from pods what they work by. */
function repairOf(judged: Judged, facts: Has<'roles' | 'providers'>): Repair {
  const { of, annotated, pods, older, refused, lack, served } = judged;
  const isOpen = verdictFor(annotated, audienceOf(of), of, facts).state === 'admitted';
  const or = isOpen ? withoutIt(served) : '';
  const away = 'in the chart or manifest that the service account belongs to';
  if (lack !== null) {
    const first = older.length > 0 ? 'Do not restart its pods yet. ' : isOpen ? 'Leave the annotation where it is. ' : '';
    return { summary: `${first}${lack === 'nodes' ? forThoseBeyond(judged, isOpen) : `${FIRST[lack]}${or}.`}` };
  }
  if (refused.length > 0) return forRefused(judged, `take the annotation away, ${away}${or}`);
  if (older.some(isBeyondPodIdentity))
    return {
      summary: `Nothing fails for having both. Do not restart its pods on Fargate or Windows, where EKS Pod Identity gives nothing${or}.`,
    };
  if (older.length > 0)
    return {
      summary: `Nothing fails for having both. To go on from one to the other, restart its pods, and then take the annotation away, ${away}${or}.`,
    };
  return {
    summary: `Nothing fails for having both. The annotation (which the AWS CDK writes beside each association) can be taken away, ${away}${or}.`,
    // Where it cannot be told whether the association serves them, the annotation may be what its pods need next.
    patches: pods === null || isDoubtful(of) ? [] : [annotationPatch(of, ROLE_ANNOTATION, null)],
  };
}

/** Whether it was asked for and not read what tells whether the cluster has an agent. */
const isDoubtful = ({ cluster: { cluster } }: Of): boolean =>
  unanswered(cluster.addons) !== null || unanswered(cluster.podIdentityAgent) !== null;

const restartsOf = (of: Of, workload: Workload): readonly (readonly string[])[] =>
  restartCommands({ of, workload, siblings: [], readAt: '' });

function evaluate(of: Of, facts: Has<'roles' | 'providers'>): readonly Raised[] {
  const { serviceAccount, association, cluster } = of;
  const annotated = serviceAccount.annotations[ROLE_ANNOTATION] ?? '';
  if (annotated === '' || association === null) return [];
  const judged = judge(of, annotated, facts);
  const { error, older, lack } = judged;
  return [
    {
      message: messageOf(judged),
      severity: error !== null ? 'high' : lack !== null ? 'low' : 'info',
      error,
      evidence: [
        { what: `annotation ${ROLE_ANNOTATION}`, path: null, found: annotated, expected: null },
        { what: 'role of the association', path: null, found: association.roleArn, expected: null },
      ],
      related: older.map((workload) => ({
        ...podRelated(cluster.cluster, workload),
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
  looksAt: ['roles', 'providers', 'workloads', 'addons', 'pod-identity-agent', 'node-groups', 'webhooks'],
  title: 'Annotation beside an association',
  why: 'For pods that are made now the association wins: the webhook gives them its variables alone. Pods that are older than it keep the variables of the annotation, which SDKs look at first. Both work side by side, and people move from one to the other in this order; it fails where STS refuses the older pods, or the role of the association the new ones.',
  errorForm: STS_NOT_AUTHORIZED,
  references: ['EKS/pod-id-how-it-works.html', 'https://github.com/aws/amazon-eks-pod-identity-webhook/issues/264'],
  subjects: (facts, scope) => serviceAccountsIn(facts, scope).filter(({ of }) => of.associated),
  evaluate,
});
