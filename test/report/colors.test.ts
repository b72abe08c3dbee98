import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { explainWith } from '../../src/pipeline/explain-error.js';
import { parseInventory } from '../../src/saved/inventory-file.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import { auditInventory, followWorkload, whoCanTakeRoles } from '../../src/pipeline/pipeline.js';
import { renderAdmissions } from '../../src/report/screens/admissions.js';
import { renderChain } from '../../src/report/screens/chain.js';
import { renderExplanation } from '../../src/report/screens/explanation.js';
import { render } from '../../src/report/index.js';
import { renderOverview } from '../../src/report/screens/overview.js';
import { problemsOf } from '../../src/report/parts/problems.js';
import { renderShow } from '../../src/report/screens/show.js';

const example = parseInventory(readFileSync('examples/account.json', 'utf8'), 'example');
const report = auditInventory(example, { now: '2026-11-01T06:00:00.000Z' });
const screen = {
  color: true,
  width: 120,
  links: false,
  shell: 'posix',
  program: 'irsa-auditor',
  written: null,
  self: 'irsa-auditor show 1',
} as const;
const next = (): string => 'irsa-auditor show 1';
const workload = { cluster: 'shop-prod', namespace: 'shop', serviceAccount: 'search' };

/** Whatever is painted for people. */
const PRINTED: readonly (readonly [string, () => string])[] = [
  ['audit', () => renderOverview(report, { ...screen, rows: 50, verbose: true, all: 'x', next })],
  ['audit --details', () => render(report, 'text', screen)],
  [
    'show',
    () =>
      problemsOf(report)
        .map((problem, index) => renderShow({ number: index + 1, problem }, report, screen))
        .join(''),
  ],
  [
    'why',
    () => renderChain(followWorkload(example, workload, DEFAULT_SETTINGS), { ...screen, verbose: true, shows: 'irsa-auditor show 1' }),
  ],
  [
    'why, where all holds',
    () =>
      renderChain(followWorkload(example, { ...workload, serviceAccount: 'checkout' }, DEFAULT_SETTINGS), {
        ...screen,
        verbose: false,
        shows: 'x',
      }),
  ],
  ['who', () => renderAdmissions(whoCanTakeRoles(example), screen)],
  [
    'explain',
    () =>
      renderExplanation(explainWith('AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity', example, {}).explanation, {
        ...screen,
        all: true,
      }),
  ],
];

/** Bold, dim, italic, red, green, magenta, and what ends them: each can be read on a light ground and on a dark one. */
const READABLE = new Set(['1', '2', '3', '22', '23', '31', '32', '35', '39', '49']);
/** White is on red alone, wherever that is. */
const BADGE = /\u001b\[1m\u001b\[41m\u001b\[37m[A-Z]+\u001b\[39m\u001b\[49m\u001b\[22m/g;

describe.each(PRINTED)('%s', (_name, printed) => {
  it('is painted in colors that a light and a dark ground show', () => {
    const text = printed().replace(BADGE, '');
    const codes = [...text.matchAll(/\u001b\[([\d;]*)m/g)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(0);
    expect([...new Set(codes)].filter((code) => !READABLE.has(code))).toEqual([]);
    // Green is pale on a light ground: a mark alone is green.
    const green = [...text.matchAll(/\u001b\[32m([^\u001b]*)/g)].map(([, words = '']) => words.trim());
    expect(green.filter((words) => !['✓', '+'].includes(words))).toEqual([]);
    // Dim is hard to read on either: nothing that somebody acts on is.
    const dim = [...text.matchAll(/\u001b\[2m([^\u001b]*)/g)].map(([, words = '']) => words);
    expect(dim.filter((words) => /^(?:check|fix|restart|then|the way back|No ready command)/.test(words))).toEqual([]);
  });
});
