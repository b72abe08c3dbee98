import { Option, type Command } from 'commander';
import type { Inventory } from '../../src/model/inventory.js';
import { DEFAULT_SETTINGS } from '../../src/model/settings.js';
import { whyNot } from '../../src/pipeline.js';
import type { Shell } from '../../src/report/command-lines.js';
import { renderChain, renderChainJson } from '../../src/report/chain.js';
import { inventoryFrom, type InventorySource } from '../inventory-source.js';
import type { Io } from '../io.js';
import { readWorkload } from '../reading.js';
import { askedWorkload, type AskedWorkload, type WorkloadOptions } from '../workload.js';
import { addWorkloadOptions, inventoryOption, shellOption, timeoutOption } from './options.js';

export interface WhyArguments extends Omit<InventorySource, 'context'>, WorkloadOptions {
  readonly format: 'text' | 'json';
  readonly shell: Shell;
}

const STATUS = { holds: 0, broken: 1, open: 3 } as const;

/** What is needed of one workload where its cluster is known, else everything. */
export async function inventoryOf({ place, context }: AskedWorkload, options: WhyArguments, io: Io): Promise<Inventory> {
  const { kubernetes, ...rest } = options;
  // How the one cluster is reached says nothing of the account's others.
  const source = { ...rest, context: undefined };
  if (options.inventory !== undefined) return inventoryFrom(source, io);
  const narrow = place === null ? null : await readWorkload({ ...options, place, context }, io);
  return narrow ?? inventoryFrom({ ...source, kubernetes: kubernetes !== false }, io);
}

/** `why`: the chain from one workload to its permissions, link by link. */
export function addWhy(program: Command, io: Io, exit: (status: number) => void): void {
  const command = program
    .command('why')
    .description('follow one workload to its role, link by link, and mark the first link that does not hold')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .addOption(shellOption(io));
  addWorkloadOptions(command)
    .option('--pod <name>', 'a pod, whose service account is taken')
    .addOption(inventoryOption())
    .addOption(timeoutOption())
    .option('--no-kubernetes', 'do not look inside the cluster')
    .action(async (workload: string | undefined, options: WhyArguments) => {
      const asked = await askedWorkload(workload, options, options.inventory !== undefined, io);
      const inventory = await inventoryOf(asked, options, io);
      const chain = whyNot(inventory, asked.question, DEFAULT_SETTINGS);
      io.stdout(options.format === 'json' ? renderChainJson(chain) : renderChain(chain, { ...io.terminal, shell: options.shell }));
      exit(STATUS[chain.verdict]);
    });
}
