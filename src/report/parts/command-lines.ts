import { inert, isInert } from '../../lib/escape-text.js';
import type { TextPage } from '../layout/terminal-layout.js';
import type { Paint } from '../layout/paint.js';

/** What a command is printed for: bash, zsh, fish and every POSIX shell, or PowerShell of every version. */
export const SHELLS = ['posix', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

const FILE = 'irsa-auditor.json';

/**
 * The same for PowerShell. It hands a program no double quotes before version 7.3, so that a document goes by a file; where that
 * cannot be written the line ends, for what lies there then is of another repair. Of a comma PowerShell makes a list. Nothing else
 * in a command means another thing there.
 */
function forPowerShell(command: string): string {
  const [, document] = /('[^']*')/.exec(command) ?? [];
  const line = command.replace(/'[^']*'/, `file://${FILE}`).replace(/[^ ]*,[^ ]*/g, "'$&'");
  return document === undefined ? line : `Set-Content -ErrorAction Stop -Encoding ascii -Path ${FILE} -Value ${document}; ${line}`;
}

/** A command as the shell takes it. */
export function commandLine(command: string, shell: Shell): string {
  return shell === 'powershell' ? forPowerShell(command) : command;
}

/** Commands to be copied, never broken, each after the prompt of the shell that it is for. */
export function writeCommands(page: TextPage, commands: readonly string[], paint: Paint, shell: Shell): void {
  const prompt = shell === 'powershell' ? 'PS>' : '$';
  for (const command of commands) {
    if (isInert(command)) page.verbatim(`${paint.dim(prompt)} ${commandLine(command, shell)}`, 4);
    else page.text(`(a command with characters that cannot be shown, take it from --format json) ${inert(command)}`, 4);
  }
}
