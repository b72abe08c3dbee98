import { InvalidArgumentError, Option, type Command } from 'commander';
import { SHELLS } from '../../src/report/parts/command-lines.js';
import type { Terminal } from '../terminal/environment.js';
import type { Io } from '../terminal/io.js';

function regionName(value: string): string {
  if (!/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(value)) throw new InvalidArgumentError('a region looks like eu-west-1.');
  return value;
}

/** `--region R`, as often as wanted. */
export function regionOption(): Option {
  return new Option('--region <region>', 'read this region only; may be given more than once (default: every enabled region)').argParser(
    (value: string, previous: readonly string[] | undefined) => [
      ...(previous ?? []),
      ...value.split(',').map((one) => regionName(one.trim())),
    ],
  );
}

const YEAR_S = 365 * 24 * 3600;

/** `--timeout SECONDS`: the reading ends with what it has. @param more what else it bounds */
export function timeoutOption(more = ''): Option {
  return new Option('--timeout <seconds>', `end the reading after this time with what there is${more}`).argParser((value: string) => {
    const seconds = Number(value);
    if (!(seconds > 0 && seconds <= YEAR_S)) throw new InvalidArgumentError(`give a number of seconds above 0, and at most ${YEAR_S}.`);
    return seconds;
  });
}

/** `--kubernetes`: what is inside the clusters too. */
export function kubernetesOption(): Option {
  return new Option('--kubernetes', 'scan inside the clusters too, over the Kubernetes API (see `irsa-auditor rbac`)');
}

/** `--context NAME`, as often as wanted: those clusters are read as kubectl reaches them. */
export function contextsOption(): Option {
  return new Option(
    '--context <name>',
    'scan inside the cluster that this context of the kubeconfig leads to, as its user; may be given more than once',
  ).argParser((value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value]);
}

/** `--kubeconfig FILE`: whose contexts are meant. */
export function kubeconfigOption(): Option {
  return new Option('--kubeconfig <file>', 'take contexts of this kubeconfig (default: KUBECONFIG, else ~/.kube/config)');
}

/** `-o`, `--format F`: kubectl has it as `-o`. */
export function formatOption(formats: readonly string[], what = 'how to print it'): Option {
  return new Option('-o, --format <format>', what).choices(formats).default('text');
}

/** `--inventory FILE`: what `collect` printed, instead of the account. */
export function inventoryOption(): Option {
  return new Option('--inventory <file>', 'take this saved inventory instead of reading the account');
}

/** The same as often as wanted: the first is judged, the others are evidence of other accounts. */
export function inventoriesOption(): Option {
  return new Option(
    '--inventory <file>',
    'take this saved inventory instead of reading the account; further ones, of other accounts, say what lies across',
  ).argParser((value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value]);
}

/** `--shell S`: what commands of repairs are printed for, in text. */
export function shellOption({ terminal }: Io): Option {
  return new Option('--shell <shell>', 'the shell that printed commands are for').choices(SHELLS).default(terminal.shell ?? 'posix');
}

/** `--bucket B`: the bucket of the deployed stack, which is found by itself. */
export function bucketOption(): Option {
  return new Option('--bucket <name>', "the stack's bucket (default: IRSA_AUDITOR_BUCKET, else that of the deployed stack)");
}

/** `--region R`: where that bucket is. */
export function bucketRegionOption(): Option {
  return new Option('--region <region>', "the region of the stack and its bucket (default: the environment's)").argParser(regionName);
}

/** The argument and the options that name one workload of one cluster. */
export function addWorkloadOptions(command: Command): Command {
  return addPlaceOptions(
    command
      .argument(
        '[workload]',
        'pod/NAME, sa/NAME, deployment/NAME, sts/, ds/, job/, cronjob/, TYPE NAME, or a name alone, as kubectl writes it',
      )
      .argument('[name]', 'the name, where the workload is written TYPE NAME'),
  );
}

/** The options that name a cluster, and a service account in it. */
export function addPlaceOptions(command: Command): Command {
  return command
    .option('--cluster <name>', 'the cluster, or region/name; needed where there are several')
    .option('--context [name]', 'go where this context of the kubeconfig leads, as its user; without a name the current one')
    .addOption(kubeconfigOption())
    .option('-n, --namespace <name>', 'the namespace (default: that of the context, else "default")')
    .option('--service-account <name>', 'the service account')
    .addOption(regionOption());
}

export type ColorWhen = 'auto' | 'always' | 'never';

/** `--color WHEN`: over what the terminal and the environment say. */
export function colorOption(): Option {
  return new Option('--color <when>', 'color the output').choices(['auto', 'always', 'never']).default('auto');
}

/** The terminal with the color that was asked for. */
export function colored(terminal: Terminal, color: ColorWhen): Terminal {
  return color === 'auto' ? terminal : { ...terminal, color: color === 'always', links: terminal.links && color === 'always' };
}
