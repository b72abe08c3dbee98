import { describe, expect, it } from '@jest/globals';
import { asIssuerId } from '../../src/model/inventory/issuer-id.js';
import type { Sighting } from '../../src/engine/run/run-rules.js';
import { steppedConfidence, steppedSeverity } from '../../src/engine/problems/adjust-severity.js';
import { deriveFacts } from '../../src/facts/account/facts.js';
import type { Kind } from '../../src/model/report/finding.js';
import type { Raised } from '../../src/rules/contract/define-rule.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { raised, roleNamed, ruleThat } from './rule-builder.js';

const role = roleNamed('app');
const account = (over: Case = {}, lastUsed?: string) =>
  deriveFacts(
    inventoryOfCase({
      clusters: [{ name: 'prod', issuer: null }],
      roles: [{ arn: role.id, trustPolicy: {}, ...(lastUsed === undefined ? {} : { lastUsed }) }],
      ...over,
    }),
  );
const saw = (kind: Kind, over: Partial<Raised> = {}, uncertain = false): Sighting => ({
  rule: ruleThat({ kind }),
  subject: role,
  raised: raised(over),
  uncertain,
});
const carried: Case = {
  serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': role.id } }],
};
const associated: Case = { podIdentityAssociations: [{ cluster: 'prod', namespace: 'shop', serviceAccount: 'app', roleArn: role.id }] };

describe('severity of something broken', () => {
  it('is full where a service account carries the role', () => expect(steppedSeverity(saw('break'), account(carried))).toBe('high'));
  it('is full where an association names the role', () => expect(steppedSeverity(saw('break'), account(associated))).toBe('high'));
  it('is medium where nobody looked into the clusters', () => expect(steppedSeverity(saw('break'), account())).toBe('medium'));
  it('is low where everything was read and nobody uses it', () =>
    expect(steppedSeverity(saw('break'), account({ serviceAccounts: [] }))).toBe('low'));
  it.each([
    ['medium', 'nobody knows who runs there', undefined],
    ['medium', 'and somebody used it lately', '2026-10-20T06:00:00.000Z'],
    ['low', 'and nobody used it for long', '2026-07-01T06:00:00.000Z'],
  ] as const)('is %s for an issuer without a cluster here: %s', (severity, _name, lastUsed) => {
    const facts = account({ serviceAccounts: [] }, lastUsed);
    expect(steppedSeverity(saw('break', { issuer: asIssuerId('token.actions.githubusercontent.com') }), facts)).toBe(severity);
    // What an issuer of clusters signs for, the clusters tell.
    expect(steppedSeverity(saw('break', { issuer: asIssuerId('oidc.eks.eu-west-1.amazonaws.com/id/0000') }), facts)).toBe('low');
  });
  it('is never raised by a step', () => expect(steppedSeverity(saw('break', { severity: 'info' }), account(carried))).toBe('info'));
});

describe('severity of an exposure', () => {
  it('does not depend on who uses the role', () =>
    expect(steppedSeverity(saw('exposure', { severity: 'critical' }), account({ serviceAccounts: [] }))).toBe('critical'));
  it('is info while another defect keeps it shut', () =>
    expect(steppedSeverity(saw('exposure', { severity: 'critical', latent: true }), account())).toBe('info'));
});

describe('confidence', () => {
  it('stays as the rule has it where all was read', () => expect(steppedConfidence(saw('break'), account())).toBe('certain'));
  it('is likely at most where something that is used was not read', () =>
    expect(steppedConfidence(saw('break', {}, true), account())).toBe('likely'));
  it('is not raised by a gap', () => expect(steppedConfidence(saw('break', { confidence: 'possible' }, true), account())).toBe('possible'));
  // Collected on 2026-11-01 at 06:00.
  it('is likely at most where the role was used within the last day', () =>
    expect(steppedConfidence(saw('break'), account({}, '2026-10-31T06:00:00.000Z'))).toBe('likely'));
  it('stays where the last use is older', () =>
    expect(steppedConfidence(saw('break'), account({}, '2026-10-31T05:59:59.000Z'))).toBe('certain'));
  it.each([
    ['of its provider alone', ['issuer.example'], 'likely'],
    ['of another as well', ['issuer.example', 'other.example'], 'certain'],
  ])('of a provider is likely at most where a role %s was used within the last day', (_, issuers, confidence) => {
    const Statement = issuers.map((url) => ({
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::210987654321:oidc-provider/${url}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
    }));
    const facts = account({ roles: [{ arn: role.id, trustPolicy: { Statement }, lastUsed: '2026-10-31T12:00:00.000Z' }] });
    const subject = { type: 'provider', id: 'p', arn: null, region: null } as const;
    expect(steppedConfidence({ ...saw('break', { issuer: asIssuerId('issuer.example') }), subject }, facts)).toBe(confidence);
  });
  it('of an exposure does not depend on the last use', () =>
    expect(steppedConfidence(saw('exposure'), account({}, '2026-11-01T05:00:00.000Z'))).toBe('certain'));
});
