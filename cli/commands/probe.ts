import type { Command } from 'commander';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import type { PodProbe, Probe, ProbePlan } from '../../src/model/report/probe.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { seen } from '../../src/model/inventory/observed.js';
import { probePlan } from '../../src/pipeline/pipeline.js';
import { renderPodProbe, renderProbe, renderProbeJson } from '../../src/report/screens/probe.js';
import { DEFAULT_IMAGE, isByDigest } from '../../src/probe/pod-manifest.js';
import { accessIn, addAccess } from '../reading/aws-access.js';
import { UsageError, type AwsAccess, type Io } from '../terminal/io.js';
import { readWorkload } from '../reading/collect-options.js';
import { milliseconds } from '../terminal/time-budget.js';
import { askedWorkload, type AskedWorkload, type WorkloadOptions } from '../reading/workload.js';
import { addWorkloadOptions, formatOption, timeoutOption } from './options.js';

interface ProbeArguments extends Omit<WorkloadOptions, 'pod'>, AwsAccess {
  readonly pod?: true;
  readonly image?: string;
  readonly format: 'text' | 'json';
  readonly timeout?: number;
  readonly yes?: true;
}

const DEFAULT_TIMEOUT_S = 60;
/** A node may have to fetch the image first. */
const DEFAULT_POD_TIMEOUT_S = 180;
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

/** The image of the pod. @throws UsageError where it is not named by its digest */
function imageOf({ pod, image = DEFAULT_IMAGE }: ProbeArguments): string {
  if (pod !== true && image !== DEFAULT_IMAGE) throw new UsageError('--image is that of the pod: it needs --pod.');
  if (isByDigest(image)) return image;
  throw new UsageError(
    `${image} is no image with a digest: write REPOSITORY@sha256:…, for a tag may be another image tomorrow, and this one gets the role. \`docker buildx imagetools inspect IMAGE\` shows the digest.`,
  );
}

/** The same for a pod. */
function podQuestion({ chain: { target }, roleArn }: ProbePlan, image: string, seconds: number): string {
  const { namespace, serviceAccount, cluster, region } = target;
  return `This makes a pod of the image ${image} in namespace ${namespace} of cluster ${cluster} (${region}), as the service account ${serviceAccount}, which is to have ${roleArn}. The pod asks STS who it is, and is removed, after ${seconds} s at the latest; it may do what that role may do, and does nothing else. Continue?`;
}

/** What is going to happen, so that whoever is asked can say no. */
function question({ chain: { target }, roleArn, audience }: ProbePlan): string {
  const { namespace, serviceAccount, cluster, region } = target;
  return `This asks cluster ${cluster} (${region}) for a token of ${namespace}/${serviceAccount} with the audience ${audience}, and assumes the role ${roleArn} with it for a moment. The cluster's audit log and CloudTrail will show both; neither token nor credentials are kept or shown. Continue?`;
}

/** `probe`: assumes the role of a service account as its pods would. */
export function addProbe(program: Command, io: Io, exit: (status: number) => void): void {
  const command = program
    .command('probe')
    .description('assume the role of a service account with a token of its own, as its pods would; asks first')
    .addOption(formatOption(['text', 'json']))
    .option('-y, --yes', 'do not ask')
    .option('--pod', 'in a pod of its own under the service account, which is removed afterwards: shows what the webhook gives too')
    .option('--image <image>', `of that pod, with a shell and the AWS CLI, by digest (default: the AWS CLI of AWS)`);
  addAccess(addWorkloadOptions(command))
    .addOption(timeoutOption())
    .action(async (first: string | undefined, second: string | undefined, options: ProbeArguments) => {
      const { pod: inPod = false, ...named } = options;
      const image = imageOf(options);
      const seconds = options.timeout ?? (inPod ? DEFAULT_POD_TIMEOUT_S : DEFAULT_TIMEOUT_S);
      const asked = await askedWorkload([first, second], named, false, io);
      const inventory = await read(asked, options, io);
      const plan = probePlan(inventory, asked.question, DEFAULT_SETTINGS, inPod);
      const asking = inPod ? podQuestion(plan, image, seconds) : question(plan);
      if (options.yes !== true && !(await io.confirm(asking))) throw new UsageError('Nothing was done.');
      const { probe, probeInPod, connect } = await import('../reading/connect-cluster.js');
      const { region, cluster: name } = plan.chain.target;
      const [cluster] = inventory.regions.flatMap(({ clusters }) => seen(clusters));
      const aws = await io.aws(accessIn(options));
      const server = asked.context?.connect() ?? connect(cluster, (nameOrId) => aws.eksToken(region, nameOrId));
      const { color, width } = io.terminal;
      const told = (done: Probe | PodProbe, text: string): void => {
        io.stdout(options.format === 'json' ? renderProbeJson(done) : text);
        exit(done.asExpected === false ? UNLIKE_THE_AUDIT : done.outcome.kind === 'admitted' ? WORKS : REFUSED);
      };
      const interrupted = new AbortController();
      const timeIsUp = AbortSignal.timeout(milliseconds(seconds));
      const stop = io.onInterrupt(() => {
        io.stderr('irsa-auditor: breaking off; what was made is removed first. A second Ctrl-C ends it at once.\n');
        interrupted.abort();
      });
      try {
        if (inPod) {
          const context = asked.context?.context ?? cluster?.arn ?? name;
          const done = await probeInPod(server, plan, context, { image, seconds, now: io.now, interrupted: interrupted.signal, timeIsUp });
          told(done, renderPodProbe(done, { color, width }));
        } else {
          const signal = AbortSignal.any([interrupted.signal, timeIsUp]);
          const done = await probe(server, plan, signal);
          told(done, renderProbe(done, { color, width }));
        }
      } finally {
        stop();
        server.close();
      }
    });
}
