/**
 * npm run mutate: changes the policy engine in thousands of small ways, each of which has to make a test fail. Takes two
 * hours on two processors; `npm run mutate -- --mutate src/policy/pattern/glob.ts` tries one file.
 */
export default {
  mutate: ['src/policy/**/*.ts'],
  testRunner: 'jest',
  // Nothing is compiled by it, and the packages that npx fetches would not find the compiler.
  tsconfigFile: 'none.json',
  jest: { projectType: 'custom', configFile: 'jest.mutate.config.mjs', enableFindRelatedTests: false },
  coverageAnalysis: 'perTest',
  // Tables that are made when a file is loaded would cost a whole run of the tests for each of their words.
  ignoreStatic: true,
  reporters: ['clear-text', 'progress'],
  tempDirName: '.cache/mutate',
  thresholds: { high: 95, low: 90, break: 90 },
};
