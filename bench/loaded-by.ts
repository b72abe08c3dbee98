import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The files that a built module loads when it is imported, itself included: not those that it asks for on demand. */
export function loadedBy(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const imports = readFileSync(path, 'utf8').matchAll(/(?:from|import)"(\.\/[^"]+)"/g);
  for (const [, file = ''] of imports) loadedBy(join(dirname(path), file), seen);
  return seen;
}
