import type { z } from 'zod';
import { nearest } from '../lib/nearest.js';
import type { SettingsFile } from '../model/report/settings.js';
import { inert } from '../lib/escape-text.js';
import { MOST_SHOWN, SettingsFileError } from './settings-file-error.js';
import { KEYS_AT, settingsSchema } from './settings-schema.js';
import { readYaml, type ReadYaml } from './settings-yaml.js';

export { SettingsFileError } from './settings-file-error.js';

export interface ParsedSettings {
  readonly settings: SettingsFile;
  /** What the audit can live with and a person should mend. */
  readonly warnings: readonly string[];
}

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/** Letters that a hint may be off. */
const SLIP = 3;
const MOST_QUOTED = 60;

const hint = (near: string | null | undefined): string => (near === null || near === undefined ? '' : `; did you mean ${near}?`);

function pathInWords(path: Path): string {
  return path.reduce<string>(
    (words, part) => (typeof part === 'number' ? `${words}[${part}]` : `${words}${words === '' ? '' : '.'}${inert(String(part))}`),
    '',
  );
}

function quoted(text: string): string {
  const chars = [...text];
  return `"${inert(chars.slice(0, MOST_QUOTED).join(''))}${chars.length > MOST_QUOTED ? '…' : ''}"`;
}

/** What is in the file, in a few words. */
function found(value: unknown): string {
  if (value === null) return 'nothing: leave the key out instead';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'keys of its own';
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, part) => (typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined), value);
}

/** `notify-at` and `NotifyAt` are notifyAt to whoever wrote them. */
const plain = (key: string): string => key.toLowerCase().replace(/[-_ ]/g, '');

function unknownKey(path: Path, key: string): string {
  const keys = KEYS_AT[path.filter((part) => typeof part !== 'number').join('.')] ?? [];
  const near = nearest(plain(key).slice(0, MOST_QUOTED), keys.map(plain), Math.min(SLIP, Math.ceil(key.length / 2)));
  return `there is no such key${hint(near === null ? null : keys.find((known) => plain(known) === near))}`;
}

/** Of the ways to write a key, what is wrong with the one that was meant: the one that got further into the value. */
function meant(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const deeper = issue.errors.find((branch) => branch.some(({ path }) => path.length > 0)) ?? [];
  return deeper.length === 0 ? [issue] : deeper.map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
}

/** One sentence for each thing that is wrong, made only when it is told: a hostile file may hold very many. */
function inWords(issue: Issue, { value, place }: ReadYaml): readonly (() => string)[] {
  const { path, message } = issue;
  const told = (at: Path, what: string): string => `${place(at)}${at.length === 0 ? 'it' : `${pathInWords(at)}:`} ${what}`;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => () => told([...path, key], unknownKey(path, key)));
  const there = valueAt(value, path);
  return [() => told(path, there === undefined ? `is missing; it ${message}` : `${message}, not ${found(there)}`)];
}

/**
 * Reads the text of an `irsa-auditor.yaml`; an empty one is valid.
 * @param source what the messages call it, such as a file's name
 * @param rules the ids of the rules there are; a suppression of another one is a warning, because an upgrade may remove a
 *   rule and must not stop the audit
 * @throws SettingsFileError with line and key of what is wrong
 */
export function parseSettings(text: string, source: string, rules: readonly string[]): ParsedSettings {
  const yaml = readYaml(text, source);
  const read = settingsSchema.safeParse(yaml.value ?? {});
  if (!read.success) {
    const problems = read.error.issues.flatMap(meant).flatMap((issue) => inWords(issue, yaml));
    const told = problems.slice(0, MOST_SHOWN).map((sentence) => sentence());
    throw new SettingsFileError(source, told, problems.length, { cause: read.error });
  }
  const { clusters, suppressions, ...rest } = read.data;
  const warnings = (suppressions ?? []).flatMap(({ rule }, index) => {
    const path = ['suppressions', index, 'rule'];
    const near = nearest(rule.slice(0, MOST_QUOTED), rules, SLIP);
    return rules.includes(rule) ? [] : [`${yaml.place(path)}${pathInWords(path)}: there is no rule ${quoted(rule)}${hint(near)}`];
  });
  const settings: SettingsFile = {
    ...rest,
    ...(clusters === undefined ? {} : { clusters: { include: clusters.include ?? [], exclude: clusters.exclude ?? [] } }),
    ...(suppressions === undefined
      ? {}
      : { suppressions: suppressions.map(({ rule, subject = '*', reason, until = null }) => ({ rule, subject, reason, until })) }),
  };
  return { settings, warnings };
}
