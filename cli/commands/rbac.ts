import { Option, type Command } from 'commander';
import { accessCommands } from '../../src/cluster-access.js';
import { whatArrived } from '../../src/model/observed.js';
import { inventoryFrom, type InventorySource } from '../inventory-source.js';
import { UsageError, type Io } from '../io.js';
import { inventoryOption, regionOption, timeoutOption } from './options.js';

interface RbacArguments extends InventorySource {
  readonly cluster?: string;
  readonly principal: string;
  readonly narrow?: boolean;
}

const ARN = /^arn:aws[a-z0-9-]*:iam::\d{12}:(role|user)\/[\w\-/.@+=,]+$/;

/** `rbac`: what lets the auditor look inside clusters. Prints, and changes nothing. */
export function addRbac(program: Command, io: Io, exit: (status: number) => void): void {
  program
    .command('rbac')
    .description('print the commands that let a role look inside the clusters; nothing is changed')
    .requiredOption('--principal <arn>', 'the role or user that audits')
    .option('--cluster <name>', 'this cluster only, by name or region/name')
    .addOption(new Option('--narrow', 'with a ClusterRole of exactly what is read, in place of the view policy of EKS'))
    .addOption(inventoryOption())
    .addOption(regionOption())
    .addOption(timeoutOption())
    .action(async (options: RbacArguments) => {
      const { principal, cluster, narrow = false } = options;
      if (!ARN.test(principal)) throw new UsageError(`${principal} is no ARN of a role or user.`);
      const inventory = await inventoryFrom(options, io);
      const all = inventory.regions.flatMap((region) => whatArrived(region.clusters));
      const meant = all.filter(({ name, region }) => cluster === undefined || cluster === name || cluster === `${region}/${name}`);
      if (meant.length === 0)
        throw new UsageError(
          cluster === undefined ? 'No cluster was read.' : `There is no cluster ${JSON.stringify(cluster)} among those that were read.`,
        );
      io.stdout(`${accessCommands(meant, principal, narrow).join('\n').trimStart()}\n`);
      exit(0);
    });
}
