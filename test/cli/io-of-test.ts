import { readFile } from 'node:fs/promises';
import { folderOf } from '../../scripts/rule-folders.js';
import type { AwsPort } from '../../src/collect/reading/ports.js';
import type { Io, Outside } from '../../cli/terminal/io.js';

/** What a command wrote, and the world it saw. */
export interface Captured {
  readonly io: Outside;
  readonly out: () => string;
  readonly err: () => string;
  /** Files that it wrote, by path. */
  readonly written: ReadonlyMap<string, string>;
}

/** A world for one command: no terminal, no color, a clock that stands still, and the files and account named. */
export function captured(
  over: {
    /** A text is UTF-8. */
    readonly files?: Readonly<Record<string, string | Uint8Array>>;
    readonly aws?: Io['aws'];
    readonly bucket?: Io['bucket'];
    readonly ambientBucket?: Io['ambientBucket'];
    readonly stackBucket?: Io['stackBucket'];
    readonly terminal?: Partial<Io['terminal']>;
    readonly now?: Io['now'];
    readonly lastReport?: Io['lastReport'];
    readonly plugin?: boolean;
    readonly byNpm?: boolean;
    readonly confirm?: Io['confirm'];
    readonly onInterrupt?: Io['onInterrupt'];
  } = {},
): Captured {
  const out: string[] = [];
  const err: string[] = [];
  const written = new Map<string, string>();
  const io: Outside = {
    stdout: (text) => out.push(text),
    stderr: (text) => err.push(text),
    terminal: { color: false, width: null, rows: null, links: false, live: false, ...over.terminal },
    readFile: (path) => {
      const file = over.files?.[path];
      if (file === undefined) return Promise.reject(new Error(`ENOENT: no such file or directory, open '${path}'`));
      return Promise.resolve(typeof file === 'string' ? Buffer.from(file) : file);
    },
    absolute: (path) => path,
    rulePage: (id) => readFile(`${folderOf(id)}/page.md`, 'utf8'),
    writeNew: (path, text) => {
      if (written.has(path)) return Promise.reject(new Error(`EEXIST: file already exists, open '${path}'`));
      written.set(path, text);
      return Promise.resolve();
    },
    replaceFile: (path, text) => {
      written.set(path, text);
      return Promise.resolve();
    },
    lastReport: over.lastReport ?? { read: () => Promise.resolve(null), keep: () => Promise.resolve(false) },
    aws:
      over.aws ??
      ((): AwsPort => {
        throw new Error('this test reads no account');
      }),
    bucket:
      over.bucket ??
      (() => {
        throw new Error('this test opens no bucket');
      }),
    ambientBucket: over.ambientBucket ?? null,
    stackBucket:
      over.stackBucket ??
      (() => {
        throw new Error('this test finds no stack');
      }),
    plugin: over.plugin ?? false,
    byNpm: over.byNpm ?? false,
    steadyMemory: () => undefined,
    onInterrupt: over.onInterrupt ?? (() => () => undefined),
    confirm: over.confirm ?? (() => Promise.resolve(false)),
    now: over.now ?? (() => Date.parse('2026-11-02T07:00:00.000Z')),
  };
  return { io, out: () => out.join(''), err: () => err.join(''), written };
}
