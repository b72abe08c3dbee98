import { membersOf, type Members } from '../../lib/is-object.js';
import { SKIP_LABEL } from '../../model/inventory/annotations.js';
import type { Owner, Workload } from '../../model/inventory/workload.js';
import { textOf } from './pages.js';
import { containersOf } from './containers.js';
import { cutName } from './cut.js';
import { listOf, nameOf, podAnnotations, timeOf } from './records.js';
import { OBJECT_BYTES, type Room } from './room.js';
import { Shared } from './intern.js';

const FARGATE_LABEL = 'eks.amazonaws.com/fargate-profile';

const DAY = 24 * 60;

/** Whether a number is the minute for which a CronJob made a Job, as it writes it into the Job's name: about when the pod was made. */
function isMinuteOf(digits: string, made: string | null): boolean {
  return made !== null && Math.abs(Date.parse(made) / 60_000 - Number(digits)) < DAY;
}

/** The labels that controllers put on pods to tell the versions of their template apart, with the kind that a replica set is of. */
const REVISIONS: Readonly<Record<string, string | null>> = {
  'pod-template-hash': 'Deployment',
  'rollouts-pod-template-hash': 'Rollout',
  'controller-revision-hash': null,
};

function revisionOf(metadata: Members): string | null {
  const labels = membersOf(metadata['labels']);
  const [revision] = Object.keys(REVISIONS).flatMap((label) => textOf(labels[label]) ?? []);
  return revision === undefined ? null : cutName(revision);
}

/**
 * A Deployment is told by its replica set, whose name is its own with a hash; a CronJob by its job, whose name is its own with
 * the minute: what is told of either has the same name after the next change or run.
 */
function ownerOf(metadata: Members): Owner {
  const references = listOf(metadata['ownerReferences']);
  const owner = references.find(({ controller }) => controller === true) ?? references[0];
  const name = nameOf(owner?.['name']);
  const kind = nameOf(owner?.['kind']);
  if (owner === undefined || name === '') return { kind: 'Pod', name: nameOf(metadata['name']) };
  if (kind === 'ReplicaSet') {
    for (const [label, above] of Object.entries(REVISIONS)) {
      const hash = textOf(membersOf(metadata['labels'])[label]);
      if (above !== null && hash !== null && name.endsWith(`-${hash}`)) return { kind: above, name: name.slice(0, -hash.length - 1) };
    }
  }
  const scheduled = kind === 'Job' ? /^(.+)-(\d{8,10})$/.exec(name) : null;
  if (scheduled !== null && isMinuteOf(scheduled[2] ?? '', textOf(metadata['creationTimestamp'])))
    return { kind: 'CronJob', name: scheduled[1] ?? name };
  return { kind, name };
}

/** Of one pod what is kept, as if it were the only one of its kind; null where that is too much. */
function workloadOf(pod: Members): Workload | null {
  const [metadata, spec, status] = [membersOf(pod['metadata']), membersOf(pod['spec']), membersOf(pod['status'])];
  const containers = containersOf(spec, status);
  if (containers === null) return null;
  const labels = membersOf(metadata['labels']);
  const selector = membersOf(spec['nodeSelector']);
  const isWindows =
    membersOf(spec['os'])['name'] === 'windows' ||
    selector['kubernetes.io/os'] === 'windows' ||
    selector['beta.kubernetes.io/os'] === 'windows';
  const made = timeOf(metadata['creationTimestamp']);
  const revision = revisionOf(metadata);
  const app = textOf(labels['app.kubernetes.io/name']) ?? textOf(labels['app']);
  return {
    namespace: nameOf(metadata['namespace']),
    owner: ownerOf(metadata),
    ...(revision === null ? {} : { revision }),
    serviceAccount: nameOf(textOf(spec['serviceAccountName']) ?? 'default'),
    pods: 1,
    example: nameOf(metadata['name']),
    oldest: made,
    newest: made,
    os: isWindows ? 'windows' : 'linux',
    fargate: labels[FARGATE_LABEL] !== undefined,
    hostNetwork: spec['hostNetwork'] === true,
    annotations: podAnnotations(
      membersOf(metadata['annotations']),
      containers.map(({ name }) => name),
    ),
    skipsWebhook: labels[SKIP_LABEL] !== undefined,
    app: app === null ? null : cutName(app),
    containers,
  };
}

const earlier = (left: string | null, right: string | null): string | null =>
  left === null || (right !== null && right < left) ? right : left;
const later = (left: string | null, right: string | null): string | null =>
  left === null || (right !== null && right > left) ? right : left;

/** Pods that are alike, folded into one record each. */
export class PodFold {
  private readonly byKind = new Map<string, Workload>();
  /** Pods that hold more than can be kept of one, and the first of them by name. */
  leftOut: { readonly pods: number; readonly example: string } = { pods: 0, example: '' };

  /** @param shared for what the records of one cluster have in common; @param room for them all */
  constructor(
    private readonly shared = new Shared(),
    private readonly room: Pick<Room, 'take'> | null = null,
  ) {}

  /** @param pod as the API server lists it; what is missing counts as not set */
  add(pod: Members): void {
    // One that is being deleted is on its way out, like a finished one.
    if (membersOf(pod['metadata'])['deletionTimestamp'] !== undefined) return;
    const workload = workloadOf(pod);
    if (workload === null) {
      this.leaveOut(membersOf(pod['metadata']));
      return;
    }
    const { namespace, owner, revision, serviceAccount, app, pods, example, oldest, newest, containers, annotations, ...rest } = workload;
    const { shared } = this;
    const bytes = shared.bytes;
    const parts = { annotations: shared.of(annotations), containers: shared.of(containers.map((container) => shared.of(container))) };
    // All but what tells one pod from the next. No name in Kubernetes holds a blank.
    const key = `${namespace} ${serviceAccount} ${owner.kind} ${owner.name} ${revision ?? ''} ${app ?? ''} ${shared.number({ ...rest, ...parts })}`;
    const before = this.byKind.get(key);
    if (before === undefined) {
      const named = {
        namespace: shared.of(namespace),
        // Mostly one and the same name, and never the one that was cut out of a replica set's.
        serviceAccount: shared.of(serviceAccount),
        owner: { kind: shared.of(owner.kind), name: shared.of(owner.name) },
        ...(revision === undefined ? {} : { revision: shared.of(revision) }),
        app: shared.of(app),
      };
      this.room?.take(shared.bytes - bytes + key.length + OBJECT_BYTES);
      this.byKind.set(key, { ...named, pods, example, oldest: shared.of(oldest), newest: shared.of(newest), ...rest, ...parts });
    } else
      this.byKind.set(key, {
        ...before,
        pods: before.pods + 1,
        // Whatever the order of the list, the same pod stands for them.
        example: example < before.example ? example : before.example,
        oldest: earlier(before.oldest, oldest),
        newest: later(before.newest, newest),
      });
  }

  private leaveOut({ namespace, name }: Members): void {
    const { pods, example } = this.leftOut;
    const one = `${nameOf(namespace)}/${nameOf(name)}`;
    this.leftOut = { pods: pods + 1, example: pods === 0 || one < example ? one : example };
  }

  /** In the order of namespace, service account, owner. */
  workloads(): readonly Workload[] {
    return [...this.byKind.values()].sort(
      (left, right) => compare(placeOf(left), placeOf(right)) || compare(JSON.stringify(left), JSON.stringify(right)),
    );
  }
}

const placeOf = ({ namespace, serviceAccount, owner }: Workload): string => `${namespace}/${serviceAccount}/${owner.kind}/${owner.name}`;
const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
