import type { UnknownReason } from '../../model/inventory/observed.js';
import { type Again, ReadError } from '../reading/read-error.js';

/** What the SDK's errors, those of its transport and those of its parsers have in common. */
export interface SdkError {
  readonly name: string;
  readonly message: string;
  /** Node's code of a transport error, such as ENOTFOUND. */
  readonly code: string | null;
  readonly status: number | null;
  /** An error that the service itself answered with. */
  readonly fromService: boolean;
  /** The SDK has seen that the clock is wrong, and counts with it from now on. */
  readonly clockSet: boolean;
}

const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'AuthorizationError',
  'AuthorizationErrorException',
  'NotAuthorized',
]);
// A region that was not opted into knows no credentials: it says so, and not that it is disabled.
// https://github.com/ekristen/aws-nuke/issues/774
const TOKEN_UNKNOWN = new Set(['UnrecognizedClientException', 'InvalidClientTokenId', 'AuthFailure', 'OptInRequired']);
const REGION_DISABLED = 'RegionDisabledException';
const THROTTLED = /^(Throttl|TooManyRequests|RequestThrottled|RequestLimitExceeded|SlowDown|PriorRequestNotComplete)/;
const UNREACHABLE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ERR_SOCKET_CONNECTION_TIMEOUT',
]);
const NOBODY_THERE = new Set(['ENOTFOUND', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);
// What a service answers that has waited too long for the request.
const SLOW = new Set(['RequestTimeout', 'RequestTimeoutException']);
const REFUSED = new Set([
  'SignatureDoesNotMatch',
  'InvalidAccessKeyId',
  'IncompleteSignature',
  'InvalidToken',
  ...TOKEN_UNKNOWN,
  ...DENIED,
]);

/** The answer of one call; its error comes out classified. `elsewhere`: not in the region where STS took the credentials. */
export async function answered<T>(call: Promise<T>, elsewhere = false): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw readError(error, elsewhere);
  }
}

function readError(error: unknown, elsewhere: boolean): ReadError {
  const known = sdkError(error);
  return new ReadError(reasonOf(known, elsewhere), inWords(known), { cause: error, again: againOf(known) });
}

/** Whether the service refuses the credentials themselves. */
export function refusesCredentials({ name }: SdkError): boolean {
  return REFUSED.has(name);
}

export function reasonOf({ name, code, status, fromService }: SdkError, elsewhere: boolean): UnknownReason {
  if (name === 'AbortError') return 'out-of-time';
  if (DENIED.has(name)) return 'denied';
  if (name === REGION_DISABLED || (elsewhere && TOKEN_UNKNOWN.has(name))) return 'disabled-region';
  if (THROTTLED.test(name) || status === 429) return 'throttled';
  if (name === 'TimeoutError' || (code !== null && UNREACHABLE.has(code))) return 'unreachable';
  // Not an error of the service, and yet an answer that said "here it is": the parser could not read it.
  return !fromService && status !== null && status < 300 ? 'malformed' : 'failed';
}

/** Whether the same call is worth another try. */
export function againOf(error: SdkError): Again {
  const { name, code, status, clockSet } = error;
  if (clockSet || (code !== null && NOBODY_THERE.has(code))) return 'soon';
  const reason = reasonOf(error, false);
  const isTrouble = reason === 'throttled' || reason === 'unreachable' || SLOW.has(name) || (status !== null && status >= 500);
  return isTrouble ? 'later' : 'never';
}

export function sdkError(error: unknown): SdkError {
  const raw = (typeof error === 'object' && error !== null ? error : { message: String(error) }) as {
    name?: unknown;
    message?: unknown;
    code?: unknown;
    $fault?: unknown;
    $metadata?: { httpStatusCode?: unknown; clockSkewCorrected?: unknown };
  };
  const status = raw.$metadata?.httpStatusCode;
  return {
    name: typeof raw.name === 'string' ? raw.name : 'Error',
    // Below the first line the SDK's parsers tell programmers where to look.
    message: typeof raw.message === 'string' ? (raw.message.split('\n')[0] ?? '') : '',
    code: typeof raw.code === 'string' ? raw.code : null,
    status: typeof status === 'number' ? status : null,
    fromService: raw.$fault !== undefined,
    clockSet: raw.$metadata?.clockSkewCorrected === true,
  };
}

/** The service's own words after the error's name; for other errors what there is, with the HTTP status. */
export function inWords({ name, message, code, status, fromService }: SdkError): string {
  if (fromService) return message === '' ? name : `${name}: ${message}`;
  const text = message === '' ? (code ?? name) : message;
  return status === null ? text : `HTTP ${status}: ${text}`;
}
