import base from './jest.config.mjs';

/** For mutation testing: the tables of the policy engine alone, which need no stand-in of AWS and answer at once. */
const { globalSetup, globalTeardown, ...rest } = base;
export default { ...rest, roots: ['<rootDir>/test/policy'], testMatch: ['**/!(*.property).test.ts'] };
