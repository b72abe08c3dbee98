import { describe, expect, it } from '@jest/globals';
import { answered } from '../../src/collect/aws/classify-error.js';
import { ReadError } from '../../src/collect/reading/read-error.js';

/** What becomes of a call that the SDK rejects so. */
async function classified(error: unknown, elsewhere = false): Promise<ReadError> {
  // The SDK rejects with what it got, whatever that is.
  const outcome: unknown = await answered(Promise.reject(error as Error), elsewhere).catch((caught: unknown) => caught);
  if (outcome instanceof ReadError) return outcome;
  throw new Error('expected a ReadError');
}

const fromService = (name: string, message = 'Said so.', status = 400) =>
  Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode: status } });
const fromNode = (code: string) => Object.assign(new Error(`connect ${code}`), { code, $metadata: {} });

describe('errors of the SDK', () => {
  it.each([
    [fromService('AccessDenied'), 'denied'],
    [fromService('AccessDeniedException'), 'denied'],
    [fromService('UnauthorizedOperation'), 'denied'],
    [fromService('Throttling'), 'throttled'],
    [fromService('ThrottlingException'), 'throttled'],
    [fromService('ThrottledException'), 'throttled'],
    [fromService('TooManyRequestsException'), 'throttled'],
    [fromService('RequestLimitExceeded'), 'throttled'],
    [fromService('SomethingNew', 'slow down', 429), 'throttled'],
    [fromService('LimitExceededException'), 'failed'],
    [fromService('ServiceFailure', 'oops', 500), 'failed'],
    [fromService('ExpiredToken'), 'failed'],
    [fromNode('ENOTFOUND'), 'unreachable'],
    [fromNode('ECONNREFUSED'), 'unreachable'],
    [fromNode('ECONNRESET'), 'unreachable'],
    [fromNode('EISDIR'), 'failed'],
    [Object.assign(new Error('too slow'), { name: 'TimeoutError' }), 'unreachable'],
    [Object.assign(new Error('Request aborted'), { name: 'AbortError' }), 'out-of-time'],
    [Object.assign(new SyntaxError('no JSON'), { $metadata: { httpStatusCode: 200 } }), 'malformed'],
    [Object.assign(new SyntaxError('no JSON'), { $metadata: { httpStatusCode: 403 } }), 'failed'],
    [new Error('anything'), 'failed'],
    ['a text', 'failed'],
    [undefined, 'failed'],
  ])('%s is %s', async (error, reason) => {
    expect((await classified(error)).reason).toBe(reason);
  });

  it.each([
    [fromService('ThrottlingException', 'Slow down.', 429), 'later'],
    [fromService('ServiceFailure', 'oops', 500), 'later'],
    [fromService('RequestTimeout'), 'later'],
    [fromNode('ECONNRESET'), 'later'],
    [fromNode('EAI_AGAIN'), 'later'],
    [Object.assign(new Error('too slow'), { name: 'TimeoutError' }), 'later'],
    [fromNode('ENOTFOUND'), 'soon'],
    [fromNode('ECONNREFUSED'), 'soon'],
    [Object.assign(fromService('SignatureDoesNotMatch'), { $metadata: { httpStatusCode: 403, clockSkewCorrected: true } }), 'soon'],
    [fromService('SignatureDoesNotMatch'), 'never'],
    [fromService('AccessDenied'), 'never'],
    [fromService('UnrecognizedClientException'), 'never'],
    [fromService('ExpiredToken'), 'never'],
    [Object.assign(new Error('Request aborted'), { name: 'AbortError' }), 'never'],
    [Object.assign(new SyntaxError('no JSON'), { $metadata: { httpStatusCode: 200 } }), 'never'],
  ])('%s is asked for again: %s', async (error, again) => {
    expect((await classified(error)).again).toBe(again);
  });

  it('keeps of endless words what a report can hold, and no half characters', async () => {
    const { detail, message } = await classified(fromService('AccessDenied', '\u{1F600}'.repeat(5_000_000)));
    expect(detail).toMatch(/^AccessDenied: (\u{1F600})+…$/u);
    expect(detail.length).toBeLessThanOrEqual(800);
    expect(message.length).toBeLessThan(900);
  });

  it('keeps whole what is added to endless words', () => {
    const error = new ReadError('throttled', 'x'.repeat(10_000)).adding('Given up.');
    expect(error.detail).toMatch(/^x+…\. Given up\.$/);
    expect(error.detail.length).toBeLessThanOrEqual(800);
  });

  const unknownToken = ['UnrecognizedClientException', 'InvalidClientTokenId', 'AuthFailure', 'OptInRequired'];
  it.each(unknownToken)('%s means a disabled region only elsewhere', async (name) => {
    expect((await classified(fromService(name), true)).reason).toBe('disabled-region');
    expect((await classified(fromService(name), false)).reason).toBe('failed');
  });

  it.each([
    [
      fromService('AccessDenied', 'an explicit deny in a service control policy'),
      'AccessDenied: an explicit deny in a service control policy',
    ],
    [fromService('AccessDenied', ''), 'AccessDenied'],
    [fromNode('ENOTFOUND'), 'connect ENOTFOUND'],
    [Object.assign(new Error(''), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    [Object.assign(new Error(''), { name: 'Strange' }), 'Strange'],
    [Object.assign(new Error('not JSON\nDeserialization error: see …'), { $metadata: { httpStatusCode: 502 } }), 'HTTP 502: not JSON'],
    ['a text', 'a text'],
    [{}, 'Error'],
  ])('keeps the words: %#', async (error, detail) => {
    expect((await classified(error)).detail).toBe(detail);
  });
});
