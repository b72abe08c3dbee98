/**
 * Characters that act or hide instead of being seen: control characters (with them every terminal escape and line break),
 * whatever turns the direction of text around, zero-width and other invisible characters, halves of surrogate pairs, and
 * every space but the common one, which a reader could not tell from it.
 */
const ACTIVE = /(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Z}\p{Default_Ignorable_Code_Point}]/gu;

/** Nearly every report is plain text throughout, and that is told faster than each escape is looked for. */
const PLAIN = /^[\x20-\x7e\n]*$/;

const hex = (code: number): string => code.toString(16).padStart(4, '0');

/** Whether nothing in a text acts or hides. */
export function isInert(text: string): boolean {
  return text.search(ACTIVE) === -1;
}

/** One character as an escape that a person can read: `\u001b`, beyond the basic plane `\u{e0041}`. */
export function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${hex(code)}}` : `\\u${hex(code)}`;
}

/** The same as an escape that JSON has: one for each unit of UTF-16. */
export function escapedInJson(char: string): string {
  return char
    .split('')
    .map((unit) => `\\u${hex(unit.charCodeAt(0))}`)
    .join('');
}

/**
 * Text that was read from an account, made harmless for a terminal or an email: what would act is shown as `\u001b`.
 * Names, annotations and policies are chosen by others, perhaps by an attacker.
 */
export function inert(text: string): string {
  return text.replace(ACTIVE, escaped);
}

/**
 * JSON that is harmless to print: `JSON.stringify` leaves C1 control, bidirectional and invisible characters as they are.
 * Here they become escapes of JSON itself, so that a parser reads the very same strings.
 * @param json as `JSON.stringify` writes it; its own line breaks stay
 */
export function inertJson(json: string): string {
  return PLAIN.test(json) ? json : json.replace(ACTIVE, (char) => (char === '\n' ? char : escapedInJson(char)));
}
