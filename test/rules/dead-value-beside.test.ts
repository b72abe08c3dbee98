import { describe, expect, it } from '@jest/globals';
import { A, PROD, provider, ready, ROLE, told } from '../engine/role-under-test.js';

const account = (name: string) => `system:serviceaccount:shop:${name}`;

/** What is advised of a role that one service account uses, and whether a command is ready. */
function advice(values: readonly string[]): readonly unknown[] {
  const trust = {
    Effect: 'Allow',
    Principal: { Federated: provider(PROD) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${PROD}:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${PROD}:sub`]: [...values] } },
  };
  const findings = told([trust], {
    account: A,
    serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': ROLE } }],
  }).filter(({ rule }) => rule === 'subject-malformed');
  return findings.map(({ fix }) => [fix?.summary.split(',')[0]?.split('. ')[0], fix?.grants.length, ready(findings).length]);
}

describe('a value that no token has', () => {
  it('is taken out beside one that allows who was meant: nobody is granted what they have', () => {
    expect(advice([account('app'), account('${*}')])).toEqual([[`Take ${account('${*}')} out: it allows nobody`, 0, 1]]);
    expect(advice([account('a*'), account('App')])).toEqual([[`Take ${account('App')} out: it allows nobody`, 0, 1]]);
  });

  it('is replaced where nothing else allows who was meant', () => {
    expect(advice([account('web'), account('App')])).toEqual([[`Name ${account('app')}`, 1, expect.any(Number)]]);
  });
});
