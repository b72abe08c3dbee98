import type { Subject } from '../model/finding.js';
import type { ContainerIdentity, Workload } from '../model/workload.js';
import { ROLE_ANNOTATION, type Facts } from './facts.js';
import { podsOf } from './pods-of.js';
import { serviceAccountsIn, type LiveAccount } from './service-accounts.js';

/** Pods that are alike, with the service account that they run as, which is there. */
export interface RunningPods {
  readonly of: LiveAccount;
  readonly workload: Workload;
  /** The others that run as it. */
  readonly siblings: readonly Workload[];
}

type Scope = Parameters<typeof serviceAccountsIn>[1];

const SKIP_CONTAINERS = 'eks.amazonaws.com/skip-containers';

/**
 * The pods of service accounts that are to have a role, by annotation or association. They are told by what owns them: the
 * name of a pod is another after each restart.
 */
export function runningPods(facts: Facts, scope: Scope): readonly { readonly subject: Subject; readonly of: RunningPods }[] {
  return serviceAccountsIn(facts, scope)
    .map(({ of }) => of)
    .filter(({ account, associated }) => associated || (account.annotations[ROLE_ANNOTATION] ?? '') !== '')
    .flatMap((of) => {
      const all = podsOf(of) ?? [];
      const { name, region } = of.cluster.cluster;
      return all.map((workload) => ({
        subject: { type: 'pod' as const, id: `${name}/${workload.namespace}/${workload.owner.name}`, arn: null, region },
        of: { of, workload, siblings: all.filter((one) => one !== workload) },
      }));
    });
}

/** The containers that the webhook has a hand in: all but those that the pod's own annotation takes out. */
export function injectedContainers({ annotations, containers }: Workload): readonly ContainerIdentity[] {
  const skipped = new Set((annotations[SKIP_CONTAINERS] ?? '').split(',').map((name) => name.trim()));
  return containers.filter(({ name }) => !skipped.has(name));
}

/** Whether pods of the same owner are there that are newer and right: then these are being replaced already. */
export function isBeingReplaced({ workload, siblings }: RunningPods, isRight: (sibling: Workload) => boolean): boolean {
  const { owner, newest } = workload;
  return siblings.some(
    (one) =>
      one.owner.kind === owner.kind &&
      one.owner.name === owner.name &&
      one.newest !== null &&
      newest !== null &&
      one.newest > newest &&
      isRight(one),
  );
}

/** In words: `Deployment app (3 pods, such as app-7c9d-x2x4z)`. */
export function inWords({ owner, pods, example }: Workload): string {
  if (owner.kind === 'Pod') return `pod ${owner.name}`;
  return `${owner.kind} ${owner.name} (${pods === 1 ? `pod ${example}` : `${pods} pods, such as ${example}`})`;
}

const RESTARTED = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** The command that makes the pods of a workload anew; none where nothing would make them again. */
export function restartCommands({ of, workload }: RunningPods): readonly (readonly string[])[] {
  const { kind, name } = workload.owner;
  const where = ['--context', of.cluster.cluster.arn, '--namespace', workload.namespace];
  return RESTARTED.has(kind) ? [['kubectl', 'rollout', 'restart', `${kind.toLowerCase()}/${name}`, ...where]] : [];
}

/** The same as advice, for those that have no command. */
export function restartAdvice({ owner }: Workload): string {
  if (RESTARTED.has(owner.kind)) return 'Restart the pods';
  return owner.kind === 'Job' ? 'Delete the job and run it again' : 'Delete the pod, and let what made it make it again';
}
