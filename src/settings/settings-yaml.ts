import { isMap, isScalar, isSeq, Lexer, LineCounter, parseDocument, Parser, visit, type Document, type YAMLError } from 'yaml';
import { messageOf } from '../lib/error-in-words.js';
import { inert } from '../lib/escape-text.js';
import { SettingsFileError } from './settings-file-error.js';

/** What a file holds, and where. */
export interface ReadYaml {
  readonly value: unknown;
  /** `line 7, ` for the deepest part of a path that is in the file; nothing for an empty path. */
  readonly place: (path: readonly PropertyKey[]) => string;
}

const MOST_BYTES = 256 * 1024;
/** The settings have three levels, each of a few of the parser's own. Beyond, the composer's recursion could exhaust the stack. */
const MOST_NESTED = 50;
const MOST_ALIASES = 50;

/** YAML 1.2 without anything that makes objects: a date stays text, `yes` and `no` too, and no tag means a type. */
const OPTIONS = {
  version: '1.2',
  schema: 'core',
  strict: true,
  stringKeys: true,
  merge: false,
  resolveKnownTags: false,
  prettyErrors: false,
  // Looked for below: the library compares every key with every other, which takes seconds for a file full of keys.
  uniqueKeys: false,
} as const;

const IN_WORDS: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'a tab indents this line: YAML takes spaces only',
  MULTIPLE_DOCS: 'a second document begins here (---): the settings are one',
  NON_STRING_KEY: 'this key is no text',
  TAG_RESOLVE_FAILED: 'a tag (!) is here: the settings need none, and text that begins with ! is in quotes',
};

function nestsTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    // The tokens themselves are of no interest, only how many are open.
    Array.from(parser.next(lexeme));
    if (parser.stack.length > MOST_NESTED) return true;
  }
  return false;
}

function problemsOf(document: Document.Parsed, lines: LineCounter): readonly string[] {
  const line = (offset: number): string => `line ${lines.linePos(offset).line}`;
  const problems = [...document.errors, ...document.warnings].map(
    ({ code, message, pos }) => `${line(pos[0])}: ${IN_WORDS[code] ?? inert(message)}`,
  );
  visit(document, {
    Map(_key, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) problems.push(`${line(key.range?.[0] ?? 0)}: the key ${inert(String(key.value))} is here again`);
        seen.add(key.value);
      }
    },
  });
  return problems;
}

/** Where the deepest part of a path begins: its key, or the item of a list. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number | null {
  let node: unknown = document.contents;
  let offset: number | null = null;
  for (const part of path) {
    const item = isSeq(node) ? node.items[Number(part)] : undefined;
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === part) : undefined;
    const here: unknown = pair?.key ?? item;
    if (here === undefined) return offset;
    offset = (here as { range?: readonly number[] | null }).range?.[0] ?? offset;
    node = pair === undefined ? item : pair.value;
  }
  return offset;
}

/** Reads one YAML document that may come from anybody. @throws SettingsFileError */
export function readYaml(text: string, source: string): ReadYaml {
  if (Buffer.byteLength(text) > MOST_BYTES) throw new SettingsFileError(source, [`it is larger than ${MOST_BYTES / 1024} kB`]);
  if (nestsTooDeep(text)) throw new SettingsFileError(source, ['its lists and keys are nested too deep']);
  const lines = new LineCounter();
  const document = parseDocument(text, { ...OPTIONS, lineCounter: lines });
  const problems = problemsOf(document, lines);
  if (problems.length > 0) throw new SettingsFileError(source, problems);
  const place = (path: readonly PropertyKey[]): string => {
    const offset = offsetOf(document, path);
    return offset === null ? '' : `line ${lines.linePos(offset).line}, `;
  };
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }), place };
  } catch (error) {
    // An alias (*name) that nothing defines, or more of them than settings could need.
    const said = inert(messageOf(error));
    throw new SettingsFileError(source, [`its aliases (*) cannot be followed: ${said}`], 1, { cause: error });
  }
}
