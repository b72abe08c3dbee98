import { spawn, type ChildProcess } from 'node:child_process';
import { membersOf, type Members } from '../../lib/is-object.js';
import { ReadError } from '../reading/read-error.js';
import { textOf } from './pages.js';
import { listOf } from './records.js';

/** What a program of a kubeconfig gets for its user. https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
export interface Credential {
  readonly token: string | null;
  /** PEM. */
  readonly certificate: string | null;
  readonly key: string | null;
}

/** An ExecCredential is some kilobytes. */
const MOST_BYTES = 2 ** 20;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends a program and all that it started: they are a process group of their own, but on Windows, which knows no such thing. */
function endAll(child: ChildProcess): void {
  const { pid, stdout } = child;
  stdout?.destroy();
  child.unref();
  if (pid === undefined) return;
  if (process.platform === 'win32') spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore' }).unref();
  else
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // They have ended by themselves.
    }
}

/** Ctrl-C reaches this process alone, and not the group of the plugin: both are to end. @returns stops listening */
function endOnSignal(child: ChildProcess): () => void {
  const heard = SIGNALS.map((name) => {
    const isAlone = process.listenerCount(name) === 0;
    const listener = (): void => {
      endAll(child);
      // Who else listens decides for himself; else this ends as if nobody had listened.
      if (isAlone) process.kill(process.pid, name);
    };
    process.once(name, listener);
    return { name, listener };
  });
  return () => {
    for (const { name, listener } of heard) process.off(name, listener);
  };
}

/** How a plugin ends that gives nothing, in words that hold nothing of what it printed. */
class PluginError extends Error {}

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** What a program prints. Nobody sees its standard error, and nothing can be asked: what it says may be a secret. */
function printed({ command, args, env }: Program, signal: AbortSignal, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const detached = process.platform !== 'win32';
    const child = spawn(command, args, { env, detached, stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
    const stopListening = endOnSignal(child);
    const giveUp = (words: string): void => {
      reject(new PluginError(words));
      endAll(child);
    };
    const timer = setTimeout(() => giveUp(`gave no credentials in ${timeoutMs / 1000} s, and was ended`), timeoutMs);
    const abort = (): void => giveUp('was not waited for any longer');
    signal.addEventListener('abort', abort, { once: true });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.length > MOST_BYTES) giveUp('printed no ExecCredential');
    });
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(new PluginError(`could not be started (${error.code ?? 'no reason given'})`)),
    );
    child.on('exit', (status, killedBy) => {
      if (status !== 0) reject(new PluginError(`ended with ${String(status ?? killedBy)}`));
    });
    child.on('close', () => {
      clearTimeout(timer);
      stopListening();
      signal.removeEventListener('abort', abort);
      resolve(text);
    });
  });
}

function credentialIn(text: string): Credential {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const status = membersOf(membersOf(value)['status']);
  const [token, certificate, key] = ['token', 'clientCertificateData', 'clientKeyData'].map((name) => textOf(status[name]));
  if (token == null && certificate == null) throw new PluginError('printed no ExecCredential');
  return { token: token ?? null, certificate: certificate ?? null, key: key ?? null };
}

/** What tells the plugin who asks, beside what the kubeconfig gives it. */
function environmentFor(exec: Members): NodeJS.ProcessEnv {
  const info = { apiVersion: exec['apiVersion'], kind: 'ExecCredential', spec: { interactive: false } };
  const own = listOf(exec['env']).map(({ name, value }) => [String(name), String(value)]);
  // eslint-disable-next-line no-restricted-properties -- handed on as it is, as kubectl does
  return { ...process.env, KUBERNETES_EXEC_INFO: JSON.stringify(info), ...(Object.fromEntries(own) as NodeJS.ProcessEnv) };
}

/**
 * Runs the program that a kubeconfig names for its user, as kubectl does, but that nobody can be asked anything, and that it has
 * so long. Whatever it started ends with it.
 * @param context for the words that say how to see what is wrong
 * @throws ReadError that holds nothing of what it printed
 */
export async function runPlugin(exec: Members, context: string, signal: AbortSignal, timeoutMs: number): Promise<Credential> {
  const command = textOf(exec['command']) ?? '';
  try {
    if (command === '') throw new PluginError('names no program');
    if (exec['interactiveMode'] === 'Always') throw new PluginError('has to ask somebody, who cannot be asked here');
    const args = Array.isArray(exec['args']) ? exec['args'].map(String) : [];
    return credentialIn(await printed({ command, args, env: environmentFor(exec) }, signal, timeoutMs));
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    throw new ReadError(
      'denied',
      `The program ${command === '' ? 'of the kubeconfig' : command}, which gets the credentials of the context ${context}, ${error.message}. \`kubectl get --raw /version --context ${context}\` shows what it says, and lets it ask what it has to.`,
    );
  }
}
