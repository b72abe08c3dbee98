import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonWithMoto } from '../support/python.js';

const SERVER = resolve('test/support/aws/moto_plus.py');

/** An AWS stand-in of this suite's own: IAM enforcement is switched for a whole server, and must not hit other suites. */
export interface OwnStandIn {
  readonly port: string;
  readonly endpoint: string;
  /** The Python that runs it. */
  readonly python: string;
  /** On: every call needs an IAM permission, by the policies that the stand-in holds. Off: none does. */
  enforceIam(on: boolean): Promise<void>;
  stop(): Promise<void>;
}

async function address(server: ChildProcess): Promise<string> {
  if (server.stdout === null) throw new Error('The stand-in has no standard output.');
  for await (const line of createInterface({ input: server.stdout })) {
    const [, found] = /^listening (http:\S+)$/.exec(line) ?? [];
    if (found !== undefined) return found;
  }
  throw new Error(`The stand-in ended before it listened (${SERVER}).`);
}

export async function startOwnStandIn(): Promise<OwnStandIn> {
  const python = pythonWithMoto();
  const environment = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    PYTHONDONTWRITEBYTECODE: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const server = spawn(python, [SERVER], { stdio: ['pipe', 'pipe', 'ignore'], env: environment });
  const { origin, port } = new URL(await address(server));
  return {
    port,
    endpoint: origin,
    python,
    enforceIam: async (on) => {
      // moto counts the calls that pass unchecked. It fails on a form: the type has to be plain text.
      const headers = { 'Content-Type': 'text/plain' };
      const answer = await fetch(`${origin}/moto-api/reset-auth`, { method: 'POST', body: on ? '0' : 'inf', headers });
      if (!answer.ok) throw new Error(`moto did not switch IAM enforcement: ${String(answer.status)} ${await answer.text()}`);
    },
    stop: async () => {
      const ended = once(server, 'exit');
      server.stdin.end();
      await ended;
    },
  };
}

/** The files of a zip archive, by name. Python reads it, which this suite has: Node has no reader of its own. */
export function unzip(python: string, archive: string, folder: string): void {
  const { status, stderr } = spawnSync(python, ['-m', 'zipfile', '-e', archive, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${archive} could not be unpacked: ${stderr}`);
}
