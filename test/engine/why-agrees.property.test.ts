import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainOf } from '../../src/engine/chain/chain.js';
import type { Chain, ChainTarget } from '../../src/model/report/chain.js';
import { podsAsked } from '../../src/facts/pod/pods-named.js';
import { groupBy } from '../../src/lib/group-by.js';
import { atLeast, type Finding } from '../../src/model/report/finding.js';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { seen } from '../../src/model/inventory/observed.js';
import type { Report } from '../../src/model/report/report.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { expectedOf } from '../../src/probe/expected-outcome.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { accounts } from './made-up-account.js';
import { OWN_PROVIDER, subjectTrusts, trusts } from './made-up-trusts.js';

const BREAKS = new Set(RULES.filter(({ kind }) => kind === 'break').map(({ id }) => id));
/** Of pods that run as the wrong service account: one that has a role is not theirs, whatever owns them. */
const OF_ROLELESS = new Set(RULES.filter(({ link }) => link === 'service account of the pod').map(({ id }) => id));
const PAST_GIVEN = /the pod names a role itself|this one has one by web identity/;
const INSIDE = ['service-account', 'pod', 'association'];

/** The breaks that an audit tells of one service account: of itself and its pods, or of what they share where it is named among those who suffer. */
function breaksOf({ target, by, links }: Chain, report: Report, cluster: Cluster): readonly Finding[] {
  const { namespace, serviceAccount } = target;
  const pods = podsAsked(seen(cluster.workloads), target);
  const keyOf = (type: string, id: string): string => `${type === 'pod' ? 'pod' : 'account'} ${id}`;
  const own = new Set(
    [['account', serviceAccount] as const, ...pods.map(({ owner }) => ['pod', owner.name] as const)].map(([type, name]) =>
      keyOf(type, `${cluster.name}/${namespace}/${name}`),
    ),
  );
  // Pods that one owner has in common with those of other service accounts are each told of their own.
  const account = target.owner === undefined ? `${cluster.name}/${namespace}/${serviceAccount}` : null;
  const isAs = (id: string | undefined): boolean => id === undefined || account === null || id === account;
  const hasRole = by !== null && seen(cluster.serviceAccounts).some((one) => one.namespace === namespace && one.name === serviceAccount);
  // Of pods that do not take what their service account is given, what is wrong with that is no break.
  const isPast = links.some(({ says }) => PAST_GIVEN.test(says));
  return report.findings.filter(
    ({ rule, severity, subject, related }) =>
      BREAKS.has(rule) &&
      (!isPast || subject.type === 'pod' || (!INSIDE.includes(subject.type) && related.some(({ type }) => type === 'pod'))) &&
      !(hasRole && OF_ROLELESS.has(rule)) &&
      atLeast(severity, 'medium') &&
      (subject.region ?? cluster.region) === cluster.region &&
      ((own.has(keyOf(subject.type, subject.id)) &&
        (subject.type !== 'pod' || related.some((one) => one.type === 'service-account' && isAs(one.serviceAccount ?? one.id)))) ||
        (!INSIDE.includes(subject.type) &&
          related.some((one) => INSIDE.includes(one.type) && own.has(keyOf(one.type, one.id)) && isAs(one.serviceAccount)))),
  );
}

/** What `why` names and the audit leaves out on purpose: a label that somebody set, what goes anyway, and what was never there. */
function isDeliberate({ links, target, first }: Chain, cluster: Cluster): boolean {
  const link = links[first ?? 0];
  const isGoing = seen(cluster.namespaces).some(({ name, terminating }) => name === target.namespace && terminating);
  return (
    isGoing || link?.link === 'cluster' || link?.link === 'service account' || /label that keeps the webhook away/.test(link?.says ?? '')
  );
}

/** Who is asked about: service accounts, and what owns pods, which runs as the newest of these do. */
function targetsIn(
  { region, name, workloads }: Cluster,
  named: readonly { readonly namespace: string; readonly serviceAccount: string }[],
): readonly ChainTarget[] {
  const at = { region, cluster: name, pod: null };
  const accounts = named.map(({ namespace, serviceAccount }) => ({ ...at, namespace, serviceAccount }));
  const byOwner = groupBy(seen(workloads), ({ namespace, owner }) => `${namespace}/${owner.kind}/${owner.name}`);
  const owners = [...byOwner.values()].flatMap((siblings) => {
    const [newest] = siblings.toSorted((left, right) => ((left.newest ?? '') < (right.newest ?? '') ? 1 : -1));
    return newest === undefined ? [] : [{ ...at, namespace: newest.namespace, serviceAccount: newest.serviceAccount, owner: newest.owner }];
  });
  const distinct = new Map(accounts.map((one) => [`${one.namespace}/${one.serviceAccount}`, one]));
  return [...distinct.values(), ...owners];
}

/** Where the two contradict each other. */
function contradictions(inventory: Inventory): readonly string[] {
  const report = auditInventory(inventory);
  return inventory.regions.flatMap(({ clusters }) =>
    seen(clusters).flatMap((cluster) => {
      const named = [
        ...seen(cluster.serviceAccounts).map(({ namespace, name }) => ({ namespace, serviceAccount: name })),
        ...seen(cluster.podIdentityAssociations),
        ...seen(cluster.workloads),
      ];
      return targetsIn(cluster, named).flatMap((target): string[] => {
        const name = `${target.namespace}/${target.owner === undefined ? target.serviceAccount : `${target.owner.kind} ${target.owner.name}`}`;
        const chain = chainOf(inventory, { rules: RULES, report }, cluster, target);
        const breaks = breaksOf(chain, report, cluster);
        const told = breaks.map(({ rule }) => rule);
        const expected = expectedOf(chain);
        const place = `${cluster.name}/${name}`;
        const isTold = told.length > 0 || chain.findings.some(({ rule, severity }) => BREAKS.has(rule) && atLeast(severity, 'low'));
        if (chain.verdict === 'broken' && !isTold && !isDeliberate(chain, cluster))
          return [`${place}: broken at ${chain.links[chain.first ?? 0]?.says ?? ''}, and the audit tells of no break`];
        const isSure = breaks.some(({ confidence }) => confidence === 'certain');
        if (chain.verdict === 'broken' && breaks.length > 0 && (chain.confidence === 'certain') !== isSure)
          return [`${place}: ${chain.confidence}, and the audit is ${isSure ? '' : 'not '}sure`];
        if (chain.verdict === 'holds' && told.length > 0) return [`${place}: holds, and the audit tells ${told.join(', ')}`];
        return chain.verdict === 'holds' && expected !== 'admitted' ? [`${place}: holds, and a probe expects ${expected}`] : [];
      });
    }),
  );
}

/** What `why` says of each service account. */
function chainsOf(inventory: Inventory): readonly { readonly chain: Chain; readonly report: Report; readonly cluster: Cluster }[] {
  const report = auditInventory(inventory);
  return inventory.regions.flatMap(({ clusters }) =>
    seen(clusters).flatMap((cluster) =>
      seen(cluster.serviceAccounts).map(({ namespace, name }) => {
        const target = { region: cluster.region, cluster: cluster.name, namespace, serviceAccount: name, pod: null };
        return { chain: chainOf(inventory, { rules: RULES, report }, cluster, target), report, cluster };
      }),
    ),
  );
}

/** Service accounts that are refused for their subject, and that no break of medium or above names. */
const untold = (inventory: Inventory): readonly string[] =>
  chainsOf(inventory).flatMap(({ chain, report, cluster }) =>
    chain.verdict === 'broken' && chain.links[chain.first ?? 0]?.link === 'subject' && breaksOf(chain, report, cluster).length === 0
      ? [`${chain.target.serviceAccount}: ${chain.links[chain.first ?? 0]?.says ?? ''}`]
      : [],
  );

type Pod = NonNullable<Case['pods']>[number];

const OWNED: readonly Pod['env'][] = [
  {},
  { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'own' },
  { AWS_SHARED_CREDENTIALS_FILE: '/etc/own' },
  { HTTP_PROXY: 'http://proxy.internal:3128' },
];

/** The pods of an account as several versions of what owns them, each made at another time and with more variables of its own. */
const rollouts: fc.Arbitrary<Case> = fc
  .tuple(accounts, fc.infiniteStream(fc.record({ env: fc.constantFrom(...OWNED), days: fc.constantFrom(0, 1, 20), other: fc.boolean() })))
  .map(([given, choices]) => {
    const made = (pod: Pod, index: number): Pod => {
      const { env, days, other } = choices.next().value as { env: Pod['env']; days: number; other: boolean };
      const name = other ? 'app' : 'web';
      const day = new Date(Date.parse('2026-10-31T12:00:00Z') - days * 86_400_000 - index * 60_000).toISOString();
      return {
        ...pod,
        name: `${name}-${String(index)}`,
        owner: { kind: 'ReplicaSet', name: `${name}-r${String(index)}` },
        revision: `r${String(index)}`,
        createdAt: day,
        ...(pod.containers === undefined ? { env: { ...pod.env, ...env } } : {}),
      };
    };
    return { ...given, pods: (given.pods ?? []).flatMap((pod) => [pod, pod]).map(made) };
  });

/** All pods of a namespace as those of one owner, whatever they run as. */
const workflows: fc.Arbitrary<Case> = fc.tuple(accounts, accounts).map(([given, other]) => ({
  ...given,
  pods: [...(given.pods ?? []), ...(other.pods ?? [])].map((pod) => ({ ...pod, owner: { kind: 'Workflow', name: 'steps' } })),
}));

describe('why and the audit share one judgment', () => {
  it('on every case', () => {
    const found = CASES.flatMap(({ name, inventory }) => contradictions(inventory).map((one) => `${name} ${one}`));
    expect(found).toEqual([]);
  });

  it('on made-up accounts', () => {
    fc.assert(
      fc.property(accounts, (given) => {
        expect(contradictions(inventoryOfCase(given))).toEqual([]);
      }),
      { numRuns: 300, seed: 20261128 },
    );
  });

  it('on made-up trust policies', () => {
    fc.assert(
      fc.property(trusts, (given) => {
        // Whether STS finds the provider of another spelling is one doubt, and what its role demands another certainty.
        fc.pre(given.providers?.[0]?.arn === OWN_PROVIDER);
        expect(contradictions(inventoryOfCase(given))).toEqual([]);
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 400), seed: 20261129 },
    );
  });

  it('on statements that name and exclude subjects, and of each that is refused', () => {
    fc.assert(
      fc.property(subjectTrusts, (given) => {
        const inventory = inventoryOfCase(given);
        expect(contradictions(inventory)).toEqual([]);
        expect(untold(inventory)).toEqual([]);
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 400), seed: 20261201 },
    );
  });

  it('whatever the order of the statements', () => {
    fc.assert(
      fc.property(subjectTrusts, (given) => {
        const reversed = JSON.parse(JSON.stringify(given)) as typeof given;
        const policy = reversed.roles?.[0]?.trustPolicy as { Statement: object[] };
        fc.pre(policy.Statement.length > 1);
        policy.Statement.reverse();
        const [one, other] = [chainsOf(inventoryOfCase(given)), chainsOf(inventoryOfCase(reversed))];
        expect(other.map(({ chain }) => chain.verdict)).toEqual(one.map(({ chain }) => chain.verdict));
      }),
      { numRuns: 200, seed: 20261201 },
    );
  });

  it('of what owns pods of several versions', () => {
    fc.assert(
      fc.property(rollouts, (given) => {
        expect(contradictions(inventoryOfCase(given))).toEqual([]);
      }),
      { numRuns: 60, seed: 20261130 },
    );
  });

  it('of what owns pods of several service accounts', () => {
    fc.assert(
      fc.property(workflows, (given) => {
        expect(contradictions(inventoryOfCase(given))).toEqual([]);
      }),
      { numRuns: 150, seed: 20261130 },
    );
  });
});
