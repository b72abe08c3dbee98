import { describe, expect, it } from '@jest/globals';
import { coverageOf, unreadIn } from '../../src/engine/run/coverage.js';
import type { Cluster } from '../../src/model/inventory/inventory.js';
import { NOTHING_INSIDE } from '../../src/model/contract/sections.js';
import { givenUp, known, unknown } from '../../src/model/inventory/observed.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const inventory = inventoryOfCase({
  clusters: [
    { name: 'prod', issuer: null },
    { name: 'dark', unread: 'throttled' },
  ],
  podIdentityAssociations: null,
  providers: [{ arn: 'arn:aws:iam::210987654321:oidc-provider/gitlab.com', unread: 'denied' }],
  unread: { 'eu-west-3': 'denied' },
});
const scopes = (over: Partial<typeof inventory> = {}, accept: { scope: string; reason: string }[] = []) =>
  unreadIn({ ...inventory, ...over }, accept).map(({ what, scope, reason, accepted }) => [what, scope, reason, accepted]);

describe('a read that was given up', () => {
  const WHAT = 'eks:DescribeCluster';
  const gone = (region: string) => unknown('throttled', `Rate exceeded. ${givenUp(WHAT, region)}`);
  const cluster = (name: string, detail: Cluster['detail']): Cluster => ({
    ...NOTHING_INSIDE,
    name,
    region: 'eu-west-1',
    arn: name,
    detail,
  });
  const read = (...clusters: Cluster[]) => ({
    regions: [{ region: 'eu-west-1', clusters: known(clusters) }],
    providers: known([]),
  });

  it('is told once, for its region', () => {
    const many = read(
      ...['a', 'b', 'c'].map((name) => cluster(name, gone('eu-west-1'))),
      cluster('d', unknown('throttled', 'Rate exceeded')),
    );
    expect(scopes(many)).toEqual([
      [WHAT, 'eu-west-1', 'throttled', false],
      [WHAT, 'eu-west-1/d', 'throttled', false],
    ]);
  });

  it('is told of the cluster where there is one', () => {
    expect(scopes(read(cluster('a', gone('eu-west-1')), cluster('b', gone('eu-west-2'))))).toEqual([
      [WHAT, 'eu-west-1/a', 'throttled', false],
      [WHAT, 'eu-west-1/b', 'throttled', false],
    ]);
  });

  it('does not take in what was accepted', () => {
    const many = read(...['a', 'b', 'c'].map((name) => cluster(name, gone('eu-west-1'))));
    expect(scopes(many, [{ scope: 'eu-west-1/b', reason: 'known' }])).toEqual([
      [WHAT, 'eu-west-1', 'throttled', false],
      [WHAT, 'eu-west-1/b', 'throttled', true],
    ]);
  });

  it('is told once for the account, where it is of things that the account has', () => {
    const detail = unknown('failed', `HTTP 503. ${givenUp('iam:GetOpenIDConnectProvider', 'account')}`);
    const providers = known(['arn:aws:iam::1:oidc-provider/a', 'arn:aws:iam::1:oidc-provider/b'].map((arn) => ({ arn, detail })));
    expect(scopes({ regions: [], providers })).toEqual([['iam:GetOpenIDConnectProvider', 'account', 'failed', false]]);
  });
});

describe('what was not read', () => {
  it('is named by action and scope', () => {
    expect(scopes()).toEqual([
      ['eks:DescribeCluster', 'eu-west-1/dark', 'throttled', false],
      ['eks:ListClusters', 'eu-west-3', 'denied', false],
      ['iam:GetOpenIDConnectProvider', 'arn:aws:iam::210987654321:oidc-provider/gitlab.com', 'denied', false],
    ]);
  });

  it('is every account-wide list that was refused', () => {
    const refused = unknown('denied', 'no');
    expect(scopes({ regions: [], providers: refused, roles: refused, quotas: refused, regionList: refused }).map(([what]) => what)).toEqual(
      ['account:ListRegions', 'iam:ListOpenIDConnectProviders', 'iam:GetAccountAuthorizationDetails', 'iam:GetAccountSummary'],
    );
  });

  it('is no disabled region that was only tried because the list of regions was refused', () => {
    const tried = {
      regions: [{ region: 'me-south-1', clusters: unknown('disabled-region', 'UnrecognizedClientException') }],
      providers: known([]),
    };
    expect(scopes({ ...tried, regionList: unknown('denied', 'no') })).toEqual([['account:ListRegions', 'account', 'denied', false]]);
  });

  it('is a disabled region that was named, or that the list calls enabled', () => {
    const tried = {
      regions: [{ region: 'me-south-1', clusters: unknown('disabled-region', 'UnrecognizedClientException') }],
      providers: known([]),
    };
    expect(scopes({ ...tried, requestedRegions: ['me-south-1'], regionList: unknown('not-requested', 'named') })).toHaveLength(1);
    expect(scopes(tried)).toHaveLength(1);
  });

  it.each(['eu-west-3', 'eks:ListClusters'])('is marked where %s is accepted, and the rest is not', (scope) => {
    expect(scopes({}, [{ scope, reason: 'closed' }]).filter(([, , , accepted]) => accepted === true)).toEqual([
      ['eks:ListClusters', 'eu-west-3', 'denied', true],
    ]);
  });

  it('is accepted for a cluster by its own scope or its region', () => {
    for (const scope of ['eu-west-1/dark', 'eu-west-1'])
      expect(scopes({}, [{ scope, reason: 'x' }])[0]).toEqual(['eks:DescribeCluster', 'eu-west-1/dark', 'throttled', true]);
  });
});

describe('coverage', () => {
  it('counts what arrived and names the families that nobody asked for', () => {
    expect(coverageOf(inventory, [])).toMatchObject({
      regions: ['eu-west-1', 'eu-west-3'],
      clusters: 2,
      providers: 1,
      roles: 0,
      serviceAccounts: null,
      notLookedAt: ['service-account', 'pod', 'pod-identity', 'add-on'],
    });
  });

  it('counts service accounts where they were read', () => {
    const read = inventoryOfCase({
      clusters: [{ name: 'prod', issuer: null }],
      serviceAccounts: [{ cluster: 'prod', namespace: 'a', name: 'b' }],
      podIdentityAssociations: [],
    });
    expect(coverageOf(read, [])).toMatchObject({ serviceAccounts: 1, notLookedAt: ['pod', 'add-on'] });
  });
});

describe('what was looked at', () => {
  it('counts the pods of the clusters whose pods were read, and is null where none were', () => {
    const pod = { cluster: 'prod', namespace: 'shop', serviceAccountName: 'app' };
    const read = inventoryOfCase({
      clusters: [{ name: 'prod', issuer: null }],
      serviceAccounts: [],
      pods: [
        { ...pod, name: 'a', owner: { kind: 'ReplicaSet', name: 'app' } },
        { ...pod, name: 'b', owner: { kind: 'ReplicaSet', name: 'app' } },
        { ...pod, name: 'c' },
      ],
    });
    expect([coverageOf(read, []).pods, coverageOf(inventory, []).pods]).toEqual([3, null]);
  });
});
