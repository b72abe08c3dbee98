import { partsOfAccount } from '../facts/account-key.js';
import type { Patch } from '../model/finding.js';
import type { Inventory, Json } from '../model/inventory.js';
import { shellCommand } from './shell.js';

const isObject = (value: Json): value is Record<string, Json> => typeof value === 'object' && value !== null && !Array.isArray(value);
const strings = (value: Json | undefined): string[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter((item): item is string => typeof item === 'string') : [];

function providerCommands({ resource, before, after }: Patch): string[] {
  if (!isObject(after) || typeof after['url'] !== 'string') return [];
  const wanted = strings(after['clientIds']);
  if (!isObject(before)) {
    const url = after['url'].startsWith('https://') ? after['url'] : `https://${after['url']}`;
    return [shellCommand(['aws', 'iam', 'create-open-id-connect-provider', '--url', url, '--client-id-list', ...wanted])];
  }
  const present = strings(before['clientIds']);
  return wanted
    .filter((id) => !present.includes(id))
    .map((id) =>
      shellCommand([
        'aws',
        'iam',
        'add-client-id-to-open-id-connect-provider',
        '--open-id-connect-provider-arn',
        resource,
        '--client-id',
        id,
      ]),
    );
}

function annotationsIn(value: Json): Readonly<Record<string, Json>> {
  const annotations = isObject(value) ? value['annotations'] : undefined;
  return annotations !== undefined && isObject(annotations) ? annotations : {};
}

/** A service account as kubectl is told of it, in the context that `aws eks update-kubeconfig` makes: another cluster is never meant. */
function serviceAccountCommands({ resource, region, before, after }: Patch, { partition, account }: Place): string[] {
  const { cluster, namespace, name } = partsOfAccount(resource);
  const where = ['--context', `arn:${partition}:eks:${region ?? ''}:${account}:cluster/${cluster}`, '--namespace', namespace];
  const [old, fresh] = [annotationsIn(before), annotationsIn(after)];
  const set = Object.entries(fresh).flatMap(([key, value]) => (typeof value !== 'string' || old[key] === value ? [] : [`${key}=${value}`]));
  const gone = Object.keys(old).flatMap((key) => (Object.hasOwn(fresh, key) ? [] : [`${key}-`]));
  return [
    ...(before === null ? [['create', 'serviceaccount', name, ...where]] : []),
    ...(set.length + gone.length > 0 ? [['annotate', 'serviceaccount', name, ...where, '--overwrite', ...set, ...gone]] : []),
  ].map((words) => shellCommand(['kubectl', ...words]));
}

const text = (value: Json, member: string): string | null => (isObject(value) && typeof value[member] === 'string' ? value[member] : null);

/** An association is told by its id: one whose id was not read is changed by hand. */
function associationCommands({ resource, region, before, after }: Patch): string[] {
  const { cluster, namespace, name: serviceAccount } = partsOfAccount(resource);
  const where = ['--region', region ?? '', '--cluster-name', cluster];
  const [id, role] = [text(before, 'id'), text(after, 'roleArn')];
  const eks = (...words: readonly string[]): string[] => [shellCommand(['aws', 'eks', ...words])];
  if (before === null && role !== null)
    return eks(
      'create-pod-identity-association',
      ...where,
      '--namespace',
      namespace,
      '--service-account',
      serviceAccount,
      '--role-arn',
      role,
    );
  if (id === null) return [];
  const which = [...where, '--association-id', id];
  if (after === null) return eks('delete-pod-identity-association', ...which);
  const roleChange = role === null || role === text(before, 'roleArn') ? [] : ['--role-arn', role];
  const tagged = isObject(after) && after['disableSessionTags'] === false ? ['--no-disable-session-tags'] : [];
  return eks('update-pod-identity-association', ...which, ...roleChange, ...tagged);
}

type Place = Pick<Inventory, 'partition' | 'account'>;

/** The commands that make a patch true; none for kinds that no single command changes. */
export function commandsFor(patch: Patch, place: Place): string[] {
  switch (patch.kind) {
    case 'provider':
      return providerCommands(patch);
    case 'trust-policy': {
      const name = patch.resource.split('/').at(-1) ?? patch.resource;
      return [
        shellCommand(['aws', 'iam', 'update-assume-role-policy', '--role-name', name, '--policy-document', JSON.stringify(patch.after)]),
      ];
    }
    case 'service-account':
      return serviceAccountCommands(patch, place);
    case 'pod-identity-association':
      return associationCommands(patch);
  }
}
