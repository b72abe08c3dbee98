import { request, type RequestOptions } from 'node:https';
import { KubeConfig, type User } from '@kubernetes/client-node';
import { messageOf } from '../../lib/error-in-words.js';
import { membersOf } from '../../lib/is-object.js';
import { malformed, ReadError } from '../reading/read-error.js';
import { cut } from './cut.js';
import { runPlugin } from './exec-plugin.js';
import type { Answer, Endpoint, WritableApiServer } from './ports.js';
import { TooLargeError } from './too-large-error.js';

/**
 * For one call with all of its answer: a page of pods takes a busy server seconds, a private endpoint gives no answer at all, and
 * what comes word by word may have no end.
 */
const TIMEOUT_MS = 20_000;
/** For the program of a kubeconfig, which may have to ask somebody's identity provider first. */
const PLUGIN_MS = 30_000;
/** A page of ordinary pods is some megabytes; four of these at a time have to fit into the memory of the function. */
const MOST_BYTES = 2 ** 24;
/** Objects and lists on a page, each some dozen bytes of memory: `{},` takes twenty times what it is long. Ordinary pods hold one in sixty bytes. */
const MOST_VALUES = 500_000;
/** A smaller answer may hold nothing else. */
const HARMLESS_BYTES = 2 ** 20;

/** Node's names for a certificate that is not taken, and what is wrong with it; any other of them means another authority. */
const NOT_TAKEN = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ISSUER/;
const WRONG: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired by the clock of this machine',
  CERT_NOT_YET_VALID: 'is not valid yet by the clock of this machine',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for other names than this one',
};

function noAnswer(error: Error & { readonly code?: unknown }, { name, region, url }: Endpoint): ReadError {
  const code = typeof error.code === 'string' ? error.code : '';
  if (error.name === 'AbortError')
    return new ReadError('out-of-time', 'The time budget was used up before this was read.', { cause: error });
  if (NOT_TAKEN.test(code)) {
    const other = `is not signed by the authority that EKS gives for ${name}`;
    const what = WRONG[code];
    const why = what === undefined ? `${other} (${code}): something between here and there answers in its place` : `${what} (${code})`;
    return new ReadError('failed', `The certificate of ${url} ${why}.`, { cause: error });
  }
  const shown =
    region === undefined
      ? ''
      : ` \`aws eks describe-cluster --region ${region} --name ${name} --query cluster.resourcesVpcConfig\` shows which that is.`;
  return new ReadError(
    'unreachable',
    `${url} gave no answer (${code === '' ? cut(error.message, 100) : code}). An endpoint that is private, or open to named addresses only, has to be read from inside its network, or from those.${shown}`,
    { cause: error },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const [BRACE, BRACKET] = [0x7b, 0x5b];

function isFullOfValues(body: Buffer): boolean {
  if (body.length < HARMLESS_BYTES) return false;
  let values = 0;
  // By index: an iterator over bytes takes several times as long, of megabytes a tenth of what `why` takes as a whole.
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index];
    if (byte === BRACE || byte === BRACKET) values += 1;
  }
  return values > MOST_VALUES;
}

interface Asked {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** JSON; null = none. */
  readonly body: string | null;
}
/** The same, to where and how. */
interface Sent extends Asked {
  readonly url: URL;
  readonly options: RequestOptions;
}
const GET: Asked = { method: 'GET', body: null };

function send({ url, options, method, body }: Sent, endpoint: Endpoint, signal: AbortSignal, timeout: number): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    const fail = (error: Error): void => reject(noAnswer(error, endpoint));
    const giveUp = (): void => {
      const late = Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
      // First: what is destroyed in the middle of an answer tells of a connection that was cut.
      fail(late);
      call.destroy(late);
    };
    const call = request(url, { ...options, method, signal }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MOST_BYTES) chunks.push(chunk);
        else {
          reject(new TooLargeError(`${endpoint.url} gave an answer of more than ${MOST_BYTES / 2 ** 20} MiB`));
          call.destroy();
        }
      });
      response.on('error', fail);
      response.on('end', () => {
        const seconds = Number(response.headers['retry-after'] ?? Number.NaN);
        const retryAfter = Number.isFinite(seconds) ? seconds : null;
        const text = Buffer.concat(chunks);
        if (isFullOfValues(text)) reject(new TooLargeError(`${endpoint.url} gave an answer of more than ${MOST_VALUES} objects`));
        // Parsed when its turn comes, and not kept: four of them at a time would be hundreds of megabytes.
        else
          resolve({
            status: response.statusCode ?? 0,
            retryAfter,
            get body(): unknown {
              return parsed(text.toString('utf8'));
            },
          });
      });
    });
    const longest = setTimeout(giveUp, timeout);
    call.on('error', fail);
    call.on('close', () => clearTimeout(longest));
    call.end(body);
  });
}

/** How a connection is made, worked out when it is first needed. @param closed aborted where it is not needed any more */
type Prepare = (closed: AbortSignal) => Promise<RequestOptions>;

/** @param token null = the connection itself says who calls */
function serverAt(endpoint: Endpoint, prepare: Prepare, token: (() => Promise<string>) | null, timeoutMs: number): WritableApiServer {
  const closed = new AbortController();
  let ready: Promise<RequestOptions> | undefined;
  let agent: RequestOptions['agent'];
  const ask = async (asked: Asked, path: string, signal: AbortSignal): Promise<Answer> => {
    ready ??= prepare(closed.signal);
    const connected = await ready;
    ({ agent } = connected);
    const headers = {
      ...connected.headers,
      accept: 'application/json',
      // Node gives a DELETE no length of its own, and a server then sees no body.
      ...(asked.body === null ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(asked.body)) }),
      ...(token === null ? {} : { authorization: `Bearer ${await token()}` }),
    };
    const url = new URL(endpoint.url);
    const to = new URL(`${url.pathname.replace(/\/$/, '')}${path}`, url);
    return send({ ...asked, url: to, options: { ...connected, headers, rejectUnauthorized: true } }, endpoint, signal, timeoutMs);
  };
  return {
    get: (path, signal) => ask(GET, path, signal),
    post: (path, body, signal) => ask({ method: 'POST', body: JSON.stringify(body) }, path, signal),
    delete: (path, body, signal) => ask({ method: 'DELETE', body: JSON.stringify(body) }, path, signal),
    close() {
      closed.abort();
      if (typeof agent === 'object') agent.destroy();
    },
  };
}

function demandHttps({ name, url }: Endpoint): void {
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
    throw new ReadError('failed', `The endpoint of ${name} is no HTTPS address: ${url}`);
}

/**
 * The API server of an EKS cluster: TLS against the cluster's own authority and no other, whatever the environment says;
 * the token goes to this endpoint alone, and redirects are not followed.
 */
export function connect(endpoint: Endpoint, token: () => Promise<string>, timeoutMs = TIMEOUT_MS): WritableApiServer {
  const { name, url, certificateAuthority } = endpoint;
  const prepare = async (): Promise<RequestOptions> => {
    demandHttps(endpoint);
    // Without one, those that browsers trust would do.
    if (certificateAuthority === '') throw malformed(`of EKS holds no certificate authority of ${name}`);
    const config = new KubeConfig();
    config.loadFromClusterAndUser({ name, server: url, caData: certificateAuthority, skipTLSVerify: false }, { name: 'irsa-auditor' });
    const connected: RequestOptions = {};
    await config.applyToHTTPSOptions(connected);
    return connected;
  };
  return serverAt(endpoint, prepare, token, timeoutMs);
}

/** Whether credentials come from a program that the client of Kubernetes would wait for, and this process with it. */
const isOldProvider = ({ authProvider }: User): boolean => membersOf(membersOf(authProvider)['config'])['cmd-path'] !== undefined;

/** The credentials of a user, got by his program where he has one. */
async function userOf(config: KubeConfig, closed: AbortSignal, pluginMs: number): Promise<User | null> {
  const user = config.getCurrentUser();
  if (user === null) return null;
  if (isOldProvider(user))
    throw new ReadError(
      'denied',
      `The kubeconfig gets the credentials of ${user.name} by the auth provider ${String(membersOf(user.authProvider)['name'])}, which kubectl gave up in version 1.26: name a program under \`exec\`.`,
    );
  const exec: unknown = user.exec ?? membersOf(membersOf(user.authProvider)['config'])['exec'];
  if (exec === undefined || exec === null) return user;
  const { token, certificate, key } = await runPlugin(membersOf(exec), config.getCurrentContext(), closed, pluginMs);
  const base64 = (pem: string): string => Buffer.from(pem).toString('base64');
  return {
    name: user.name,
    ...(token === null ? {} : { token }),
    ...(certificate === null || key === null ? {} : { certData: base64(certificate), keyData: base64(key) }),
  };
}

/** The same with the credentials of its user, and verifying certificates: what a kubeconfig leaves out of that would get the user's token too. */
function verifying(config: KubeConfig, user: User | null): KubeConfig {
  const { contexts, currentContext } = config;
  const verified = new KubeConfig();
  verified.loadFromOptions({
    clusters: config.clusters.map((cluster) => ({ ...cluster, skipTLSVerify: false })),
    users: user === null ? [] : [user],
    contexts,
    currentContext,
  });
  return verified;
}

/**
 * The API server of a context of a kubeconfig, as whom its user is: with the certificate, token or program that it names.
 * The server's own certificate is verified anyway.
 * @param pluginMs how long that program may take
 */
export function connectAs(config: KubeConfig, timeoutMs = TIMEOUT_MS, pluginMs = PLUGIN_MS): WritableApiServer {
  const cluster = config.getCurrentCluster();
  const endpoint = { name: cluster?.name ?? '', url: cluster?.server ?? '', certificateAuthority: cluster?.caData ?? '' };
  const prepare = async (closed: AbortSignal): Promise<RequestOptions> => {
    demandHttps(endpoint);
    const connected: RequestOptions = {};
    const user = await userOf(config, closed, pluginMs);
    try {
      await verifying(config, user).applyToHTTPSOptions(connected);
    } catch (error) {
      const words = messageOf(error);
      throw new ReadError('denied', `The kubeconfig gives no credentials for ${endpoint.name}: ${cut(words, 300).split('\n')[0] ?? ''}`, {
        cause: error,
      });
    }
    return connected;
  };
  return serverAt(endpoint, prepare, null, timeoutMs);
}
