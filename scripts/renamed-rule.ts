import { camelCase, wholeName } from './rule-names.js';

/** Where a rule had its old name it keeps it: what was released is told as it was. */
const KEPT = ['CHANGELOG.md'];

interface RenamedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The files that a new id of a rule changes, by their old paths: its folder, the id and a cause of the same name wherever they are
 * whole words, and the name in the code wherever the rule is imported.
 */
export function renamedRule(files: ReadonlyMap<string, string>, from: string, to: string): ReadonlyMap<string, RenamedFile> {
  const changed = new Map<string, RenamedFile>();
  for (const [path, text] of files) {
    if (KEPT.includes(path)) continue;
    const knowsIt = path.endsWith(`/${from}/rule.ts`) || text.includes(`/${from}/rule.js'`);
    const renamed = text.replace(wholeName(from), to);
    const after = {
      path: path.replace(wholeName(from), to),
      text: knowsIt ? renamed.replace(wholeName(camelCase(from)), camelCase(to)) : renamed,
    };
    if (after.path !== path || after.text !== text) changed.set(path, after);
  }
  return changed;
}

/** Where a name is a whole word already, in a path or in a text. */
export const placesOf = (files: ReadonlyMap<string, string>, name: string): readonly string[] =>
  [...files].flatMap(([path, text]) => (wholeName(name).test(path) || wholeName(name).test(text) ? [path] : []));
