import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Stops what global-setup.ts started and says in the last lines what could not be run. */
export default async function globalTeardown(): Promise<void> {
  const server = (globalThis as { motoServer?: ChildProcess }).motoServer;
  if (server?.exitCode === null) {
    server.ref();
    const ended = once(server, 'exit');
    server.stdin?.end();
    await ended;
  }
  const reason = process.env['MOTO_UNAVAILABLE'];
  if (reason !== undefined) process.stderr.write(`\nNOT RUN: every test that needs the AWS stand-in. ${reason}\n`);
}
