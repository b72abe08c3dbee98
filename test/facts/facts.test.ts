import { describe, expect, it } from '@jest/globals';
import { asIssuerId } from '../../src/model/inventory/issuer-id.js';
import { deriveFacts } from '../../src/facts/account/facts.js';
import { known, unknown } from '../../src/model/inventory/observed.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const A = '210987654321';
const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const PROVIDER = `arn:aws:iam::${A}:oidc-provider/${URL}`;
const role = (name: string, federated: string | string[], path = '') => ({
  arn: `arn:aws:iam::${A}:role/${path}${name}`,
  trustPolicy: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: federated },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${URL}:sub`]: 'system:serviceaccount:shop:app' } },
      },
    ],
  },
});
const base: Case = {
  clusters: [
    { name: 'prod', issuer: `https://${URL}` },
    { name: 'new', issuer: null, status: 'CREATING' },
    { name: 'dark', unread: 'denied' },
  ],
  providers: [{ arn: PROVIDER }],
  roles: [role('app', PROVIDER)],
};

describe('clusters and providers', () => {
  const facts = deriveFacts(inventoryOfCase(base));

  it('knows the clusters that have an issuer', () => {
    expect(facts.issuingClusters.map(({ cluster }) => cluster.name)).toEqual(['prod']);
    expect(facts.clusterOf(asIssuerId(URL))?.cluster.name).toBe('prod');
    expect(facts.clusterOf(asIssuerId(URL.toLowerCase()))).toBeNull();
  });

  it('finds a provider by the exact URL of its ARN', () => {
    expect(facts.providerOf(asIssuerId(URL))?.arn).toBe(PROVIDER);
    expect(facts.providerOf(asIssuerId(`${URL}/`))).toBeNull();
  });

  it('finds the roles that trust an issuer, without case, malformed ARNs by what they mean', () => {
    const more = deriveFacts(
      inventoryOfCase({
        ...base,
        roles: [
          role('app', PROVIDER),
          role('pasted', `arn:aws:iam::${A}:oidc-provider/https://${URL}`),
          role('other', `arn:aws:iam::${A}:oidc-provider/gitlab.com`),
        ],
      }),
    );
    expect(more.rolesTrusting(asIssuerId(URL.toUpperCase())).map(({ role: { name } }) => name)).toEqual(['app', 'pasted']);
    expect(more.rolesTrusting(asIssuerId('gone.example'))).toEqual([]);
  });

  it('does not take a malformed provider ARN for a provider', () => {
    const odd = { ...inventoryOfCase(base), providers: known([{ arn: 'not-an-arn', detail: unknown('failed', 'x') }]) };
    expect(deriveFacts(odd).providerOf(asIssuerId('not-an-arn'))).toBeNull();
  });
});

describe('who uses a role', () => {
  const carriers: Case = {
    ...base,
    clusters: [{ name: 'prod', issuer: `https://${URL}` }],
    serviceAccounts: [
      {
        cluster: 'prod',
        namespace: 'shop',
        name: 'app',
        annotations: { 'eks.amazonaws.com/role-arn': `arn:aws:iam::${A}:role/app`, 'eks.amazonaws.com/audience': 'own' },
      },
      { cluster: 'prod', namespace: 'shop', name: 'plain' },
    ],
  };

  it('is every service account that carries it, with the audience of its token', () => {
    const facts = deriveFacts(inventoryOfCase(carriers));
    expect(facts.role(`arn:aws:iam::${A}:role/app`)).toMatchObject({
      usage: 'used',
      users: [{ id: 'prod/shop/app', subject: 'system:serviceaccount:shop:app', audience: 'own', url: URL }],
    });
    expect(facts.usersOf(facts.issuingClusters[0]!.cluster)).toHaveLength(1);
  });

  it('is nobody only where every cluster was read', () => {
    expect(deriveFacts(inventoryOfCase({ ...carriers, serviceAccounts: [] })).roles[0]?.usage).toBe('unused');
    expect(deriveFacts(inventoryOfCase({ ...carriers, serviceAccounts: [], unread: { 'eu-west-2': 'denied' } })).roles[0]?.usage).toBe(
      'unknown',
    );
    expect(deriveFacts(inventoryOfCase(base)).roles[0]?.usage).toBe('unknown');
  });

  it('is an association too', () => {
    const facts = deriveFacts(
      inventoryOfCase({
        ...base,
        podIdentityAssociations: [{ cluster: 'prod', namespace: 'a', serviceAccount: 'b', roleArn: `arn:aws:iam::${A}:role/app` }],
      }),
    );
    expect(facts.roles[0]).toMatchObject({ usage: 'used', associatedIn: [{ name: 'prod' }] });
  });
});

it('marks service-linked roles by their path', () => {
  expect(
    deriveFacts(inventoryOfCase({ roles: [role('x', PROVIDER, 'aws-service-role/eks.amazonaws.com/')] })).roles[0]?.serviceLinked,
  ).toBe(true);
});

it('works on an account of which nothing could be read', () => {
  const dark = inventoryOfCase({ unread: { 'providers': 'denied', 'roles': 'denied', 'eu-west-1': 'denied' } });
  const facts = deriveFacts(dark);
  expect([facts.roles, facts.providers, facts.issuingClusters]).toEqual([[], [], []]);
  expect(facts.role('any')).toBeNull();
});

it('answers whether a role admits an identity', () => {
  const facts = deriveFacts(inventoryOfCase(base));
  const request = {
    providerArn: PROVIDER,
    issuer: `https://${URL}`,
    audience: 'sts.amazonaws.com',
    subject: 'system:serviceaccount:shop:app',
  };
  expect(facts.admits(facts.roles[0]!, request)).toBe('allowed');
  expect(facts.admits(facts.roles[0]!, { ...request, subject: 'system:serviceaccount:shop:other' })).toBe('denied');
});
