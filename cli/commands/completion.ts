import { Argument, type Command } from 'commander';
import type { Io } from '../io.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type CompletedShell = (typeof SHELLS)[number];

/** A command and what may follow it: options, and words that one of them or its argument takes. */
interface Completed {
  readonly name: string;
  readonly words: readonly string[];
}

/** The commands of the program, those inside others as `settings put`, each with its options and fixed words. */
function completed(program: Command, before = ''): readonly Completed[] {
  return program.commands.flatMap((command) => {
    const name = `${before}${command.name()}`;
    const options = command.options.flatMap(({ long }) => (long === undefined ? [] : [long]));
    const choices = [...command.options, ...command.registeredArguments].flatMap(({ argChoices }) => argChoices ?? []);
    const own = { name, words: [...command.commands.map((inner) => inner.name()), ...options, ...choices] };
    return [own, ...completed(command, `${name} `)];
  });
}

function bash(all: readonly Completed[], top: readonly string[]): string {
  const cases = all.map(({ name, words }) => `    ${JSON.stringify(name)}) words=${JSON.stringify(words.join(' '))} ;;`);
  return `# irsa-auditor completion for bash: source <(irsa-auditor completion bash)
_irsa_auditor() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=${JSON.stringify(top.join(' '))} name="\${COMP_WORDS[1]}"
  [ "$COMP_CWORD" -gt 2 ] && [ "$name" = settings ] && name="$name \${COMP_WORDS[2]}"
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "$name" in
${cases.join('\n')}
    *) words="" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _irsa_auditor irsa-auditor
`;
}

const fish = (all: readonly Completed[], top: readonly string[]): string =>
  [
    '# irsa-auditor completion for fish: irsa-auditor completion fish | source',
    `complete -c irsa-auditor -n __fish_use_subcommand -f -a ${JSON.stringify(top.join(' '))}`,
    ...all.flatMap(({ name, words }) => {
      const seen = name
        .split(' ')
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join('; and ');
      return words.map(
        (word) => `complete -c irsa-auditor -n ${JSON.stringify(seen)} ${word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`}`,
      );
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
