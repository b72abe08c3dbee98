import { awsPort } from '../../src/collect/aws/aws-port.js';
import { collect } from '../../src/collect/collect.js';
import { NoIdentityError } from '../../src/collect/reading/no-identity-error.js';

/**
 * A program for transport.test.ts: collects one region with the ambient configuration and prints what came of it. Jest
 * gives its tests an Error of their own, of which the errors of Node's sockets are no instances: the SDK then reports
 * them otherwise than it does anywhere else.
 */
const [maxAttempts = 1, requestTimeoutMs = 10_000, pauseMs = 1, giveUpAfterMs = 3_600_000] = process.argv.slice(2).map(Number);
collect(awsPort({ version: '0', maxAttempts, requestTimeoutMs, pauseMs, giveUpAfterMs }), {
  regions: ['eu-west-3'],
  now: () => 0,
  startedAt: '2026-11-23T10:00:00.000Z',
  // Far away: this program has to end by itself all the same.
  deadline: 3_600_000,
}).then(
  (inventory) => process.stdout.write(JSON.stringify(inventory)),
  (error: unknown) => {
    if (!(error instanceof NoIdentityError)) throw error;
    process.stdout.write(JSON.stringify({ problem: error.problem, message: error.message }));
  },
);
