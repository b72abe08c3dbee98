import type {
  AccountQuotas,
  AddonDetail,
  AddonPermissions,
  ClusterDetail,
  ManagedPolicy,
  OidcProviderDetail,
  PodIdentityAssociation,
  Role,
  ServiceAccount,
} from '../../model/inventory/inventory.js';
import type { Observed } from '../../model/inventory/observed.js';
import type { ReadLimits } from './circuit.js';

/** Who calls, and from where. */
export interface Identity {
  /** Of the user, or of the session of a role. */
  readonly arn: string;
  readonly account: string;
  readonly partition: string;
  /** The region that was asked: that of the environment, or us-east-1 where it names none. */
  readonly region: string;
}

/** One page of a list; `next` asks for the following one, null where this was the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface AccountRegion {
  readonly name: string;
  readonly enabled: boolean;
}

export interface ClusterAnswer {
  readonly arn: string;
  readonly detail: ClusterDetail;
}

/** Which service account is meant. */
export type ServiceAccountName = Pick<ServiceAccount, 'namespace' | 'name'>;

/** A Pod Identity association as the list has it: without its role. */
export type ListedAssociation = Required<Pick<PodIdentityAssociation, 'namespace' | 'serviceAccount' | 'id' | 'ownerArn'>>;

/** What describing an association adds. */
export type AssociationAnswer = Required<Pick<PodIdentityAssociation, 'roleArn' | 'targetRoleArn' | 'disableSessionTags' | 'externalId'>> &
  Pick<PodIdentityAssociation, 'sessionPolicy'>;

/** Roles and customer managed policies come by one read, mixed over its pages. */
export interface RolesPage {
  readonly roles: readonly Role[];
  /** Unknown where the answer lacks this list alone. */
  readonly managedPolicies: Observed<readonly ManagedPolicy[]>;
  readonly next: string | null;
}

/** The associations of a cluster: all of them, or only those of one service account. */
export interface Associations {
  readonly cluster: string;
  readonly of?: ServiceAccountName | undefined;
}

/**
 * What collecting needs of AWS: one method for each line of the table of reads, one call to AWS for each call of a
 * method. A method rejects with a classified ReadError (`identity` with a NoIdentityError) and gives up when `signal`
 * is aborted. What may be answered the next time says so in its error (`again`). Of a global service the partition's home region is asked.
 */
export interface AwsPort {
  /** Where they differ from those that hold everywhere. */
  readonly limits?: Partial<ReadLimits>;
  identity(signal: AbortSignal): Promise<Identity>;
  listRegions(homeRegion: string, token: string | null, signal: AbortSignal): Promise<Page<AccountRegion>>;
  listClusters(region: string, token: string | null, signal: AbortSignal): Promise<Page<string>>;
  /** null where the cluster is gone since it was listed; so for a provider. */
  describeCluster(region: string, name: string, signal: AbortSignal): Promise<ClusterAnswer | null>;
  listAssociations(region: string, among: Associations, token: string | null, signal: AbortSignal): Promise<Page<ListedAssociation>>;
  /** null where it is gone since it was listed. */
  describeAssociation(region: string, cluster: string, id: string, signal: AbortSignal): Promise<AssociationAnswer | null>;
  listAddons(region: string, cluster: string, token: string | null, signal: AbortSignal): Promise<Page<string>>;
  /** null where it is gone since it was listed. */
  describeAddon(region: string, cluster: string, name: string, signal: AbortSignal): Promise<AddonDetail | null>;
  addonPermissions(region: string, name: string, version: string, signal: AbortSignal): Promise<readonly AddonPermissions[]>;
  listNodeGroups(region: string, cluster: string, token: string | null, signal: AbortSignal): Promise<Page<string>>;
  /** The ARN of its nodes' role; null where the group is gone since it was listed. */
  nodeRole(region: string, cluster: string, name: string, signal: AbortSignal): Promise<string | null>;
  /**
   * A bearer token for the API server of a cluster, good for some minutes; nothing is asked of AWS for it.
   * @param cluster its name; of a local cluster its id
   */
  eksToken(region: string, cluster: string): Promise<string>;
  /** The ARNs of all providers: this list has no pages. */
  listProviders(homeRegion: string, signal: AbortSignal): Promise<readonly string[]>;
  getProvider(homeRegion: string, arn: string, signal: AbortSignal): Promise<OidcProviderDetail | null>;
  /** null where there is no such role. Without its policies, whose names take calls of their own. */
  getRole(homeRegion: string, name: string, signal: AbortSignal): Promise<Role | null>;
  /** ARNs of the managed policies of a role. */
  listAttachedPolicies(homeRegion: string, role: string, marker: string | null, signal: AbortSignal): Promise<Page<string>>;
  /** Names of the policies that a role has of its own. */
  listInlinePolicies(homeRegion: string, role: string, marker: string | null, signal: AbortSignal): Promise<Page<string>>;
  listRoles(homeRegion: string, marker: string | null, signal: AbortSignal): Promise<RolesPage>;
  accountQuotas(homeRegion: string, signal: AbortSignal): Promise<AccountQuotas>;
  /** null where the account has none. */
  accountAlias(homeRegion: string, signal: AbortSignal): Promise<string | null>;
}
