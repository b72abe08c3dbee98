/** `1 cluster`, `2 clusters`; with a plural of its own, `1 read was`, `2 reads were`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
