import { describe, expect, it } from '@jest/globals';
import { sliceFor } from '../../src/engine/repair/slice.js';
import { deriveFacts } from '../../src/facts/account/facts.js';
import type { Usage } from '../../src/facts/account/role-users.js';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { known, unknown } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { allow, named, PROD, provider, ROLE } from '../engine/role-under-test.js';

const denied = unknown('denied', 'not read');

const whole = inventoryOfCase({
  clusters: [{ name: 'prod', issuer: `https://${PROD}` }],
  providers: [{ arn: provider(PROD) }],
  roles: [
    { arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: [allow(PROD, named(PROD, 'system:serviceaccount:NAMESPACE:app'))] } },
  ],
  serviceAccounts: [],
  addons: [{ cluster: 'prod', name: 'coredns' }],
  podIdentityAssociations: [
    { cluster: 'prod', namespace: 'shop', serviceAccount: 'shop', roleArn: 'arn:aws:iam::210987654321:role/other' },
  ],
  nodeGroups: [{ cluster: 'prod', name: 'main', role: 'arn:aws:iam::210987654321:role/nodes' }],
});

/** The account with something of its one cluster changed. */
function changed(change: (cluster: Cluster) => Partial<Cluster>): Inventory {
  return {
    ...whole,
    regions: whole.regions.map(({ region, clusters }) => ({
      region,
      clusters: clusters.known ? known(clusters.value.map((one) => ({ ...one, ...change(one) }))) : clusters,
    })),
  };
}

const PROVES: readonly (readonly [string, (cluster: Cluster) => Partial<Cluster>])[] = [
  ['service accounts', () => ({ serviceAccounts: denied })],
  ['Pod Identity associations', () => ({ podIdentityAssociations: denied })],
  [
    'the role of an association',
    () => ({
      podIdentityAssociations: known([
        { namespace: 'shop', serviceAccount: 'shop', roleArn: null, unread: { reason: 'denied', detail: 'not read' } },
      ]),
    }),
  ],
  ['add-ons', () => ({ addons: denied })],
  ['an add-on', () => ({ addons: known([{ name: 'coredns', detail: denied, wants: known([]) }]) })],
  ['node groups', () => ({ nodeGroups: denied })],
  ['a node group', () => ({ nodeGroups: known([{ name: 'main', roleArn: denied }]) })],
];

const usageIn = (inventory: Inventory): Usage | undefined => deriveFacts(inventory).role(ROLE)?.usage;

describe('a role that nobody is seen to use', () => {
  it('is unused where everything was read by which it could be in use', () => {
    expect(usageIn(whole)).toBe('unused');
  });

  it('is unused where node groups were not asked for, which nothing hangs on then', () => {
    expect(usageIn(changed(() => ({ nodeGroups: unknown('not-requested', 'no need') })))).toBe('unused');
  });

  it('is unused where an add-on was not described, for it wants nothing: its service account would tell', () => {
    const notAsked = unknown('not-requested', 'no use');
    expect(usageIn(changed(() => ({ addons: known([{ name: 'coredns', detail: notAsked, wants: notAsked }]) })))).toBe('unused');
  });

  it.each(PROVES)('is not known to be unused where %s was not read', (_, change) => {
    expect(usageIn(changed(change))).toBe('unknown');
  });

  it.each(PROVES)('is as little known to be in the slice that a repair is proved in, where %s was not read', (_, change) => {
    const facts = deriveFacts(changed(change));
    const patch = {
      kind: 'trust-policy',
      resource: ROLE,
      region: null,
      before: {},
      after: facts.role(ROLE)?.role.trustPolicy ?? null,
    } as const;
    expect(usageIn(sliceFor(facts, [patch]))).toBe('unknown');
  });

  it.each(PROVES)('keeps its findings above low where %s was not read', (_, change) => {
    const { findings } = auditInventory(changed(change));
    expect(findings.filter(({ rule }) => rule === 'placeholder-left').map(({ severity }) => severity)).toEqual(['medium']);
  });
});
