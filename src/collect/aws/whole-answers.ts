import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';

const CONNECTION_TIMEOUT_MS = 5_000;

const late = (ms: number): Error =>
  Object.assign(new Error(`There was no complete answer within ${ms / 1000} s`), { name: 'TimeoutError' });

/**
 * Sends requests and sees that each answer has arrived to its last byte in time. The SDK's own time-out ends when the headers
 * are there: after that a service may take as long as it likes.
 */
export class WholeAnswers extends NodeHttpHandler {
  constructor(
    private readonly timeoutMs: number,
    agents: { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent },
  ) {
    super({ connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: timeoutMs, throwOnRequestTimeout: true, ...agents });
  }

  override async handle(...asked: Parameters<NodeHttpHandler['handle']>): ReturnType<NodeHttpHandler['handle']> {
    const started = performance.now();
    const isLate = (): boolean => performance.now() - started >= this.timeoutMs;
    const answer = await super.handle(...asked).catch((error: unknown) => {
      // The SDK's own words for this are meant for programmers.
      throw isLate() ? late(this.timeoutMs) : error;
    });
    const body = answer.response.body as Readable;
    const timer = setTimeout(() => body.destroy(late(this.timeoutMs)), this.timeoutMs - (performance.now() - started));
    body.once('close', () => clearTimeout(timer));
    return answer;
  }
}
