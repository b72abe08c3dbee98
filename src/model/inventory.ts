import type { Observed } from './observed.js';

/** A value as JSON holds it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * Everything that was read of one account: a plain value that can be saved to a file and replayed. Rules see nothing
 * else. Names, ARNs, annotations and tags are chosen by others and may be hostile; no renderer may trust them.
 */
export interface Inventory {
  readonly schemaVersion: 1;
  /** When the reading began, ISO 8601 in UTC. All ages are counted from it. */
  readonly collectedAt: string;
  readonly account: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  /** Which regions the caller wanted: every enabled one, or those named. */
  readonly requestedRegions: 'all' | readonly string[];
  /** How the regions were found; unknown where ListRegions was refused and the partition's known regions were tried. */
  readonly regionList: Observed<readonly string[]>;
  readonly regions: readonly RegionInventory[];
  readonly providers: Observed<readonly OidcProvider[]>;
  readonly roles: Observed<readonly Role[]>;
  /** Customer managed policies, by the same read as the roles. */
  readonly managedPolicies: Observed<readonly ManagedPolicy[]>;
  readonly quotas: Observed<AccountQuotas>;
  /** How often each IAM action was called, retries not counted. */
  readonly calls: Readonly<Record<string, number>>;
  /** Things worth telling that are neither defect nor gap, such as a cluster that vanished while reading. */
  readonly notes: readonly string[];
}

export interface RegionInventory {
  readonly region: string;
  readonly clusters: Observed<readonly Cluster[]>;
}

/** One EKS cluster; `detail` is a read of its own (DescribeCluster) and may be unknown for one cluster alone. */
export interface Cluster {
  readonly name: string;
  readonly region: string;
  readonly arn: string;
  readonly detail: Observed<ClusterDetail>;
  readonly serviceAccounts: Observed<readonly ServiceAccount[]>;
  readonly podIdentityAssociations: Observed<readonly PodIdentityAssociation[]>;
}

export interface ClusterDetail {
  readonly status: string;
  /** `identity.oidc.issuer` exactly as EKS gives it (facts: never derived from region and id); null where there is none. */
  readonly issuer: string | null;
  readonly endpoint: string | null;
  /** Base64 of the PEM certificate, needed to connect to the endpoint. */
  readonly certificateAuthority: string | null;
  readonly endpointPublicAccess: boolean | null;
  readonly createdAt: string | null;
  readonly kubernetesVersion: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface PodIdentityAssociation {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly roleArn: string | null;
  readonly targetRoleArn?: string | null;
  readonly disableSessionTags?: boolean;
}

/** One IAM OIDC provider. The ARN alone decides existence; audiences come from a read of their own. */
export interface OidcProvider {
  readonly arn: string;
  readonly detail: Observed<OidcProviderDetail>;
}

export interface OidcProviderDetail {
  /** Without `https://`, as IAM gives it. */
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly createdAt: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly createdAt: string | null;
  /** The decoded trust policy; a string where the text is not JSON. */
  readonly trustPolicy: Json;
  readonly inlinePolicies: readonly NamedPolicy[];
  readonly attachedPolicyArns: readonly string[];
  readonly permissionsBoundaryArn: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly lastUsed: RoleLastUsed | null;
}

export interface RoleLastUsed {
  readonly date: string;
  readonly region: string | null;
}

export interface NamedPolicy {
  readonly name: string;
  readonly document: Json;
}

export interface ManagedPolicy {
  readonly arn: string;
  readonly document: Json;
}

/** From `iam:GetAccountSummary`; null where the answer does not hold the figure. Lengths in characters. */
export interface AccountQuotas {
  readonly trustPolicyLength: number | null;
  readonly roles: number | null;
}
