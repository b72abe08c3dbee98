import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster, Inventory } from '../src/model/inventory/inventory.js';
import { known, seen } from '../src/model/inventory/observed.js';

export const ACCOUNTS_A_CLUSTER = 2_000;
export const PODS_A_CLUSTER = 10_000;
const PODS_A_DEPLOYMENT = 5;
const NAMESPACES_A_CLUSTER = 40;

/** A service account that a role of the account lets in, and that asks for it. */
interface Carrier {
  readonly namespace: string;
  readonly name: string;
  readonly role: string;
}

/** What one API server holds, told by numbers: nothing is kept of it. */
interface Contents {
  readonly carriers: readonly Carrier[];
}

/** The exact service accounts that statements name, by issuer without `https://`. */
function carriersByIssuer(inventory: Inventory): ReadonlyMap<string, readonly Carrier[]> {
  const found = new Map<string, Map<string, Carrier>>();
  for (const { arn, trustPolicy } of seen(inventory.roles)) {
    const pairs = JSON.stringify(trustPolicy).matchAll(/"([^"]+):sub":"system:serviceaccount:([^:"*?]+):([^:"*?]+)"/g);
    for (const [, url = '', namespace = '', name = ''] of pairs) {
      const there = found.get(url) ?? new Map<string, Carrier>();
      found.set(url, there.set(`${namespace}/${name}`, { namespace, name, role: arn }));
    }
  }
  return new Map([...found].map(([url, carriers]) => [url, [...carriers.values()]]));
}

const issuerOf = ({ detail }: Cluster): string => (detail.known ? (detail.value.issuer ?? '') : '').replace('https://', '');

/** Some service account that has a role, and its cluster, as `why` is asked for it. */
export function someCarrier(inventory: Inventory): readonly string[] {
  const carriers = carriersByIssuer(inventory);
  for (const cluster of inventory.regions.flatMap((region) => seen(region.clusters))) {
    const [carrier] = carriers.get(issuerOf(cluster)) ?? [];
    if (carrier !== undefined)
      return [`sa/${carrier.name}`, '--namespace', carrier.namespace, '--cluster', `${cluster.region}/${cluster.name}`];
  }
  throw new Error('no service account has a role');
}

const accountOf = (
  { carriers }: Contents,
  index: number,
): Carrier | { readonly namespace: string; readonly name: string; readonly role: null } =>
  carriers[index] ?? { namespace: `team-${index % NAMESPACES_A_CLUSTER}`, name: `app-${index}`, role: null };

const MADE = '2026-10-01T00:00:00Z';
/** As `kubectl apply` leaves it behind: half of what a list of pods weighs. */
const MANAGED_FIELDS = Array.from({ length: 3 }, (_, index) => ({
  manager: `kube-controller-manager-${index}`,
  operation: 'Update',
  apiVersion: 'v1',
  time: MADE,
  fieldsType: 'FieldsV1',
  fieldsV1: {
    'f:metadata': {
      'f:labels': { '.': {}, 'f:app': {}, 'f:pod-template-hash': {} },
      'f:generateName': {},
      'f:ownerReferences': { '.': {} },
    },
    'f:spec': { 'f:containers': { 'k:{"name":"app"}': { '.': {}, 'f:env': { '.': {} }, 'f:image': {}, 'f:resources': { '.': {} } } } },
  },
}));

function serviceAccount(contents: Contents, index: number): object {
  const { namespace, name, role } = accountOf(contents, index);
  const annotations = role === null ? {} : { 'eks.amazonaws.com/role-arn': role };
  return {
    metadata: { name, namespace, uid: `sa-${index}`, creationTimestamp: MADE, annotations, managedFields: MANAGED_FIELDS.slice(0, 1) },
  };
}

function pod(contents: Contents, index: number): object {
  const deployment = Math.floor(index / PODS_A_DEPLOYMENT);
  const { namespace, name, role } = accountOf(contents, deployment % ACCOUNTS_A_CLUSTER);
  const file = '/var/run/secrets/eks.amazonaws.com/serviceaccount';
  const own = Array.from({ length: 12 }, (_, variable) => ({ name: `SETTING_${variable}`, value: `value-${variable}-of-${name}` }));
  const given =
    role === null
      ? []
      : [
          { name: 'AWS_ROLE_ARN', value: role },
          { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: `${file}/token` },
        ];
  const token = { serviceAccountToken: { audience: 'sts.amazonaws.com', expirationSeconds: 86_400, path: 'token' } };
  return {
    metadata: {
      name: `${name}-7c9d8f6b5-${index}`,
      namespace,
      uid: `pod-${index}`,
      creationTimestamp: MADE,
      labels: { 'app': name, 'app.kubernetes.io/name': name, 'pod-template-hash': '7c9d8f6b5' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-7c9d8f6b5`, uid: 'rs', controller: true }],
      managedFields: MANAGED_FIELDS,
    },
    spec: {
      serviceAccountName: name,
      containers: [
        {
          name: 'app',
          image: `registry.example/${name}:1.0`,
          env: [...own, ...given],
          resources: { limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '50m', memory: '128Mi' } },
          volumeMounts: role === null ? [] : [{ name: 'aws-iam-token', mountPath: file, readOnly: true }],
        },
      ],
      volumes: role === null ? [] : [{ name: 'aws-iam-token', projected: { sources: [token] } }],
    },
    status: {
      phase: 'Running',
      podIP: '10.0.0.1',
      containerStatuses: [{ name: 'app', ready: true, state: { running: { startedAt: MADE } } }],
    },
  };
}

function page(count: number, query: URLSearchParams, item: (index: number) => object): string {
  const start = Number(query.get('continue') ?? 0);
  const end = Math.min(count, start + Number(query.get('limit') ?? count));
  const items = Array.from({ length: end - start }, (_, offset) => item(start + offset));
  return JSON.stringify({ metadata: { resourceVersion: '1', ...(end < count && { continue: String(end) }) }, items });
}

/** Of one workload its own pods. */
function podsOf(contents: Contents, selector: string): string {
  const name = /spec\.serviceAccountName=([^,]+)/.exec(selector)?.[1] ?? '';
  const deployment =
    Array.from({ length: ACCOUNTS_A_CLUSTER }, (_, index) => index).find((index) => accountOf(contents, index).name === name) ?? 0;
  return page(PODS_A_DEPLOYMENT, new URLSearchParams(), (index) => pod(contents, deployment * PODS_A_DEPLOYMENT + index));
}

function answer(contents: Contents, path: string, query: URLSearchParams): string {
  const last = path.split('/').at(-1) ?? '';
  if (last === 'namespaces')
    return page(NAMESPACES_A_CLUSTER, query, (index) => ({ metadata: { name: `team-${index}` }, status: { phase: 'Active' } }));
  if (last === 'serviceaccounts') return page(ACCOUNTS_A_CLUSTER, query, (index) => serviceAccount(contents, index));
  if (last === 'pods' && path.includes('/namespaces/')) return podsOf(contents, query.get('fieldSelector') ?? '');
  if (last === 'pods') return page(PODS_A_CLUSTER, query, (index) => pod(contents, index));
  if (last === 'mutatingwebhookconfigurations' || last === 'networkpolicies') return page(0, query, () => ({}));
  return JSON.stringify({ status: { desiredNumberScheduled: 10, numberReady: 10 } });
}

/** A certificate for the loopback that signs itself, and its key. */
function certificate(): { readonly cert: string; readonly key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'irsa-auditor-bench-'));
  try {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const subject = ['-subj', '/CN=bench', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        ...subject,
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    );
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What an API server answers; null = there is nothing at this path. */
type AnswerOf = (cluster: number, path: string, query: URLSearchParams) => string | null;

/** Gives every cluster of an account an API server. @returns the account, with their addresses */
export async function servedBy(inventory: Inventory, answerOf: AnswerOf, latencyMs: number): Promise<Inventory> {
  const clusters = inventory.regions.flatMap((region) => seen(region.clusters));
  const { cert, key } = certificate();
  const server = createServer({ cert, key }, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://stand-in');
    const [, index = '', path = ''] = /^\/cluster-(\d+)(\/.*)$/.exec(url.pathname) ?? [];
    const body = answerOf(Number(index), path, url.searchParams);
    setTimeout(() => response.writeHead(body === null ? 404 : 200, { 'content-type': 'application/json' }).end(body ?? '{}'), latencyMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const certificateAuthority = Buffer.from(cert).toString('base64');
  const at = (cluster: Cluster): Cluster => ({
    ...cluster,
    detail: cluster.detail.known
      ? known({ ...cluster.detail.value, endpoint: `${address}/cluster-${clusters.indexOf(cluster)}`, certificateAuthority })
      : cluster.detail,
  });
  const regions = inventory.regions.map((region) => ({ ...region, clusters: known(seen(region.clusters).map(at)) }));
  return { ...inventory, regions };
}

/**
 * The API servers of every cluster of an account, behind one address with a path for each: 2,000 service accounts and 10,000
 * pods in each, made up while they are asked for.
 * @param count is told of every request
 * @returns the account, with their addresses
 */
export async function reachable(inventory: Inventory, latencyMs: number, count: (operation: string) => void): Promise<Inventory> {
  const carriers = carriersByIssuer(inventory);
  const clusters = inventory.regions.flatMap((region) => seen(region.clusters));
  const contents = clusters.map((cluster): Contents => ({ carriers: carriers.get(issuerOf(cluster)) ?? [] }));
  const answerOf: AnswerOf = (index, path, query) => {
    const own = contents[index];
    count('kubernetes');
    return own === undefined ? null : answer(own, path, query);
  };
  return servedBy(inventory, answerOf, latencyMs);
}
