import { messageOf } from '../lib/error-in-words.js';
import { nestsDeeper } from '../lib/nests-deeper.js';

/** Far more than inventories, reports and policies have. What walks a value afterwards goes into itself, and the stack ends. */
export const MOST_NESTED = 200;

/**
 * The text of a file that a person has: UTF-8, or UTF-16 with the byte order mark that Windows PowerShell 5 writes at `>`
 * (about_Character_Encoding). The mark itself is no part of the text.
 * @throws Error with what is wrong and what to do
 */
export function textFrom(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (first === 0 || second === 0) throw new Error('it seems to be UTF-16 without a byte order mark: save it as UTF-8.');
  return new TextDecoder().decode(bytes);
}

/** Parses JSON that may come from anybody. @throws Error whose message goes on after what the text is called */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    // It takes any depth without going into itself.
    value = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch (error) {
    throw new Error(`is not JSON (${messageOf(error)})`, { cause: error });
  }
  if (nestsDeeper(value, MOST_NESTED)) throw new Error(`nests its lists and objects more than ${MOST_NESTED} deep`);
  return value;
}
