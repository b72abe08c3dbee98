import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { inContexts } from '../src/selection/in-contexts.js';
import { parseInventory } from '../src/saved/inventory-file.js';
import type { Report } from '../src/model/report/report.js';
import { auditInventory } from '../src/pipeline/pipeline.js';
import { parseOwnReport, parseReport } from '../src/saved/report-file.js';
import { renderJson } from '../src/report/json/v1.js';
import { restartCommands } from '../src/report/layout/next-steps.js';

const REPORT = auditInventory(parseInventory(readFileSync('examples/account.json', 'utf8'), 'examples/account.json'));
const SHOP = { context: 'me@shop', cluster: 'shop-prod', region: 'eu-west-1' };
const ARN = 'arn:aws:eks:eu-west-1:418527603941:cluster/shop-prod';

/** Every command of kubectl, those that restart pods too. */
function kubectl(report: Report): readonly string[] {
  const all = report.findings.flatMap((finding) => {
    const { fix } = finding;
    return fix === null ? [] : [...fix.commands, ...restartCommands(finding, fix, report)];
  });
  return all.filter((command) => command.startsWith('kubectl '));
}

describe('commands of kubectl', () => {
  const before = kubectl(REPORT);
  it('are there, some for the service account and some for its pods', () => {
    expect(before.filter((command) => command.includes(`--context ${ARN} `)).length).toBeGreaterThan(1);
    expect(before.some((command) => command.includes(' rollout restart '))).toBe(true);
  });

  it('D3: name the context by which the cluster was read, and nothing else in them changes', () =>
    expect(kubectl(inContexts(REPORT, [SHOP]))).toEqual(before.map((command) => command.replace(ARN, 'me@shop'))));

  it.each([
    ['of another region', [{ ...SHOP, region: 'us-east-1' }]],
    ['of another cluster', [{ ...SHOP, cluster: 'shop' }]],
    ['that is no word of a shell', [{ ...SHOP, context: "a'; touch CANARY #" }]],
    ['of which there are two', [SHOP, { ...SHOP, context: 'other' }]],
  ])('stay for a context %s', (_, contexts) => expect(kubectl(inContexts(REPORT, contexts))).toEqual(before));

  it('keep it where this user keeps the report, and not in one that comes from anywhere', () => {
    const stored = renderJson(inContexts(REPORT, [SHOP]));
    expect(kubectl(parseOwnReport(stored, 'kept')).join('\n')).not.toContain(ARN);
    expect(kubectl(parseReport(stored, 'stored').report).join('\n')).not.toContain('me@shop');
  });
});
