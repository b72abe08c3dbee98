// A real Kubernetes control plane for the tests, on loopback ports: etcd, kube-apiserver and AWS's pod identity webhook, as
// scripts/kube-test-env builds them. There is no kubelet and no controller: objects are stored, checked, authorized and
// changed by the webhook as on a cluster, and nothing runs.
//
//   node scripts/run.mjs test/support/kubernetes/control-plane.ts FOLDER-OF-THE-PROGRAMS
//
// Prints one line of JSON when all is ready (KubeControlPlane of kube.ts) and ends when its standard input does.
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { request } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { signatureOf } from '../presigned-signature.js';
import type { KubeControlPlane } from './kube.js';

const HOST = '127.0.0.1';
const REGION = 'eu-west-1';
const ISSUER = `https://oidc.eks.${REGION}.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF`;
/** By which name tokens have to ask for this cluster. */
const CLUSTER = 'kube';
const READY_WITHIN_MS = 120_000;
/** The namespace and service account that EKS would have an association for. */
const ASSOCIATED = { namespace: 'associated', serviceAccount: 'associated' };

const folder = mkdtempSync(join(tmpdir(), 'kube-control-plane-'));
const file = (name: string): string => join(folder, name);
const adminToken = randomBytes(24).toString('hex');

interface Program {
  readonly name: string;
  readonly process: ChildProcess;
  failure: string | null;
}
const programs: Program[] = [];

function run(name: string, args: readonly string[]): Program {
  const log = openSync(file(`${name}.log`), 'a');
  const process_ = spawn(resolve(process.argv[2] ?? '', name), args, { cwd: folder, stdio: ['ignore', log, log] });
  closeSync(log);
  const program: Program = { name, process: process_, failure: null };
  process_.once('error', ({ message }) => {
    program.failure = message;
  });
  process_.once('exit', (code, signal) => {
    program.failure = `it ended with ${String(code ?? signal)}`;
  });
  programs.push(program);
  return program;
}

async function ready(waitedFor: Program, check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + READY_WITHIN_MS;
  for (;;) {
    if (await check().catch(() => false)) return;
    const culprit = programs.find(({ failure }) => failure !== null) ?? (Date.now() > end ? waitedFor : undefined);
    if (culprit === undefined) {
      await pause(50);
      continue;
    }
    const tail = readFileSync(file(`${culprit.name}.log`), 'utf8').slice(-3000);
    throw new Error(`${culprit.name} did not become ready: ${culprit.failure ?? 'no answer in time'}\n${tail}`);
  }
}

/** Free ports, all different because all are held until the last is found. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, HOST);
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

function call(ca: string, port: number, method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
  return new Promise((done, fail) => {
    const headers = { 'authorization': `Bearer ${adminToken}`, 'content-type': 'application/json' };
    const sent = request({ host: HOST, port, method, path, headers, ca, timeout: 5000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => done({ status: response.statusCode ?? 0, text }));
    });
    sent.on('timeout', () => sent.destroy(new Error('timeout'))).on('error', fail);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/**
 * EKS has its API server ask about "k8s-aws-v1." tokens, and STS verifies what is signed in them. Here the signature is worked
 * out again; the secret key of every caller is "any", and the access key becomes the name of the user.
 */
async function startLogins(): Promise<number> {
  const server = createHttpServer((incoming, response) => {
    void json(incoming).then((review) => {
      const { spec } = review as { spec: { token: string } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...(review as object), status: login(spec.token) }));
    });
  }).listen(0, HOST);
  await once(server, 'listening');
  server.unref();
  return (server.address() as AddressInfo).port;
}

function login(token: string): object {
  const no = { authenticated: false };
  if (!token.startsWith('k8s-aws-v1.')) return no;
  const url = new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString());
  const [key = '', , region = ''] = (url.searchParams.get('X-Amz-Credential') ?? '').split('/');
  if (url.host !== `sts.${region}.amazonaws.com` || url.searchParams.get('Action') !== 'GetCallerIdentity') return no;
  if (url.searchParams.get('X-Amz-Signature') !== signatureOf(url, CLUSTER, region, 'any')) return no;
  return { authenticated: true, user: { username: key, groups: ['irsa-auditor-tests'] } };
}

const connection = (server: string, user: object, ca?: string): string =>
  stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'current-context': 'it',
    'contexts': [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
    'clusters': [
      {
        name: 'it',
        cluster: { server, ...(ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }) },
      },
    ],
    'users': [{ name: 'it', user }],
  });

/** The registration that ships with the webhook, but reached by address and not through a Service. */
const registration = (url: string, ca: string): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: 'pod-identity-webhook' },
  webhooks: [
    {
      name: 'pod-identity-webhook.amazonaws.com',
      failurePolicy: 'Ignore',
      clientConfig: { url, caBundle: Buffer.from(ca).toString('base64') },
      objectSelector: { matchExpressions: [{ key: 'eks.amazonaws.com/skip-pod-identity-webhook', operator: 'DoesNotExist' }] },
      rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
      sideEffects: 'None',
      admissionReviewVersions: ['v1beta1'],
    },
  ],
});

async function start(): Promise<KubeControlPlane> {
  const [etcdPort = 0, peerPort = 0, port = 0, webhookPort = 0, metricsPort = 0] = await freePorts(5);
  const [etcd, peer, url] = [`http://${HOST}:${etcdPort}`, `http://${HOST}:${peerPort}`, `https://${HOST}:${port}`];
  run('etcd', [
    '--data-dir=etcd-data',
    `--listen-client-urls=${etcd}`,
    `--advertise-client-urls=${etcd}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync', // thrown away at the end
    '--log-level=warn',
  ]);

  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(file('sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(file('sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(file('tokens.csv'), `${adminToken},admin,admin,"system:masters"\n`, { mode: 0o600 });
  writeFileSync(file('logins.yaml'), connection(`http://${HOST}:${await startLogins()}`, {}));
  writeFileSync(file('associations.json'), JSON.stringify({ identities: [ASSOCIATED] }));
  mkdirSync(file('pki'));
  // It waits for etcd by itself.
  const apiServer = run('kube-apiserver', [
    `--etcd-servers=${etcd}`,
    `--bind-address=${HOST}`,
    `--secure-port=${port}`,
    `--advertise-address=${HOST}`,
    '--endpoint-reconciler-type=none', // a loopback address is no valid endpoint
    '--cert-dir=pki', // makes its own certificate there, valid for 127.0.0.1
    '--service-cluster-ip-range=10.100.0.0/16',
    '--authorization-mode=RBAC',
    '--token-auth-file=tokens.csv',
    '--authentication-token-webhook-config-file=logins.yaml',
    '--authentication-token-webhook-version=v1',
    `--service-account-issuer=${ISSUER}`,
    `--service-account-jwks-uri=${ISSUER}/keys`,
    '--service-account-key-file=sa.pub',
    '--service-account-signing-key-file=sa.key',
    '--api-audiences=https://kubernetes.default.svc',
    // A place in a list is forgotten (410) after a second, not after minutes.
    '--etcd-compaction-interval=1s',
    '--watch-cache=false',
  ]);
  let ca = '';
  await ready(apiServer, async () => {
    ca = readFileSync(file('pki/apiserver.crt'), 'utf8'); // each time: it may be half written yet
    if ((await call(ca, port, 'GET', '/readyz')).status !== 200) return false;
    return (await call(ca, port, 'GET', '/api/v1/namespaces/default')).status === 200;
  });
  writeFileSync(file('kubeconfig'), connection(url, { token: adminToken }, ca), { mode: 0o600 });

  const webhook = run('pod-identity-webhook', [
    '--in-cluster=false',
    '--kubeconfig=kubeconfig',
    `--port=${webhookPort}`,
    `--metrics-port=${metricsPort}`,
    '--tls-cert=pki/apiserver.crt', // one certificate for 127.0.0.1 serves both
    '--tls-key=pki/apiserver.key',
    `--aws-default-region=${REGION}`,
    '--sts-regional-endpoint',
    '--service-account-lookup-grace-period=2s', // an account made a moment ago is waited for
    '--watch-container-credentials-config=associations.json',
  ]);
  await ready(webhook, async () => (await call(ca, webhookPort, 'GET', '/healthz')).status === 200);
  const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
  const made = await call(ca, port, 'POST', path, registration(`https://${HOST}:${webhookPort}/mutate`, ca));
  if (made.status !== 201) throw new Error(`The webhook could not be registered: ${made.status} ${made.text}`);
  return { url, ca, adminToken, issuer: ISSUER, region: REGION, cluster: CLUSTER };
}

function stop(): void {
  // What they hold is thrown away: no manners are needed.
  for (const { process: running } of programs) running.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

process.on('exit', stop);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
process.stdin.on('end', () => process.exit(0)).resume();
try {
  process.stdout.write(`${JSON.stringify(await start())}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
