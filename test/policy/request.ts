import { evaluateTrust, type TrustVerdict, type WebIdentityRequest } from '../../src/policy/language/evaluate.js';
import type { Json } from '../../src/model/inventory/inventory.js';

export const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/AAAABBBBCCCCDDDDEEEEFFFF00001111';
export const ARN = `arn:aws:iam::210987654321:oidc-provider/${URL}`;
export const SUBJECT = 'system:serviceaccount:shop:checkout';
export const SUB = `${URL}:sub`;
export const AUD = `${URL}:aud`;

export const GITHUB = 'token.actions.githubusercontent.com';

export const REQUEST: WebIdentityRequest = { providerArn: ARN, issuer: `https://${URL}`, audience: 'sts.amazonaws.com', subject: SUBJECT };

/** A call with a token of another issuer, registered in the same account. */
export function requestOf(url: string, subject: string): WebIdentityRequest {
  return {
    providerArn: `arn:aws:iam::210987654321:oidc-provider/${url}`,
    issuer: `https://${url}`,
    audience: 'sts.amazonaws.com',
    subject,
  };
}

export function statement(condition: Json | undefined, more: Record<string, Json> = {}): Record<string, Json> {
  const block: Record<string, Json> = condition === undefined ? {} : { Condition: condition };
  return { Effect: 'Allow', Principal: { Federated: ARN }, Action: 'sts:AssumeRoleWithWebIdentity', ...block, ...more };
}

/** A statement that lacks some elements. */
export function lacking(...names: readonly string[]): Record<string, Json> {
  return Object.fromEntries(Object.entries(statement(undefined)).filter(([name]) => !names.includes(name)));
}

export function policy(statements: Json, version: string | null = '2012-10-17'): Record<string, Json> {
  return version === null ? { Statement: statements } : { Version: version, Statement: statements };
}

/** The verdict on a policy whose only statement allows under one condition block. */
export function verdictOn(
  condition: Json,
  request: Partial<WebIdentityRequest> = {},
  version: string | null = '2012-10-17',
): TrustVerdict['verdict'] {
  const whole = { ...REQUEST, ...request };
  return evaluateTrust(policy([statement(condition, { Principal: { Federated: whole.providerArn } })], version), whole).verdict;
}
