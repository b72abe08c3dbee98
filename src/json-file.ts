import { messageOf } from './lib/error-in-words.js';

/** Far more than inventories, reports and policies have. What walks a value afterwards goes into itself, and the stack ends. */
export const MOST_NESTED = 200;

const BACKSLASH = 0x5c;

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

/** Where a string of JSON ends that begins there: at the quotation mark that no backslash escapes. */
function endOfString(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return text.length;
}

/** Whether brackets of a text of JSON are open deeper than that anywhere, those inside its strings left aside. */
function nestsDeeper(text: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > most) return true;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
    }
  }
  return false;
}

/** Parses JSON that may come from anybody. @throws Error whose message goes on after what the text is called */
export function parseJson(text: string): unknown {
  const json = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (nestsDeeper(json, MOST_NESTED)) throw new Error(`nests its lists and objects more than ${MOST_NESTED} deep`);
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Error(`is not JSON (${messageOf(error)})`, { cause: error });
  }
}
