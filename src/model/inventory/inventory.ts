import * as z from 'zod';
import { list, nullableText, object, observed, reason, record, text, type Shape } from './shape.js';
import type { Observed, Unknown } from './observed.js';
import { namespaces, networkPolicies, podIdentityAgent, webhooks, workloads } from './workload.js';

/** A value as JSON holds it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Files are read by JSON.parse, which makes nothing else: `z.json()` would try six kinds on every value of every policy. */
const json: z.ZodType<Json> = z.custom<Json>((value) => value !== undefined, 'Invalid input: expected JSON, received undefined');

/** Why something was not read that says so itself. */
const why: z.ZodType<Pick<Unknown, 'reason' | 'detail'>> = object({ reason, detail: text });

/** A section that inventories of earlier versions do not have. */
function later<T>(value: z.ZodType<T>): z.ZodType<Observed<T>> {
  return observed(value).default({ known: false, reason: 'not-requested', detail: 'The version that made this inventory did not ask.' });
}

const clusterDetail = {
  status: text,
  /** `identity.oidc.issuer` exactly as EKS gives it (facts: never derived from region and id); null where there is none. */
  issuer: nullableText,
  endpoint: nullableText,
  /** Base64 of the PEM certificate, needed to connect to the endpoint. */
  certificateAuthority: nullableText,
  endpointPublicAccess: z.boolean().nullable(),
  createdAt: nullableText,
  kubernetesVersion: nullableText,
  /** EKS Auto Mode brings the Pod Identity agent with it; null = not said. */
  autoMode: z.boolean().nullable().exactOptional(),
  /** Networks for hybrid nodes are set up, on which other daemon sets of the agent of EKS Pod Identity run; absent = none are. */
  hybridNodes: z.literal(true).exactOptional(),
  /** `API`, `API_AND_CONFIG_MAP` or `CONFIG_MAP`, which takes no access entries; null = not said. */
  authenticationMode: nullableText.exactOptional(),
  /** By which tokens name a local cluster on an Outpost; null = by its name, as everywhere else. */
  localId: nullableText.exactOptional(),
  tags: record(text),
};
export interface ClusterDetail extends Shape<typeof clusterDetail> {}

const serviceAccount = {
  namespace: text,
  name: text,
  /** When it was made; null = not said. */
  createdAt: nullableText.exactOptional(),
  /** Those that rules read, and what may be a misspelled key of one. A value that is too long to be one ends in …. */
  annotations: record(text),
  /** Of its labels and other annotations those that say what manages it; absent = none does, or it was not kept. */
  managedBy: record(text).exactOptional(),
};
export interface ServiceAccount extends Shape<typeof serviceAccount> {}

const association = {
  namespace: text,
  serviceAccount: text,
  /** null = it was not read; `unread` says why. */
  roleArn: nullableText,
  targetRoleArn: nullableText.exactOptional(),
  disableSessionTags: z.boolean().exactOptional(),
  /** An inline policy narrows its sessions; those have no tags then. */
  sessionPolicy: z.boolean().exactOptional(),
  id: text.exactOptional(),
  externalId: nullableText.exactOptional(),
  /** The add-on that owns it; null = nobody. */
  ownerArn: nullableText.exactOptional(),
  /** Why its role is not known; absent where it is. */
  unread: why.exactOptional(),
};
export interface PodIdentityAssociation extends Shape<typeof association> {}

const addonIssue = { code: text, message: text };
export interface AddonIssue extends Shape<typeof addonIssue> {}

const addonDetail = {
  version: nullableText,
  /** `ACTIVE`, `DEGRADED`, `CREATE_FAILED`, … */
  status: text,
  issues: list<AddonIssue>(object(addonIssue)),
  serviceAccountRoleArn: nullableText,
  /** The namespace that it runs in; null or absent = not said. */
  namespace: nullableText.exactOptional(),
  /** Whether it was given configuration values of its own, which may rename its service account. */
  configured: z.boolean(),
};
export interface AddonDetail extends Shape<typeof addonDetail> {}

const addonPermissions = { serviceAccount: text, recommendedPolicyArns: list(text) };
export interface AddonPermissions extends Shape<typeof addonPermissions> {}

const addon = {
  name: text,
  detail: observed<AddonDetail>(object(addonDetail)),
  /** From DescribeAddonConfiguration of its version; empty where the add-on needs no permissions. Of those of ./eks-addons.ts it is not asked. */
  wants: observed(list<AddonPermissions>(object(addonPermissions))),
};
/** An EKS add-on, with what EKS says that it wants from IAM. */
export interface Addon extends Shape<typeof addon> {}

const nodeGroup = {
  name: text,
  /** Of its nodes. */
  roleArn: observed(text),
};
/** A managed node group. */
export interface NodeGroup extends Shape<typeof nodeGroup> {}

const cluster = {
  name: text,
  region: text,
  arn: text,
  detail: observed<ClusterDetail>(object(clusterDetail)),
  serviceAccounts: observed(list<ServiceAccount>(object(serviceAccount))),
  podIdentityAssociations: observed(list<PodIdentityAssociation>(object(association))),
  addons: later(list<Addon>(object(addon))),
  /** The managed node groups, where a rule needs their roles. */
  nodeGroups: later(list<NodeGroup>(object(nodeGroup))),
  /** From here on, like the service accounts, over the Kubernetes API. */
  namespaces: later(namespaces),
  workloads: later(workloads),
  webhooks: later(webhooks),
  /** Those about egress. */
  networkPolicies: later(networkPolicies),
  /** Null = the cluster has no such daemon set. */
  podIdentityAgent: later(podIdentityAgent),
};
/** One EKS cluster; `detail` is a read of its own (DescribeCluster) and may be unknown for one cluster alone. */
export interface Cluster extends Shape<typeof cluster> {}

const region = { region: text, clusters: observed(list<Cluster>(object(cluster))) };
export interface RegionInventory extends Shape<typeof region> {}

const policy = { name: text, document: json };
export interface NamedPolicy extends Shape<typeof policy> {}

const managedPolicy = { arn: text, document: json };
export interface ManagedPolicy extends Shape<typeof managedPolicy> {}

const lastUsed = { date: text, region: nullableText };
export interface RoleLastUsed extends Shape<typeof lastUsed> {}
const usedOrNot: z.ZodType<RoleLastUsed | null> = object(lastUsed).nullable();

const role = {
  arn: text,
  name: text,
  path: text,
  createdAt: nullableText,
  /** The decoded trust policy; a string where the text is not JSON. */
  trustPolicy: json,
  inlinePolicies: list<NamedPolicy>(object(policy)),
  attachedPolicyArns: list(text),
  permissionsBoundaryArn: nullableText,
  /**
   * What was not read of its policies, where one role alone was asked for: `text` = the lists above name them, and what they
   * say is not known (the documents are null); else why the lists above are empty.
   */
  permissionsUnread: z.union([z.literal('text'), why]).exactOptional(),
  tags: record(text),
  lastUsed: usedOrNot,
};
export interface Role extends Shape<typeof role> {}

const providerDetail = {
  /** Without `https://`, as IAM gives it. */
  url: text,
  clientIds: list(text),
  thumbprints: list(text),
  createdAt: nullableText,
  tags: record(text),
};
export interface OidcProviderDetail extends Shape<typeof providerDetail> {}

const provider = { arn: text, detail: observed<OidcProviderDetail>(object(providerDetail)) };
/** One IAM OIDC provider. The ARN alone decides existence; audiences come from a read of their own. */
export interface OidcProvider extends Shape<typeof provider> {}

const quotas = { trustPolicyLength: z.number().nullable(), roles: z.number().nullable() };
/** From `iam:GetAccountSummary`; null where the answer does not hold the figure. Lengths in characters. */
export interface AccountQuotas extends Shape<typeof quotas> {}

const inventory = {
  schemaVersion: z.literal(1),
  /** When the reading began, ISO 8601 in UTC. All ages are counted from it. */
  collectedAt: z.iso.datetime(),
  account: z.string().regex(/^\d{12}$/, 'an account id has twelve digits'),
  /** The name that people gave it; null = it has none, or that was not read. */
  accountAlias: nullableText.default(null),
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  partition: text,
  /** Which regions the caller wanted: every enabled one, or those named. */
  requestedRegions: z.union([z.literal('all'), list(text)]),
  /** How the regions were found; unknown where ListRegions was refused and the partition's known regions were tried. */
  regionList: observed(list(text)),
  regions: list<RegionInventory>(object(region)),
  providers: observed(list<OidcProvider>(object(provider))),
  roles: observed(list<Role>(object(role))),
  /** Customer managed policies, by the same read as the roles. */
  managedPolicies: observed(list<ManagedPolicy>(object(managedPolicy))),
  quotas: observed<AccountQuotas>(object(quotas)),
  /** How often each IAM action was called, retries not counted. */
  calls: record(z.number()),
  /** Things worth telling that are neither defect nor gap, such as a cluster that vanished while reading. */
  notes: list(text),
};
/**
 * Everything that was read of one account: a plain value that can be saved to a file and replayed. Rules see nothing
 * else. Names, ARNs, annotations and tags are chosen by others and may be hostile; no renderer may trust them.
 */
export interface Inventory extends Shape<typeof inventory> {}

/** The shape of a saved inventory. Unknown fields are dropped; a missing or wrong one is an error with its path. */
export const inventorySchema: z.ZodType<Inventory> = object(inventory);
