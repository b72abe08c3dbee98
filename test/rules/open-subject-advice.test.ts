import { describe, expect, it } from '@jest/globals';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const URL = 'token.actions.githubusercontent.com';
const PROVIDER = `arn:aws:iam::210987654321:oidc-provider/${URL}`;

function adviceFor(sub: string): string {
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: PROVIDER },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${URL}:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${URL}:sub`]: sub } },
  };
  const { findings } = auditInventory(
    inventoryOfCase({
      clusters: [],
      providers: [{ arn: PROVIDER }],
      roles: [{ arn: 'arn:aws:iam::210987654321:role/ci', trustPolicy: { Version: '2012-10-17', Statement: [statement] } }],
    }),
  );
  return findings.find(({ rule }) => rule === 'subject-open-on-shared-issuer')?.fix?.summary ?? '';
}

describe('what to write where the owner is left open', () => {
  it('is the whole form where the wildcard stands by itself', () => {
    expect(adviceFor('*')).toContain('in the place of *: a subject is repo:');
    expect(adviceFor('*')).not.toContain('before the first wildcard');
  });

  it('is the owner before the wildcard elsewhere', () => {
    expect(adviceFor('repo:*')).toContain('before the first wildcard');
  });
});
