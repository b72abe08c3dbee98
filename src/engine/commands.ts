import type { Patch } from '../model/finding.js';
import type { Json } from '../model/inventory.js';
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

/** The AWS CLI commands that make a patch true; none for kinds that no single command changes. */
export function commandsFor(patch: Patch): string[] {
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
    case 'pod-identity-association':
      return [];
  }
}
