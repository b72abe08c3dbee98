import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { patched } from '../../src/engine/repair/apply-patches.js';
import { runRules } from '../../src/engine/run/run-rules.js';
import { sliceFor } from '../../src/engine/repair/slice.js';
import { deriveFacts } from '../../src/facts/account/facts.js';
import { subjectsNamedIn } from '../../src/facts/trust/named-accounts.js';
import { atLeast, severityRank, type Patch } from '../../src/model/report/finding.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { parseInventory } from '../../src/saved/inventory-file.js';
import { providerArn } from '../../src/policy/language/federated.js';
import { known, unknown, seen } from '../../src/model/inventory/observed.js';
import { generateAccount } from '../../bench/generate-account.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { casesOf } from '../cases/cases-of-rules.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const root = join('test', 'cases');
const ruleCases = RULES.flatMap(({ id }) => casesOf(id)).map(
  ({ rule, file, given }) => [`${rule}/${file}`, inventoryOfCase(given)] as const,
);
const realCases = readFileSync(join(root, 'real-cases.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case & { readonly id: string });
/** A made-up account with every kind of defect, and the same with gaps: a region, a provider's audiences and some roles unread. */
const { inventory: madeUp } = generateAccount({ roles: 400, clusters: 60, regions: 3 });
const withGaps: Inventory = {
  ...madeUp,
  regions: madeUp.regions.map((region, index) => (index === 0 ? { ...region, clusters: unknown('denied', 'no') } : region)),
  providers: known(
    seen(madeUp.providers).map((provider, index) =>
      index % 7 === 0 ? { ...provider, detail: unknown('throttled', 'slow down') } : provider,
    ),
  ),
  roles: unknown('out-of-time', 'no time', seen(madeUp.roles).slice(0, 300)),
};

const inventories: readonly (readonly [string, Inventory])[] = [
  ['an account made up by rule', madeUp],
  ['the same with gaps', withGaps],
  ...ruleCases,
  ...realCases.map((one) => [one.id, inventoryOfCase(one)] as const),
  ['the example account', parseInventory(readFileSync('examples/account.json', 'utf8'))],
];

type Fate = { readonly carries: boolean; readonly patched: boolean; readonly before: number; readonly after: number };
const RANK = ['denied', 'undecided', 'allowed'];

/** What becomes of whoever carries a role, and of whom its trust policy names letter by letter for a cluster that is there. */
function fates(before: Inventory, after: Inventory, patches: readonly Patch[]): readonly Fate[] {
  const [left, right] = [deriveFacts(before), deriveFacts(after)];
  return left.roles.flatMap((role) => {
    const patched = patches.some(({ kind, resource }) => kind === 'trust-policy' && resource === role.role.arn);
    const named = subjectsNamedIn(role.statements)
      .filter(
        ({ subject, url }) =>
          patched &&
          /^system:serviceaccount:[-a-z0-9]+:[-.a-z0-9]+$/.test(subject) &&
          left.clusterOf(url) !== null &&
          !role.users.some((one) => one.subject === subject),
      )
      .flatMap((one) => {
        const detail = left.providerOf(one.url)?.detail;
        const audiences = detail === undefined ? [] : detail.known ? detail.value.clientIds : ['sts.amazonaws.com'];
        return audiences.map((audience) => ({ ...one, carries: false, audience }));
      });
    return [...role.users.map((one) => ({ ...one, carries: true })), ...named].flatMap(({ url, audience, subject, carries }) => {
      if (url === null) return [];
      const request = { providerArn: providerArn(before.partition, before.account, url), issuer: `https://${url}`, audience, subject };
      const now = right.role(role.role.arn);
      const verdict = now === null ? 'denied' : right.admits(now, request);
      return [{ carries, patched, before: RANK.indexOf(left.admits(role, request)), after: RANK.indexOf(verdict) }];
    });
  });
}

/** Whether nobody is refused who is not refused today; and, where the trust policy is patched, whether that is certain. */
const keepsUsers = (all: readonly Fate[]): boolean =>
  all.every(({ before, after, patched, carries }) => after >= before && !(carries && patched && after === 1));

/** The proof at run time audits the slice that a patch touches; this is the whole account, patched, audited again. */
describe.each(inventories)('%s', (_, inventory) => {
  const before = auditInventory(inventory);
  const severityBefore = new Map(before.findings.map(({ fingerprint, severity }) => [fingerprint, severity]));

  it('proves of a repair what auditing the whole account again proves of it', () => {
    for (const finding of before.findings) {
      const { fix, rule } = finding;
      if (fix === null || fix.patches.length === 0) continue;
      const changed = patched(inventory, fix.patches);
      const after = auditInventory(changed);
      const severityAfter = new Map(after.findings.map(({ fingerprint, severity }) => [fingerprint, severity]));
      // The defects of one subject that share a repair: it has to mend them together.
      const mended = before.findings.filter(
        (one) => one.problem === finding.problem && JSON.stringify(one.fix?.patches) === JSON.stringify(fix.patches),
      );
      const becomes = fates(inventory, changed, fix.patches);
      const letsIn = becomes.some(({ carries, before, after }) => carries && before === 0 && after === 2);
      const gone = mended.every(({ fingerprint }) => !severityAfter.has(fingerprint));
      const worse = after.findings.filter(
        ({ fingerprint, severity, rule }) =>
          atLeast(severity, 'medium') &&
          severityRank(severity) > severityRank(severityBefore.get(fingerprint) ?? 'info') &&
          // Another who is refused before and after, and only now told so, takes nothing from a repair that lets somebody in.
          !(letsIn && rule === 'subject-mismatch'),
      );
      // What was not read may stand against a repair that the rest does not: then nothing is said for it.
      if (!before.complete && !fix.verified) continue;
      expect([rule, finding.subject.id, fix.verified]).toEqual([
        rule,
        finding.subject.id,
        gone && worse.length === 0 && keepsUsers(becomes),
      ]);
    }
  });

  it('leaves out of a proof no rule that would be asked there', () => {
    const facts = deriveFacts(inventory);
    const { asked } = runRules(RULES, facts);
    const slices = before.findings.map(({ fix }) => deriveFacts(sliceFor(facts, fix?.patches ?? []), facts));
    const others = slices.flatMap((slice) => runRules(RULES, slice).asked.filter((rule) => !asked.includes(rule)));
    expect(others.map(({ id }) => id)).toEqual([]);
  });

  it('is the same for the same inventory, to the byte', () => {
    expect(JSON.stringify(auditInventory(structuredClone(inventory)))).toBe(JSON.stringify(before));
  });
});
