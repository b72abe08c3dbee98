import { ReadError } from '../read-error.js';

/** An answer that was not read to its end because of its size: a smaller page may be. */
export class TooLargeError extends ReadError {
  constructor(url: string, bytes: number) {
    super('failed', `${url} gave an answer of more than ${Math.round(bytes / 2 ** 20)} MiB.`);
  }
}
