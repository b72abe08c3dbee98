// Runs one invocation of an unpacked function as Lambda would: handler, event and a context with the time that is left.
// The invocation comes as JSON on standard input; standard output is the function's own log, the outcome goes to descriptor 3.
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { folder, handler, event, timeoutSeconds, functionArn, requestId } = JSON.parse(readFileSync(0, 'utf8'));
const [file, name] = handler.split('.');
const ends = Date.now() + timeoutSeconds * 1000;
const context = {
  awsRequestId: requestId,
  invokedFunctionArn: functionArn,
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, ends - Date.now()),
};

async function invoke() {
  try {
    const module = await import(pathToFileURL(join(folder, `${file}.mjs`)).href);
    return { returned: (await module[name](event, context)) ?? null };
  } catch (error) {
    return { failed: { type: error?.name ?? 'Error', message: error?.message ?? String(error) } };
  }
}

writeSync(3, JSON.stringify(await invoke()));
process.exit(0);
