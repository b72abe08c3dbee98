import { randomInt } from 'node:crypto';
import { AccountClient } from '@aws-sdk/client-account';
import {
  CreateAddonCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  CreatePodIdentityAssociationCommand,
  EKSClient,
} from '@aws-sdk/client-eks';
import {
  AttachRolePolicyCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { requireMoto } from './moto.js';

/**
 * An AWS account of one's own on the stand-in, empty when made: test files run in parallel on one server, so none may
 * count on what an account that others use holds, and nothing ever needs to be reset.
 *
 *     const account = new TestAccount();
 *     account.enter();                                  // ambient credentials and endpoint, as a person would set them
 *     const prod = await account.cluster('eu-west-1', 'prod');
 *     const provider = await account.provider(prod.issuer, ['sts.amazonaws.com']);
 *     const role = await account.role('app', trustPolicy);
 *
 * The access key names the account (moto_extensions/iam_access.py). Any other key belongs to 123456789012, where the
 * deployment test lives.
 */
export class TestAccount {
  readonly id: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };

  constructor(id = String(randomInt(200_000_000_000, 999_999_999_999))) {
    this.id = id;
    this.credentials = { accessKeyId: `AKIATEST${id}`, secretAccessKey: 'any' };
  }

  /** The variables that make this the ambient account, for a program that is started or for `enter`. */
  environment(options: { readonly endpoint?: string; readonly region?: string } = {}): Record<string, string> {
    return {
      AWS_ACCESS_KEY_ID: this.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.credentials.secretAccessKey,
      AWS_ENDPOINT_URL: options.endpoint ?? requireMoto(),
      AWS_REGION: options.region ?? 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      // The files of the person who tests stay out of it.
      AWS_CONFIG_FILE: '/nonexistent',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    };
  }

  /** Makes this the account of every AWS client made from now on without configuration. Jest keeps it to the test file. */
  enter(options: { readonly endpoint?: string; readonly region?: string } = {}): void {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, this.environment(options));
  }

  eks(region: string): EKSClient {
    return new EKSClient(this.configuration(region));
  }

  iam(): IAMClient {
    return new IAMClient(this.configuration('us-east-1'));
  }

  accountManagement(): AccountClient {
    return new AccountClient(this.configuration('us-east-1'));
  }

  async cluster(region: string, name: string, tags: Tags = {}): Promise<{ name: string; arn: string; issuer: string }> {
    const roleArn = `arn:aws:iam::${this.id}:role/cluster`;
    const command = new CreateClusterCommand({ name, roleArn, resourcesVpcConfig: { subnetIds: ['subnet-1'] }, tags });
    const { cluster } = await this.eks(region).send(command);
    return { name, arn: there(cluster?.arn), issuer: there(cluster?.identity?.oidc?.issuer) };
  }

  /** Gives a service account its role by EKS Pod Identity. */
  async association(
    region: string,
    clusterName: string,
    namespace: string,
    serviceAccount: string,
    roleArn: string,
    targetRoleArn?: string,
  ): Promise<void> {
    const target = targetRoleArn === undefined ? {} : { targetRoleArn };
    await this.eks(region).send(new CreatePodIdentityAssociationCommand({ clusterName, namespace, serviceAccount, roleArn, ...target }));
  }

  async addon(region: string, clusterName: string, addonName: string, serviceAccountRoleArn?: string): Promise<void> {
    await this.eks(region).send(
      new CreateAddonCommand({ clusterName, addonName, ...(serviceAccountRoleArn === undefined ? {} : { serviceAccountRoleArn }) }),
    );
  }

  async nodeGroup(region: string, clusterName: string, nodegroupName: string, nodeRole: string): Promise<void> {
    await this.eks(region).send(new CreateNodegroupCommand({ clusterName, nodegroupName, nodeRole, subnets: ['subnet-1'] }));
  }

  /** Returns the provider's ARN. */
  async provider(url: string, clientIds: readonly string[], tags: Tags = {}): Promise<string> {
    const made = await this.iam().send(
      new CreateOpenIDConnectProviderCommand({
        Url: url,
        ClientIDList: [...clientIds],
        ThumbprintList: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'],
        Tags: tagList(tags),
      }),
    );
    return there(made.OpenIDConnectProviderArn);
  }

  /** Returns the role's ARN. A trust policy that is no object is stored as the text that it is. */
  async role(name: string, trust: object | string, options: RoleOptions = {}): Promise<string> {
    const iam = this.iam();
    const { Role: made } = await iam.send(
      new CreateRoleCommand({
        RoleName: name,
        Path: options.path ?? '/',
        AssumeRolePolicyDocument: asText(trust),
        Tags: tagList(options.tags ?? {}),
        ...(options.boundaryArn !== undefined && { PermissionsBoundary: options.boundaryArn }),
      }),
    );
    for (const [policy, document] of Object.entries(options.inline ?? {})) {
      await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: policy, PolicyDocument: asText(document) }));
    }
    for (const PolicyArn of options.attachedArns ?? []) await iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn }));
    return there(made?.Arn);
  }

  /** Returns the customer managed policy's ARN. */
  async policy(name: string, document: object): Promise<string> {
    const made = await this.iam().send(new CreatePolicyCommand({ PolicyName: name, PolicyDocument: asText(document) }));
    return there(made.Policy?.Arn);
  }

  private configuration(region: string) {
    return { region, endpoint: requireMoto(), credentials: this.credentials };
  }
}

type Tags = Readonly<Record<string, string>>;

export interface RoleOptions {
  readonly path?: string;
  readonly inline?: Readonly<Record<string, object>>;
  readonly attachedArns?: readonly string[];
  readonly boundaryArn?: string;
  readonly tags?: Tags;
}

/** The trust policy of a role that works: this provider, this service account, the usual audience. */
export function trustFor(providerArn: string, issuer: string, namespace: string, serviceAccount: string): object {
  const host = issuer.replace('https://', '');
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: providerArn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${host}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}`, [`${host}:aud`]: 'sts.amazonaws.com' },
        },
      },
    ],
  };
}

function asText(document: object | string): string {
  return typeof document === 'string' ? document : JSON.stringify(document);
}

function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The AWS stand-in left out what it made.');
  return value;
}
