import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Where the last report of this user is kept between two commands. */
export interface LastReport {
  /** @returns null where there is none that this user alone can have written */
  readonly read: () => Promise<string | null>;
  /** @returns whether it is kept; a machine without a place for it keeps none */
  readonly keep: (text: string) => Promise<boolean>;
}

/** A report names roles and policies: others have no business with it, and none of theirs is taken for ours. */
const OWN = 0o600;
const OF_OTHERS = 0o077;

function isOwn({ uid, mode }: Stats): boolean {
  const user = process.getuid?.();
  return user === undefined || (uid === user && (mode & OF_OTHERS) === 0);
}

/** Writes beside the file and renames, so that nobody reads half of it. */
export async function writeByRename(path: string, text: string, mode = 0o666): Promise<void> {
  const beside = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(beside, 'wx', mode);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** Makes a file, and the folder for it, where there is none yet. */
export async function writeNew(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { flag: 'wx', mode: OWN });
}

/** The last report in a file; `path` null = this machine has no place for it. */
export function lastReportIn(path: string | null): LastReport {
  return {
    read: async () => {
      if (path === null) return null;
      try {
        const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
        try {
          return isOwn(await file.stat()) ? await file.readFile('utf8') : null;
        } finally {
          await file.close();
        }
      } catch {
        return null;
      }
    },
    keep: async (text) => {
      if (path === null) return false;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeByRename(path, text, OWN);
        return true;
      } catch {
        return false;
      }
    },
  };
}
