import { describe, expect, it } from '@jest/globals';
import { membersOf } from '../../src/lib/is-object.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';

const [OLD, NEW] = ['99887766554433221100AABBCCDDEEFF', 'A1B2C3D4E5F60718293A4B5C6D7E8F90'].map(
  (id) => `oidc.eks.eu-west-1.amazonaws.com/id/${id}`,
) as [string, string];
const providerArn = (url: string): string => `arn:aws:iam::210987654321:oidc-provider/${url}`;

/** The role of a cluster that was built again: its trust policy names the issuer of the one before. */
function repairedBy(conditions: Record<string, Record<string, string>>) {
  const role = 'arn:aws:iam::210987654321:role/app';
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: providerArn(OLD) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: conditions,
  };
  const inventory = inventoryOfCase({
    clusters: [{ name: 'prod', issuer: `https://${NEW}` }],
    providers: [{ arn: providerArn(NEW) }],
    roles: [{ arn: role, trustPolicy: { Version: '2012-10-17', Statement: [statement] } }],
    serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': role } }],
  });
  const { findings } = auditInventory(inventory);
  const [found] = findings.filter(({ rule }) => rule === 'federated-provider-absent');
  return { fix: found?.fix, text: JSON.stringify(found?.fix?.patches.map(({ after }) => membersOf(after))) };
}

describe('a repair that names another provider', () => {
  it.each<[string, Record<string, Record<string, string>>]>([
    ['adds an audience', { StringEquals: { [`${OLD}:sub`]: 'system:serviceaccount:shop:app' } }],
    ['mends a malformed key', { StringEquals: { [`${OLD}:sub`]: 'system:serviceaccount:shop:app', [OLD]: 'sts.amazonaws.com' } }],
    ['has all it needs', { StringEquals: { [`${OLD}:sub`]: 'system:serviceaccount:shop:app', [`${OLD}:aud`]: 'sts.amazonaws.com' } }],
  ])('%s under the issuer of that', (_, conditions) => {
    const { fix, text } = repairedBy(conditions);
    expect([fix?.verified, text.includes(OLD), text.includes(`${NEW}:aud`), text.includes(`${NEW}:sub`)]).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});
