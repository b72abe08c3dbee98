import { auditInventory } from '../src/pipeline/pipeline.js';
import type { Inventory } from '../src/model/inventory/inventory.js';
import type { Report } from '../src/model/report/report.js';
import { FORMATS, type Format } from '../src/report/format-names.js';
import { render } from '../src/report/index.js';

/** How a block of Markdown names what is in it. */
const LANGUAGE: Partial<Record<Format, string>> = {
  json: 'json',
  jsonl: 'json',
  csv: 'csv',
  markdown: 'markdown',
  junit: 'xml',
  sarif: 'json',
  ocsf: 'json',
  asff: 'json',
};

/** Of one audit what fits on a page: one problem, one read without an answer, and the rules of both. */
function sampleReport(inventory: Inventory): Report {
  const whole = auditInventory(inventory, { now: '2026-11-01T06:00:00.000Z' });
  const findings = whole.findings.filter(({ rule }) => rule === 'annotation-key-misspelt');
  const rules = whole.rules.filter(({ id }) => ['annotation-key-misspelt', 'action-wrong'].includes(id));
  const texts = Object.fromEntries(Object.entries(whole.texts).filter(([id]) => findings.some(({ rule }) => rule === id)));
  const coverage = { ...whole.coverage, calls: {}, unread: whole.coverage.unread.slice(0, 1) };
  return { ...whole, coverage, findings, rules, texts, clusters: whole.clusters.slice(0, 1) };
}

/** The same small report in every format, as a block for a page of Markdown. */
export function formatSamples(inventory: Inventory): ReadonlyMap<Format, string> {
  const report = sampleReport(inventory);
  return new Map(
    FORMATS.map((format) => {
      const text = render(report, format, { color: false, width: 100 }).trimEnd().replaceAll('\r\n', '\n');
      const block = `\`\`\`\`${LANGUAGE[format] ?? 'text'}\n${text}\n\`\`\`\``;
      return [format, `<details>\n<summary>Example</summary>\n\n${block}\n\n</details>`];
    }),
  );
}
