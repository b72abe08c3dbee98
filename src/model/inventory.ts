import type { Observed, Unknown } from './observed.js';
import type { MutatingWebhook, Namespace, PodIdentityAgent, Workload } from './workload.js';

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
  readonly podIdentityAssociations: Observed<readonly PodIdentityAssociation[]>;
  readonly addons: Observed<readonly Addon[]>;
  /** The managed node groups, where a rule needs their roles. */
  readonly nodeGroups: Observed<readonly NodeGroup[]>;
  /** From here on, over the Kubernetes API. */
  readonly namespaces: Observed<readonly Namespace[]>;
  readonly serviceAccounts: Observed<readonly ServiceAccount[]>;
  readonly workloads: Observed<readonly Workload[]>;
  readonly webhooks: Observed<readonly MutatingWebhook[]>;
  /** Null = the cluster has no such daemon set. */
  readonly podIdentityAgent: Observed<PodIdentityAgent | null>;
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
  /** EKS Auto Mode brings the Pod Identity agent with it; null = not said. */
  readonly autoMode?: boolean | null;
  /** `API`, `API_AND_CONFIG_MAP` or `CONFIG_MAP`, which takes no access entries; null = not said. */
  readonly authenticationMode?: string | null;
  /** By which tokens name a local cluster on an Outpost; null = by its name, as everywhere else. */
  readonly localId?: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
  /** When it was made; null = not said. */
  readonly createdAt?: string | null;
  /** Those that rules read, and what may be a misspelt key of one. A value that is too long to be one ends in …. */
  readonly annotations: Readonly<Record<string, string>>;
}

export interface PodIdentityAssociation {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** null = it was not read; `unread` says why. */
  readonly roleArn: string | null;
  readonly id?: string;
  readonly targetRoleArn?: string | null;
  readonly disableSessionTags?: boolean;
  readonly externalId?: string | null;
  /** An inline policy narrows its sessions; those carry no tags then. */
  readonly sessionPolicy?: boolean;
  /** The add-on that owns it; null = nobody. */
  readonly ownerArn?: string | null;
  /** Why its role is not known; absent where it is. */
  readonly unread?: Pick<Unknown, 'reason' | 'detail'>;
}

/** An EKS add-on, with what EKS says that it wants from IAM. */
export interface Addon {
  readonly name: string;
  readonly detail: Observed<AddonDetail>;
  /** From DescribeAddonConfiguration of its version; empty where the add-on needs no permissions. */
  readonly wants: Observed<readonly AddonPermissions[]>;
}

export interface AddonDetail {
  readonly version: string | null;
  /** `ACTIVE`, `DEGRADED`, `CREATE_FAILED`, … */
  readonly status: string;
  readonly issues: readonly { readonly code: string; readonly message: string }[];
  readonly serviceAccountRoleArn: string | null;
  /** The namespace that it runs in; null or absent = not said. */
  readonly namespace?: string | null;
  /** Whether it was given configuration values of its own, which may rename its service account. */
  readonly configured: boolean;
}

/** A managed node group. */
export interface NodeGroup {
  readonly name: string;
  /** Of its nodes. */
  readonly roleArn: Observed<string>;
}

export interface AddonPermissions {
  readonly serviceAccount: string;
  readonly recommendedPolicyArns: readonly string[];
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
  /**
   * What was not read of its policies, where one role alone was asked for: `text` = the lists above name them, and what they
   * say is not known (the documents are null); else why the lists above are empty.
   */
  readonly permissionsUnread?: 'text' | Pick<Unknown, 'reason' | 'detail'>;
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

/** The one tag of roles and providers that anything reads: others may hold anything, and are not kept. Of clusters all are, which settings may name. */
export const IGNORE_TAG = 'irsa-auditor:ignore';

/** From `iam:GetAccountSummary`; null where the answer does not hold the figure. Lengths in characters. */
export interface AccountQuotas {
  readonly trustPolicyLength: number | null;
  readonly roles: number | null;
}
