import type { Io } from './io.js';

/** Somebody pressed Ctrl-C before anything was written. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

/** What shells give for a program that SIGINT ends. */
export const STOPPED = 130;

/** Waits for an answer, unless somebody stops it first. @throws StoppedError */
export async function unlessStopped<T>(io: Pick<Io, 'onInterrupt'>, answer: Promise<T>): Promise<T> {
  let ignore = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    ignore = io.onInterrupt(() => reject(new StoppedError('Stopped; nothing was written.')));
  });
  try {
    return await Promise.race([answer, stopped]);
  } finally {
    ignore();
  }
}
