import { Option, type Command } from 'commander';
import { DEFAULT_SETTINGS } from '../../src/model/settings.js';
import { NoSuchWorkloadError, whyNot, type WhyQuestion } from '../../src/pipeline.js';
import { renderChain, renderChainJson } from '../../src/report/chain.js';
import { inventoryFrom, type InventorySource } from '../inventory-source.js';
import { UsageError, type Io } from '../io.js';
import { inventoryOption, kubernetesOption, regionOption, timeoutOption } from './options.js';

interface WhyArguments extends InventorySource {
  readonly format: 'text' | 'json';
  readonly cluster?: string;
  readonly namespace: string;
  readonly serviceAccount?: string;
  readonly pod?: string;
}

const STATUS = { holds: 0, broken: 1, open: 3 } as const;

/** `pod/NAME`, `sa/NAME` or `serviceaccount/NAME`, as kubectl writes it. */
function named(workload: string | undefined): Pick<WhyQuestion, 'pod' | 'serviceAccount'> {
  if (workload === undefined) return {};
  const [, kind = '', name = ''] = /^(pods?|po|sa|serviceaccounts?)\/(.+)$/.exec(workload) ?? [];
  if (name === '') throw new UsageError(`${workload} is no workload: write pod/NAME or sa/NAME.`);
  return kind.startsWith('po') ? { pod: name } : { serviceAccount: name };
}

/** `why`: the chain from one workload to its permissions, link by link. */
export function addWhy(program: Command, io: Io, exit: (status: number) => void): void {
  program
    .command('why')
    .description('follow one workload to its role, link by link, and mark the first link that does not hold')
    .argument('[workload]', 'pod/NAME or sa/NAME, as kubectl writes it')
    .option('--cluster <name>', 'the cluster, or region/name; needed where there are several')
    .option('-n, --namespace <name>', 'the namespace', 'default')
    .option('--service-account <name>', 'the service account')
    .option('--pod <name>', 'a pod, whose service account is taken')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .addOption(inventoryOption())
    .addOption(regionOption())
    .addOption(timeoutOption())
    .addOption(kubernetesOption())
    .action(async (workload: string | undefined, options: WhyArguments) => {
      const { cluster, namespace, serviceAccount, pod } = options;
      const asked: WhyQuestion = {
        namespace,
        ...(cluster === undefined ? {} : { cluster }),
        ...(serviceAccount === undefined ? {} : { serviceAccount }),
        ...(pod === undefined ? {} : { pod }),
        ...named(workload),
      };
      if (asked.serviceAccount === undefined && asked.pod === undefined)
        throw new UsageError('Say of what: pod/NAME, sa/NAME, --pod or --service-account.');
      const inventory = await inventoryFrom(options, io);
      try {
        const chain = whyNot(inventory, asked, DEFAULT_SETTINGS);
        io.stdout(
          options.format === 'json' ? renderChainJson(chain) : renderChain(chain, { color: io.terminal.color, width: io.terminal.width }),
        );
        exit(STATUS[chain.verdict]);
      } catch (error) {
        throw error instanceof NoSuchWorkloadError ? new UsageError(error.message, { cause: error }) : error;
      }
    });
}
