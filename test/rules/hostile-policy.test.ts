import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditWith } from '../../src/engine/audit.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const ARN = `arn:aws:iam::210987654321:oidc-provider/${URL}`;
const ROLE = 'arn:aws:iam::210987654321:role/app';

const text = fc.oneof(
  fc.string(),
  fc.constantFrom(
    URL,
    ARN,
    `https://${URL}:sub`,
    `${URL}:sub`,
    `${URL}:aud`,
    URL,
    'aws:SourceIp',
    '*',
    '${',
    '',
    'system:serviceaccount:*:*',
    '__proto__',
    'constructor',
    '$&',
  ),
);
const oddValue = fc.oneof(text, fc.array(text), fc.jsonValue() as fc.Arbitrary<Json>) as fc.Arbitrary<Json>;
const operator = fc.oneof(
  fc.constantFrom(
    'StringEquals',
    'StringLike',
    'StringNotLike',
    'Null',
    'ArnLike',
    'ForAllValues:StringEquals',
    'StringEqualsIfExists',
    'Bool',
  ),
  fc.string(),
);
const condition = fc.oneof(fc.dictionary(operator, fc.dictionary(text, oddValue)), fc.jsonValue()) as fc.Arbitrary<Json>;
const principal = fc.oneof(fc.record({ Federated: fc.oneof(text, fc.array(text)) }), fc.jsonValue()) as fc.Arbitrary<Json>;
const statement = fc.record(
  {
    Sid: text,
    Effect: fc.constantFrom('Allow', 'Deny'),
    Principal: principal,
    Action: fc.constantFrom('sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:AssumeRole'),
    Condition: condition,
  },
  { requiredKeys: ['Effect', 'Principal'] },
) as fc.Arbitrary<Json>;
const document = fc.oneof(
  fc.record({ Version: fc.constantFrom('2012-10-17', '2008-10-17'), Statement: fc.oneof(fc.array(statement), statement) }),
  fc.jsonValue(),
) as fc.Arbitrary<Json>;

it('no rule crashes, whatever a trust policy holds', () => {
  fc.assert(
    fc.property(document, (trustPolicy) => {
      const { report } = auditWith(
        RULES,
        inventoryOfCase({
          clusters: [{ name: 'prod', issuer: `https://${URL}` }],
          providers: [{ arn: ARN }],
          roles: [{ arn: ROLE, trustPolicy }],
          serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': ROLE } }],
        }),
      );
      expect(report.rules.filter(({ crashed }) => crashed !== null)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
