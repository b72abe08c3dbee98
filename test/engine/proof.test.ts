import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { patched } from '../../src/engine/patched.js';
import { atLeast, severityRank } from '../../src/model/finding.js';
import type { Inventory } from '../../src/model/inventory.js';
import { parseInventory } from '../../src/inventory-file.js';
import { auditInventory } from '../../src/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const root = join('test', 'cases');
const ruleCases = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) =>
    readdirSync(join(root, name)).map(
      (file) => [`${name}/${file}`, inventoryOfCase(JSON.parse(readFileSync(join(root, name, file), 'utf8')) as Case)] as const,
    ),
  );
const realCases = readFileSync(join(root, 'real-cases.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case & { readonly id: string });
const inventories: readonly (readonly [string, Inventory])[] = [
  ...ruleCases,
  ...realCases.map((one) => [one.id, inventoryOfCase(one)] as const),
  ['the example account', parseInventory(readFileSync('examples/account.json', 'utf8'))],
];

/** The proof at run time audits the slice that a patch touches; this is the whole account, patched, audited again. */
describe.each(inventories)('%s', (_, inventory) => {
  const before = auditInventory(inventory);
  const severityBefore = new Map(before.findings.map(({ fingerprint, severity }) => [fingerprint, severity]));

  it('keeps what its verified repairs promise when the whole account is audited again', () => {
    for (const { fingerprint, fix, rule } of before.findings) {
      if (fix?.verified !== true) continue;
      const after = auditInventory(patched(inventory, fix.patches));
      expect([rule, after.findings.some((finding) => finding.fingerprint === fingerprint)]).toEqual([rule, false]);
      const worse = after.findings.filter(
        (finding) =>
          atLeast(finding.severity, 'medium') &&
          severityRank(finding.severity) > severityRank(severityBefore.get(finding.fingerprint) ?? 'info'),
      );
      expect([rule, worse.map((finding) => finding.rule)]).toEqual([rule, []]);
    }
  });

  it('is the same for the same inventory, to the byte', () => {
    expect(JSON.stringify(auditInventory(structuredClone(inventory)))).toBe(JSON.stringify(before));
  });
});
