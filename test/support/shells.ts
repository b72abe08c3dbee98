import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A program that writes its arguments, each ended by NUL, and after them the end of the call. */
const STUB = `#!/bin/sh\nfor word in "$@"; do printf '%s\\0' "$word"; done\nprintf '\\001\\0'\n`;

export interface ShellUnderTest {
  readonly name: string;
  /** Without the files of whoever runs the tests. */
  readonly options: readonly string[];
  /** What comes before the lines, so that they are read as at a prompt. */
  readonly before: string;
}

/** The shells that a command is for; bash and a POSIX shell are there wherever the tests run. */
export const SHELLS: readonly ShellUnderTest[] = [
  { name: 'bash', options: ['--norc', '--noprofile'], before: 'set -o history -o histexpand' },
  { name: 'sh', options: [], before: ':' },
  { name: 'dash', options: [], before: ':' },
  { name: 'zsh', options: ['-f'], before: 'setopt extendedglob magicequalsubst banghist' },
  { name: 'fish', options: ['--no-config'], before: 'true' },
];

const REQUIRED = ['bash', 'sh'];

/** Whether a shell can be run here. Those that are on every machine are run in any case, and fail where they are missing. */
export function isThere({ name }: ShellUnderTest): boolean {
  return REQUIRED.includes(name) || spawnSync(name, ['-c', 'true']).error === undefined;
}

/** The end of the name of a test that is skipped, so that it says why. */
export const whyNot = (shell: ShellUnderTest): string => (isThere(shell) ? '' : ` (skipped: ${shell.name} is not on this machine)`);

export interface Ran {
  /** The arguments of each call of a program, in order. */
  readonly calls: readonly (readonly string[])[];
  /** Files that the lines made, by name. */
  readonly made: Readonly<Record<string, string>>;
  readonly errors: string;
}

/** What a shell keeps for itself, such as its history, has a dot before its name. */
const madeIn = (home: string): string[] => readdirSync(home).filter((file) => !file.startsWith('.'));

/** Runs lines in a shell where `aws`, `kubectl` and `eksctl` only tell what they were given. */
export function runIn({ name, options, before }: ShellUnderTest, lines: readonly string[]): Ran {
  const folder = mkdtempSync(join(tmpdir(), 'shell-'));
  const [home, programs] = [mkdtempSync(join(folder, 'home-')), mkdtempSync(join(folder, 'bin-'))];
  try {
    for (const program of ['aws', 'kubectl', 'eksctl']) writeFileSync(join(programs, program), STUB, { mode: 0o755 });
    const script = join(folder, 'script');
    writeFileSync(script, `${[before, ...lines].join('\n')}\n`);
    const { stdout, stderr, error } = spawnSync(name, [...options, script], {
      cwd: home,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}`, HOME: home, LC_ALL: 'C.UTF-8' },
    });
    if (error !== undefined) throw error;
    const calls = stdout.split('\u0001\0').slice(0, -1);
    return {
      calls: calls.map((call) => call.split('\0').slice(0, -1)),
      made: Object.fromEntries(madeIn(home).map((file) => [file, readFileSync(join(home, file), 'utf8')])),
      errors: stderr,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
