import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { isAstray, toldOf } from '../cases/told-of.js';
import { SECTIONS } from '../cases/unread-sections.js';
import { allow, named, PROD, provider, ROLE } from '../engine/role-under-test.js';

const SUBJECT = 'system:serviceaccount:shop:app';
const PLACEHOLDER = '${OIDC_PROVIDER}';

/** An account in which an add-on alone uses a role with this statement. */
const accountWith = (statement: Json) =>
  inventoryOfCase({
    clusters: [{ name: 'prod', issuer: `https://${PROD}` }],
    providers: [{ arn: provider(PROD) }],
    roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: [statement] } }],
    serviceAccounts: [],
    addons: [{ cluster: 'prod', name: 'aws-ebs-csi-driver', role: ROLE, wants: ['ebs-csi-controller-sa'] }],
  });

describe('a role that an add-on may use, where the add-ons were not read', () => {
  it.each<[string, Json, string]>([
    ['the service account that it names is missing', allow(PROD, named(PROD, SUBJECT)), 'service-account-missing'],
    [
      'its statement is for the issuer of a cluster',
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::\${ACCOUNT_ID}:oidc-provider/${PLACEHOLDER}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${PLACEHOLDER}:sub`]: SUBJECT } },
      },
      'placeholder-left',
    ],
  ])('is not told that %s', (_what, statement, rule) => {
    const whole = accountWith(statement);
    const less = SECTIONS.find(({ name }) => name === 'add-ons')?.without(whole) ?? whole;
    const full = toldOf(whole);
    expect([...toldOf(less).findings.values()].filter((finding) => isAstray(finding, full)).map((one) => one.rule)).toEqual([]);
    // The engine records that it was not evaluated.
    expect(auditInventory(less).rules.find(({ id }) => id === rule)?.notEvaluated).not.toEqual([]);
  });
});
