import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { OwnStandIn } from './own-stand-in.js';

export const ACCOUNT = '111122223333';
export const HOME_REGION = 'eu-west-1';
/** The stand-in takes the account from the key's name. */
export const CREDENTIALS = { accessKeyId: `AKIATEST${ACCOUNT}`, secretAccessKey: 'test' };

export interface Deployment {
  readonly outputs: Readonly<Record<string, string>>;
}

/** What every program of this suite may know of the world: the stand-in, and none of the person's own credentials. */
function cdkEnvironment(standIn: OwnStandIn, home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: home,
    // The CLI remembers the account of an access key in its home folder: not in the person's.
    CDK_HOME: home,
    CDK_DISABLE_VERSION_CHECK: '1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: HOME_REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    // moto reads a template's address path-style only where it says "localhost"; the SDK writes path-style only for an IP.
    AWS_ENDPOINT_URL: `http://localhost:${standIn.port}`,
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${standIn.port}`,
    AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION: `http://localhost:${standIn.port}`,
  };
}

function cdk(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('node_modules/aws-cdk/bin/cdk'), ...args], {
    cwd,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`"cdk ${args.join(' ')}" ended with ${String(status)}:\n${(stdout + stderr).slice(-6000)}`);
}

/** The real `cdk bootstrap` and `cdk deploy` of this repository's app with its defaults. Writes into the workspace alone. */
export function deploy(standIn: OwnStandIn, workspace: string, parameters: Readonly<Record<string, string>>): Deployment {
  const env = cdkEnvironment(standIn, workspace);
  const outputsFile = join(workspace, 'outputs.json');
  cdk(['bootstrap', `aws://${ACCOUNT}/${HOME_REGION}`], workspace, env);
  const given = Object.entries(parameters).flatMap(([name, value]) => ['--parameters', `${name}=${value}`]);
  // `npm test` has built: a second build would pull dist/ away under the suites that run beside this one.
  const built = ['--build', 'node --version'];
  const written = ['--output', join(workspace, 'cdk.out'), '--outputs-file', outputsFile];
  cdk(['deploy', ...built, ...written, '--require-approval', 'never', '--ci', ...given], process.cwd(), env);
  const outputs = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Record<string, string>>;
  return { outputs: outputs['IrsaAuditor'] ?? {} };
}
