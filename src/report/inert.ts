/**
 * Characters that do something instead of being seen: control characters (with them every terminal escape and line
 * break), zero-width characters, line separators and everything that turns the direction of text around.
 */
const ACTIVE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Text that was read from an account, made harmless for a terminal or a mail: what would act is shown as `\u001b`.
 * Names, annotations and policies are chosen by others, perhaps by an attacker.
 */
export function inert(text: string): string {
  return text.replace(ACTIVE, escape);
}

export function isInert(text: string): boolean {
  return text.search(ACTIVE) === -1;
}
