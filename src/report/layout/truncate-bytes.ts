/** How many bytes a text takes in UTF-8. */
export function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** How many bytes a text takes as a string inside JSON, its quotes not counted. */
export function escapedBytes(text: string): number {
  return utf8Bytes(JSON.stringify(text)) - 2;
}

/** The longest beginning of a list that passes a test which every shorter one passes too; empty where none does. */
export function longestFitting<T>(list: readonly T[], fits: (beginning: readonly T[]) => boolean): readonly T[] {
  let [passes, fails] = [0, list.length + 1];
  while (fails - passes > 1) {
    const middle = Math.floor((passes + fails) / 2);
    if (fits(list.slice(0, middle))) passes = middle;
    else fails = middle;
  }
  return list.slice(0, passes);
}
