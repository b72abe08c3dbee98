import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Readable } from 'node:stream';
import type { StandInMessage } from './stand-in.js';

const PROBE = pathToFileURL(resolve('bench/probe.mjs')).href;
/** This very bundle, to be started again for one of its parts. */
const SELF = fileURLToPath(import.meta.url);

export interface Used {
  /** From the start of the process to its end. */
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
  readonly status: number | null;
  /** What it wrote to descriptor 3. */
  readonly outcome: string;
}

export interface Program {
  readonly node?: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** Nothing of the caller's AWS settings gets in: what is measured must not depend on them, nor reach an account. */
function environmentWith(env: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|NODE_OPTIONS$|HTTPS?_PROXY$)/i.test(name));
  return { ...Object.fromEntries(kept.map(([name, value]) => [name, value ?? ''])), ...env };
}

/** Credentials and addresses with which every SDK client asks the stand-in and nobody else. */
export function awsAt(url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIABENCHBENCHBENCH0',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Runs a Node program to its end and tells what it used. Its output is thrown away. */
export async function measure({ node = process.execPath, args, env = {}, stdin = '' }: Program): Promise<Used> {
  const started = performance.now();
  const child = spawn(node, ['--import', PROBE, ...args], { env: environmentWith(env), stdio: ['pipe', 'ignore', 'pipe', 'pipe', 'pipe'] });
  child.stdin?.end(stdin);
  const ended = once(child, 'exit').then(([status]) => ({ status: status as number | null, wallMs: performance.now() - started }));
  const [, , stderr, outcome, probe] = child.stdio;
  const [{ status, wallMs }, said, told, used] = await Promise.all([ended, readAll(stderr), readAll(outcome), readAll(probe)]);
  if (used === '') throw new Error(`${args.join(' ')} ended with ${String(status)} and told nothing of what it used:\n${said}`);
  const { cpuMs, peakBytes } = JSON.parse(used) as { readonly cpuMs: number; readonly peakBytes: number };
  return { wallMs, cpuMs, peakMiB: peakBytes / 2 ** 20, status, outcome: told };
}

function readAll(stream: unknown): Promise<string> {
  return text(stream as Readable);
}

/** Runs one part of this bench in a process of its own, which nothing has warmed up, and returns the JSON that it sends. */
export async function inOwnProcess<T>(node: string, part: string, ...args: readonly string[]): Promise<T> {
  const child = fork(SELF, [part, ...args], { execPath: node, execArgv: ['--expose-gc'] });
  const [message] = (await Promise.race([once(child, 'message'), endedUnasked(child, part)])) as [T];
  return message;
}

export interface StandIn {
  readonly url: string;
  /** The calls since the last time that this was asked. */
  readonly calls: () => Promise<Readonly<Record<string, number>>>;
  readonly stop: () => void;
}

/** Starts the stand-in of AWS with an account of this many roles. @param part the one that has API servers in its clusters, if wanted */
export async function startStandIn(roles: number, part = 'stand-in'): Promise<StandIn> {
  const child = fork(SELF, [part, String(roles)]);
  const ended = endedUnasked(child, part);
  const next = async (): Promise<StandInMessage> => {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [StandInMessage];
    return message;
  };
  const first = await next();
  if (!('url' in first)) throw new Error('the stand-in did not tell its address');
  return {
    url: first.url,
    calls: async () => {
      child.send('calls');
      const message = await next();
      return 'calls' in message ? message.calls : {};
    },
    stop: () => child.disconnect(),
  };
}

async function endedUnasked(child: ChildProcess, part: string): Promise<never> {
  const [status] = (await once(child, 'exit')) as [number | null];
  throw new Error(`the part ${part} ended with ${String(status)} before it told anything`);
}
