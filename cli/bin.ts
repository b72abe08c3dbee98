import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { awsPort } from '../src/collect/aws/aws-port.js';
import { VERSION } from '../src/lib/version.js';
import { ambientBucket, isByNpm, isKubectlPlugin, lastReportPath, silenceSdkWarning, terminalOf } from './terminal/environment.js';
import { confirmOn } from './terminal/confirm.js';
import { credentialSource } from './reading/credentials.js';
import { onInterruptOf } from './terminal/interrupt.js';
import type { AwsAccess } from './terminal/io.js';
import { lastReportIn, writeByRename, writeNew } from './terminal/last-report.js';
import { run, tellDefect } from './run.js';
import { standardStreams } from './terminal/standard-streams.js';
import { steadyMemory } from './terminal/limit-heap.js';

silenceSdkWarning();
const { stdout, stderr, end } = standardStreams(process);
// Left to Node it would end with 1, which is that of findings.
process.on('uncaughtException', (error) => void end(tellDefect(error, stderr)));

/** Where and as whom AWS is asked; without a region, in that of the environment or the profile. */
const sourceIn = async (region: string | undefined, access: AwsAccess) => ({
  ...(region === undefined ? {} : { region }),
  ...(await credentialSource(access)),
});

const status = await run(process.argv.slice(2), {
  stdout,
  stderr,
  terminal: terminalOf(process.stdout, process.stderr),
  readFile: (path) => (path === '-' ? buffer(process.stdin) : readFile(path)),
  absolute: (path) => (path === '-' ? path : resolve(path)),
  // Beside the program, and in none of its bundles: scripts/build.mjs puts them there.
  rulePage: (id) => readFile(new URL(`rules/${id}.md`, import.meta.url), 'utf8'),
  writeNew,
  replaceFile: writeByRename,
  lastReport: lastReportIn(lastReportPath()),
  aws: async (access) => awsPort({ version: VERSION, ...(await credentialSource(access)) }),
  // On demand: the commands that open no bucket need not wait for the S3 client.
  bucket: async (name, region, access) => {
    const { openBucket } = await import('../src/deliver/bucket.js');
    return openBucket(name, await sourceIn(region, access));
  },
  ambientBucket: ambientBucket(),
  stackBucket: async (region, access) => {
    const { stackBucket } = await import('./reading/stack-bucket.js');
    return stackBucket(await sourceIn(region, access));
  },
  confirm: (question) => confirmOn(process.stdin, process.stderr, question),
  onInterrupt: (listener) => onInterruptOf(process, listener),
  steadyMemory,
  plugin: isKubectlPlugin(process.argv[1]),
  byNpm: isByNpm(),
  now: Date.now,
});
await end(status);
