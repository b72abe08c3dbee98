import { ACTIVE } from '../model/active-text.js';

/** Nearly every report is plain text throughout, and that is told faster than each escape is looked for. */
const PLAIN = /^[\x20-\x7e\n]*$/;

const hex = (code: number): string => code.toString(16).padStart(4, '0');

function escape(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${hex(code)}}` : `\\u${hex(code)}`;
}

/**
 * Text that was read from an account, made harmless for a terminal or a mail: what would act is shown as `\u001b`.
 * Names, annotations and policies are chosen by others, perhaps by an attacker.
 */
export function inert(text: string): string {
  return text.replace(ACTIVE, escape);
}

/**
 * JSON that is harmless to print: `JSON.stringify` leaves C1 control, bidirectional and invisible characters as they are.
 * Here they become escapes of JSON itself, so that a parser reads the very same strings.
 * @param json as `JSON.stringify` writes it; its own line breaks stay
 */
export function inertJson(json: string): string {
  if (PLAIN.test(json)) return json;
  return json.replace(ACTIVE, (char) =>
    char === '\n'
      ? char
      : char
          .split('')
          .map((unit) => `\\u${hex(unit.charCodeAt(0))}`)
          .join(''),
  );
}
