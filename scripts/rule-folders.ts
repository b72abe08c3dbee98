import { readdirSync } from 'node:fs';

/** What belongs to a rule: `rule.ts`, `page.md` and `cases/`, in `src/rules/<family>/<id>`. */
export interface RuleFolder {
  readonly id: string;
  readonly family: string;
  readonly path: string;
}

/** The folder of every rule, in the order of the ids. */
export const RULE_FOLDERS: readonly RuleFolder[] = readdirSync('src/rules', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'contract')
  .flatMap(({ name: family }) => readdirSync(`src/rules/${family}`).map((id) => ({ id, family, path: `src/rules/${family}/${id}` })))
  .sort((left, right) => (left.id < right.id ? -1 : 1));

/** The folder of one rule. */
export function folderOf(id: string): string {
  const found = RULE_FOLDERS.find((folder) => folder.id === id);
  if (found === undefined) throw new Error(`There is no folder src/rules/<family>/${id}.`);
  return found.path;
}
