/**
 * Characters that act or hide instead of being seen: control characters (with them every terminal escape and line break),
 * whatever turns the direction of text around, zero-width and other invisible characters, halves of surrogate pairs, and
 * every space but the common one, which a reader could not tell from it.
 */
export const ACTIVE = /(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Z}\p{Default_Ignorable_Code_Point}]/gu;

/** Whether nothing in a text acts or hides. */
export function isInert(text: string): boolean {
  return text.search(ACTIVE) === -1;
}
