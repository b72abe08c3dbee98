import { Option, type Command } from 'commander';
import { DEFAULT_SETTINGS } from '../../src/model/settings.js';
import type { ProbePlan } from '../../src/model/probe.js';
import type { Inventory } from '../../src/model/inventory.js';
import { whatArrived } from '../../src/model/observed.js';
import { probePlan } from '../../src/pipeline.js';
import { renderProbe, renderProbeJson } from '../../src/report/probe.js';
import { UsageError, type Io } from '../io.js';
import { readWorkload } from '../reading.js';
import { askedWorkload, type AskedWorkload, type WorkloadOptions } from '../workload.js';
import { addWorkloadOptions, timeoutOption } from './options.js';

interface ProbeArguments extends WorkloadOptions {
  readonly format: 'text' | 'json';
  readonly timeout?: number;
  readonly yes?: true;
}

const DEFAULT_TIMEOUT_S = 60;
const WORKS = 0;
const REFUSED = 1;
const UNLIKE_THE_AUDIT = 4;

async function read({ place, context }: AskedWorkload, options: ProbeArguments, io: Io): Promise<Inventory> {
  if (place === null) throw new UsageError('Name the cluster: --cluster REGION/NAME, or --context.');
  const inventory = await readWorkload({ timeout: DEFAULT_TIMEOUT_S, ...options, place, context }, io);
  if (inventory !== null) return inventory;
  throw new UsageError(
    `There is no cluster ${place.cluster} in ${place.region ?? 'the region of the environment'}: name it as --cluster REGION/NAME.`,
  );
}

/** What is going to happen, so that whoever is asked can say no. */
function question({ chain: { target }, roleArn, audience }: ProbePlan): string {
  const { namespace, serviceAccount, cluster, region } = target;
  return `This asks cluster ${cluster} (${region}) for a token of ${namespace}/${serviceAccount} with the audience ${audience}, and takes the role ${roleArn} with it for a moment. The cluster's audit log and CloudTrail will show both; neither token nor credentials are kept or shown. Go on?`;
}

/** `probe`: takes the role of a service account as its pods would. */
export function addProbe(program: Command, io: Io, exit: (status: number) => void): void {
  const command = program
    .command('probe')
    .description('take the role of a service account with a token of its own, as its pods would; asks first')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .option('-y, --yes', 'do not ask');
  addWorkloadOptions(command)
    .addOption(timeoutOption())
    .action(async (workload: string | undefined, options: ProbeArguments) => {
      const asked = await askedWorkload(workload, options, false, io);
      const inventory = await read(asked, options, io);
      const plan = probePlan(inventory, asked.question, DEFAULT_SETTINGS);
      if (options.yes !== true && !(await io.confirm(question(plan)))) throw new UsageError('Nothing was done.');
      const { probe, connect } = await import('../probing.js');
      const { region, cluster: name } = plan.chain.target;
      const [cluster] = inventory.regions.flatMap(({ clusters }) => whatArrived(clusters));
      const aws = await io.aws();
      const server = asked.context?.connect() ?? connect(cluster, () => aws.eksToken(region, name));
      try {
        const done = await probe(server, plan, AbortSignal.timeout((options.timeout ?? DEFAULT_TIMEOUT_S) * 1000));
        const { color, width } = io.terminal;
        io.stdout(options.format === 'json' ? renderProbeJson(done) : renderProbe(done, { color, width }));
        exit(done.asExpected === false ? UNLIKE_THE_AUDIT : done.outcome.kind === 'admitted' ? WORKS : REFUSED);
      } finally {
        server.close();
      }
    });
}
