/** How the ids of rules are written: two words or more, of small letters. */
export const RULE_ID = /^[a-z]+(-[a-z]+)+$/;

/** What a rule is called in the code. */
export const camelCase = (id: string): string => id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** A name where it is the whole name, and no part of another. */
export const wholeName = (name: string): RegExp => new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'g');
