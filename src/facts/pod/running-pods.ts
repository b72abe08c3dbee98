import { ROLE_ANNOTATION, SKIP_CONTAINERS_ANNOTATION } from '../../model/inventory/annotations.js';
import { isRestartable, rolloutRestart } from '../../model/report/command.js';
import type { Related, Subject } from '../../model/report/finding.js';
import type { ClusterHas } from '../../model/contract/has.js';
import { unanswered, type Unless } from '../../model/inventory/observed.js';
import type { Scope } from '../../model/contract/scope.js';
import type { ContainerIdentity, Workload } from '../../model/inventory/workload.js';
import type { ClusterIndex, Has } from '../account/facts.js';
import { DAY } from '../../lib/day.js';
import { serviceAccountKey } from '../account/service-account-key.js';
import { groupBy } from '../../lib/group-by.js';
import { isOnDrive } from '../../lib/plain-path.js';
import { podsOf } from './pods-of.js';
import { serviceAccountsIn, type Live, type LiveServiceAccount } from '../account/service-accounts.js';
import { asksAgent } from '../account/asks-agent.js';
import { mayBeAssociated } from '../account/may-be-associated.js';

/** Pods that are alike, with the service account that they run as, which is there. */
export interface RunningPods<C = ClusterHas<Live | 'workloads'>> {
  readonly of: LiveServiceAccount<C>;
  readonly workload: Workload;
  /** All pods of the same owner that run as it, these included. */
  readonly siblings: readonly Workload[];
  /** When they were read. */
  readonly readAt: string;
}

/** Pods as the subject of a finding, told by what owns them: the name of a pod is another after each restart. */
export function podSubject({ name, region }: ClusterHas, { namespace, owner }: Workload): Subject {
  return { type: 'pod', id: `${name}/${namespace}/${owner.name}`, arn: null, region };
}

/** The same pods as what a finding touches. */
export function podRelated(cluster: ClusterHas, workload: Workload): Pick<Related, 'type' | 'id' | 'serviceAccount'> {
  const { type, id } = podSubject(cluster, workload);
  return { type, id, serviceAccount: `${cluster.name}/${serviceAccountKey(workload.namespace, workload.serviceAccount)}` };
}

interface PodsEntry<C> {
  readonly subject: Subject;
  readonly of: RunningPods<C>;
  /** Why nothing is certain that is said of them. */
  readonly unless: Unless | null;
}

type PodFacts<C> = Has<Live | 'workloads' | 'roles'> & ClusterIndex<C>;
type HasPods = ClusterHas<Live | 'workloads'>;

/** The pods of some service accounts, by what owns them. */
function podsRunningAs<C extends HasPods>(
  isMeant: (of: LiveServiceAccount) => boolean,
  facts: PodFacts<C>,
  scope: Scope,
): readonly PodsEntry<C>[] {
  return serviceAccountsIn<C>(facts, scope)
    .filter(({ of }) => isMeant(of))
    .flatMap((entry) => {
      const { of } = entry;
      const unless = entry.unless ?? (of.associated ? null : mayBeAssociated(of.cluster.cluster, of.serviceAccount, facts));
      const byOwner = groupBy(podsOf(of) ?? [], ({ owner: { kind, name } }) => `${kind} ${name}`);
      return [...byOwner.values()].flatMap((siblings) =>
        siblings.map((workload) => ({
          subject: podSubject(of.cluster.cluster, workload),
          of: { of, workload, siblings, readAt: facts.inventory.collectedAt },
          unless,
        })),
      );
    });
}

/** The pods of service accounts that are to have a role, by annotation or association. */
export const runningPods = <C extends HasPods>(facts: PodFacts<C>, scope: Scope): readonly PodsEntry<C>[] =>
  podsRunningAs(({ serviceAccount, associated }) => associated || (serviceAccount.annotations[ROLE_ANNOTATION] ?? '') !== '', facts, scope);

/** The pods of service accounts that nothing is known to give a role. */
export const podsWithoutRole = <C extends HasPods>(facts: PodFacts<C>, scope: Scope): readonly PodsEntry<C>[] =>
  podsRunningAs(
    ({ serviceAccount, associated }) => !associated && (serviceAccount.annotations[ROLE_ANNOTATION] ?? '') === '',
    facts,
    scope,
  );

/** The pods of service accounts that no association is there for. */
export const podsWithoutAssociation = <C extends HasPods>(facts: PodFacts<C>, scope: Scope): readonly PodsEntry<C>[] =>
  podsRunningAs(({ associated }) => !associated, facts, scope);

const BY_WEBHOOK = ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'];

/** By whatever hand: who sets one of the variables himself is not given the others. */
export const hasIdentity = ({ variables, tokens }: ContainerIdentity): boolean =>
  variables.some((name) => BY_WEBHOOK.includes(name)) ||
  tokens.some(({ volume }) => volume === 'aws-iam-token' || volume === 'eks-pod-identity-token');

const CREDENTIALS_URI = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';
const AGENT_TOKEN_FILE = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE';

/** The two variables of EKS Pod Identity. */
export const AGENT_PAIR: readonly string[] = [CREDENTIALS_URI, AGENT_TOKEN_FILE];

/**
 * Whether a container sets the token file of the agent itself and not its address: the webhook gives neither where one of the two is
 * there (`addEnvToContainer` in its pkg/handler/handler.go), and a recreated pod is as the old one.
 */
export const hasAgentTokenAlone = ({ variables }: ContainerIdentity): boolean =>
  variables.includes(AGENT_TOKEN_FILE) && !variables.includes(CREDENTIALS_URI);

/**
 * Whether a container has what the webhook gives, or has credentials some other way. With an association it gives its variables beside
 * half of those of web identity, too.
 */
const hasWhatIsGiven =
  (associated: boolean) =>
  (one: ContainerIdentity): boolean =>
    associated
      ? hasPair(one) || one.variables.includes(CREDENTIALS_URI) || one.tokens.some(({ volume }) => volume === 'eks-pod-identity-token')
      : hasIdentity(one);

const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];

/** Keys that a container sets for itself, which every SDK takes first; half a pair of them is ignored. */
export const setsKeys = ({ variables }: ContainerIdentity): boolean => KEYS.every((name) => variables.includes(name));

/** The two variables of web identity. */
export const PAIR: readonly string[] = ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'];

/** Those of them that a container has. */
export const ofPair = ({ variables }: ContainerIdentity): readonly string[] => PAIR.filter((name) => variables.includes(name));

/** Whether it has both. */
export const hasPair = (one: ContainerIdentity): boolean => ofPair(one).length === PAIR.length;

/** Whether the agent of EKS Pod Identity is what a container gets its credentials from: it has none that SDKs take before. */
export const goesByAgent = (one: ContainerIdentity): boolean => asksAgent(one) && !hasPair(one) && !setsKeys(one);

/**
 * The containers that the webhook has a hand in: all but those that the pod's own annotation takes out. To the webhook a blank
 * after a comma is part of the name: such a container is meant to be left out, and counts where it was given something anyway.
 */
export function injectedContainers(workload: Workload): readonly ContainerIdentity[] {
  const skipped = new Set(skippedContainers(workload));
  return workload.containers.filter((one) => !skipped.has(one));
}

/** Those that it takes out. */
export function skippedContainers({ annotations, containers }: Workload): readonly ContainerIdentity[] {
  const skipped = (annotations[SKIP_CONTAINERS_ANNOTATION] ?? '').split(',');
  const meant = new Set(skipped.map((name) => name.trim()));
  return containers.filter((one) => meant.has(one.name) && (skipped.includes(one.name) || !hasIdentity(one)));
}

/** The containers that a pod made now would be given something in. */
const toBeGiven = (workload: Workload, associated: boolean): readonly ContainerIdentity[] =>
  injectedContainers(workload).filter((one) => !(associated && hasAgentTokenAlone(one)));

/** Whether pods run on Windows: their spec need not say so, and the webhook writes the paths of those that do with a drive. */
const isOnWindows = ({ os, containers }: Workload): boolean =>
  os === 'windows' || containers.some(({ tokenFile }) => tokenFile !== null && isOnDrive(tokenFile));

/** Pods that EKS Pod Identity gives nothing (EKS User Guide, "EKS Pod Identity restrictions"). */
export const isBeyondPodIdentity = (workload: Workload): boolean => workload.fargate || isOnWindows(workload);

/** Whether the webhook should have given these pods a role and did not. */
export function isUninjected(running: RunningPods): boolean {
  const { of, workload } = running;
  // The label is put there on purpose.
  if (workload.skipsWebhook || (of.associated && isBeyondPodIdentity(workload))) return false;
  const isInjected = (one: Workload): boolean => toBeGiven(one, of.associated).some(hasWhatIsGiven(of.associated));
  return toBeGiven(workload, of.associated).length > 0 && !isInjected(workload) && !isBeingReplaced(running, isInjected);
}

/**
 * Whether pods of the same owner are there that are newer and right: then these are being replaced already. One that was made
 * from the same template replaces none, but was added, as by an autoscaler; and beside one that was made more than a day ago these
 * stay, as the pods of a stateful set do that nobody restarted.
 */
export function isBeingReplaced(
  { workload, siblings, readAt }: Pick<RunningPods, 'workload' | 'siblings' | 'readAt'>,
  isRight: (sibling: Workload) => boolean,
): boolean {
  const { newest, revision } = workload;
  const isOther = (one: Workload): boolean => revision === undefined || one.revision !== revision;
  const isFresh = (made: string): boolean => newest !== null && made > newest && Date.parse(readAt) - Date.parse(made) <= DAY;
  return siblings.some((one) => one.newest !== null && isFresh(one.newest) && isOther(one) && isRight(one));
}

/** Why pods may be being replaced for all that is known: not all pods of the cluster were read. A pod that is alone is not replaced. */
export function mayBeReplaced({ workloads }: ClusterHas<'workloads'>, { owner, example }: Workload): Unless | null {
  return owner.kind === 'Pod' && owner.name === example ? null : unanswered(workloads);
}

/** In words: `Deployment app (3 pods, such as app-7c9d-x2x4z)`. */
export function inWords({ owner, pods, example }: Workload): string {
  if (owner.kind === 'Pod' && owner.name === example) return `pod ${owner.name}`;
  return `${owner.kind} ${owner.name} (${pods === 1 ? `pod ${example}` : `${pods} pods, such as ${example}`})`;
}

/** The command that makes the pods of a workload again; none where nothing would make them again. */
export function restartCommands({ of, workload }: RunningPods): readonly (readonly string[])[] {
  const where = { context: of.cluster.cluster.arn, namespace: workload.namespace };
  return isRestartable(workload.owner.kind) ? [rolloutRestart(workload.owner, where)] : [];
}

/** The same as advice, for those that have no command. */
export function restartAdvice({ owner, example }: Workload): string {
  if (isRestartable(owner.kind)) return 'Restart the pods';
  if (owner.kind === 'CronJob') return 'Wait for the next run of the cron job, or delete the job and start one from the cron job';
  if (owner.kind === 'Job') return 'Delete the job and run it again';
  if (owner.kind === 'Pod' && owner.name === example) return 'Nothing makes this pod again: delete it and apply its manifest once more';
  return 'Delete the pod, and let what made it make it again';
}
