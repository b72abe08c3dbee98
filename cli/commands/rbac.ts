import { Option, type Command } from 'commander';
import { callerOf } from '../../src/collect/caller.js';
import { commandIn } from '../../src/model/report/command.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { seen } from '../../src/model/inventory/observed.js';
import { accessIn, addAccess, commandProfile, tellAccount } from '../reading/aws-access.js';
import { inventoryFrom, type InventorySource } from '../reading/inventory-source.js';
import { UsageError, type Io } from '../terminal/io.js';
import { inventoryOption, regionOption, timeoutOption } from './options.js';

interface RbacArguments extends InventorySource {
  readonly cluster?: string;
  readonly principal?: string;
  readonly narrow?: boolean;
}

const ARN = /^arn:aws[a-z0-9-]*:iam::\d{12}:(role|user)\/[\w\-/.@+=,]+$/;
const INCOMPLETE = 3;
const NAME_IT = 'Name the role or user that audits with --principal.';

function checkArguments({ principal, inventory }: RbacArguments): void {
  if (principal !== undefined && !ARN.test(principal)) throw new UsageError(`${principal} is no ARN of a role or user.`);
  if (principal === undefined && inventory !== undefined)
    throw new UsageError(`A saved inventory (--inventory) does not say who is to be allowed. ${NAME_IT}`);
}

/** Of a cluster that is named with its region that region alone is read. */
function sourceOf(options: RbacArguments): InventorySource {
  const region = /^([^/]+)\/./.exec(options.cluster ?? '')?.[1];
  return region === undefined || options.region !== undefined || options.inventory !== undefined
    ? options
    : { ...options, region: [region] };
}

/** Who is allowed where nobody is named: whoever asks. */
async function principalOf({ principal, ...access }: RbacArguments, { roles }: Inventory, io: Io): Promise<string> {
  if (principal !== undefined) return principal;
  const caller = await callerOf(await io.aws(accessIn(access)), roles, { now: io.now, deadline: null });
  if (caller.arn === null) throw new UsageError(`${caller.why} ${NAME_IT}`);
  return caller.arn;
}

/** `rbac`: what lets the auditor scan inside clusters. Prints, and changes nothing. */
export function addRbac(program: Command, io: Io, exit: (status: number) => void): void {
  addAccess(program.command('rbac'))
    .description('print the commands that let a role scan inside the clusters; nothing is changed')
    .option('--principal <arn>', 'the role or user that audits (default: the one that you are)')
    .option('--cluster <name>', 'this cluster only, by name or region/name')
    .addOption(new Option('--narrow', 'with a ClusterRole of exactly what is read, in place of the view policy of EKS'))
    .addOption(inventoryOption())
    .addOption(regionOption())
    .addOption(timeoutOption())
    .action(async (options: RbacArguments) => {
      checkArguments(options);
      const { cluster, narrow = false } = options;
      const { accessCommands, unreadOfClusters } = await import('../../src/rbac/cluster-access.js');
      const inventory = await inventoryFrom(sourceOf(options), io);
      const all = inventory.regions.flatMap((region) => seen(region.clusters));
      const meant = all.filter(({ name, region }) => cluster === undefined || cluster === name || cluster === `${region}/${name}`);
      const unread = unreadOfClusters(inventory, cluster);
      const notRead = 'Not everything could be read of the clusters:';
      const gaps = unread.map((line) => `  ${line}`);
      if (meant.length === 0) {
        const none =
          cluster === undefined ? 'No cluster was read.' : `There is no cluster ${JSON.stringify(cluster)} among those that were read.`;
        throw new UsageError(gaps.length === 0 ? none : [`${none} ${notRead}`, ...gaps]);
      }
      const principal = await principalOf(options, inventory, io);
      const lines = accessCommands(meant, principal, narrow).map((line) => commandIn(commandProfile(options), line));
      io.stdout(`${lines.join('\n').trimStart()}\n`);
      tellAccount(options, inventory.account, io);
      for (const line of gaps.length === 0 ? [] : [notRead, ...gaps]) io.stderr(line);
      // A cluster that is named is all that was asked for.
      exit(unread.length > 0 && cluster === undefined ? INCOMPLETE : 0);
    });
}
