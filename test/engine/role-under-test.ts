import type { Finding } from '../../src/model/report/finding.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

export const A = '210987654321';
const issuer = (id: string): string => `oidc.eks.eu-west-1.amazonaws.com/id/${id.repeat(32).slice(0, 32)}`;
export const [PROD, DEV, GONE] = [issuer('4F7A'), issuer('99AA'), issuer('0E0E')] as const;
export const GITHUB = 'token.actions.githubusercontent.com';
export const BUILDKITE = 'agent.buildkite.com';
export const provider = (url: string): string => `arn:aws:iam::${A}:oidc-provider/${url}`;
export const ROLE = `arn:aws:iam::${A}:role/app`;
export type Conditions = Record<string, Record<string, Json>>;

export const allow = (url: string, condition: Conditions): Json => ({
  Effect: 'Allow',
  Principal: { Federated: provider(url) },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: condition,
});
/** The condition that EKS prescribes, for one subject or some. */
export const named = (url: string, sub: Json): Conditions => ({
  StringEquals: { [`${url}:aud`]: 'sts.amazonaws.com', [`${url}:sub`]: sub },
});

/** What an audit tells of an account with one role, whose trust policy holds these statements, and two clusters. */
export function told(statements: readonly Json[], over: Case = {}, attachedPolicies: readonly string[] = []): readonly Finding[] {
  return auditInventory(
    inventoryOfCase({
      clusters: [
        { name: 'prod', issuer: `https://${PROD}` },
        { name: 'dev', issuer: `https://${DEV}` },
      ],
      providers: [PROD, DEV, GITHUB, BUILDKITE].map((url) => ({ arn: provider(url) })),
      roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: statements }, attachedPolicies }],
      ...over,
    }),
  ).findings;
}

export const ready = (findings: readonly Finding[]): readonly string[] => findings.flatMap(({ fix }) => fix?.commands ?? []);
export const rules = (findings: readonly Finding[]): readonly string[] => findings.map(({ rule, severity }) => `${rule} ${severity}`);
