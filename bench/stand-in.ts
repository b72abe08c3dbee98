import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { StandInAnswer, StandInCall } from './answer-parts.js';
import { answersFor } from './answers.js';
import type { Inventory } from '../src/model/inventory/inventory.js';
import { generateAccount, sizeFor } from './generate-account.js';

/** What the stand-in tells the process that started it: its address, then on request the calls since the last request. */
export type StandInMessage = { readonly url: string } | { readonly calls: Readonly<Record<string, number>> };

/** @param count is to be told of every request */
export type WithApiServers = (inventory: Inventory, count: (operation: string) => void) => Promise<Inventory>;

/** How long every answer takes at the least: about what a call within a region takes over TLS. */
export const LATENCY_MS = 30;

function callOf(request: IncomingMessage, body: string): StandInCall {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const form = new URLSearchParams(body);
  const field = (name: string): string | null => form.get(name) ?? url.searchParams.get(name);
  // Credential=<key>/<date>/<region>/<service>/aws4_request
  const region = /Credential=[^/]+\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const path = url.pathname.split('/').slice(1).map(decodeURIComponent);
  return { region, field, path, operation: operationOf(request.method ?? '', url.pathname, form) };
}

/** The bucket that the function is told of. */
export const BUCKET = 'reports';

/** What is asked by a path of `/clusters/NAME/KIND/ID`. */
const OF_CLUSTERS: Readonly<Record<string, { readonly list: string; readonly one: string }>> = {
  'pod-identity-associations': { list: 'ListPodIdentityAssociations', one: 'DescribePodIdentityAssociation' },
  'addons': { list: 'ListAddons', one: 'DescribeAddon' },
  'node-groups': { list: 'ListNodegroups', one: 'DescribeNodegroup' },
};

function ofClusters([, name, kind, id]: readonly string[]): string | undefined {
  if (kind !== undefined) return OF_CLUSTERS[kind]?.[id === undefined ? 'list' : 'one'];
  return name === undefined ? 'ListClusters' : 'DescribeCluster';
}

function operationOf(method: string, path: string, form: URLSearchParams): string {
  if (path.startsWith(`/${BUCKET}/`)) return method === 'PUT' ? 'PutObject' : 'GetObject';
  if (path === '/listRegions') return 'ListRegions';
  const parts = path.split('/').slice(1);
  if (parts[0] === 'addons') return 'DescribeAddonConfiguration';
  if (parts[0] === 'clusters') return ofClusters(parts) ?? path;
  return form.get('Action') ?? path;
}

/**
 * Answers the auditor's reads for a generated account of this many roles until the process that started this one ends.
 * @param withApiServers gives its clusters API servers, where they are to be looked into
 * A process of its own, so that its work counts for nobody who is measured.
 */
export async function standIn(roles: number, withApiServers: WithApiServers = (inventory) => Promise.resolve(inventory)): Promise<void> {
  const { inventory } = generateAccount(sizeFor(roles));
  let calls: Record<string, number> = {};
  const count = (operation: string): void => {
    calls[operation] = (calls[operation] ?? 0) + 1;
  };
  const answer = answersFor(await withApiServers(inventory, count));
  const answerTo = async (request: IncomingMessage): Promise<StandInAnswer> => {
    const call = callOf(request, await text(request));
    count(call.operation);
    return answer(call);
  };
  const server = createServer((request, response) => {
    const arrived = performance.now();
    answerTo(request).then(
      ({ status, type, body }) => {
        const left = Math.max(0, LATENCY_MS - (performance.now() - arrived));
        setTimeout(() => response.writeHead(status, { 'content-type': type }).end(body), left);
      },
      // An answer that is missing here is asked for again and again, and the wait would be taken for the auditor's.
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  const tell = (message: StandInMessage): void => {
    process.send?.(message);
  };
  process.on('message', () => {
    tell({ calls });
    calls = {};
  });
  process.on('disconnect', () => process.exit());
  server.listen(0, '127.0.0.1', () => tell({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
}
