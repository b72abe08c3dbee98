import type { Command } from 'commander';
import { plural } from '../../src/lib/plural.js';
import { unreadCount } from '../../src/pipeline/pipeline.js';
import { addAccess } from '../reading/aws-access.js';
import type { Io } from '../terminal/io.js';
import { readAccount, type AccountReading } from '../reading/collect-options.js';
import { contextsOption, kubeconfigOption, kubernetesOption, regionOption, timeoutOption } from './options.js';

export function addCollect(program: Command, io: Io, exit: (status: number) => void): void {
  addAccess(program.command('collect'))
    .description('read the account and print the inventory as JSON, to audit later or elsewhere')
    .addOption(regionOption())
    .addOption(timeoutOption())
    .addOption(kubernetesOption())
    .addOption(contextsOption())
    .addOption(kubeconfigOption())
    .action(async (options: AccountReading) => {
      const inventory = await readAccount(options, io);
      const { printInventory } = await import('../../src/saved/inventory-file.js');
      io.stdout(printInventory(inventory));
      const unread = unreadCount(inventory);
      if (unread > 0)
        io.stderr(
          `Incomplete: ${plural(unread, 'read was', 'reads were')} not answered; \`irsa-auditor audit --inventory FILE\` names them.\n`,
        );
      exit(unread > 0 ? 3 : 0);
    });
}
