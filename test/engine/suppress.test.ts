import { describe, expect, it } from '@jest/globals';
import { deriveFacts } from '../../src/facts/account/facts.js';
import type { Severity, Subject } from '../../src/model/report/finding.js';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { asIssuerId } from '../../src/model/inventory/issuer-id.js';
import { known, unknown } from '../../src/model/inventory/observed.js';
import { DEFAULT_SETTINGS, type Settings } from '../../src/model/report/settings.js';
import { concernedBy } from '../../src/engine/run/places.js';
import { suppressor, type Standing } from '../../src/engine/problems/suppress.js';
import { inventoryOf, SEES_ALL } from './made-up-world.js';

const NOW = '2026-11-24T09:00:00.000Z';
const world = inventoryOf(
  {
    clusters: { prod: { exists: true, provider: 'right' }, lab: { exists: true, provider: 'right' } },
    roles: ['right for prod'],
    annotated: null,
  },
  SEES_ALL,
  NOW,
);
const PROD = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835';
const LAB = 'oidc.eks.us-east-1.amazonaws.com/id/B38E01F6A7C24D95E0F18A3B6C7D2E49';
const ROLE = 'arn:aws:iam::210987654321:role/role-0';
const PROVIDER = `arn:aws:iam::210987654321:oidc-provider/${PROD}`;
const role: Subject = { type: 'role', id: ROLE, arn: ROLE, region: null };
const provider: Subject = { type: 'provider', id: PROVIDER, arn: PROVIDER, region: null };
const cluster: Subject = { type: 'cluster', id: 'prod', arn: 'arn:aws:eks:eu-west-1:210987654321:cluster/prod', region: 'eu-west-1' };
const account: Subject = { type: 'service-account', id: 'prod/shop/app', arn: null, region: 'eu-west-1' };

interface Asked {
  readonly rule?: string;
  readonly subject?: Subject;
  readonly issuers?: readonly string[];
  readonly inventory?: Inventory;
  readonly severity?: Severity;
}
const standing = (
  settings: Partial<Settings>,
  { rule = 'some-rule', subject = role, issuers = [], inventory = world, severity = 'medium' }: Asked = {},
): Standing =>
  suppressor(
    { ...DEFAULT_SETTINGS, ...settings },
    deriveFacts(inventory),
    NOW,
  )({
    rule,
    subject,
    concerned: concernedBy({ subject, related: [], raised: issuers.map((one) => ({ issuer: asIssuerId(one) })) }, deriveFacts(inventory)),
    severity,
  });
const silenced = (settings: Partial<Settings>, asked: Asked = {}): boolean => standing(settings, asked).suppressed !== null;
const suppression = (changes: object = {}) => ({ rule: 'some-rule', subject: '*', reason: 'wave 3', until: null, ...changes });

/** The same account with a change to the cluster prod. */
function withProd(change: (prod: Cluster) => Cluster): Inventory {
  const regions = world.regions.map((region) => ({
    ...region,
    clusters: known(region.clusters.known ? region.clusters.value.map((one) => (one.name === 'prod' ? change(one) : one)) : []),
  }));
  return { ...world, regions };
}
const tagged = (tags: Readonly<Record<string, string>>): Inventory =>
  withProd((prod) => ({ ...prod, detail: prod.detail.known ? known({ ...prod.detail.value, tags }) : prod.detail }));

describe('a suppression', () => {
  it('is by rule and subject, with the reason', () => {
    expect(standing({ suppressions: [suppression({ until: '2026-12-31' })] })).toEqual({
      suppressed: { reason: 'wave 3', until: '2026-12-31', by: 'settings' },
      ended: null,
      tagWithoutEffect: null,
    });
  });

  it.each<[object, boolean]>([
    [{ rule: 'another-rule' }, false],
    [{ subject: ROLE }, true],
    [{ subject: 'arn:aws:iam::*:role/role-?' }, true],
    [{ subject: 'arn:aws:iam::*:role/other-*' }, false],
    [{ subject: 'role-0' }, false],
    [{ until: '2026-11-24' }, true],
    [{ until: '2026-11-25' }, true],
    [{ until: '2026-11-23' }, false],
  ])('%j: %p', (changes, expected) => expect(silenced({ suppressions: [suppression(changes)] })).toBe(expected));

  it('names a cluster by its name or its ARN', () => {
    for (const subject of ['prod', 'arn:aws:eks:*:cluster/prod'])
      expect(silenced({ suppressions: [suppression({ subject })] }, { subject: cluster })).toBe(true);
  });

  it('that has ended says so', () => {
    expect(standing({ suppressions: [suppression({ until: '2026-11-23' })] })).toEqual({
      suppressed: null,
      ended: { reason: 'wave 3', until: '2026-11-23', by: 'settings' },
      tagWithoutEffect: null,
    });
  });

  it('that has ended is no matter where another holds', () => {
    const both = [suppression({ until: '2026-11-01' }), suppression({ subject: ROLE, reason: 'still so' })];
    expect(standing({ suppressions: both })).toMatchObject({ suppressed: { reason: 'still so', until: null }, ended: null });
  });
});

describe('a tag', () => {
  const roles = world.roles.known ? world.roles.value.map((one) => ({ ...one, tags: { 'irsa-auditor:ignore': 'a-rule some-rule' } })) : [];
  const providers = world.providers.known
    ? world.providers.value.map((one) => ({
        ...one,
        detail: one.detail.known ? known({ ...one.detail.value, tags: { 'irsa-auditor:ignore': 'some-rule' } }) : one.detail,
      }))
    : [];

  const tag = { 'irsa-auditor:ignore': 'a-rule some-rule' };
  const tags: readonly [string, Asked][] = [
    ['role', { inventory: { ...world, roles: known(roles) } }],
    ['provider', { subject: provider, inventory: { ...world, providers: known(providers) } }],
    ['cluster', { subject: cluster, inventory: tagged(tag) }],
    ['cluster', { subject: account, inventory: tagged(tag) }],
  ];
  const byTag: Partial<Settings> = { suppressByTag: true };

  it.each(tags)('on a %s suppresses nothing by default, and is named', (on, asked) => {
    expect(standing({}, asked)).toEqual({ suppressed: null, ended: null, tagWithoutEffect: on });
    expect(standing({}, { ...asked, rule: 'third-rule' }).tagWithoutEffect).toBe(null);
  });

  it.each(tags)('on a %s suppresses what is medium where the settings say so, and names itself', (on, asked) => {
    expect(standing(byTag, asked)).toEqual({
      suppressed: { reason: `the tag irsa-auditor:ignore on the ${on}`, until: null, by: 'tag' },
      ended: null,
      tagWithoutEffect: null,
    });
  });

  it.each(
    tags.flatMap(([on, asked]) => (['high', 'critical'] as const).map((severity): [string, Severity, Asked] => [on, severity, asked])),
  )('on a %s never suppresses what is %s', (on, severity, asked) => {
    expect(standing(byTag, { ...asked, severity })).toEqual({ suppressed: null, ended: null, tagWithoutEffect: on });
  });

  it('suppresses no other rule, and nothing elsewhere', () => {
    expect(silenced(byTag, { rule: 'third-rule', inventory: { ...world, roles: known(roles) } })).toBe(false);
    expect(silenced(byTag, { subject: role, inventory: tagged(tag) })).toBe(false);
  });

  it('is named beside a suppression that has ended', () => {
    const settings = { suppressions: [suppression({ until: '2026-11-23' })] };
    expect(standing(settings, { inventory: { ...world, roles: known(roles) } })).toMatchObject({
      suppressed: null,
      ended: { reason: 'wave 3' },
      tagWithoutEffect: 'role',
    });
  });
});

describe('clusters that are left out', () => {
  const only = (include: readonly string[], exclude: readonly string[] = []): Partial<Settings> => ({ clusters: { include, exclude } });

  it.each<[readonly string[], readonly string[], boolean]>([
    [[], [], false],
    [['lab'], [], true],
    [['pr*'], [], false],
    [['eu-west-1/prod'], [], false],
    [['us-east-1/prod'], [], true],
    [[], ['prod'], true],
    [['prod'], ['eu-*/prod'], true],
    [['tag:team=shop'], [], false],
    [['tag:team=other'], [], true],
    [['tag:team'], [], true],
    [[], ['tag:team=sh?p'], true],
    [[], ['tag:stage=*'], false],
  ])('include %j, exclude %j: %p', (include, exclude, expected) =>
    expect(silenced(only(include, exclude), { subject: cluster, inventory: tagged({ team: 'shop' }) })).toBe(expected),
  );

  it('take with them what is inside, their provider, and what is about their issuer', () => {
    const settings = only([], ['prod']);
    for (const asked of [{ subject: account }, { subject: provider }, { subject: role, issuers: [PROD] }])
      expect(standing(settings, asked).suppressed).toEqual({
        reason: 'the settings leave out the cluster prod in eu-west-1',
        until: null,
        by: 'cluster-selection',
        cluster: 'eu-west-1/prod',
      });
    expect(silenced(settings, { subject: role })).toBe(false);
    expect(silenced(settings, { subject: role, issuers: ['token.actions.githubusercontent.com'] })).toBe(false);
  });

  it('take with them what is about several issuers only where each is of such a cluster', () => {
    const both = { subject: role, issuers: [PROD, LAB] };
    expect(silenced(only([], ['prod']), both)).toBe(false);
    expect(silenced(only([], ['lab']), both)).toBe(false);
    expect(silenced(only([], ['*']), { subject: role, issuers: [PROD, 'token.actions.githubusercontent.com'] })).toBe(false);
    expect(standing(only([], ['*']), both).suppressed).toEqual({
      reason: 'the settings leave out the clusters prod in eu-west-1 and lab in us-east-1',
      until: null,
      by: 'cluster-selection',
      cluster: 'eu-west-1/prod',
      clusters: ['eu-west-1/prod', 'us-east-1/lab'],
    });
  });

  it('are told about where their tags were not read', () => {
    const unread = withProd((prod) => ({ ...prod, detail: unknown('denied', 'no') }));
    expect(silenced(only(['tag:team=shop']), { subject: cluster, inventory: unread })).toBe(false);
    expect(silenced(only([], ['tag:team=shop']), { subject: cluster, inventory: unread })).toBe(false);
  });
});
