import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { groupBy } from '../src/lib/group-by.js';

/** More files than these in a folder answer no question together. */
const MOST_FILES = 17;
/** What is to be parted yet: may only shrink. */
const TOO_LARGE = ['infra'];

const files = ['src', 'cli', 'lambda', 'infra', 'page'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.posix.join(root, ...file.split(path.sep))),
);

/** Each folder with those whose files its own import. */
function importedFolders(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of files) {
    const folder = path.posix.dirname(file);
    const others = found.get(folder) ?? new Set();
    for (const [, asked = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g))
      others.add(path.posix.dirname(path.posix.join(folder, asked)));
    others.delete(folder);
    found.set(folder, others);
  }
  return found;
}

describe('folders', () => {
  it('stand one above the other: no two import each other, by whatever way', () => {
    const left = importedFolders();
    expect(left.size).toBeGreaterThan(40);
    // Those that import none that is left are taken away, until nothing changes: what remains goes round in circles.
    for (let before = -1; before !== left.size;) {
      before = left.size;
      for (const [folder, others] of left) if (![...others].some((other) => left.has(other))) left.delete(folder);
    }
    expect([...left.keys()]).toEqual([]);
  });

  it(`hold at most ${MOST_FILES} files`, () => {
    const sizes = groupBy(files, (file) => path.posix.dirname(file));
    expect([...sizes].flatMap(([folder, held]) => (held.length > MOST_FILES ? [folder] : [])).sort()).toEqual(TOO_LARGE);
  });
});
