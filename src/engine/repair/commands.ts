import { partsOfServiceAccount } from '../../facts/account/service-account-key.js';
import { parseRoleArn } from '../../facts/account/role-arn.js';
import { isObject, membersOf, type Members } from '../../lib/is-object.js';
import { strings } from '../../lib/one-or-list.js';
import { isPlainArgument, type Word } from '../../model/report/command.js';
import type { Patch } from '../../model/report/finding.js';
import type { Inventory, Json } from '../../model/inventory/inventory.js';
import { shellCommands } from './shell.js';

/** The commands of one patch; null where no command makes the change, or it could mean another thing than the patch. */
type Commands = readonly (readonly Word[])[] | null;

/**
 * Audiences that the AWS CLI takes as they are. Others go as JSON, such as those of GitHub, which are addresses: its version 1
 * would fetch what is there.
 */
const PLAIN_AUDIENCE = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

function providerCommand(verb: string, audiences: readonly string[], words: readonly string[], input: Json): readonly Word[] {
  const isPlain = audiences.every((audience) => PLAIN_AUDIENCE.test(audience));
  return ['aws', 'iam', verb, ...(isPlain ? words : ['--cli-input-json', { document: input }])];
}

function providerCommands({ resource, before, after }: Patch): Commands {
  if (!isObject(after) || typeof after['url'] !== 'string') return null;
  const wanted = strings(after['clientIds']);
  if (!isObject(before)) {
    const issuer = after['url'].replace(/^https:\/\//, '');
    if (!isPlainArgument(issuer)) return null;
    const url = `https://${issuer}`;
    const words = ['--url', url, '--client-id-list', ...wanted];
    return [providerCommand('create-open-id-connect-provider', wanted, words, { Url: url, ClientIDList: wanted })];
  }
  if (!isPlainArgument(resource)) return null;
  const present = strings(before['clientIds']);
  return wanted
    .filter((id) => !present.includes(id))
    .map((id) => {
      const words = ['--open-id-connect-provider-arn', resource, '--client-id', id];
      return providerCommand('add-client-id-to-open-id-connect-provider', [id], words, {
        OpenIDConnectProviderArn: resource,
        ClientID: id,
      });
    });
}

/** What replaces a trust policy. A name that begins with a dash is one to IAM, and an option to who reads the command. */
function trustPolicyCommands({ resource, after }: Patch): Commands {
  const role = parseRoleArn(resource);
  if (role === null || !isObject(after)) return null;
  return [['aws', 'iam', 'update-assume-role-policy', '--role-name', role.name, '--policy-document', { document: after }]];
}

/** The parts of what a patch inside a cluster is about; null where they do not tell one thing. */
function placeOf({ resource, region }: Patch): (ReturnType<typeof partsOfServiceAccount> & { readonly region: string }) | null {
  const parts = partsOfServiceAccount(resource);
  const { cluster, namespace, name } = parts;
  const isTold = `${cluster}/${namespace}/${name}` === resource && [cluster, namespace, name].every(isPlainArgument);
  return isTold && region !== null && isPlainArgument(region) ? { ...parts, region } : null;
}

/** The annotations of a service account, or of a side of its patch. */
export const annotationsIn = (value: unknown): Members => membersOf(membersOf(value)['annotations']);

/** A service account as kubectl is told of it, in the context that `aws eks update-kubeconfig` makes: another cluster is never meant. */
function serviceAccountCommands(patch: Patch, { partition, account }: Place): Commands {
  const place = placeOf(patch);
  if (place === null || !isPlainArgument(account)) return null;
  const { region, cluster, namespace, name } = place;
  const { before, after } = patch;
  const where = ['--context', `arn:${partition}:eks:${region}:${account}:cluster/${cluster}`, '--namespace', namespace];
  const [old, fresh] = [annotationsIn(before), annotationsIn(after)];
  const set = Object.entries(fresh).flatMap(([key, value]) => (typeof value !== 'string' || old[key] === value ? [] : [`${key}=${value}`]));
  const gone = Object.keys(old).flatMap((key) => (Object.hasOwn(fresh, key) ? [] : [`${key}-`]));
  return [
    ...(before === null ? [['create', 'serviceaccount', name, ...where]] : []),
    ...(set.length + gone.length > 0 ? [['annotate', 'serviceaccount', name, ...where, '--overwrite', ...set, ...gone]] : []),
  ].map((words) => ['kubectl', ...words]);
}

const text = (value: Json, member: string): string | null => (isObject(value) && typeof value[member] === 'string' ? value[member] : null);

/** An association is told by its id: one whose id was not read is changed by hand. */
function associationCommands(patch: Patch): Commands {
  const place = placeOf(patch);
  if (place === null) return null;
  const { region, cluster, namespace, name: serviceAccount } = place;
  const { before, after } = patch;
  const where = ['--region', region, '--cluster-name', cluster];
  const [id, role] = [text(before, 'id'), text(after, 'roleArn')];
  const eks = (...words: readonly string[]): Commands => [['aws', 'eks', ...words]];
  if (before === null && role !== null) {
    const who = ['--namespace', namespace, '--service-account', serviceAccount];
    return eks('create-pod-identity-association', ...where, ...who, '--role-arn', role);
  }
  if (id === null) return null;
  const which = [...where, '--association-id', id];
  if (after === null) return eks('delete-pod-identity-association', ...which);
  const roleChange = role === null || role === text(before, 'roleArn') ? [] : ['--role-arn', role];
  const tagged = isObject(after) && after['disableSessionTags'] === false ? ['--no-disable-session-tags'] : [];
  return eks('update-pod-identity-association', ...which, ...roleChange, ...tagged);
}

type Place = Pick<Inventory, 'partition' | 'account'>;

function wordsFor(patch: Patch, place: Place): Commands {
  switch (patch.kind) {
    case 'provider':
      return providerCommands(patch);
    case 'trust-policy':
      return trustPolicyCommands(patch);
    case 'service-account':
      return serviceAccountCommands(patch, place);
    case 'pod-identity-association':
      return associationCommands(patch);
  }
}

/**
 * The commands that make patches true, which are one repair: none at all where one of them has no command, be it that no single
 * one changes such a thing, or that a name in it is not plain.
 */
export function commandsFor(patches: readonly Patch[], place: Place): readonly string[] {
  const commands = patches.map((patch) => wordsFor(patch, place));
  return commands.includes(null) ? [] : shellCommands(commands.flatMap((words) => words ?? []));
}
