import type { Has } from '../../../facts/account/facts.js';
import { audienceOf, remake, verdictFor } from '../../../facts/pod/new-pods.js';
import { WEBHOOK_VOLUME } from '../../../facts/account/pods-by-hand.js';
import { isByHand, isGivenByWebhook } from '../../../facts/pod/role-by-hand.js';
import {
  injectedContainers,
  inWords,
  isBeingReplaced,
  isBeyondPodIdentity,
  mayBeReplaced,
  runningPods,
  type RunningPods,
} from '../../../facts/pod/running-pods.js';
import { stsError } from '../../../facts/pod/sts-verdict.js';
import type { Live } from '../../../facts/account/service-accounts.js';
import { podsGiven } from '../../../model/contract/about.js';
import { ROLE_ANNOTATION } from '../../../model/inventory/annotations.js';
import type { ContainerIdentity, Workload } from '../../../model/inventory/workload.js';
import type { ClusterHas } from '../../../model/contract/has.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages, type Raised } from '../../contract/define-rule.js';

/** The containers with the role and the token file of the webhook; one that is set by hand has a token of its own. */
const given = (workload: Workload): readonly ContainerIdentity[] =>
  injectedContainers(workload).filter((one) => isByHand(one) && isGivenByWebhook(workload, one));

/** Their roles. The webhook gives one pod one role: where a container has the present one, another was set by hand. */
function oldRoles(workload: Workload, present: string): readonly string[] {
  const roles = [...new Set(given(workload).flatMap(({ roleArn }) => roleArn ?? []))];
  return roles.includes(present) ? [] : roles;
}

/** Audiences of their tokens, all of which the pod has from when it was made. */
const audiencesIn = (containers: readonly ContainerIdentity[]): readonly string[] => [
  ...new Set(
    containers.flatMap(({ tokens }) => tokens.flatMap(({ volume, audience }) => (volume === WEBHOOK_VOLUME ? (audience ?? []) : []))),
  ),
];

/** What is read of a cluster with pods, and of the webhook that gives them their role. */
type Read = ClusterHas<Live | 'workloads' | 'webhooks'>;

const messages = {
  stale: ({ pods, old, wanted }: { pods: string; old: string; wanted: string }) =>
    `Containers of ${pods} have the role ${old}; their service account names ${wanted}.`,
  left: ({ pods, old, account, wanted }: { pods: string; old: string; account: string; wanted: string }) =>
    `Containers of ${pods} have the role ${old} from an annotation that is gone, and take it before that of the Pod Identity association of ${account}, ${wanted}.`,
  audience: ({ pods, old, wanted }: { pods: string; old: string; wanted: string }) =>
    `The token of ${pods} is for the audience ${old}, which denies them; their service account asks for ${wanted}.`,
} satisfies Messages;

/** What of the pods is old, and whether it still serves them. */
type Old = Pick<Raised, 'severity' | 'confidence' | 'error'> & {
  readonly told: keyof typeof messages;
  readonly what: string;
  readonly found: readonly string[];
  readonly expected: string;
};

function weighed(works: boolean | null): Pick<Raised, 'severity' | 'confidence' | 'error'> {
  if (works === false) return {};
  // Who set it by hand, with the token of the webhook, is not told from the webhook itself.
  return { severity: 'medium', confidence: 'likely', error: null };
}

/** A role that the annotation does not name any more; or, where it is gone in favor of an association, that of before. */
function oldRole({ of, workload }: RunningPods, facts: Has<'roles' | 'providers'>): Old | null {
  const role = of.serviceAccount.annotations[ROLE_ANNOTATION] ?? '';
  // With both, it is the service account that is told; where Pod Identity gives nothing, the role of before is all they have.
  if (of.associated && (role !== '' || isBeyondPodIdentity(workload))) return null;
  const hasToken = audiencesIn(given(workload)).length > 0;
  const found = of.associated && !hasToken ? [] : oldRoles(workload, role);
  const [old] = found;
  if (old === undefined) return null;
  const [audience = audienceOf(of)] = audiencesIn(given(workload));
  const verdict = verdictFor(old, audience, of, facts);
  // What the provider refuses is told of that.
  const isShut = verdict.refusals.some((by) => by !== 'provider' && by !== 'audience');
  const works = isShut ? false : verdict.state === 'admitted' ? true : null;
  const associated = of.association?.roleArn ?? 'a role that was not read';
  const isSame = of.associated && (of.association?.roleArn == null || old === associated);
  if (isSame && works !== false) return null;
  return {
    told: of.associated ? 'left' : 'stale',
    what: 'AWS_ROLE_ARN',
    found,
    expected: of.associated ? associated : role,
    ...weighed(works),
  };
}

/** An audience that the annotation does not ask for any more, where that denies them. */
function oldAudience({ of, workload }: RunningPods, facts: Has<'roles' | 'providers'>): Old | null {
  const wanted = audienceOf(of);
  const found = audiencesIn(given(workload));
  const [old] = found;
  if (of.associated || old === undefined || found.includes(wanted)) return null;
  const role = of.serviceAccount.annotations[ROLE_ANNOTATION] ?? '';
  const by = verdictFor(role, old, of, facts).refusals.find((one) => one !== 'provider');
  if (by === undefined) return null;
  return {
    told: 'audience',
    what: 'audience of the token',
    found,
    expected: wanted,
    error: stsError(by, of.cluster.url),
  };
}

function evaluate(running: RunningPods<Read>, facts: Has<'roles' | 'providers'>): readonly Raised[] {
  const { of, workload } = running;
  const isOld = (one: Workload): Old | null =>
    oldRole({ ...running, workload: one }, facts) ?? oldAudience({ ...running, workload: one }, facts);
  const old = isOld(workload);
  if (old === null || isBeingReplaced(running, (one) => isOld(one) === null)) return [];
  const { told, what, found, expected, ...weight } = old;
  return [
    {
      message: messages[told]({ pods: inWords(workload), old: found[0] ?? '', wanted: expected, account: of.id }),
      ...weight,
      evidence: [{ what, path: null, found: found.length === 1 ? (found[0] ?? '') : found, expected }],
      related: [{ type: 'service-account', id: of.id, why: 'they run as it' }],
      issuer: of.cluster.url,
      about: [podsGiven(of.cluster.cluster.region, of.id)],
      unless: mayBeReplaced(of.cluster.cluster, workload),
      fix: remake(running, `those that are made from now on get ${expected}`, facts),
    },
  ];
}

/** Pods still have the role that their service account had when they were made. */
export const podEnvStale = defineRule({
  id: 'pod-env-stale',
  cause: 'pod-env-stale',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'pod',
  needs: ['service-accounts', 'workloads', 'clusters'],
  uses: ['roles', 'pod-identity-associations', 'namespaces'],
  looksAt: ['providers', 'webhooks'],
  title: 'Pods have an outdated role',
  why: 'The webhook writes the role into pods while they are made. A changed annotation reaches those that are made later.',
  error: STS_NOT_AUTHORIZED,
  references: ['EKS/pod-configuration.html', 'https://github.com/aws/amazon-eks-pod-identity-webhook'],
  subjects: (facts, scope) => runningPods(facts, scope),
  evaluate,
});
