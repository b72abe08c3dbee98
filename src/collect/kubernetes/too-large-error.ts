import { ReadError } from '../reading/read-error.js';

/** An answer that was not read to its end, or not parsed, because of its size: a smaller page may be. */
export class TooLargeError extends ReadError {
  constructor(what: string) {
    super('failed', `too large: ${what}. No object of Kubernetes is that large: look at what answers there.`);
  }
}
