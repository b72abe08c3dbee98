/** Why nothing could be tried; the message says what to do. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError';
}
