import { AGENT_AUDIENCE, agentTokens, type JudgedAgentToken } from '../../facts/pod/agent-token.js';
import { asksAgent } from '../../facts/account/asks-agent.js';
import { groupBy } from '../../lib/group-by.js';
import { asksForSome, podsAsked } from '../../facts/pod/pods-named.js';
import { containersByHand, isByHand, isGivenByWebhook, type RoleGiver } from '../../facts/pod/role-by-hand.js';
import { hasWebIdentity } from '../../facts/pod/pods-of.js';
import type { RefusedPods } from '../../facts/pod/web-identity-of-pods.js';
import {
  hasAgentTokenAlone,
  hasIdentity,
  hasPair,
  injectedContainers,
  isBeingReplaced,
  isBeyondPodIdentity,
  ofPair,
  PAIR,
  setsKeys,
  skippedContainers,
} from '../../facts/pod/running-pods.js';
import { looksAtPods, podIdentityWebhooks, selectorsInWords } from '../../facts/pod/webhook-of-pods.js';
import { listed } from '../../lib/list-in-words.js';
import { SKIP_CONTAINERS_ANNOTATION } from '../../model/inventory/annotations.js';
import type { ChainTarget } from '../../model/report/chain.js';
import type { Cluster } from '../../model/inventory/inventory.js';
import { seen } from '../../model/inventory/observed.js';
import { AGENT_NO_TOKEN, EKS_AUTH_BAD_TOKEN } from '../../model/report/pod-identity-errors.js';
import { AGENT_UNREACHABLE, NO_CREDENTIALS } from '../../model/report/sdk-errors.js';
import type { ContainerIdentity, Workload } from '../../model/inventory/workload.js';
import { broken, notRead, ok, undecided, type Found } from './chain-link.js';

/** What is said of the pods of one workload. */
type Judge = (workload: Workload) => Found;

export const inWords = ({ owner, example }: Workload): string =>
  owner.kind === 'Pod' && owner.name === example ? `pod ${example}` : `${owner.kind} ${owner.name} (pod ${example})`;

/** Whether pods have the label that keeps the webhook away, and nothing of their own in its place. */
const isKeptOut = (workload: Workload): boolean => {
  const own = injectedContainers(workload);
  return workload.skipsWebhook && !own.some((one) => hasIdentity(one) || setsKeys(one));
};

/**
 * What pods have comes first, and only then what keeps the webhook away from those that have nothing: their label, or the annotation
 * that takes all of their containers out of its hands.
 */
const unlessKeptOut =
  (judge: Judge): Judge =>
  (workload) => {
    const name = inWords(workload);
    const own = injectedContainers(workload);
    const overridden = own.find(setsKeys);
    if (overridden !== undefined)
      return broken(`The container ${overridden.name} of ${name} sets AWS_ACCESS_KEY_ID and its secret, which SDKs take before the role.`);
    if (isKeptOut(workload)) return broken(`${name} has the label that keeps the webhook away.`, NO_CREDENTIALS);
    if (own.length > 0) return judge(workload);
    const found = workload.containers.some(setsKeys) ? null : judge({ ...workload, annotations: {} });
    return found?.state === 'ok'
      ? found
      : undecided(`${name} takes all of its containers out of the hands of the webhook (skip-containers).`);
  };

/** Containers of which the webhook gave others of the pod something are, as a rule, sidecars that need nothing of AWS. */
function beside(containers: readonly ContainerIdentity[]): string {
  const without = containers.filter((one) => !hasIdentity(one)).map(({ name }) => name);
  return without.length === 0
    ? ''
    : ` Its ${without.length === 1 ? 'container' : 'containers'} ${without.join(', ')} ${without.length === 1 ? 'has' : 'have'} none.`;
}

/** Of containers of which some has half of the pair: what the webhook does not complete. */
function halfOf(containers: readonly ContainerIdentity[], of: string): Found | null {
  const halves = containers.filter((one) => ofPair(one).length === 1);
  const [first] = halves;
  if (first === undefined) return null;
  const [set = ''] = ofPair(first);
  const missing = PAIR.find((name) => name !== set) ?? '';
  const says = `The container ${first.name} of ${of} sets ${set} itself, so the webhook did not give it ${missing}`;
  // What it takes by envFrom may be the other half.
  return halves.every(({ hasEnvFrom }) => hasEnvFrom === true)
    ? undecided(`${says}, unless envFrom does.`)
    : broken(`${says}.`, NO_CREDENTIALS);
}

/** Why pods may have got nothing of the webhook. */
function withoutBecause(workload: Workload, giver: string, cluster: Cluster): string {
  const own = podIdentityWebhooks(cluster);
  if (own.some(({ hasCaBundle }) => hasCaBundle) && looksAtPods(cluster, workload) === 'no')
    return `the webhook leaves it out (${selectorsInWords(cluster, workload)})`;
  const skipped = skippedContainers(workload).map(({ name }) => name);
  return skipped.length === 0
    ? `it was made before the ${giver}, or without the webhook`
    : `its annotation ${SKIP_CONTAINERS_ANNOTATION} takes ${listed(skipped)} out of the hands of the webhook`;
}

/** Where else containers look for credentials than with the agent of EKS Pod Identity; undefined where they do not. */
const elsewhereOf = (containers: readonly ContainerIdentity[]): string | undefined =>
  containers.find((one) => one.credentialsUri !== null && !asksAgent(one))?.credentialsUri ?? undefined;

/** The webhook adds nothing to what a container sets itself, and mostly something in the pod answers there. */
const askedElsewhere = (name: string, uri: string): string =>
  `${name} sets AWS_CONTAINER_CREDENTIALS_FULL_URI itself, to ${uri === '' ? 'no address' : uri}: which credentials it gets there, configuration does not show.`;

/** Whether pods have the role that the annotation names, and a token. */
const byWebIdentity =
  (role: string, cluster: Cluster): Judge =>
  (workload) => {
    const name = inWords(workload);
    const own = injectedContainers(workload);
    const half = halfOf(own, name);
    if (half !== null) return half;
    const [given] = own.filter((one) => hasPair(one));
    const elsewhere = elsewhereOf(own);
    if (given === undefined && elsewhere !== undefined && !own.some(asksAgent)) return undecided(askedElsewhere(name, elsewhere));
    if (given === undefined)
      return own.some(hasIdentity)
        ? undecided(
            `${name} has what EKS Pod Identity gives, and ${cluster.podIdentityAssociations.known ? 'no association is there for it' : 'associations were not read'}.`,
          )
        : broken(`No container of ${name} got ${PAIR.join(' and ')}: ${withoutBecause(workload, 'annotation', cluster)}.`, NO_CREDENTIALS);
    const unseen = own.find((one) => hasPair(one) && (one.roleArn === null || one.tokenFile === null));
    if (unseen !== undefined)
      return undecided(`The container ${unseen.name} of ${name} takes ${PAIR.join(' and ')} from elsewhere, such as a config map.`);
    // The webhook gives one pod one role: beside the present one another was set by hand.
    if (own.some(({ roleArn }) => roleArn === role)) return ok(`${name} has the role and a token.${beside(own)}`);
    const says = `The container ${given.name} of ${name} has the role ${String(given.roleArn)}, and the annotation names another`;
    return isByHand(given) && isGivenByWebhook(workload, given)
      ? broken(`${says}.`)
      : undecided(`${says}: it is set by hand, with a token of its own.`);
  };

/** What is known of the role and the token of web identity that pods of an associated service account have. */
export interface OlderPods {
  /** What keeps them from it; null where nothing is known to. */
  readonly refused: (workload: Workload) => RefusedPods | null;
  /** Whether they have the role of the association by it. */
  readonly isSame: (workload: Workload) => boolean;
}

/** Pods that go by web identity in spite of the association. */
function byOlder(workload: Workload, { name: container, roleArn }: ContainerIdentity, older: OlderPods | null): Found {
  const name = inWords(workload);
  const says = `The container ${container} of ${name} has the role ${String(roleArn)} and a token, which SDKs take before the association`;
  const refused = older?.refused(workload) ?? null;
  if (refused !== null) return broken(`${says}: ${refused.by === 'file' ? 'none is mounted there' : 'STS refuses it'}.`, refused.error);
  return older?.isSame(workload) === true
    ? ok(`${name} has the same role by web identity.`)
    : undecided(`${says}: it was made before that, or sets them itself.`);
}

/** What becomes of the token that pods send to the agent. */
function tokenFound({ container, audience, fault, state }: JudgedAgentToken, name: string, others: string): Found {
  const file = container.authorizationTokenFile ?? null;
  const says = `The container ${container.name} of ${name} asks the agent`;
  switch (fault) {
    case 'not set':
      return broken(`${says} and names no token for it (AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE).`, AGENT_NO_TOKEN);
    case 'not mounted':
      return broken(`${says} with the token in ${file ?? ''}, where no projected token for an audience is mounted.`);
    case 'audience':
      return broken(`${says} with a token for the audience ${audience ?? ''}: EKS takes ${AGENT_AUDIENCE} alone.`, EKS_AUTH_BAD_TOKEN);
    case null:
      return state === 'taken'
        ? ok(`${name} was told of the agent, and has a token for it.${others}`)
        : undecided(`${says}; which token it sends, was not read.`);
  }
}

/** Whether pods were told where the agent of EKS Pod Identity is. */
const byAgent =
  (pods: OlderPods | null, cluster: Cluster): Judge =>
  (workload) => {
    const name = inWords(workload);
    const where = workload.fargate ? 'Fargate' : 'Windows';
    const own = injectedContainers(workload);
    if (isBeyondPodIdentity(workload))
      return hasWebIdentity(workload)
        ? undecided(`${name} runs on ${where}, where EKS Pod Identity gives nothing, and has a role and a token of its own.`)
        : broken(
            `${name} runs on ${where}, where EKS Pod Identity gives nothing.`,
            own.some(asksAgent) ? AGENT_UNREACHABLE : NO_CREDENTIALS,
          );
    const older = own.find(({ roleArn, tokenFile }) => roleArn !== null && tokenFile !== null);
    if (older !== undefined) return byOlder(workload, older, pods);
    const [token] = agentTokens(workload);
    if (token !== undefined) return tokenFound(token, name, beside(own));
    const elsewhere = elsewhereOf(own);
    if (elsewhere !== undefined) return undecided(askedElsewhere(name, elsewhere));
    const half = own.find(hasAgentTokenAlone);
    if (half !== undefined) return agentHalf(half, name);
    // With the mount and without the variables they were set by hand, to nothing.
    return own.some(({ tokens }) => tokens.some(({ volume }) => volume === 'eks-pod-identity-token'))
      ? undecided(`${name} has a token for the agent, and nothing that names its address.`)
      : broken(`No container of ${name} was told of the agent: ${withoutBecause(workload, 'association', cluster)}.`, NO_CREDENTIALS);
  };

/** A container that names the token for the agent itself, to which the webhook adds nothing. */
function agentHalf({ name: container, hasEnvFrom }: ContainerIdentity, of: string): Found {
  const says = `The container ${container} of ${of} sets AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE itself, so the webhook did not tell it of the agent`;
  return hasEnvFrom === true ? undecided(`${says}, unless envFrom does.`) : broken(`${says}.`, NO_CREDENTIALS);
}

/** A cluster, when it was read, and what becomes of pods that name a role themselves (null = they do not). */
export interface ReadCluster {
  readonly cluster: Cluster;
  readonly readAt: string;
  readonly byHand: (workload: Workload) => Found | null;
  /** What gives their service account its role. */
  readonly giver: RoleGiver;
}

/**
 * What pods take by variables of their own comes first; where that holds, containers that have something else besides are checked
 * as any.
 */
const unlessByHand =
  ({ byHand, giver }: ReadCluster, judge: Judge): Judge =>
  (workload) => {
    const own = byHand(workload);
    if (own === null) return judge(workload);
    const byTheirOwn = containersByHand(workload, giver);
    const others = { ...workload, containers: workload.containers.filter((one) => !byTheirOwn.some((hand) => hand === one)) };
    return own.state === 'ok' && injectedContainers(others).some((one) => hasIdentity(one) || setsKeys(one)) ? judge(others) : own;
  };

/** The pods that are asked about; not those in whose place newer ones are already there and right. */
export function asked(
  { cluster, readAt }: Pick<ReadCluster, 'cluster' | 'readAt'>,
  target: ChainTarget,
  isRight: (workload: Workload) => boolean,
): readonly Workload[] {
  const own = podsAsked(seen(cluster.workloads), target);
  if (target.pod !== null) return own;
  const byOwner = groupBy(own, ({ owner: { kind, name } }) => `${kind} ${name}`);
  return [...byOwner.values()].flatMap((siblings) =>
    siblings.filter((workload) => !isBeingReplaced({ workload, siblings, readAt }, isRight)),
  );
}

const WORST_FIRST = ['broken', 'undecided', 'ok'] as const;

function judged(read: ReadCluster, target: ChainTarget, judge: Judge): Found {
  const { cluster } = read;
  const { pod } = target;
  const isRight = (workload: Workload): boolean => {
    const { state } = judge(workload);
    return state === 'ok' || (state === 'undecided' && read.byHand(workload) !== null);
  };
  const all = asked(read, target, isRight);
  // A label concerns the pods that have it: of a whole service account the others are asked about, where there are any.
  const labeled = asksForSome(target) ? [] : all.filter(isKeptOut);
  if (labeled.length > 0 && labeled.length < all.length) {
    const found = verdictOf(
      all.filter((one) => !labeled.includes(one)),
      target,
      judge,
    );
    return { ...found, says: `${found.says} The label that keeps the webhook away is on ${listed(labeled.map(inWords))} alone.` };
  }
  if (all.length === 0) {
    // Where one workload alone was asked for, all that was asked for is there.
    if (!cluster.workloads.known && cluster.workloads.partial === undefined) return notRead('The pods of the cluster', cluster.workloads);
    return pod === null
      ? undecided('No running pod uses this service account.')
      : broken(`No running pod ${pod} uses this service account.`);
  }
  return verdictOf(all, target, judge);
}

/** What becomes of pods, of which there are some: the worst of it. */
function verdictOf(workloads: readonly Workload[], { pod }: ChainTarget, judge: Judge): Found {
  const all = workloads.map(judge);
  const states = new Set(all.map(({ state }) => state));
  if (pod !== null && states.size > 1)
    return undecided(
      `The pods of ${workloads[0]?.owner.kind ?? ''} ${workloads[0]?.owner.name ?? ''} differ, and which of them ${pod} is was not kept: ask the cluster itself.`,
    );
  const worst = WORST_FIRST.find((state) => states.has(state));
  const found = all.find(({ state }) => state === worst) ?? all[0];
  if (found === undefined) throw new Error('a list that is not empty has a worst');
  // As people count them: by what owns pods, however many versions of it run.
  const ownersOf = (those: readonly Workload[]): number => new Set(those.map(({ owner: { kind, name } }) => `${kind} ${name}`)).size;
  const count = ownersOf(workloads);
  if (count === 1) return found;
  return found.state === 'ok'
    ? ok(`${count} workloads use it, and have what they need.`)
    : {
        ...found,
        says: `${found.says} (${ownersOf(workloads.filter((_, index) => all[index]?.state === found.state))} of ${count} workloads)`,
      };
}

/** Whether the pods of a service account got what the webhook gives by its annotation: the role, and a token. */
export function injectionLink(read: ReadCluster, target: ChainTarget, role: string): Found {
  return judged(read, target, unlessByHand(read, unlessKeptOut(byWebIdentity(role, read.cluster))));
}

/**
 * Whether they got what it gives by a Pod Identity association.
 * @param older what is known of pods that go by web identity anyway; null = nothing
 */
export function associationInjectionLink(read: ReadCluster, target: ChainTarget, older: OlderPods | null): Found {
  return judged(read, target, unlessByHand(read, unlessKeptOut(byAgent(older, read.cluster))));
}
