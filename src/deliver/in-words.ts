/** An error in the service's own words; where no connection was made to any of several addresses, Node has the reason in the code alone. */
export function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' && !error.message.includes(error.code) ? ` ${error.code}` : '';
  return `${error.name}: ${error.message}${code}`;
}
