import base from './jest.config.mjs';

// Every mutant runs all of it: a fiftieth of the runs tells a wrong engine from a right one.
process.env.PROPERTY_RUNS ??= '2000';

/** For mutation testing: the tests of the policy engine alone, which need no stand-in of AWS. */
const { globalSetup, globalTeardown, ...rest } = base;
export default { ...rest, roots: ['<rootDir>/test/policy'], collectCoverage: false };
