/** A part of the inventory that one read fills. */
export type ReadSection =
  | 'identity'
  | 'regions'
  | 'clusters'
  | 'cluster-detail'
  | 'pod-identity'
  | 'pod-identity-detail'
  | 'add-ons'
  | 'add-on-detail'
  | 'add-on-configuration'
  | 'node-groups'
  | 'node-group-detail'
  | 'providers'
  | 'provider-detail'
  | 'roles'
  | 'quotas'
  | 'alias';

/** One call to AWS that collecting an account makes. */
export interface Read {
  readonly section: ReadSection;
  /** The IAM service prefix, which for these services is the SDK client's name too. */
  readonly service: 'sts' | 'account' | 'eks' | 'iam';
  /** The SDK's command and the API's operation. */
  readonly command: string;
  /** The IAM action, under which `coverage.calls` counts this read. */
  readonly action: string;
  /** How many calls a run makes. */
  readonly calls: string;
  /** Nothing has to be granted for it: a policy need not name it. */
  readonly needsNoPermission?: true;
  /** A run is complete without it, if regions are named. */
  readonly optional?: true;
  readonly why: string;
}

/**
 * The one table of reads. The Lambda's policy, docs/permissions.md and the counters of `coverage.calls` are made from it,
 * and the tests of this folder hold the code to it: constants alone, nothing of the SDK.
 */
export const READS = [
  {
    section: 'identity',
    service: 'sts',
    command: 'GetCallerIdentity',
    action: 'sts:GetCallerIdentity',
    calls: 'one',
    needsNoPermission: true,
    why: 'Which account and partition the credentials belong to.',
  },
  {
    section: 'regions',
    service: 'account',
    command: 'ListRegions',
    action: 'account:ListRegions',
    calls: 'one a page of 50 regions; none where regions are named',
    optional: true,
    why: 'Which regions are enabled; where it is refused, every region of the partition that is known here is tried.',
  },
  {
    section: 'clusters',
    service: 'eks',
    command: 'ListClusters',
    action: 'eks:ListClusters',
    calls: 'one a region and page of 100 clusters',
    why: 'The names of the clusters. A region that was not read silences every "does not exist" about its clusters.',
  },
  {
    section: 'cluster-detail',
    service: 'eks',
    command: 'DescribeCluster',
    action: 'eks:DescribeCluster',
    calls: 'one a cluster',
    why: "The cluster's issuer, which nothing else tells reliably, its status and its endpoint.",
  },
  {
    section: 'pod-identity',
    service: 'eks',
    command: 'ListPodIdentityAssociations',
    action: 'eks:ListPodIdentityAssociations',
    calls: 'one a cluster and page of 100 associations',
    optional: true,
    why: 'Which service accounts get their role by EKS Pod Identity: the rules of IRSA do not apply to them.',
  },
  {
    section: 'pod-identity-detail',
    service: 'eks',
    command: 'DescribePodIdentityAssociation',
    action: 'eks:DescribePodIdentityAssociation',
    calls: 'one an association',
    optional: true,
    why: "The association's role, which the list does not hold.",
  },
  {
    section: 'add-ons',
    service: 'eks',
    command: 'ListAddons',
    action: 'eks:ListAddons',
    calls: 'one a cluster and page of 100 add-ons',
    optional: true,
    why: 'Which EKS add-ons a cluster has, the agent of EKS Pod Identity among them.',
  },
  {
    section: 'add-on-detail',
    service: 'eks',
    command: 'DescribeAddon',
    action: 'eks:DescribeAddon',
    calls: 'one an add-on that may want something of IAM; one of the agent of EKS Pod Identity where there are associations',
    optional: true,
    why: "The add-on's role, version and health.",
  },
  {
    section: 'add-on-configuration',
    service: 'eks',
    command: 'DescribeAddonConfiguration',
    action: 'eks:DescribeAddonConfiguration',
    calls: 'one a version of such an add-on; one a region where the first has no answer',
    optional: true,
    why: 'The service accounts of an add-on and the policies that EKS suggests for them.',
  },
  {
    section: 'node-groups',
    service: 'eks',
    command: 'ListNodegroups',
    action: 'eks:ListNodegroups',
    calls: 'one a page of 100 node groups, for clusters with associations or with add-ons that have no role',
    optional: true,
    why: 'Which node groups a cluster has whose pods use EKS Pod Identity, or whose add-ons may go by the role of the nodes.',
  },
  {
    section: 'node-group-detail',
    service: 'eks',
    command: 'DescribeNodegroup',
    action: 'eks:DescribeNodegroup',
    calls: 'one a node group of those',
    optional: true,
    why: 'The role of the nodes, which the list does not hold.',
  },
  {
    section: 'providers',
    service: 'iam',
    command: 'ListOpenIDConnectProviders',
    action: 'iam:ListOpenIDConnectProviders',
    calls: 'one',
    why: 'Which OIDC providers exist.',
  },
  {
    section: 'provider-detail',
    service: 'iam',
    command: 'GetOpenIDConnectProvider',
    action: 'iam:GetOpenIDConnectProvider',
    calls: 'one a provider',
    why: "The provider's audiences, which the list does not hold.",
  },
  {
    section: 'roles',
    service: 'iam',
    command: 'GetAccountAuthorizationDetails',
    action: 'iam:GetAccountAuthorizationDetails',
    calls: 'one a page of up to 1,000 roles and customer managed policies',
    why: 'Every role with trust policy, permissions, boundary, tags and last use, without a call for each.',
  },
  {
    section: 'quotas',
    service: 'iam',
    command: 'GetAccountSummary',
    action: 'iam:GetAccountSummary',
    calls: 'one',
    why: "The account's own limits: a repair that makes a trust policy longer has to fit.",
  },
  {
    section: 'alias',
    service: 'iam',
    command: 'ListAccountAliases',
    action: 'iam:ListAccountAliases',
    calls: 'one',
    optional: true,
    why: 'The name of the account, for the subject of the email and the first line of a report; without it there is its number.',
  },
] as const satisfies readonly Read[];

/**
 * What following one workload reads in place of all roles. No scheduled audit needs it; where the first is refused, all
 * roles are read.
 */
export const ROLE_READS = [
  {
    section: 'roles',
    service: 'iam',
    command: 'GetRole',
    action: 'iam:GetRole',
    calls: 'one, by `why` on one workload alone, or by `rbac` where the roles could not be read',
    optional: true,
    why: 'The trust policy of the role of one workload, without reading every role; the path of the role that calls.',
  },
  {
    section: 'roles',
    service: 'iam',
    command: 'ListAttachedRolePolicies',
    action: 'iam:ListAttachedRolePolicies',
    calls: 'one a page of 100 policies, by `why` on one workload alone',
    optional: true,
    why: 'Which managed policies that role has: whether it may do anything, and whether it is administrative.',
  },
  {
    section: 'roles',
    service: 'iam',
    command: 'ListRolePolicies',
    action: 'iam:ListRolePolicies',
    calls: 'one a page of 100 policies, by `why` on one workload alone',
    optional: true,
    why: 'Which policies of its own that role has.',
  },
] as const satisfies readonly Read[];

/** An IAM action of the table. */
export type ReadAction = (typeof READS)[number]['action'] | (typeof ROLE_READS)[number]['action'];
