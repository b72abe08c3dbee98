import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { requireMoto } from './moto.js';

/** One call as it came over the wire. */
export interface WireCall {
  readonly service: string;
  readonly region: string;
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly userAgent: string;
  readonly headers: IncomingHttpHeaders;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * What becomes of a call instead of being passed on; of one that drips nothing but the beginning arrives. `before` and `after`
 * change what goes to moto and what comes back; `unanswered` passes it on and keeps the answer, with the connection open or cut.
 */
export type Fault =
  | { readonly kind: 'answer'; readonly answer: (call: WireCall) => Answer }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'drip' }
  | { readonly kind: 'unanswered'; readonly connection: 'open' | 'cut' }
  | { readonly kind: 'hold'; readonly until: Promise<void> }
  | { readonly kind: 'before'; readonly rewrite: (call: WireCall) => { readonly url: string; readonly body: string } }
  | { readonly kind: 'after'; readonly rewrite: (answer: string, call: WireCall) => string };

export type Matching = Partial<Pick<WireCall, 'service' | 'region' | 'operation'>> & { readonly url?: RegExp };

/**
 * An AWS endpoint that passes calls on to moto, but for those that a test wants to fail: real bytes for the real SDK.
 *
 *     const endpoint = await FaultyEndpoint.start();
 *     account.enter({ endpoint: endpoint.url });
 *     endpoint.on({ operation: 'ListClusters', region: 'eu-west-3' }, serviceError('AccessDeniedException', 'no', 403));
 *     …
 *     await endpoint.stop();
 */
export class FaultyEndpoint {
  /** Every call in the order of arrival, retries included. */
  readonly seen: WireCall[] = [];
  private readonly faults: { readonly matching: Matching; readonly fault: Fault; times: number }[] = [];
  private readonly waiting: { readonly matching: Matching; readonly arrived: () => void }[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
    private readonly upstream: string,
  ) {}

  /** @param upstream what calls are passed on to; the stand-in that the tests share where left out */
  static async start(upstream = requireMoto()): Promise<FaultyEndpoint> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = new FaultyEndpoint(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, upstream);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      endpoint.handle(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    return endpoint;
  }

  /** The first fault whose `matching` fits a call takes it, at most `times` times. */
  on(matching: Matching, fault: Fault, times = Infinity): void {
    this.faults.push({ matching, fault, times });
  }

  /** Resolves when a call that fits arrives. */
  arrival(matching: Matching): Promise<void> {
    return new Promise((arrived) => this.waiting.push({ matching, arrived }));
  }

  /** From now on every call passes. */
  clear(): void {
    this.faults.length = 0;
  }

  /** How often each operation was called. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { operation } of this.seen) counts[operation] = (counts[operation] ?? 0) + 1;
    return counts;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = wireCall(request, await text(request));
    this.seen.push(call);
    for (const { matching, arrived } of this.waiting) if (fits(call, matching)) arrived();
    const entry = this.faults.find(({ matching, times }) => times > 0 && fits(call, matching));
    if (entry !== undefined) entry.times -= 1;
    const fault = entry?.fault;
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'drip') {
      response.writeHead(200, { 'content-type': 'application/json' }).write(' ');
      return;
    }
    if (fault?.kind === 'reset') {
      request.socket.destroy();
      return;
    }
    if (fault?.kind === 'hold') await fault.until;
    const answer = fault?.kind === 'answer' ? fault.answer(call) : await passOn(this.upstream, call, request, fault);
    if (fault?.kind !== 'unanswered') response.writeHead(answer.status, answer.headers).end(answer.body);
    else if (fault.connection === 'cut') request.socket.destroy();
  }
}

// What is not signed names no service: of these calls that is AssumeRoleWithWebIdentity, of STS.
const XML_SERVICES = new Set(['iam', 'sts', 'sns', 'cloudformation', '']);

/** An error as this service's protocol writes it. */
export function serviceError(code: string, message: string, status = 400): Fault {
  return {
    kind: 'answer',
    answer: ({ service }) =>
      XML_SERVICES.has(service)
        ? {
            status,
            headers: { 'content-type': 'text/xml' },
            body: `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
          }
        : { status, headers: { 'content-type': 'application/json', 'x-amzn-errortype': code }, body: JSON.stringify({ message }) },
  };
}

/** An answer of status 200 with this body. */
export function rawAnswer(body: string, type = 'application/json', status = 200): Fault {
  return { kind: 'answer', answer: () => ({ status, headers: { 'content-type': type }, body }) };
}

/** Pages of `size`, whatever the caller asks for: what comes is made by moto. */
export function pagesOf(size: number): Fault {
  return {
    kind: 'before',
    rewrite: ({ url, body }) => ({
      url: url.replace(/maxResults=\d+/, `maxResults=${size}`),
      body: body.replace(/MaxItems=\d+/, `MaxItems=${size}`).replace(/"MaxResults":\d+/, `"MaxResults":${size}`),
    }),
  };
}

function wireCall(request: IncomingMessage, body: string): WireCall {
  const { method = '', url = '', headers } = request;
  // Credential=<key>/<date>/<region>/<service>/aws4_request
  const [, , region = '', service = ''] = /Credential=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split('/') ?? [];
  return { service, region, operation: operationOf(url, body), method, url, body, userAgent: headers['user-agent'] ?? '', headers };
}

function operationOf(url: string, body: string): string {
  const action = /(?:^|&)Action=(\w+)/.exec(body)?.[1];
  if (action !== undefined) return action;
  if (url === '/listRegions') return 'ListRegions';
  if (/^\/clusters(\?|$)/.test(url)) return 'ListClusters';
  if (/^\/clusters\/[^/?]+\/pod-identity-associations(\?|$)/.test(url)) return 'ListPodIdentityAssociations';
  if (/^\/clusters\/[^/?]+\/pod-identity-associations\/[^/?]+$/.test(url)) return 'DescribePodIdentityAssociation';
  if (/^\/clusters\/[^/?]+\/addons(\?|$)/.test(url)) return 'ListAddons';
  if (/^\/clusters\/[^/?]+\/addons\/[^/?]+$/.test(url)) return 'DescribeAddon';
  if (/^\/clusters\/[^/?]+\/node-groups(\?|$)/.test(url)) return 'ListNodegroups';
  if (/^\/clusters\/[^/?]+\/node-groups\/[^/?]+$/.test(url)) return 'DescribeNodegroup';
  if (url.startsWith('/addons/configuration-schemas')) return 'DescribeAddonConfiguration';
  return /^\/clusters\/[^/?]+$/.test(url) ? 'DescribeCluster' : url;
}

function fits(call: WireCall, { url, ...exact }: Matching): boolean {
  return (url?.test(call.url) ?? true) && Object.entries(exact).every(([key, value]) => call[key as keyof WireCall] === value);
}

async function passOn(upstream: string, call: WireCall, request: IncomingMessage, fault: Fault | undefined): Promise<Answer> {
  const { url, body } = fault?.kind === 'before' ? fault.rewrite(call) : call;
  const headers = Object.entries(request.headers).filter(([name]) => !['host', 'connection', 'content-length', 'expect'].includes(name));
  const answer = await fetch(`${upstream}${url}`, {
    method: call.method,
    headers: headers.map(([name, value]): [string, string] => [name, String(value)]),
    ...(call.method !== 'GET' && { body }),
  });
  const received = await answer.text();
  return {
    status: answer.status,
    headers: Object.fromEntries([...answer.headers].filter(([name]) => /^(content-type|etag|x-amzn?-.*)$/.test(name))),
    body: fault?.kind === 'after' ? fault.rewrite(received, call) : received,
  };
}
