import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CERTIFICATE, KEY } from './certificates.js';

/** One answer; `hang` gives none, `reset` cuts the connection, `cut` does so in the middle of the answer, `trickle` never ends one. */
export type Reply =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | 'hang'
  | 'reset'
  | 'cut'
  | 'trickle';

const TRICKLE_MS = 5;

export interface SeenRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string;
  readonly method: string;
}

/** An API server that answers what a test says: for what a real one cannot be made to do. */
export class ApiServerOfTest {
  readonly seen: SeenRequest[] = [];

  private constructor(
    private readonly server: Server,
    private readonly reply: (request: SeenRequest) => Reply,
  ) {}

  static async start(reply: (request: SeenRequest) => Reply, certificate = CERTIFICATE): Promise<ApiServerOfTest> {
    const server = createServer({ cert: certificate, key: KEY });
    const started = new ApiServerOfTest(server, reply);
    server.on('request', (request, response) => {
      const url = new URL(request.url ?? '/', 'https://localhost');
      const one = {
        path: url.pathname,
        query: url.searchParams,
        authorization: request.headers.authorization ?? '',
        method: request.method ?? '',
      };
      started.seen.push(one);
      const answer = started.reply(one);
      if (answer === 'hang') return;
      if (answer === 'reset') {
        request.socket.destroy();
        return;
      }
      if (answer === 'cut') {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"metadata":{},"items":[', () => request.socket.destroy());
        return;
      }
      if (answer === 'trickle') {
        response.writeHead(200, { 'content-type': 'application/json' });
        const words = setInterval(() => response.write(' '), TRICKLE_MS);
        response.on('close', () => clearInterval(words));
        return;
      }
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return started;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A page of a list. */
export const page = (items: readonly unknown[], next = ''): Reply => ({ status: 200, body: { metadata: { continue: next }, items } });

/** What Kubernetes answers where it gives none of what was asked for. */
export const refusal = (status: number, message: string, metadata: object = {}): Reply => ({
  status,
  body: { kind: 'Status', status: 'Failure', message, code: status, metadata },
});

/** What a cluster answers that holds nothing. */
export const nothingAt = ({ path }: SeenRequest): Reply => (path.includes('/daemonsets/') ? refusal(404, 'not found') : page([]));
