import { membersOf, type Members } from '../../lib/is-object.js';
import { MANAGER_ANNOTATIONS, MANAGER_LABELS, managerByLabels } from '../../model/inventory/manager.js';
import { AUDIENCE_ANNOTATION, ROLE_ANNOTATION, SKIP_CONTAINERS_ANNOTATION } from '../../model/inventory/annotations.js';
import type { ServiceAccount } from '../../model/inventory/inventory.js';
import type { MutatingWebhook, Namespace, PodIdentityAgent, LabelRequirement } from '../../model/inventory/workload.js';
import { malformed } from '../reading/read-error.js';
import { cutName, cutValue } from './cut.js';
import { textOf } from './pages.js';
import type { Shared } from './intern.js';

export const listOf = (value: unknown): readonly Members[] => (Array.isArray(value) ? value.map(membersOf) : []);

/** A name as Kubernetes has it; empty where there is none. */
export const nameOf = (value: unknown): string => cutName(textOf(value) ?? '');

export const timeOf = (value: unknown): string | null => (typeof value === 'string' ? cutName(value) : null);

/** Keys that may be meant for that of the role and are not: more of them on one object say no more. */
const MOST_MISSPELT = 4;
const DOMAIN_PARTS = ['ek', 's.a', 'ma', 'zo', 'na', 'ws.', 'com'];
const NAME_PARTS = ['ro', 'le', 'ar', 'n'];

const holds = (text: string, parts: readonly string[]): number => parts.filter((part) => text.includes(part)).length;

/**
 * Whether a key may be `eks.amazonaws.com/role-arn` with up to three slips in its domain and two in its name, or kiam's: a slip
 * spoils one part at the most. The rule about misspelled keys looks closer; all others are nobody's business.
 */
function mayBeMisspelt(key: string): boolean {
  const slash = key.indexOf('/');
  if (slash < 0 || key.length > 64 || key === ROLE_ANNOTATION) return false;
  const name = key
    .slice(slash + 1)
    .toLowerCase()
    .replace(/[^a-z]/g, '');
  const domain = key.slice(0, slash).toLowerCase();
  return Math.abs(domain.length - 17) <= 3 && holds(domain, DOMAIN_PARTS) >= 4 && name.length <= 10 && holds(name, NAME_PARTS) >= 2;
}

function chosen(annotations: Members, keys: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...keys].sort().flatMap((key) => {
      const value = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
      return typeof value === 'string' ? [[key, cutValue(value)]] : [];
    }),
  );
}

/** Of the annotations of a service account those that a rule reads. */
function serviceAccountAnnotations(annotations: Members): Readonly<Record<string, string>> {
  const misspelt = Object.keys(annotations).filter(mayBeMisspelt).sort().slice(0, MOST_MISSPELT);
  return chosen(annotations, [ROLE_ANNOTATION, AUDIENCE_ANNOTATION, ...misspelt]);
}

/** Of a list that is too long what it says of the pod's own containers: cut, it would say less. A blank is part of a name there. */
function skippedOf(list: string, containers: readonly string[]): string {
  const names = list.split(',');
  const skipped = new Set(
    names.flatMap((name) => (containers.includes(name.trim()) ? [name.trim() === name ? name : ` ${name.trim()}`] : [])),
  );
  return [...skipped].join(',');
}

/** Of the annotations of a pod those that a rule reads. @param containers the names of its own */
export function podAnnotations(annotations: Members, containers: readonly string[]): Readonly<Record<string, string>> {
  const kept = chosen(annotations, [ROLE_ANNOTATION, SKIP_CONTAINERS_ANNOTATION]);
  const list = annotations[SKIP_CONTAINERS_ANNOTATION];
  if (typeof list !== 'string' || list === kept[SKIP_CONTAINERS_ANNOTATION]) return kept;
  return { ...kept, [SKIP_CONTAINERS_ANNOTATION]: skippedOf(list, containers) };
}

/** @param shared for what the service accounts of one cluster have in common */
export function serviceAccountOf({ metadata }: Members, shared: Shared): ServiceAccount {
  const { namespace, name, creationTimestamp, annotations, labels } = membersOf(metadata);
  const managedBy = { ...chosen(membersOf(labels), MANAGER_LABELS), ...chosen(membersOf(annotations), MANAGER_ANNOTATIONS) };
  return {
    namespace: shared.of(nameOf(namespace)),
    name: shared.of(nameOf(name)),
    createdAt: shared.of(timeOf(creationTimestamp)),
    annotations: shared.of(serviceAccountAnnotations(membersOf(annotations))),
    ...(managerByLabels(managedBy) === null ? {} : { managedBy: shared.of(managedBy) }),
  };
}

export function namespaceOf({ metadata, status }: Members): Namespace {
  const { name, labels } = membersOf(metadata);
  const own = Object.entries(membersOf(labels)).flatMap(([key, value]) =>
    typeof value === 'string' ? [[cutName(key), cutName(value)]] : [],
  );
  return {
    name: nameOf(name),
    terminating: membersOf(status)['phase'] === 'Terminating',
    ...(own.length === 0 ? {} : { labels: Object.fromEntries(own) as Readonly<Record<string, string>> }),
  };
}

/** Namespaces with those labels alone that webhooks select by: the others are nobody's business. */
export function withSelectedLabels(namespaces: readonly Namespace[], webhooks: readonly MutatingWebhook[]): readonly Namespace[] {
  const keys = new Set(webhooks.flatMap(({ namespaceSelector = [] }) => namespaceSelector.map(({ key }) => key)));
  return namespaces.map(({ labels = {}, ...one }) => {
    if (keys.size === 0) return one;
    return { ...one, labels: Object.fromEntries(Object.entries(labels).filter(([key]) => keys.has(key))) };
  });
}

/** More of them, or of their values, are in no selector that somebody wrote: a part would select otherwise than the whole. */
const MOST_REQUIREMENTS = 64;

/** What nobody knows whether it holds. */
const TOO_MANY: readonly LabelRequirement[] = [{ key: '…', operator: '…', values: [] }];

/** The requirements of a selector; null where it has none. */
function requirementsOf(selector: unknown): readonly LabelRequirement[] | null {
  const { matchLabels, matchExpressions } = membersOf(selector);
  const labels = Object.entries(membersOf(matchLabels)).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
  const all = [
    ...labels,
    ...listOf(matchExpressions).map(({ key, operator, values }) => ({ key, operator, values: Array.isArray(values) ? values : [] })),
  ];
  const size = all.reduce((sum, { values }) => sum + 1 + values.length, 0);
  if (all.length === 0) return null;
  if (size > MOST_REQUIREMENTS) return TOO_MANY;
  return all.map(({ key, operator, values }) => ({
    key: nameOf(key),
    operator: nameOf(operator),
    values: values.map((one: unknown) => nameOf(one)),
  }));
}

function selectorsOf(webhook: Members): Pick<MutatingWebhook, 'namespaceSelector' | 'objectSelector'> {
  const [namespaceSelector, objectSelector] = [webhook['namespaceSelector'], webhook['objectSelector']].map(requirementsOf);
  return { ...(namespaceSelector == null ? {} : { namespaceSelector }), ...(objectSelector == null ? {} : { objectSelector }) };
}

/** Those webhooks of a configuration that are asked about new pods. */
export function podWebhooksOf({ metadata, webhooks }: Members): readonly MutatingWebhook[] {
  const has = (value: unknown, ...wanted: readonly string[]): boolean =>
    Array.isArray(value) && value.some((one) => typeof one === 'string' && wanted.includes(one));
  return listOf(webhooks)
    .filter(({ rules }) =>
      listOf(rules).some((rule) => has(rule['resources'], 'pods', '*', '*/*', 'pods/*') && has(rule['operations'], 'CREATE', '*')),
    )
    .map(({ name, clientConfig, failurePolicy, ...more }) => ({
      configuration: nameOf(membersOf(metadata)['name']),
      name: nameOf(name),
      hasCaBundle: (textOf(membersOf(clientConfig)['caBundle']) ?? '') !== '',
      failurePolicy: typeof failurePolicy === 'string' ? cutName(failurePolicy) : null,
      ...selectorsOf(more),
    }));
}

export function agentOf(daemonSet: Members | null): PodIdentityAgent | null {
  if (daemonSet === null) return null;
  const { desiredNumberScheduled: desired, numberReady: ready } = membersOf(daemonSet['status']);
  if (!Number.isSafeInteger(desired) || !Number.isSafeInteger(ready)) throw malformed('holds no numbers of pods of the daemon set');
  return { desired: Number(desired), ready: Number(ready) };
}
