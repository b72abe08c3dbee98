import { readdirSync, readFileSync } from 'node:fs';
import { folderOf } from '../../scripts/rule-folders.js';
import type { Case } from './inventory-of-case.js';

/** A case in the folder of its rule. */
export interface RuleCase {
  readonly rule: string;
  readonly file: string;
  readonly given: Case;
}

const given = (rule: string, file: string): Case => JSON.parse(readFileSync(`${folderOf(rule)}/cases/${file}`, 'utf8')) as Case;

/** The cases of a rule, in the order of their names. */
export const casesOf = (rule: string): readonly RuleCase[] =>
  readdirSync(`${folderOf(rule)}/cases`).map((file) => ({ rule, file, given: given(rule, file) }));

/** One case, by its rule and the name of its file without the ending. */
export const caseOf = (rule: string, name: string): Case => given(rule, `${name}.json`);
