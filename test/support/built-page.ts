import type { PageAssets } from '../../src/report/page/page-assets.js';

/** Stands for the program of the page that a build puts in: tests of the page itself take the real one (test/page/pages.ts). */
(globalThis as { IRSA_AUDITOR_PAGE?: PageAssets }).IRSA_AUDITOR_PAGE = {
  script: 'run()',
  style: 'a{}',
  scriptHash: 'sha256-1',
  styleHash: 'sha256-2',
};
