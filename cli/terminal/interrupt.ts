import type { EventEmitter } from 'node:events';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls back at the first signal that asks the process to end, in place of ending it; the next one ends it as ever.
 * @returns stops listening
 */
export function onInterruptOf(process: Pick<EventEmitter, 'on' | 'off'>, listener: () => void): () => void {
  const heard = (): void => {
    stop();
    listener();
  };
  const stop = (): void => {
    for (const signal of SIGNALS) process.off(signal, heard);
  };
  for (const signal of SIGNALS) process.on(signal, heard);
  return stop;
}
