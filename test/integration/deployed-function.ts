import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { type FunctionConfiguration, GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, type Credentials, STSClient } from '@aws-sdk/client-sts';
import { CREDENTIALS, HOME_REGION } from './deployment.js';
import { type OwnStandIn, unzip } from './own-stand-in.js';

export interface DeployedFunction {
  readonly configuration: FunctionConfiguration;
  /** The unpacked code that was read back. */
  readonly folder: string;
  /** SHA-256 of the archive that was read back, in base64 as Lambda writes it. */
  readonly archiveSha256: string;
}

/** How an invocation ended, and what the function logged. */
export interface EndedInvocation {
  readonly returned?: unknown;
  readonly failed?: { readonly type: string; readonly message: string };
  readonly log: string;
}

/**
 * Reads back what was deployed, and unpacks it in the workspace. moto names the code by a bucket that it does not keep;
 * the key is that of CDK's asset bucket.
 */
export async function readBack(standIn: OwnStandIn, functionName: string, workspace: string): Promise<DeployedFunction> {
  const client = { endpoint: standIn.endpoint, region: HOME_REGION, credentials: CREDENTIALS };
  const { Configuration: configuration, Code: code } = await new LambdaClient(client).send(
    new GetFunctionCommand({ FunctionName: functionName }),
  );
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const key = decodeURIComponent(new URL(code?.Location ?? '').pathname)
    .split('/')
    .at(-1);
  const { Buckets: buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const assets = buckets.find((bucket) => bucket.Name?.includes('-assets-'))?.Name;
  const object = await s3.send(new GetObjectCommand({ Bucket: assets, Key: key }));
  const bytes = (await object.Body?.transformToByteArray()) ?? new Uint8Array();
  if (configuration === undefined) throw new Error(`${functionName} is not deployed.`);
  const folder = join(workspace, 'task');
  const archive = join(workspace, 'code.zip');
  writeFileSync(archive, bytes);
  unzip(standIn.python, archive, folder);
  return { configuration, folder, archiveSha256: createHash('sha256').update(bytes).digest('base64') };
}

/** Every file of a folder with the hash of its bytes. */
export function contents(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const hashes = files.map((file): [string, string] => {
    const path = join(file.parentPath, file.name);
    return [path.slice(folder.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')];
  });
  return Object.fromEntries(hashes.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Credentials of the deployed role, as Lambda gives them to the function. */
export async function roleCredentials(standIn: OwnStandIn, { configuration }: DeployedFunction): Promise<Credentials> {
  const sts = new STSClient({ endpoint: standIn.endpoint, region: HOME_REGION, credentials: CREDENTIALS });
  const { Credentials: role } = await sts.send(new AssumeRoleCommand({ RoleArn: configuration.Role, RoleSessionName: 'audit' }));
  if (role === undefined) throw new Error(`The role ${String(configuration.Role)} gives no credentials.`);
  return role;
}

/** Runs the deployed bytes once: with the deployed environment, under the deployed role, in the Node of the runtime. */
export async function invoke(
  standIn: OwnStandIn,
  node: string,
  { configuration, folder }: DeployedFunction,
  role: Credentials,
): Promise<EndedInvocation> {
  const env = {
    ...configuration.Environment?.Variables,
    PATH: process.env['PATH'],
    TZ: ':UTC',
    AWS_REGION: HOME_REGION,
    AWS_ACCESS_KEY_ID: role.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: role.SecretAccessKey,
    AWS_SESSION_TOKEN: role.SessionToken,
    AWS_ENDPOINT_URL: standIn.endpoint,
    AWS_EXECUTION_ENV: `AWS_Lambda_${String(configuration.Runtime)}`,
    AWS_LAMBDA_FUNCTION_NAME: configuration.FunctionName,
    AWS_LAMBDA_FUNCTION_VERSION: configuration.Version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.MemorySize),
    LAMBDA_TASK_ROOT: folder,
  };
  const invocation = {
    folder,
    handler: configuration.Handler,
    event: {},
    timeoutSeconds: configuration.Timeout,
    functionArn: configuration.FunctionArn,
    requestId: randomUUID(),
  };
  const run = spawn(node, [resolve('test/support/lambda-boot.mjs')], { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  run.stdin.end(JSON.stringify(invocation));
  const [log, errors, outcome] = await Promise.all([text(run.stdout), text(run.stderr), text(run.stdio[3] as Readable)]);
  if (outcome === '') throw new Error(`The function ended without an outcome:\n${log}${errors}`);
  return { ...(JSON.parse(outcome) as EndedInvocation), log: log + errors };
}
