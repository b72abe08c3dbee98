import { CreateClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, DeleteOpenIDConnectProviderCommand, IAMClient } from '@aws-sdk/client-iam';
import { ACCOUNT, CREDENTIALS } from './deployment.js';
import type { OwnStandIn } from './own-stand-in.js';

/** One defect as a finding must name it. */
export interface Planted {
  readonly cause: string;
  readonly subject: string;
  readonly region: string | null;
}

const AUDIENCE = 'sts.amazonaws.com';
/** IAM wants one, and has not looked at it for EKS issuers for years. */
const THUMBPRINT = '9e99a48a9960b14926bb7f3b02e22da2b0ab7280';

export function arnOf(issuer: string): string {
  return `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer.replace('https://', '')}`;
}

export function trust(issuer: string, operator: 'StringEquals' | 'StringLike', subject: string): string {
  const key = issuer.replace('https://', '');
  const aud = { [`${key}:aud`]: AUDIENCE };
  const sub = { [`${key}:sub`]: subject };
  const condition = operator === 'StringEquals' ? { StringEquals: { ...aud, ...sub } } : { StringEquals: aud, StringLike: sub };
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: arnOf(issuer) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: condition,
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

/** What was planted, and the issuers of the clusters. */
export interface PlantedAccount {
  readonly defects: readonly Planted[];
  readonly issuers: Readonly<Record<'shop' | 'batch' | 'sound', string>>;
}

/** Returns the role's ARN. */
export async function makeRole(iam: IAMClient, name: string, policy: string): Promise<string> {
  const made = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: policy }));
  return made.Role?.Arn ?? '';
}

/** One more defect: a role of which nobody has heard. */
export async function plantAnother(standIn: OwnStandIn): Promise<void> {
  const iam = new IAMClient({ endpoint: standIn.endpoint, region: 'us-east-1', credentials: CREDENTIALS });
  await makeRole(
    iam,
    'forgotten',
    trust(
      'https://oidc.eks.eu-west-1.amazonaws.com/id/00000000000000000000000000000000',
      'StringEquals',
      'system:serviceaccount:forgotten:app-*',
    ),
  );
}

/** Gives a provider the audience that it lacks. moto knows no AddClientIDToOpenIDConnectProvider: it is made anew. */
export async function mendProvider(iam: IAMClient, issuer: string): Promise<void> {
  await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arnOf(issuer) }));
  await iam.send(new CreateOpenIDConnectProviderCommand({ Url: issuer, ClientIDList: [AUDIENCE], ThumbprintList: [THUMBPRINT] }));
}

/**
 * Three clusters in two regions: one without a provider, one whose provider lacks the audience, one in order, with roles
 * on each, two of them defective. Returns exactly what an audit has to find, and nothing that is in order.
 */
export async function plant(standIn: OwnStandIn): Promise<PlantedAccount> {
  const client = (region: string) => ({ endpoint: standIn.endpoint, region, credentials: CREDENTIALS });
  const iam = new IAMClient(client('us-east-1'));
  const cluster = async (name: string, region: string): Promise<string> => {
    const vpc = { subnetIds: ['subnet-11111111', 'subnet-22222222'] };
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/eks-control-plane`;
    const made = await new EKSClient(client(region)).send(new CreateClusterCommand({ name, roleArn, resourcesVpcConfig: vpc }));
    const issuer = made.cluster?.identity?.oidc?.issuer;
    if (issuer === undefined) throw new Error(`The cluster ${name} has no issuer.`);
    return issuer;
  };
  const provider = (issuer: string, audience: string) =>
    iam.send(new CreateOpenIDConnectProviderCommand({ Url: issuer, ClientIDList: [audience], ThumbprintList: [THUMBPRINT] }));
  const role = (name: string, policy: string): Promise<string> => makeRole(iam, name, policy);

  const shop = await cluster('shop', 'eu-west-1');
  const batch = await cluster('batch', 'us-east-1');
  const sound = await cluster('sound', 'us-east-1');
  await provider(batch, 'kubernetes.default.svc');
  await provider(sound, AUDIENCE);
  await role('shop-cart', trust(shop, 'StringEquals', 'system:serviceaccount:shop:cart'));
  await role('batch-import', trust(batch, 'StringEquals', 'system:serviceaccount:batch:import'));
  await role('sound-player', trust(sound, 'StringEquals', 'system:serviceaccount:sound:player'));
  const literal = await role('sound-mixer', trust(sound, 'StringEquals', 'system:serviceaccount:sound:mixer-*'));
  const open = await role('sound-anyone', trust(sound, 'StringLike', 'system:serviceaccount:*:*'));
  const defects = [
    { cause: 'provider-missing', subject: 'shop', region: 'eu-west-1' },
    { cause: 'provider-audience-missing', subject: arnOf(batch), region: null },
    { cause: 'trust-sub-wildcard-in-equals', subject: literal, region: null },
    { cause: 'trust-sub-too-broad', subject: open, region: null },
  ];
  return { defects, issuers: { shop, batch, sound } };
}
