import { Option, type Command } from 'commander';
import type { Chain } from '../../src/model/report/chain.js';
import type { Finding } from '../../src/model/report/finding.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import { followWorkload, type FollowedWorkload } from '../../src/pipeline/pipeline.js';
import type { Shell } from '../../src/report/parts/command-lines.js';
import { renderChain, renderChainJson } from '../../src/report/screens/chain.js';
import { accessWords, addAccess, commandProfile, tellAccount } from '../reading/aws-access.js';
import {
  accountAndOthers,
  inventoryFrom,
  inventoryWords,
  othersFrom,
  type GivenInventories,
  type InventorySource,
} from '../reading/inventory-source.js';
import { programName, UsageError, type Io } from '../terminal/io.js';
import { asGiven, lineToCopy } from '../terminal/line-to-copy.js';
import { findingIn } from '../../src/selection/in-profile.js';
import { inContexts, type NamedContext } from '../../src/selection/in-contexts.js';
import { readWorkload } from '../reading/collect-options.js';
import { writeRepair } from '../terminal/repair-files.js';
import { askedWorkload, type AskedWorkload, type WorkloadOptions } from '../reading/workload.js';
import { addWorkloadOptions, formatOption, inventoriesOption, shellOption, timeoutOption } from './options.js';

export interface WhyArguments extends Omit<InventorySource, 'context'>, WorkloadOptions {
  readonly format: 'text' | 'json';
  readonly shell: Shell;
  readonly verbose?: boolean;
  readonly write?: string;
  /** Saved inventories of other accounts; absent = none. */
  readonly others?: readonly string[];
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

/** With commands of kubectl for the context by which the cluster was read. */
function inContext(followed: FollowedWorkload, context: NamedContext | undefined): FollowedWorkload {
  if (context === undefined) return followed;
  const { chain, report } = followed;
  const { findings } = inContexts({ ...report, findings: chain.findings }, [context]);
  return { ...followed, chain: { ...chain, findings }, report: inContexts(report, [context]) };
}

/** With commands of AWS for the account that was read. */
function inOwnProfile(followed: FollowedWorkload, profile: string | undefined): FollowedWorkload {
  const { chain } = followed;
  return { ...followed, chain: { ...chain, findings: chain.findings.map((finding) => findingIn(profile, finding)) } };
}

/** How the same is asked for again. */
function selfOf({ target }: Chain, options: WhyArguments, { context }: AskedWorkload, io: Io): string {
  const { namespace, serviceAccount, region, cluster } = target;
  const { inventory, kubeconfig } = options;
  const source = [
    ...inventoryWords(inventory, options.others),
    ...(context === undefined ? [] : ['--context', context.context]),
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
    ...accessWords(options),
  ];
  const words = ['why', `sa/${serviceAccount}`, '-n', namespace, '--cluster', `${region}/${cluster}`];
  return `${programName(io)} ${lineToCopy(words, source) ?? 'why WORKLOAD'}`;
}

/** What shows a finding of the chain, for what `why` has no option for. */
function showsOf(finding: Finding | undefined, options: WhyArguments, { context }: AskedWorkload, io: Io): string {
  const { inventory, kubernetes, kubeconfig } = options;
  const inside = context !== undefined ? ['--context', context.context] : kubernetes === false ? [] : ['--kubernetes'];
  const reading = [...inside, ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]), ...accessWords(options)];
  const words = ['show', finding?.problem.slice(0, 12) ?? 'ID'];
  return `${programName(io)} ${lineToCopy(words, inventory === undefined ? reading : inventoryWords(inventory, options.others)) ?? 'show ID'}`;
}

/** `why`: the chain from one workload to its permissions, link by link. */
export function addWhy(program: Command, io: Io, exit: (status: number) => void): void {
  const command = program
    .command('why')
    .description('say why a workload can or cannot assume its role, with the fix')
    .addOption(formatOption(['text', 'json']))
    .addOption(shellOption(io));
  addAccess(addWorkloadOptions(command))
    .option('--pod <name>', 'a pod, whose service account is taken')
    .addOption(inventoriesOption())
    .addOption(timeoutOption())
    .option('--no-kubernetes', 'do not scan inside the cluster')
    .option('-v, --verbose', 'list the links that hold too, and other findings in full')
    .addOption(new Option('--write <folder>', 'write the trust policies of the fix there, with the way back beside them'))
    .action(async (first: string | undefined, second: string | undefined, given: Omit<WhyArguments, 'inventory'> & GivenInventories) => {
      const options: WhyArguments = accountAndOthers(given);
      const asked = await askedWorkload([first, second], options, options.inventory !== undefined, io);
      const inventory = await inventoryOf(asked, options, io);
      const others = await othersFrom(options.others ?? [], inventory, io);
      const followed = followWorkload(inventory, asked.question, DEFAULT_SETTINGS, { others });
      const said = inOwnProfile(inContext(followed, asked.context), commandProfile(options));
      const { chain } = options.format === 'json' ? followed : said;
      if (options.format === 'json') io.stdout(renderChainJson(chain));
      else {
        const [lead] = chain.findings.filter(({ suppressed }) => suppressed === null);
        if (options.write !== undefined && lead === undefined) throw new UsageError('Nothing to write: no finding is behind this.');
        const profile = commandProfile(options);
        const written =
          options.write === undefined || lead === undefined ? null : await writeRepair(lead, { folder: options.write, profile }, io);
        const shows = showsOf(lead, options, asked, io);
        const given = { access: asGiven(accessWords(options)), kubeconfig: '', profile };
        const terminal = { ...io.terminal, program: programName(io), given, shell: options.shell };
        const self = selfOf(chain, options, asked, io);
        io.stdout(renderChain(said, { ...terminal, verbose: options.verbose === true, self, shows, written }));
        tellAccount(options, chain.account, io);
      }
      exit(STATUS[chain.verdict]);
    });
}
