import type { Inventory, Json } from '../src/model/inventory/inventory.js';
import { known, seen } from '../src/model/inventory/observed.js';
import { auditInventory, whoCanTakeRoles } from '../src/pipeline/pipeline.js';
import { atMost, type Figure } from './figures.js';
import { generateAccount } from './generate-account.js';
import { inOwnProcess } from './measured-process.js';
import { runtime } from './runtime.js';
import { worstPolicies } from './worst-policies.js';

/** The quota of trust policies, the most that it can be raised to, and the most that older accounts are said to have. */
const LENGTHS = [2_048, 4_096, 8_192];
const SHORT_ISSUER = 'o.example';
const SERVICE_ACCOUNTS = 100;
const TOGETHER = 1_000;
/** How many of the slowest alone; a thousand of the worst that there is take minutes. */
const ALIKE = 20;
const MOST_MS_ALONE = 500;
const MOST_MS_TOGETHER = 60_000;

/** What is asked of an account: to be audited, or who can take its roles. */
const ASKED = { audit: auditInventory, roles: whoCanTakeRoles } as const;
const QUESTIONS = ['audit', 'roles'] as const;

interface WorstMs {
  /** The slowest of those that were alone. */
  readonly slowest: string;
  readonly slowestMs: number;
  readonly togetherMs: number;
  /** Of each of several that are like the slowest. */
  readonly alikeMs: number;
}

/** The policies of one length, and an account whose roles have some of them. */
function worstOf(length: number): { policies: Readonly<Record<string, Json>>; accountOf: (trust: readonly Json[]) => Inventory } {
  const { inventory: one } = generateAccount({ roles: 1, clusters: 1, regions: 1 });
  const { account, partition } = one;
  const [template] = seen(one.roles);
  const [provider] = seen(one.providers);
  const [cluster] = one.regions.flatMap(({ clusters }) => seen(clusters));
  if (template === undefined || provider?.detail.known !== true || cluster?.detail.known !== true)
    throw new TypeError('an account of one has one of each');
  const eks = (cluster.detail.value.issuer ?? '').replace('https://', '');
  const other = { ...provider, arn: `arn:${partition}:iam::${account}:oidc-provider/${SHORT_ISSUER}` };
  const providers = known([provider, { ...other, detail: known({ ...provider.detail.value, url: SHORT_ISSUER }) }]);
  const serviceAccounts = known(
    Array.from({ length: SERVICE_ACCOUNTS }, (_, index) => ({ namespace: `team-${index % 50}`, name: `app-${index}`, annotations: {} })),
  );
  const regions = one.regions.map((place) => ({ ...place, clusters: known([{ ...cluster, serviceAccounts }]) }));
  return {
    policies: worstPolicies(length, { partition, account, eks, short: SHORT_ISSUER }),
    accountOf: (trust) => ({
      ...one,
      providers,
      regions,
      roles: known(
        trust.map((trustPolicy, index) => {
          const name = `worst-${index}`;
          return {
            ...template,
            name,
            arn: `arn:${partition}:iam::${account}:role/${name}`,
            trustPolicy,
            inlinePolicies: [],
            attachedPolicyArns: [],
          };
        }),
      ),
    }),
  };
}

function cpuMsOf(work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** The part that runs in a process of its own. @param packed the length, negative for `roles` in the place of `audit` */
export function worstOnce(packed: number): void {
  const ask = ASKED[packed < 0 ? 'roles' : 'audit'];
  const { policies, accountOf } = worstOf(Math.abs(packed));
  let [slowest, slowestMs] = ['', 0];
  for (const [what, policy] of Object.entries(policies)) {
    const inventory = accountOf([policy]);
    const ms = cpuMsOf(() => ask(inventory));
    if (ms > slowestMs) [slowest, slowestMs] = [what, ms];
  }
  const all = Object.values(policies);
  const many = accountOf(Array.from({ length: TOGETHER }, (_, index) => all[index % all.length] ?? null));
  const alike = accountOf(Array.from({ length: ALIKE }, () => policies[slowest] ?? null));
  process.send?.({
    slowest,
    slowestMs,
    togetherMs: cpuMsOf(() => ask(many)),
    alikeMs: cpuMsOf(() => ask(alike)) / ALIKE,
  } satisfies WorstMs);
}

/** CPU of judging the worst policies that IAM can store, each alone and a thousand together. */
export async function worstOfAll(): Promise<readonly Figure[]> {
  const { node } = runtime();
  const figures: Figure[] = [];
  for (const question of QUESTIONS) {
    for (const length of LENGTHS) {
      const { slowest, slowestMs, togetherMs, alikeMs } = await inOwnProcess<WorstMs>(
        node,
        'worst-once',
        String(question === 'roles' ? -length : length),
      );
      figures.push(
        atMost(`CPU of \`${question}\`, one role of ${length} characters, the slowest: ${slowest}`, slowestMs, MOST_MS_ALONE, 'ms'),
      );
      figures.push(atMost(`  each of ${ALIKE} like it`, alikeMs, MOST_MS_TOGETHER / TOGETHER, 'ms'));
      figures.push(atMost(`  ${TOGETHER} such roles, of every kind`, togetherMs, MOST_MS_TOGETHER, 'ms'));
    }
  }
  return figures;
}
