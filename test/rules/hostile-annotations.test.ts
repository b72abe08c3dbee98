import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditWith } from '../../src/engine/audit.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const ARN = `arn:aws:iam::210987654321:oidc-provider/${URL}`;
const roleArn = (name: string): string => `arn:aws:iam::210987654321:role/${name}`;

const trustFor = (...subjects: readonly string[]) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: ARN },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${URL}:aud`]: 'sts.amazonaws.com', [`${URL}:sub`]: subjects } },
    },
  ],
});

const name = fc.oneof(fc.constantFrom('app', 'apq', 'other', 'default', '__proto__', 'constructor', ''), fc.string());
const key = fc.oneof(
  fc.constantFrom(
    'eks.amazonaws.com/role-arn',
    'eks.amazonaws.com/role_arn',
    'eks.amazon.com/role-arn',
    'iam.amazonaws.com/role',
    'eks.amazonaws.com/audience',
    '__proto__',
    'constructor',
    '/',
  ),
  fc.string(),
);
const value = fc.oneof(
  fc.constantFrom(
    roleArn('app'),
    roleArn('apq'),
    roleArn('App'),
    roleArn('gone'),
    'arn:aws:iam::345678901234:role/app',
    'app',
    '',
    '/'.repeat(3_000),
    'arn:'.repeat(3_000),
    `arn:aws:iam::210987654321:role/${'a/'.repeat(3_000)}`,
    '$&',
    '__proto__',
  ),
  fc.string(),
);
const annotations = fc.dictionary(key, value);
const account = fc.record({ cluster: fc.constant('prod'), namespace: fc.oneof(fc.constant('shop'), name), name, annotations });
const pod = fc.record({
  cluster: fc.constant('prod'),
  namespace: fc.oneof(fc.constant('shop'), name),
  name,
  serviceAccountName: name,
  annotations,
  env: fc.dictionary(fc.constantFrom('AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE', '__proto__'), value),
});

it('no rule crashes, whatever annotations and names hold', () => {
  fc.assert(
    fc.property(fc.array(account, { maxLength: 6 }), fc.array(pod, { maxLength: 4 }), fc.array(name), (serviceAccounts, pods, named) => {
      const { report } = auditWith(
        RULES,
        inventoryOfCase({
          clusters: [{ name: 'prod', issuer: `https://${URL}` }],
          providers: [{ arn: ARN }],
          roles: [
            { arn: roleArn('app'), trustPolicy: trustFor('system:serviceaccount:shop:app') },
            { arn: roleArn('others'), trustPolicy: trustFor(...named.map((one) => `system:serviceaccount:shop:${one}`)) },
          ],
          serviceAccounts,
          pods,
          podIdentityAssociations: [],
        }),
      );
      expect(report.rules.filter(({ crashed }) => crashed !== null)).toEqual([]);
      // What a repair writes is never what somebody wrote into an annotation.
      const written = report.findings.flatMap(({ fix }) => fix?.commands ?? []).filter((command) => command.startsWith('kubectl annotate'));
      expect(
        written.filter((command) => !/ eks\.amazonaws\.com\/(?:role-arn=arn:aws:iam::210987654321:role\/\w+|audience-)$/.test(command)),
      ).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
