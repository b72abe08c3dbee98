import { describe } from '@jest/globals';

/**
 * The AWS stand-in that global-setup.ts started for all test files. Use `describeOnMoto` for suites that need it; every
 * suite takes an account of its own (account.ts), so that files which run in parallel do not see each other's roles.
 */
export function requireMoto(): string {
  const endpoint = process.env['MOTO_ENDPOINT'];
  if (endpoint === undefined) throw new Error(`This needs the AWS stand-in. ${motoMissing()}`);
  return endpoint;
}

/** `describe` where the stand-in runs; else the suite is shown as skipped with the reason, never passed. */
export function describeOnMoto(title: string, suite: () => void): void {
  if (process.env['MOTO_ENDPOINT'] === undefined) describe.skip(`${title} [not run: ${motoMissing()}]`, suite);
  else describe(title, suite);
}

function motoMissing(): string {
  return process.env['MOTO_UNAVAILABLE'] ?? 'test/support/global-setup.ts did not run.';
}
