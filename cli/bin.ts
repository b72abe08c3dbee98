import { readFile } from 'node:fs/promises';
import { awsPort } from '../src/collect/aws/aws-port.js';
import { VERSION } from '../src/version.js';
import { isKubectlPlugin, silenceSdkWarning, terminalOf } from './environment.js';
import { confirmOn } from './confirm.js';
import { onInterruptOf } from './interrupt.js';
import { run } from './run.js';
import { steadyMemory } from './steady-memory.js';

silenceSdkWarning();
// Whoever reads may stop early: `irsa-auditor audit | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 4));
process.exitCode = await run(process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  terminal: terminalOf(process.stdout, process.stderr),
  readFile: (path) => readFile(path),
  aws: () => awsPort({ version: VERSION }),
  // On demand: the commands that open no bucket need not wait for the S3 client.
  bucket: async (name, region) => (await import('../src/deliver/bucket.js')).openBucket(name, region === undefined ? {} : { region }),
  confirm: (question) => confirmOn(process.stdin, process.stderr, question),
  onInterrupt: (listener) => onInterruptOf(process, listener),
  steadyMemory,
  plugin: isKubectlPlugin(process.argv[1]),
  now: Date.now,
});
