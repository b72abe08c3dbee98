import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the heap near what lives in it. Reading clusters parses gigabytes and keeps a hundred megabytes; left to itself V8
 * lets the heap grow to four times that before it collects, which costs memory and saves no time here (bench/README.md).
 */
export function steadyMemory(): void {
  setFlagsFromString('--heap-growing-percent=25');
}
