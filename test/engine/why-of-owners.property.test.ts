import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainOf } from '../../src/engine/chain/chain.js';
import { ROLE_ANNOTATION } from '../../src/model/inventory/annotations.js';
import type { Chain } from '../../src/model/report/chain.js';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { known, seen } from '../../src/model/inventory/observed.js';
import type { Workload } from '../../src/model/inventory/workload.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { OF_AGENT } from './made-up-account.js';
import { BOTH, forPods, HOST, policy, providerArn, roleArn } from './made-up-statements.js';

const TOKEN = '/var/run/secrets/eks.amazonaws.com/serviceaccount/token';
/** How a service account has its role, if it has one. */
const WAYS = ['annotation', 'association', 'none'] as const;
const trusted = (name: string): NonNullable<Case['roles']>[number] => ({
  arn: roleArn(name),
  trustPolicy: policy(
    {
      Effect: 'Allow',
      Principal: { Federated: providerArn(HOST.prod) },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${HOST.prod}:aud`]: 'sts.amazonaws.com', [`${HOST.prod}:sub`]: `system:serviceaccount:wf:${name}` } },
    },
    forPods(BOTH),
  ),
});

/** What pods have: what the webhook gives for a way, what it gives for the other, another role, their own, and nothing. */
const environmentsOf = (name: string): readonly Readonly<Record<string, string>>[] => [
  { AWS_ROLE_ARN: roleArn(name), AWS_WEB_IDENTITY_TOKEN_FILE: TOKEN },
  OF_AGENT,
  {},
  { AWS_ROLE_ARN: roleArn('other'), AWS_WEB_IDENTITY_TOKEN_FILE: TOKEN },
  { AWS_ROLE_ARN: roleArn(name), AWS_WEB_IDENTITY_TOKEN_FILE: '/tokens/own' },
  { AWS_ROLE_ARN: roleArn(name) },
  { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'own' },
];

/** A service account and its pods: what is right for its way as often as all that is not. */
const userNamed = (name: string) =>
  fc
    .record({
      way: fc.constantFrom(...WAYS),
      env: fc.oneof(fc.constant(null), fc.constantFrom(...environmentsOf(name))),
      isOnFargate: fc.boolean(),
      hasRole: fc.oneof(fc.constant(true), fc.boolean()),
    })
    .map(({ way, env, isOnFargate, hasRole }) => {
      const [byToken = {}, byAgent = {}, nothing = {}] = environmentsOf(name);
      const given = way === 'annotation' ? byToken : way === 'association' ? byAgent : nothing;
      return {
        roles: hasRole ? [trusted(name)] : [],
        serviceAccount: {
          cluster: 'prod',
          namespace: 'wf',
          name,
          annotations: way === 'annotation' ? { [ROLE_ANNOTATION]: roleArn(name) } : {},
        },
        associations: way === 'association' ? [{ cluster: 'prod', namespace: 'wf', serviceAccount: name, roleArn: roleArn(name) }] : [],
        pod: {
          cluster: 'prod',
          namespace: 'wf',
          name: `pod-${name}`,
          serviceAccountName: name,
          env: env ?? given,
          labels: { app: 'a', ...(isOnFargate ? { 'eks.amazonaws.com/fargate-profile': 'own' } : {}) },
        },
      };
    });

/** Several service accounts of a namespace, each with pods; the webhook, the provider and the agent may be there or not. */
const steps: fc.Arbitrary<Case> = fc
  .record({
    users: fc.tuple(userNamed('a'), userNamed('b'), userNamed('default')),
    hasProvider: fc.oneof(fc.constant(true), fc.boolean()),
    webhooks: fc.constantFrom(undefined, []),
  })
  .map(({ users, hasProvider, webhooks }) => ({
    clusters: [{ name: 'prod', issuer: `https://${HOST.prod}`, addons: [{ name: 'eks-pod-identity-agent' }] }],
    providers: hasProvider ? [{ arn: providerArn(HOST.prod) }] : [],
    roles: [...users.flatMap(({ roles }) => roles), trusted('other')],
    serviceAccounts: users.map(({ serviceAccount }) => serviceAccount),
    podIdentityAssociations: users.flatMap(({ associations }) => associations),
    pods: users.map(({ pod }) => pod),
    ...(webhooks === undefined ? {} : { webhooks }),
  }));

/** What owns pods of several service accounts: steps of a workflow name their own, and the driver of Spark owns its executors. */
const KINDS = ['Workflow', 'Pod'] as const;
type Kind = (typeof KINDS)[number];

/** The pods of a cluster with one owner for each name that is given them; the first of each name are that owner, where it is a pod. */
function owned(workloads: readonly Workload[], kind: Kind, nameOf: (one: Workload) => string): readonly Workload[] {
  const first = new Set<string>();
  return workloads.map((one) => {
    const name = nameOf(one);
    const isOwner = kind === 'Pod' && !first.has(`${one.namespace}/${name}`);
    first.add(`${one.namespace}/${name}`);
    return { ...one, owner: { kind, name }, example: isOwner ? name : `${name}-${one.example}` };
  });
}

const withOwners = (inventory: Inventory, kind: Kind, nameOf: (one: Workload) => string): Inventory => ({
  ...inventory,
  regions: inventory.regions.map((region) => ({
    ...region,
    clusters: region.clusters.known
      ? known(
          region.clusters.value.map((cluster): Cluster => {
            const { workloads } = cluster;
            return workloads.known ? { ...cluster, workloads: known(owned(workloads.value, kind, nameOf)) } : cluster;
          }),
        )
      : region.clusters,
  })),
});

/** What `why` says of every service account with pods. */
function chainsOf(inventory: Inventory): ReadonlyMap<string, Chain> {
  const report = auditInventory(inventory);
  return new Map(
    inventory.regions.flatMap(({ region, clusters }) =>
      seen(clusters).flatMap((cluster) =>
        seen(cluster.workloads).map(({ namespace, serviceAccount }) => {
          const target = { region, cluster: cluster.name, namespace, serviceAccount, pod: null };
          return [
            `${region}/${cluster.name}/${namespace}/${serviceAccount}`,
            chainOf(inventory, { rules: RULES, report }, cluster, target),
          ] as const;
        }),
      ),
    ),
  );
}

/** Verdict and first link that does not hold. Who starts the pods that run as `default` is told by what owns them. */
const inShort = ({ verdict, links, first, by, target }: Chain, kind: Kind): string | null =>
  kind === 'Pod' && (by === null || target.serviceAccount === 'default') ? null : `${verdict} at ${links[first ?? -1]?.link ?? 'none'}`;

/** Of whom `why` says something else once others run under the same owner. */
function blamed(inventory: Inventory, kind: Kind): readonly string[] {
  const names = new Map<string, string>();
  const ownName = ({ serviceAccount }: Workload): string => {
    const name = names.get(serviceAccount) ?? `own${String(names.size)}`;
    names.set(serviceAccount, name);
    return name;
  };
  const alone = chainsOf(withOwners(inventory, kind, ownName));
  const together = chainsOf(withOwners(inventory, kind, () => 'shared'));
  return [...together].flatMap(([name, chain]) => {
    const before = alone.get(name);
    const [was, is] = [before === undefined ? null : inShort(before, kind), inShort(chain, kind)];
    return was === is ? [] : [`${name}: ${String(was)}, then ${String(is)}: ${chain.links[chain.first ?? -1]?.says ?? ''}`];
  });
}

describe.each(KINDS)('why of service accounts whose pods one %s owns', (kind) => {
  it('says of each what it says where the others have owners of their own, on every case', () => {
    expect(CASES.flatMap(({ name, inventory }) => blamed(inventory, kind).map((one) => `${name} ${one}`))).toEqual([]);
  });

  it('and on made-up steps', () => {
    fc.assert(
      fc.property(steps, (given) => {
        expect(blamed(inventoryOfCase(given), kind)).toEqual([]);
      }),
      { numRuns: 400, seed: 20261130 },
    );
  });
});
