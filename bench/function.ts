import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { ENVIRONMENT } from '../lambda/names.js';
import { atMost, median, told, type Figure } from './figures.js';
import { loadedBy } from './loaded-by.js';
import { awsAt, measure, startStandIn, type Used } from './measured-process.js';
import { runtime } from './runtime.js';
import { BUCKET } from './stand-in.js';

const FUNCTION = 'dist/lambda/index.mjs';
const MOST_BYTES = 800_000;
const MOST_TIMES_BARE = 1.2;
const RUNS_OF_IMPORT = 21;
const RUNS_OF_FUNCTION = 5;
/** An ordinary account, and one larger than most. */
const SIZES = [1_000, 10_000];

/** Exactly the clients and commands that the function uses, and nothing made of them. */
const BARE = `
export { AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
export { DescribeClusterCommand, DescribePodIdentityAssociationCommand, EKSClient } from '@aws-sdk/client-eks';
export { DescribeNodegroupCommand, ListNodegroupsCommand } from '@aws-sdk/client-eks';
export { DescribeAddonCommand, DescribeAddonConfigurationCommand, ListAddonsCommand } from '@aws-sdk/client-eks';
export { ListClustersCommand, ListPodIdentityAssociationsCommand } from '@aws-sdk/client-eks';
export { GetAccountAuthorizationDetailsCommand, GetAccountSummaryCommand, IAMClient } from '@aws-sdk/client-iam';
export { GetOpenIDConnectProviderCommand, ListAccountAliasesCommand, ListOpenIDConnectProvidersCommand } from '@aws-sdk/client-iam';
export { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
export { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
`;

async function bundleOfBareClients(): Promise<string> {
  const folder = join('node_modules', '.cache', 'irsa-auditor-bench');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, 'bare-clients.mjs');
  await build({
    stdin: { contents: BARE, resolveDir: process.cwd() },
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    legalComments: 'none',
    // The SDK's ES modules: of its CommonJS ones nothing unused is left out, and the bundle is two thirds larger.
    mainFields: ['module', 'main'],
    // Some dependencies are CommonJS and ask for Node's own modules by require().
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  });
  return outfile;
}

/** What every run loads after it has started. */
function bucketChunk(): string {
  const folder = dirname(FUNCTION);
  const name = readdirSync(folder).find((file) => file.startsWith('bucket-'));
  if (name === undefined) throw new Error(`${folder} has no chunk for the bucket`);
  return join(folder, name);
}

const kilobytes = (files: Iterable<string>): number => [...files].reduce((sum, file) => sum + statSync(file).size, 0) / 1000;

/** Size of the deployed file, and its import beside that of a bundle of the bare clients. */
export async function sizeAndImport(): Promise<readonly Figure[]> {
  const { node, version } = runtime();
  const bare = await bundleOfBareClients();
  const times = { ours: [] as number[], theirs: [] as number[] };
  const env = functionEnvironment('http://127.0.0.1:9');
  const importOf = async (path: string): Promise<number> =>
    Number((await measure({ node, args: ['bench/import.mjs', path], env })).outcome);
  for (let run = 0; run < RUNS_OF_IMPORT; run += 1) {
    times.theirs.push(await importOf(bare));
    times.ours.push(await importOf(FUNCTION));
  }
  const [ours, theirs] = [median(times.ours), median(times.theirs)];
  return [
    atMost(`size of ${FUNCTION} and all that it loads at once`, kilobytes(loadedBy(FUNCTION)), MOST_BYTES / 1000, 'kB'),
    told(
      '  and with what every run loads besides (S3)',
      `${kilobytes(loadedBy(bucketChunk(), new Set(loadedBy(FUNCTION)))).toFixed(0)} kB`,
    ),
    told(`import of the bare clients, Node ${version}`, `${theirs.toFixed(1)} ms (${(statSync(bare).size / 1000).toFixed(0)} kB)`),
    atMost(`import of ${FUNCTION}`, ours, theirs * MOST_TIMES_BARE, 'ms', 1),
    told('  times the bare clients', (ours / theirs).toFixed(2)),
  ];
}

export function functionEnvironment(url: string): Record<string, string> {
  return {
    ...awsAt(url),
    AWS_LAMBDA_FUNCTION_NAME: 'irsa-auditor',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    [ENVIRONMENT.topicArn]: 'arn:aws:sns:us-east-1:210987654321:findings',
    [ENVIRONMENT.bucket]: BUCKET,
  };
}

export function invocation(timeoutSeconds = 900): string {
  return JSON.stringify({
    folder: resolve('dist/lambda'),
    handler: 'index.handler',
    event: {},
    timeoutSeconds,
    functionArn: 'arn:aws:lambda:us-east-1:210987654321:function:irsa-auditor',
    requestId: 'bench',
  });
}

export function expectSuccess({ status, outcome }: Used): void {
  if (status !== 0 || !outcome.includes('"returned"')) throw new Error(`the function ended with ${String(status)}: ${outcome}`);
}

/** Memory, CPU and wall time of a whole run of the function, from which its memory and time-out are chosen. */
export async function runOfTheFunction(): Promise<readonly Figure[]> {
  const { node, version } = runtime();
  const figures: Figure[] = [];
  for (const roles of SIZES) {
    const standIn = await startStandIn(roles);
    const runs: Used[] = [];
    try {
      for (let run = 0; run < RUNS_OF_FUNCTION; run += 1) {
        const used = await measure({
          node,
          args: ['test/support/lambda-boot.mjs'],
          env: functionEnvironment(standIn.url),
          stdin: invocation(),
        });
        expectSuccess(used);
        runs.push(used);
      }
    } finally {
      standIn.stop();
    }
    const [wall, cpu] = [median(runs.map(({ wallMs }) => wallMs)), median(runs.map(({ cpuMs }) => cpuMs))];
    const peak = Math.max(...runs.map(({ peakMiB }) => peakMiB));
    const measured = `${(wall / 1000).toFixed(2)} s, CPU ${(cpu / 1000).toFixed(2)} s, peak ${peak.toFixed(0)} MiB`;
    figures.push(told(`the function, ${roles} roles, Node ${version}`, measured));
  }
  return figures;
}
