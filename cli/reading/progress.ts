import type { Progress } from '../../src/collect/reading/read-queue.js';
import { plural } from '../../src/lib/plural.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { seen } from '../../src/model/inventory/observed.js';
import type { Io } from '../terminal/io.js';

/** Rewrites at most once in this many milliseconds. */
const PACE = 100;
/** How long nothing is said of what is not over at once. */
const PATIENCE = 1000;

/** What there is one of for each scope of a call, so that it tells how much is left. */
const PARTS = [
  ['eks:ListClusters', 'regions'],
  ['eks:DescribeCluster', 'clusters'],
  ['kubernetes:ListPods', 'pods of clusters'],
] as const;

/** How many scopes of a call were asked about, and how many of these are answered: a list of several pages is when its last one is. */
class Scopes {
  private readonly open = new Map<string, number>();

  count({ scope, state }: Progress): void {
    this.open.set(scope, (this.open.get(scope) ?? 0) + (state === 'asked' ? 1 : -1));
  }

  toString(): string {
    return `${[...this.open.values()].filter((open) => open === 0).length}/${this.open.size}`;
  }
}

/** What the reading tells while it goes on. */
export interface ToldProgress {
  readonly tell: (progress: Progress) => void;
  readonly end: (summary?: string) => void;
}

/** Tells on a terminal how much of the reading is left, on one line that overwrites itself; elsewhere nothing, so that a log stays readable. */
export function progressOn(io: Io): ToldProgress {
  const parts = new Map<string, Scopes>();
  let last = Number.NEGATIVE_INFINITY;
  const line = ({ done, asked }: Progress): string => {
    const told = PARTS.flatMap(([action, name]) => (parts.has(action) ? [`${name} ${String(parts.get(action))}`] : []));
    return `Reading: ${[...told, `calls ${done}/${asked}`].join(', ')}`;
  };
  return {
    tell: (progress) => {
      if (!io.terminal.live) return;
      const part = parts.get(progress.action) ?? new Scopes();
      parts.set(progress.action, part);
      part.count(progress);
      if (io.now() - last < PACE) return;
      last = io.now();
      io.rewrite(line(progress));
    },
    end: (summary) => {
      if (io.terminal.live) io.rewrite('');
      if (summary !== undefined) io.stderr(summary);
    },
  };
}

/** What judging an account asks again and again, and what is to be done when it is over. */
export interface JudgingUnderWay {
  readonly stillTime: () => boolean;
  readonly end: () => void;
}

/** Tells on a terminal that judging is under way, once it takes a while. @param stillTime whether it may go on */
export function judgingOn({ roles }: Inventory, stillTime: () => boolean, io: Io): JudgingUnderWay {
  const startedAt = io.now();
  let isTold = false;
  return {
    stillTime: () => {
      if (io.terminal.live && !isTold && io.now() - startedAt >= PATIENCE) {
        isTold = true;
        const count = seen(roles).length;
        io.rewrite(`Evaluating ${plural(count, 'role').replace(String(count), count.toLocaleString('en-US'))} …`);
      }
      return stillTime();
    },
    end: () => {
      if (isTold) io.rewrite('');
    },
  };
}
