import { Argument, type Command, type Option } from 'commander';
import type { Io } from '../terminal/io.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type CompletedShell = (typeof SHELLS)[number];

/** An option, in the ways in which it is written, and what may follow it. */
interface CompletedOption {
  readonly spellings: readonly string[];
  readonly takesValue: boolean;
  /** Empty = anything. */
  readonly values: readonly string[];
}

/** A command and what may follow it. */
interface Completed {
  readonly name: string;
  /** Commands inside it, and words that its arguments take. */
  readonly words: readonly string[];
  readonly options: readonly CompletedOption[];
}

const completedOption = ({ short, long, required, optional, argChoices }: Option): CompletedOption => ({
  spellings: [long, short].flatMap((one) => one ?? []),
  takesValue: required || optional,
  values: argChoices ?? [],
});

/** The commands of the program, those inside others as `settings put`. */
function completed(program: Command, before = ''): readonly Completed[] {
  return program.commands.flatMap((command) => {
    const name = `${before}${command.name()}`;
    const words = [
      ...command.commands.map((inner) => inner.name()),
      ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    ];
    return [{ name, words, options: command.options.map(completedOption) }, ...completed(command, `${name} `)];
  });
}

const longOf = ({ spellings }: CompletedOption): readonly string[] => spellings.filter((one) => one.startsWith('--'));

function bash(all: readonly Completed[], top: readonly string[]): string {
  const cases = all.map(
    ({ name, words, options }) =>
      `    ${JSON.stringify(name)}) words=${JSON.stringify([...words, ...options.flatMap(longOf)].join(' '))} ;;`,
  );
  const values = all.flatMap(({ name, options }) =>
    options
      .filter((option) => option.values.length > 0)
      .map((option) => {
        const patterns = option.spellings.map((one) => JSON.stringify(`${name} ${one}`)).join('|');
        return `    ${patterns}) words=${JSON.stringify(option.values.join(' '))} ;;`;
      }),
  );
  return `# irsa-auditor completion for bash: source <(irsa-auditor completion bash)
_irsa_auditor() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=${JSON.stringify(top.join(' '))} name="\${COMP_WORDS[1]}"
  [ "$COMP_CWORD" -gt 2 ] && [ "$name" = settings ] && name="$name \${COMP_WORDS[2]}"
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "$name" in
${cases.join('\n')}
    *) words="" ;;
    esac
    case "$name \${COMP_WORDS[COMP_CWORD-1]}" in
${values.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _irsa_auditor irsa-auditor
`;
}

/** How fish names an option, and what follows it: `-x` = nothing but these words, `-r` = anything. */
function fishOption(option: CompletedOption): string {
  const names = option.spellings.map((one) => (one.startsWith('--') ? `-l ${one.slice(2)}` : `-s ${one.slice(1)}`)).join(' ');
  if (option.values.length > 0) return `${names} -x -a ${JSON.stringify(option.values.join(' '))}`;
  return option.takesValue ? `${names} -r` : names;
}

const fish = (all: readonly Completed[], top: readonly string[]): string =>
  [
    '# irsa-auditor completion for fish: irsa-auditor completion fish | source',
    `complete -c irsa-auditor -n __fish_use_subcommand -f -a ${JSON.stringify(top.join(' '))}`,
    ...all.flatMap(({ name, words, options }) => {
      const seen = name
        .split(' ')
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join('; and ');
      const what = [...words.map((word) => `-f -a ${word}`), ...options.map(fishOption)];
      return what.map((one) => `complete -c irsa-auditor -n ${JSON.stringify(seen)} ${one}`);
    }),
    '',
  ].join('\n');

/** zsh runs the functions of bash. */
const zsh = (all: readonly Completed[], top: readonly string[]): string =>
  `# irsa-auditor completion for zsh: source <(irsa-auditor completion zsh)\nautoload -Uz compinit bashcompinit && compinit && bashcompinit\n${bash(
    all,
    top,
  )
    .split('\n')
    .slice(1)
    .join('\n')}`;

const SCRIPTS = { bash, zsh, fish } satisfies Record<CompletedShell, (all: readonly Completed[], top: readonly string[]) => string>;

/** `completion SHELL`: what a shell needs to complete commands and options. Made from the commands themselves. */
export function addCompletion(program: Command, io: Io): void {
  program
    .command('completion')
    .description('print what completes commands and options in bash, zsh or fish')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action((shell: CompletedShell) => {
      const all = completed(program);
      io.stdout(SCRIPTS[shell](all, [...program.commands.map((command) => command.name()), '--help', '--version']));
    });
}
