import type { Json } from '../../src/model/inventory/inventory.js';

/** The names in made-up accounts, and the statements of their trust policies. */

export const ACCOUNT = '210987654321';
export const HOST = {
  prod: 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835',
  lab: 'oidc.eks.us-east-1.amazonaws.com/id/B38E01F6A7C24D95E0F18A3B6C7D2E49',
} as const;
/** An account that is not read. */
export const ELSEWHERE = '345678901234';
export const GHOST = 'oidc.eks.eu-west-1.amazonaws.com/id/00000000000000000000000000000000';
export type ClusterName = keyof typeof HOST;

export const roleArn = (name: string, account = ACCOUNT): string => `arn:aws:iam::${account}:role/${name}`;
export const providerArn = (url: string): string => `arn:aws:iam::${ACCOUNT}:oidc-provider/${url}`;
export const policy = (...Statement: readonly Json[]): Json => ({ Version: '2012-10-17', Statement });
const subject = (name: string, namespace = 'shop'): string => `system:serviceaccount:${namespace}:${name}`;

function web(url: string, sub: Json, aud: Json = 'sts.amazonaws.com', more: Readonly<Record<string, Json>> = {}): Json {
  return {
    Effect: 'Allow',
    Principal: { Federated: providerArn(url) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${url}:aud`]: aud, ...(sub === null ? {} : { [`${url}:sub`]: sub }) }, ...more },
  };
}

export const forPods = (Action: Json, Condition?: Json): Json => ({
  Effect: 'Allow',
  Principal: { Service: 'pods.eks.amazonaws.com' },
  Action,
  ...(Condition === undefined ? {} : { Condition }),
});
export const BOTH = ['sts:AssumeRole', 'sts:TagSession'];

/** Statements of trust policies, by what is to be said of them. */
export const STATEMENTS: readonly Json[] = [
  web(HOST.prod, subject('app')),
  web(HOST.prod, subject('app')),
  web(HOST.prod, [subject('app'), subject('web')]),
  web(HOST.prod, subject('web')),
  web(HOST.prod, subject('ap')),
  web(HOST.prod, subject('ebs-csi-controller-sa', 'kube-system')),
  web(HOST.prod, subject('app-*')),
  web(HOST.prod, subject('App')),
  web(HOST.prod, 'system:serviceaccount:NAMESPACE:SERVICE_ACCOUNT'),
  web(HOST.prod, subject('app'), 'own.example'),
  web(HOST.prod, subject('app'), ['sts.amazonaws.com', 'own.example']),
  web(HOST.prod, subject('app'), 'sts.amazonaws.com', { StringLike: { [`${HOST.prod}:sub`]: subject('web*') } }),
  web(HOST.prod, null),
  web(HOST.prod, null, 'sts.amazonaws.com', { StringLike: { [`${HOST.prod}:sub`]: subject('*', '*') } }),
  web(HOST.lab, subject('app')),
  web(HOST.lab, subject('app'), 'own.example'),
  web(GHOST, subject('app')),
  web('oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E', subject('app')),
  web(HOST.prod.toLowerCase(), subject('app')),
  {
    Effect: 'Allow',
    Principal: { Federated: 'arn:aws:iam::${ACCOUNT_ID}:oidc-provider/${OIDC_PROVIDER}' },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { '${OIDC_PROVIDER}:sub': subject('app') } },
  },
  forPods(BOTH),
  forPods(BOTH),
  forPods('sts:AssumeRole'),
  forPods(BOTH, { StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'other' } }),
  { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
  { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: BOTH },
  { Effect: 'Allow', Principal: { AWS: roleArn('app') }, Action: BOTH },
  { Effect: 'Allow', Principal: { AWS: roleArn('pods') }, Action: 'sts:AssumeRole' },
  { Effect: 'Allow', Principal: { Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/own` }, Action: 'sts:AssumeRoleWithSAML' },
  { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' },
  web('token.actions.githubusercontent.com', 'repo:acme/shop:*'),
];
