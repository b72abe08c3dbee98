import type * as z from 'zod';
import { inert } from '../lib/escape-text.js';
import { InputError, type InputProblem } from '../lib/input-error.js';
import { isObject, membersOf } from '../lib/is-object.js';
import { listed } from '../lib/list-in-words.js';
import { nearest } from '../lib/nearest.js';
import { inventorySchema, type Inventory } from '../model/inventory/inventory.js';
import type { Report } from '../model/report/report.js';
import { reportSchema } from '../report/json/v1.schema.js';

type Path = readonly PropertyKey[];

/** An inventory and a report have no more members of their own. */
const MOST_MISSING = 20;
const MOST_WRONG = 5;
const SLIP = 3;

const inWords = (path: Path): string =>
  path.reduce<string>(
    (text, part) => `${text}${typeof part === 'number' ? `[${part}]` : `${text === '' ? '' : '.'}${inert(String(part))}`}`,
    '',
  );

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, part) => (typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined), value);

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

/** @param known the names that there are, for a slip */
function problemsOf({ issues }: z.ZodError, value: unknown, known: readonly string[]): readonly InputProblem[] {
  return issues.flatMap((issue): readonly InputProblem[] => {
    const { path, message } = issue;
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => {
        const near = nearest(key.slice(0, 40), known, SLIP);
        return { path: inWords([...path, key]), problem: near === null ? 'is no option' : `is no option; did you mean ${near}?` };
      });
    if (valueAt(value, path) === undefined) return [{ path: inWords(path), problem: 'is missing' }];
    return [{ path: inWords(path), problem: `is wrong (${inert(message.replace(/^Invalid input: /, ''))})` }];
  });
}

function sentence(name: string, problems: readonly InputProblem[]): string {
  const missing = problems.filter(({ problem }) => problem === 'is missing').map(({ path }) => path);
  const wrong = problems.filter(({ problem }) => problem !== 'is missing').map(({ path, problem }) => `${path} ${problem}`);
  const parts = [
    ...(missing.length === 0 ? [] : [`${listed(missing, MOST_MISSING)} ${missing.length === 1 ? 'is' : 'are'} missing`]),
    ...(wrong.length === 0 ? [] : [listed(wrong, MOST_WRONG)]),
  ];
  return `${name} cannot be used: ${parts.join('; ')}`;
}

/** What a value has to be, and what is said where it is not. */
export interface Wanted<T> {
  readonly schema: z.ZodType<T>;
  /** As a sentence begins with it: `The inventory`. */
  readonly name: string;
  readonly hint: string;
  /** The names of its members, where others are refused. */
  readonly known?: readonly string[];
}

/** @returns the value with what the schema adds. @throws InputError with all that is missing or wrong, by path */
export function demand<T>(value: unknown, { schema, name, hint, known = [] }: Wanted<T>): T {
  if (!isObject(value))
    throw new InputError(`${name} is missing: ${kindOf(value)} was given`, hint, [{ path: '', problem: 'is no object' }]);
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const problems = problemsOf(read.error, value, known);
  throw new InputError(sentence(name, problems), hint, problems, { cause: read.error });
}

const OF_INVENTORY = 'collect() reads one from AWS, and parseInventory() reads a saved one.';
const OF_REPORT = 'audit() makes one, and parseReport() reads a saved one.';
const GIVEN_REPORT = `It is a report: an inventory is wanted here. ${OF_INVENTORY}`;
const GIVEN_INVENTORY = `It is an inventory: a report of it is wanted here. ${OF_REPORT}`;

/** @param name as a sentence begins with it. @throws InputError */
export function demandInventory(value: unknown, name = 'The inventory'): Inventory {
  const hint = 'findings' in membersOf(value) ? GIVEN_REPORT : OF_INVENTORY;
  return demand(value, { schema: inventorySchema, name, hint });
}

/** The report itself: what a later version added to it stays. @throws InputError */
export function demandReport(value: Report, name = 'The report'): Report {
  const hint = 'collectedAt' in membersOf(value) ? GIVEN_INVENTORY : OF_REPORT;
  demand(value, { schema: reportSchema, name, hint });
  return value;
}
