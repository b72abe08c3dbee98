import type { NamedThing } from '../model/report/explanation.js';
import type { Inventory } from '../model/inventory/inventory.js';
import { seen } from '../model/inventory/observed.js';
import { issuerIdOfCluster } from '../model/inventory/issuer-id.js';
import type { Mentions } from './mentions.js';
import { isOfNode } from './neighborhood.js';

function ofRole(arn: string, inventory: Inventory): string {
  const account = arn.split(':')[4] ?? '';
  if (account !== inventory.account) return `in account ${account}, which was not read`;
  if (seen(inventory.roles).some((role) => role.arn === arn)) return 'it exists';
  return inventory.roles.known ? 'there is no such role' : 'the roles were not read';
}

function ofIssuer(issuer: string, inventory: Inventory): string {
  const clusters = inventory.regions.flatMap(({ clusters: all }) => seen(all));
  const own = clusters.find((cluster) => issuerIdOfCluster(cluster)?.toLowerCase() === issuer.toLowerCase());
  const isRegistered = seen(inventory.providers).some(({ arn }) => arn.endsWith(`:oidc-provider/${issuer}`));
  const cluster = own === undefined ? 'of no cluster that was read' : `cluster ${own.name} (${own.region})`;
  return `${cluster}; ${isRegistered ? 'it has a provider' : inventory.providers.known ? 'it has no provider' : 'the providers were not read'}`;
}

function ofCluster(name: string, inventory: Inventory): string {
  const regions = inventory.regions.filter(({ clusters }) => seen(clusters).some((cluster) => cluster.name === name));
  return regions.length === 0 ? 'not among what was read' : `in ${regions.map(({ region }) => region).join(', ')}`;
}

/** What a text names, with what the account says of each. */
export function namedThings(mentions: Mentions, inventory: Inventory | null): readonly NamedThing[] {
  const note = (say: (inventory: Inventory) => string): string | null => (inventory === null ? null : say(inventory));
  return [
    ...mentions.roles.map((id): NamedThing => ({ what: 'role', id, note: note((all) => ofRole(id, all)) })),
    ...mentions.callers.map((caller): NamedThing => ({
      what: isOfNode(caller) ? 'node role' : 'role',
      id: caller.role,
      note: `of account ${caller.account}, session ${caller.session}`,
    })),
    ...mentions.users.map((id): NamedThing => ({ what: 'user', id, note: null })),
    ...mentions.issuers.map((issuer): NamedThing => ({
      what: 'issuer',
      id: `https://${issuer}`,
      note: note((all) => ofIssuer(issuer, all)),
    })),
    ...mentions.clusters.map(({ name }): NamedThing => ({ what: 'cluster', id: name, note: note((all) => ofCluster(name, all)) })),
    ...mentions.serviceAccounts.map(({ namespace, name }): NamedThing => ({
      what: 'service account',
      id: `${namespace}/${name}`,
      note: null,
    })),
    ...mentions.pods.map(({ namespace, name }): NamedThing => ({ what: 'pod', id: `${namespace ?? ''}/${name}`, note: null })),
  ];
}
