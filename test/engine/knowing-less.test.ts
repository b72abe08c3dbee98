import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parseInventory } from '../../src/saved/inventory-file.js';
import { CASES } from '../cases/all-cases.js';
import { FoundPairs } from '../cases/found-pairs.js';
import { commandsOf, isAstray, toldOf } from '../cases/told-of.js';
import { SECTIONS } from '../cases/unread-sections.js';

/** How many findings of the full reports of all cases are still told, and how many with a ready command. */
interface Kept {
  readonly findings: number;
  readonly commands: number;
}

/**
 * What a report of less must not lose. What follows from the sections that were read stays told: no figure may fall, unless
 * what goes with it did not follow from them.
 */
const AT_LEAST: Readonly<Record<string, Kept>> = {
  'cluster lists': { findings: 136, commands: 12 },
  'cluster details': { findings: 168, commands: 20 },
  'providers': { findings: 321, commands: 141 },
  'provider details': { findings: 342, commands: 167 },
  'roles': { findings: 129, commands: 14 },
  'managed policies': { findings: 372, commands: 204 },
  'quotas': { findings: 373, commands: 215 },
  'namespaces': { findings: 0, commands: 0 },
  'service accounts': { findings: 118, commands: 3 },
  'workloads': { findings: 25, commands: 14 },
  'webhooks': { findings: 1, commands: 1 },
  'network policies': { findings: 0, commands: 0 },
  'pod identity agent': { findings: 1, commands: 1 },
  'associations': { findings: 275, commands: 170 },
  'association roles': { findings: 44, commands: 7 },
  'add-ons': { findings: 24, commands: 8 },
  'add-on details': { findings: 28, commands: 9 },
  'add-on wants': { findings: 34, commands: 14 },
  'node groups': { findings: 0, commands: 0 },
  'node group roles': { findings: 0, commands: 0 },
};

/** Every pair of a rule and an unread section of which the report tells more than that of the whole account, and what it still tells, by section. */
function reportsOfLess(): { readonly astray: FoundPairs; readonly kept: ReadonlyMap<string, Kept> } {
  const astray = new FoundPairs();
  const kept = new Map(SECTIONS.map(({ name }) => [name, { findings: 0, commands: 0 }]));
  for (const { name, inventory } of CASES) {
    const full = toldOf(inventory);
    for (const section of SECTIONS) {
      const less = section.without(inventory);
      if (less === null) continue;
      const told = [...toldOf(less).findings.values()];
      for (const finding of told) if (isAstray(finding, full)) astray.add(finding.rule, section.name, name);
      const still = told.filter(({ fingerprint }) => full.findings.has(fingerprint));
      const { findings, commands } = kept.get(section.name) ?? { findings: 0, commands: 0 };
      kept.set(section.name, {
        findings: findings + still.length,
        commands: commands + still.filter((finding) => commandsOf(finding) > 0).length,
      });
    }
  }
  return { astray, kept };
}

const { astray, kept } = reportsOfLess();

describe('a report of an account of which a section is unread', () => {
  it('tells nothing that the full report does not tell', () => {
    expect(astray.beside({})).toEqual([]);
  });
});

describe('what follows from the sections that were read', () => {
  it('has its commands in an account of which the clusters of one region were denied', () => {
    const { findings } = toldOf(parseInventory(readFileSync('examples/account.json', 'utf8')));
    expect([...findings.values()].filter((finding) => commandsOf(finding) > 0).length).toBeGreaterThanOrEqual(10);
  });

  it('has a figure for each section', () => {
    expect(Object.keys(AT_LEAST).sort()).toEqual([...kept.keys()].sort());
  });

  it.each(Object.entries(AT_LEAST))('is told without %s, and with as many commands', (section, { findings, commands }) => {
    const now = kept.get(section);
    expect(now?.findings).toBeGreaterThanOrEqual(findings);
    expect(now?.commands).toBeGreaterThanOrEqual(commands);
  });
});
