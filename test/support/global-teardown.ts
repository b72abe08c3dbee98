import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Stops what global-setup.ts started and says in the last lines what could not be run. */
export default async function globalTeardown(): Promise<void> {
  const { motoServer, kubeControlPlane } = globalThis as { motoServer?: ChildProcess; kubeControlPlane?: ChildProcess };
  await Promise.all([end(motoServer), end(kubeControlPlane)]);
  const missing = {
    MOTO_UNAVAILABLE: 'the AWS stand-in',
    KUBE_UNAVAILABLE: 'a Kubernetes API server',
    CHROMIUM_UNAVAILABLE: 'a browser',
  };
  for (const [name, what] of Object.entries(missing)) {
    const reason = process.env[name];
    if (reason !== undefined) process.stderr.write(`\nNOT RUN: every test that needs ${what}. ${reason}\n`);
  }
}

async function end(server: ChildProcess | undefined): Promise<void> {
  if (server?.exitCode !== null) return;
  server.ref();
  const ended = once(server, 'exit');
  server.stdin?.end();
  await ended;
}
