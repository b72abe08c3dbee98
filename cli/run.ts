import { Command, CommanderError } from 'commander';
import { NoIdentityError } from '../src/collect/reading/no-identity-error.js';
import { UnknownRegionError } from '../src/collect/unknown-region-error.js';
import { ErrorInLines, linesOf } from '../src/saved/error-in-lines.js';
import { NoSuchWorkloadError } from '../src/pipeline/pipeline.js';
import { ProbeError } from '../src/probe/probe-error.js';
import { inert } from '../src/lib/escape-text.js';
import { VERSION } from '../src/lib/version.js';
import { addAudit } from './commands/audit.js';
import { colored, colorOption, type ColorWhen } from './commands/options.js';
import { addCollect } from './commands/collect.js';
import { addCompletion } from './commands/completion.js';
import { addDemo } from './commands/demo.js';
import { addDiff } from './commands/diff.js';
import { addExplain } from './commands/explain.js';
import { addReport } from './commands/report.js';
import { addRules } from './commands/rules.js';
import { addSettings } from './commands/settings.js';
import { addShow } from './commands/show.js';
import { addWho } from './commands/who.js';
import { addProbe } from './commands/probe.js';
import { addRbac } from './commands/rbac.js';
import { addWhy } from './commands/why.js';
import { inertIo } from './terminal/inert-io.js';
import { STOPPED, StoppedError } from './terminal/stopped.js';
import type { Io, Outside } from './terminal/io.js';

const USAGE = 2;
const DEFECT = 4;

const AFTER_HELP = `
Exit status of audit:
  0  nothing at or above --fail-on, and everything was read
  1  findings at or above --fail-on
  2  usage error, no credentials, or unreadable input
  3  no such finding, but not everything could be read
  4  an internal error, or the output could not be written

Credentials, region and endpoints are taken as every AWS tool takes them. Nothing is ever changed in your account,
except that settings put writes one file to the bucket that you name. probe assumes a role for a moment, with --pod in
a pod that is removed afterwards, and asks first.

Examples:
  irsa-auditor audit
  irsa-auditor show 3
  irsa-auditor audit --region eu-west-1 --fail-on high --format json
  irsa-auditor collect > inventory.json && irsa-auditor audit --inventory inventory.json`;

/** What commander says of the arguments: a sentence that quotes them, and sometimes a hint on a line of its own, which does not. */
function linesOfCommander(text: string): readonly string[] {
  const [, sentence = text, hint] = /^([^]*?)(?:\n(\(Did you mean [\w\-, ]+\?\)))?\n$/.exec(text) ?? [];
  return hint === undefined ? [sentence] : [sentence, hint];
}

/** Every command takes `--color`, whatever it prints. */
function addColor({ commands }: Command): void {
  for (const command of commands)
    if (command.commands.length > 0) addColor(command);
    else command.addOption(colorOption());
}

function programFor(io: Io, exit: (status: number) => void): Command {
  const program = new Command(io.plugin ? 'kubectl irsa-auditor' : 'irsa-auditor')
    .description('Finds what is broken or too open between EKS clusters, IAM OIDC providers and web-identity roles.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', AFTER_HELP)
    .configureOutput({
      writeOut: io.stdout,
      // Help alone comes this way, and it quotes nobody.
      writeErr: (text) => text.replace(/\n$/, '').split('\n').forEach(io.stderr),
      outputError: (text) => linesOfCommander(text).forEach(io.stderr),
      getOutHelpWidth: () => io.terminal.width ?? 100,
      getErrHelpWidth: () => io.terminal.width ?? 100,
    })
    .showSuggestionAfterError()
    .exitOverride();
  addAudit(program, io, exit);
  addShow(program, io);
  addDiff(program, io, exit);
  addCollect(program, io, exit);
  addWho(program, io, exit);
  addWhy(program, io, exit);
  addExplain(program, io, exit);
  addProbe(program, io, exit);
  addRbac(program, io, exit);
  addReport(program, io);
  addSettings(program, io);
  addRules(program, io);
  addDemo(program, io);
  addCompletion(program, io);
  addColor(program);
  return program;
}

/** Whether the user can mend it: then the message is all that is told. */
function isUsersMatter(error: unknown): error is Error {
  return (
    // Wrong usage, and files that cannot be used: what reads these is loaded where there is one.
    error instanceof ErrorInLines ||
    error instanceof NoSuchWorkloadError ||
    error instanceof ProbeError ||
    error instanceof NoIdentityError ||
    error instanceof UnknownRegionError
  );
}

/** Tells of an error that nobody expected: what it says, as one line whatever it quotes, and where it came by. @returns the exit status */
export function tellDefect(error: unknown, stderr: Outside['stderr']): number {
  const said = String(error);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = stack.startsWith(said) ? stack.slice(said.length).split('\n').slice(1) : [];
  const head = `irsa-auditor: an internal error, please report it with these lines (version ${VERSION}):`;
  for (const line of [head, said, ...frames]) stderr(`${inert(line)}\n`);
  return DEFECT;
}

/**
 * Runs the command line.
 * @param argv the arguments after the program's name
 * @returns the exit status; never throws and never ends the process
 */
export async function run(argv: readonly string[], outside: Outside): Promise<number> {
  let { terminal } = outside;
  const io = {
    ...inertIo(outside),
    get terminal() {
      return terminal;
    },
  };
  let status = 0;
  try {
    await programFor(io, (chosen) => {
      status = chosen;
    })
      .hook('preAction', (_, command) => {
        terminal = colored(terminal, command.opts<{ color: ColorWhen }>().color);
      })
      .parseAsync([...argv], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    // A line of progress may stand there.
    if (io.terminal.live) io.rewrite('');
    if (error instanceof StoppedError) {
      io.stderr(`irsa-auditor: ${error.message}`);
      return STOPPED;
    }
    if (isUsersMatter(error)) {
      const [first = '', ...more] = linesOf(error);
      for (const line of [`irsa-auditor: ${first}`, ...more]) io.stderr(line);
      return USAGE;
    }
    return tellDefect(error, io.stderr);
  }
}
