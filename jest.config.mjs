import { availableParallelism } from 'node:os';

// Packages that ship ES modules only; jest runs CommonJS, so they are transformed like our own code.
const esmOnly = [
  '@kubernetes/client-node',
  'openid-client',
  'oauth4webapi',
  'jose',
  'fast-wrap-ansi',
  'fast-string-width',
  'fast-string-truncated-width',
  'p-limit',
  'yocto-queue',
  'commander',
];

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.(t|j|mj)s$': [
      '@swc/jest',
      { sourceMaps: true, jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['<rootDir>/test/support/same-samples.ts', '<rootDir>/test/support/built-page.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // Where everything is run once, `npm run check` asks what this run reached.
  collectCoverage: process.env.CI === 'true',
  coverageProvider: 'v8',
  collectCoverageFrom: [
    'src/**/*.ts',
    'cli/**/*.ts',
    'lambda/**/*.ts',
    'infra/**/*.ts',
    '!cli/bin.ts',
    '!infra/app.ts',
    '!src/index.ts',
    '!src/policy/index.ts',
  ],
  coverageReporters: ['text-summary', 'json-summary', 'lcovonly'],
  // The slowest take a quarter of a minute; a machine with other work takes several times as long.
  testTimeout: 180_000,
  // One process more than there are cores, since many tests wait for a program that they started or for an answer.
  maxWorkers: availableParallelism() + 1,
  // What is counted for the coverage grows with every module that a process has ever loaded, and so does the time it takes: after
  // sixty files a fifth of it.
  workerIdleMemoryLimit: '300MB',
};
