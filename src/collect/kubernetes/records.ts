import type { ServiceAccount } from '../../model/inventory.js';
import type { MutatingWebhook, Namespace, PodIdentityAgent } from '../../model/workload.js';
import { malformed } from '../read-error.js';
import { membersOf, textOf } from './pages.js';
import type { Shared } from './shared-values.js';

type Members = Readonly<Record<string, unknown>>;

export const listOf = (value: unknown): readonly Members[] => (Array.isArray(value) ? value.map(membersOf) : []);

/** Longer than any ARN: what is longer is something else, and only its beginning is of interest. */
const LONGEST_VALUE = 2048;

/** Annotations of EKS, and those that look as if they should be: others may hold anything, and are nobody's business. */
function concernsAws(key: string): boolean {
  if (key.startsWith('eks.amazonaws.com/')) return true;
  const slash = key.indexOf('/');
  return slash > 0 && /amaz|aws|iam|eks/i.test(key.slice(0, slash)) && /role|arn/i.test(key.slice(slash + 1));
}

/** @param annotations of a service account or a pod, as Kubernetes has them */
export function awsAnnotations(annotations: unknown): Readonly<Record<string, string>> {
  const found = Object.entries(membersOf(annotations)).flatMap(([key, value]): [string, string][] =>
    concernsAws(key) && typeof value === 'string' ? [[key, value.slice(0, LONGEST_VALUE)]] : [],
  );
  return Object.fromEntries(found.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** @param shared for what the service accounts of one cluster have in common */
export function serviceAccountOf({ metadata }: Members, shared: Shared): ServiceAccount {
  const { namespace, name, creationTimestamp, annotations } = membersOf(metadata);
  return {
    namespace: shared.of(textOf(namespace) ?? ''),
    name: shared.of(textOf(name) ?? ''),
    createdAt: shared.of(textOf(creationTimestamp)),
    annotations: shared.of(awsAnnotations(annotations)),
  };
}

export function namespaceOf({ metadata, status }: Members): Namespace {
  return { name: textOf(membersOf(metadata)['name']) ?? '', terminating: membersOf(status)['phase'] === 'Terminating' };
}

/** Those webhooks of a configuration that are asked about new pods. */
export function podWebhooksOf({ metadata, webhooks }: Members): readonly MutatingWebhook[] {
  const has = (value: unknown, ...wanted: readonly string[]): boolean =>
    Array.isArray(value) && value.some((one) => wanted.includes(String(one)));
  return listOf(webhooks)
    .filter(({ rules }) =>
      listOf(rules).some((rule) => has(rule['resources'], 'pods', '*', '*/*', 'pods/*') && has(rule['operations'], 'CREATE', '*')),
    )
    .map(({ name, clientConfig, failurePolicy }) => ({
      configuration: textOf(membersOf(metadata)['name']) ?? '',
      name: textOf(name) ?? '',
      hasCaBundle: (textOf(membersOf(clientConfig)['caBundle']) ?? '') !== '',
      failurePolicy: textOf(failurePolicy),
    }));
}

export function agentOf(daemonSet: Members | null): PodIdentityAgent | null {
  if (daemonSet === null) return null;
  const { desiredNumberScheduled: desired, numberReady: ready } = membersOf(daemonSet['status']);
  if (typeof desired !== 'number' || typeof ready !== 'number') throw malformed('holds no numbers of pods of the daemon set');
  return { desired, ready };
}
