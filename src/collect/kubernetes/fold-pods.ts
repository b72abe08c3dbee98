import type { ContainerIdentity, MountedToken, Owner, Workload } from '../../model/workload.js';
import { membersOf, textOf } from './pages.js';
import { awsAnnotations, listOf } from './records.js';
import { Shared } from './shared-values.js';

type Members = Readonly<Record<string, unknown>>;

/** The errors of STS and of the SDKs' credential chains that a container's last words are searched for. */
const ERRORS =
  /\b(AccessDenied(?:Exception)?|InvalidIdentityToken(?:Exception)?|ExpiredToken(?:Exception)?|IDPRejectedClaim|RegionDisabledException|NoCredentialProviders|NoCredentialsError|CredentialsProviderError|WebIdentityErr|Unable to locate credentials)\b/;

const SKIP_LABEL = 'eks.amazonaws.com/skip-pod-identity-webhook';
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
  return Object.keys(REVISIONS).flatMap((label) => textOf(labels[label]) ?? [])[0] ?? null;
}

/**
 * A Deployment is told by its replica set, whose name is its own with a hash; a CronJob by its job, whose name is its own with
 * the minute: what is told of either has the same name after the next change or run.
 */
function ownerOf(metadata: Members): Owner {
  const references = listOf(metadata['ownerReferences']);
  const owner = references.find(({ controller }) => controller === true) ?? references[0];
  const name = textOf(owner?.['name']) ?? '';
  const kind = textOf(owner?.['kind']) ?? '';
  if (owner === undefined || name === '') return { kind: 'Pod', name: textOf(metadata['name']) ?? '' };
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

/** Projected service account tokens of a pod, by the name of their volume. */
function tokenVolumes(spec: Members): ReadonlyMap<string, readonly (string | null)[]> {
  const found = listOf(spec['volumes']).flatMap((volume): [string, readonly (string | null)[]][] => {
    const tokens = listOf(membersOf(volume['projected'])['sources']).flatMap(({ serviceAccountToken }) =>
      serviceAccountToken === undefined ? [] : [textOf(membersOf(serviceAccountToken)['audience'])],
    );
    return tokens.length === 0 ? [] : [[textOf(volume['name']) ?? '', tokens]];
  });
  return new Map(found);
}

/** The webhook leaves a container alone that has one of these, whatever it holds. */
const OF_WEBHOOK = ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'];

/** Charts write out what nobody gave them: to SDKs an empty variable is none. */
const isSet = (name: string, { value, valueFrom }: Members): boolean =>
  OF_WEBHOOK.includes(name) || valueFrom !== undefined || (textOf(value) ?? '') !== '';

/** A value as the container sees it; null where it has yet to be put together: the kubelet puts other variables in the place of $(NAME). */
const seen = (value: string | null): string | null => (value?.includes('$(') === true ? null : value);

function containerOf(
  container: Members,
  init: boolean,
  volumes: ReadonlyMap<string, readonly (string | null)[]>,
  statuses: readonly Members[],
): ContainerIdentity {
  const name = textOf(container['name']) ?? '';
  // Of a name that stands there twice the last one holds.
  const variables = new Map(listOf(container['env']).map((one) => [textOf(one['name']) ?? '', one]));
  const value = (wanted: string): string | null => seen(textOf(variables.get(wanted)?.['value']));
  const tokens = listOf(container['volumeMounts']).flatMap((mount): MountedToken[] => {
    const volume = textOf(mount['name']) ?? '';
    return (volumes.get(volume) ?? []).map((audience) => ({ audience, volume, mountPath: textOf(mount['mountPath']) ?? '' }));
  });
  const status = statuses.find((one) => one['name'] === name);
  const words = [status?.['state'], status?.['lastState']].flatMap((state) =>
    Object.values(membersOf(state)).flatMap((detail) => [textOf(membersOf(detail)['message']), textOf(membersOf(detail)['reason'])]),
  );
  return {
    name,
    init,
    variables: [...variables].flatMap(([one, given]) => (one.startsWith('AWS_') && isSet(one, given) ? [one] : [])).sort(),
    roleArn: value('AWS_ROLE_ARN'),
    tokenFile: value('AWS_WEB_IDENTITY_TOKEN_FILE'),
    region: value('AWS_REGION') ?? value('AWS_DEFAULT_REGION'),
    credentialsUri: value('AWS_CONTAINER_CREDENTIALS_FULL_URI'),
    // The one that every pod has, for the API server itself, says nothing.
    tokens: tokens.filter(({ audience }) => audience !== null),
    error: ERRORS.exec(words.join(' '))?.[1] ?? null,
    ...(listOf(container['envFrom']).length > 0 ? { hasEnvFrom: true as const } : {}),
  };
}

/** Of one pod what is kept, as if it were the only one of its kind. */
function workloadOf(pod: Members): Workload {
  const [metadata, spec, status] = [membersOf(pod['metadata']), membersOf(pod['spec']), membersOf(pod['status'])];
  const labels = membersOf(metadata['labels']);
  const volumes = tokenVolumes(spec);
  const statuses = [...listOf(status['containerStatuses']), ...listOf(status['initContainerStatuses'])];
  const selector = membersOf(spec['nodeSelector']);
  const isWindows =
    membersOf(spec['os'])['name'] === 'windows' ||
    selector['kubernetes.io/os'] === 'windows' ||
    selector['beta.kubernetes.io/os'] === 'windows';
  const made = textOf(metadata['creationTimestamp']);
  const revision = revisionOf(metadata);
  return {
    namespace: textOf(metadata['namespace']) ?? '',
    owner: ownerOf(metadata),
    ...(revision === null ? {} : { revision }),
    serviceAccount: textOf(spec['serviceAccountName']) ?? 'default',
    pods: 1,
    example: textOf(metadata['name']) ?? '',
    oldest: made,
    newest: made,
    os: isWindows ? 'windows' : 'linux',
    fargate: labels[FARGATE_LABEL] !== undefined,
    hostNetwork: spec['hostNetwork'] === true,
    annotations: awsAnnotations(metadata['annotations']),
    skipsWebhook: labels[SKIP_LABEL] !== undefined,
    app: textOf(labels['app.kubernetes.io/name']) ?? textOf(labels['app']),
    containers: [
      ...listOf(spec['initContainers']).map((one) => containerOf(one, true, volumes, statuses)),
      ...listOf(spec['containers']).map((one) => containerOf(one, false, volumes, statuses)),
    ],
  };
}

const earlier = (left: string | null, right: string | null): string | null =>
  left === null || (right !== null && right < left) ? right : left;
const later = (left: string | null, right: string | null): string | null =>
  left === null || (right !== null && right > left) ? right : left;

/** Pods that are alike, folded into one record each. */
export class PodFold {
  private readonly byKind = new Map<string, Workload>();

  /** @param shared for what the records of one cluster have in common */
  constructor(private readonly shared = new Shared()) {}

  /** @param pod as the API server lists it; what is missing counts as not set */
  add(pod: Members): void {
    // One that is being deleted is on its way out, like a finished one.
    if (membersOf(pod['metadata'])['deletionTimestamp'] !== undefined) return;
    const { namespace, owner, revision, serviceAccount, app, pods, example, oldest, newest, containers, annotations, ...rest } =
      workloadOf(pod);
    const { shared } = this;
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

  /** In the order of namespace, service account, owner. */
  workloads(): readonly Workload[] {
    return [...this.byKind.values()].sort(
      (left, right) => compare(placeOf(left), placeOf(right)) || compare(JSON.stringify(left), JSON.stringify(right)),
    );
  }
}

const placeOf = ({ namespace, serviceAccount, owner }: Workload): string => `${namespace}/${serviceAccount}/${owner.kind}/${owner.name}`;
const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
