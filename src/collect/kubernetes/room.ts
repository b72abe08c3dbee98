import { getHeapStatistics } from 'node:v8';
import { ReadError } from '../reading/read-error.js';

/** What one list of one cluster may take. */
export interface Limits {
  /** Bytes of memory that what is kept of one list may take, and that of all lists of a run. */
  readonly list: number;
  readonly run: number;
  /** Milliseconds of calls; waiting for their turn is not counted. */
  readonly milliseconds: number;
}

/**
 * By the memory that this process has: a tenant who fills a cluster may take no more of it than lets the others be read and
 * told of. Of each list of a cluster with two thousand service accounts and ten thousand pods 1 MB is kept (bench/README.md).
 */
export function limitsHere(): Limits {
  const { heap_size_limit: heap } = getHeapStatistics();
  return { list: heap / 40, run: heap / 2.5, milliseconds: 600_000 };
}

/** About what an object takes besides its texts. */
export const OBJECT_BYTES = 300;

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

/** Counts what is kept, within the room of a whole run. */
export class Room {
  private used = 0;

  /** @param resource which the list is of; null = the room of the whole run */
  constructor(
    private readonly most: number,
    private readonly resource: string | null = null,
    private readonly around: Room | null = null,
  ) {}

  /** @throws ReadError where there is no room for so many bytes */
  take(bytes: number): void {
    this.used += bytes;
    this.around?.take(bytes);
    if (this.used <= this.most) return;
    const words =
      this.resource === null
        ? `what is kept of all clusters takes more than ${megabytes(this.most)}. With more memory more is read: memorySize of the function, or NODE_OPTIONS=--max-old-space-size=8192 at the command line.`
        : `what is kept of the ${this.resource} of this cluster takes more than ${megabytes(this.most)}. As a rule somebody filled it: \`kubectl get ${this.resource} --all-namespaces\` shows in which namespace there are so many.`;
    throw new ReadError('failed', `too large: ${words}`);
  }

  /** Nothing is kept after all. */
  leave(): void {
    this.around?.take(-this.used);
    this.used = 0;
  }
}
