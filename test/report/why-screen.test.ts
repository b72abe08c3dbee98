import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseInventory } from '../../src/saved/inventory-file.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { seen } from '../../src/model/inventory/observed.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import { followWorkload, type FollowedWorkload, type WhyQuestion } from '../../src/pipeline/pipeline.js';
import { renderChain, type ChainOptions } from '../../src/report/screens/chain.js';
import { CASES } from '../cases/all-cases.js';
import { expectGolden } from './golden.js';

const example = parseInventory(readFileSync('examples/account.json', 'utf8'), 'example');
const TERMINAL: ChainOptions = {
  color: false,
  width: 80,
  links: false,
  shell: 'posix',
  program: 'irsa-auditor',
  self: 'irsa-auditor why WORKLOAD',
  shows: 'irsa-auditor show ID',
  written: null,
  verbose: false,
};
const screen = (followed: FollowedWorkload, over: Partial<ChainOptions> = {}): string => renderChain(followed, { ...TERMINAL, ...over });
const asked = (inventory: Inventory, question: WhyQuestion): FollowedWorkload => followWorkload(inventory, question, DEFAULT_SETTINGS);
const search = asked(example, { cluster: 'shop-prod', namespace: 'shop', serviceAccount: 'search' });

const PATH = `--inventory /home/jane/incidents/2026-11-30-checkout/evidence/${'deep/'.repeat(12)}inventory-of-production.json`;
const PROFILE = 'a-long-profile-name-of-production';
/** What people have in their commands. */
const LONG: readonly Partial<ChainOptions>[] = [
  { self: `irsa-auditor why sa/checkout-frontend -n shop --cluster eu-west-1/shop-prod ${PATH}` },
  { shows: `irsa-auditor show 1a5fa154ecfd ${PATH}`, given: { access: ` --profile ${PROFILE}`, kubeconfig: '', profile: PROFILE } },
];

/** As many rows as a terminal takes for it: long commands are broken by it. */
const rowsOf = (text: string, width: number): number =>
  text
    .trimEnd()
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / width)), 0);

/** Every workload of an inventory: service accounts, those of Pod Identity associations, and pods by what owns them. */
function questionsIn(inventory: Inventory): readonly WhyQuestion[] {
  return inventory.regions
    .flatMap(({ clusters }) => seen(clusters))
    .flatMap((one) => {
      const cluster = `${one.region}/${one.name}`;
      const named = [
        ...seen(one.serviceAccounts).map(({ namespace, name }) => ({ namespace, serviceAccount: name })),
        ...seen(one.podIdentityAssociations).map(({ namespace, serviceAccount }) => ({ namespace, serviceAccount })),
      ];
      const accounts = new Map(named.map((account) => [JSON.stringify(account), { cluster, ...account }]));
      const pods = seen(one.workloads).map(({ namespace, owner: { kind, name } }) => ({
        cluster,
        namespace,
        ...(kind === 'Pod' ? { pod: name } : { owner: { kind, name } }),
      }));
      return [...accounts.values(), ...pods];
    });
}

describe('why, on a terminal', () => {
  it.each([80, 120, 200])('at %d columns', (width) => expectGolden(`why-search-${width}.txt`, screen(search, { width })));
  it('off a terminal', () => expectGolden('why-search-no-terminal.txt', screen(search, { width: null })));
  it('with every link', () => expectGolden('why-search-verbose-80.txt', screen(search, { verbose: true })));

  it('begins with the verdict, and fits on a screen of 24 rows with the fix last', () => {
    const tall: string[] = [];
    let broken = 0;
    for (const inventory of [example, ...CASES.map((one) => one.inventory)])
      for (const question of questionsIn(inventory)) {
        const followed = asked(inventory, question);
        if (followed.chain.verdict !== 'broken') continue;
        broken += 1;
        const text = screen(followed);
        // The prompt of the shell takes the last row.
        for (const over of [{}, ...LONG]) {
          const shown = screen(followed, over);
          if (rowsOf(shown, 80) > 23) tall.push(shown);
        }
        expect(text).toMatch(
          /^(?:\S+\/\S+ in \S+ (?:likely\s+)?(?:cannot\s+assume|can\s+assume|has\s+no\s+role)|Pods of \S+\/\S+ in \S+ (?:likely\s+)?do\s+not\s+use|There is (?:likely )?no service account \S+\s+in \S+)/,
        );
        expect(text.split('\n').filter((line) => line.startsWith('> '))).toHaveLength(1);
      }
    expect(broken).toBeGreaterThan(400);
    expect(tall).toEqual([]);
  });
});
