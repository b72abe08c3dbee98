import type { Cluster, Inventory, Json, OidcProvider, Role } from '../../src/model/inventory/inventory.js';
import { known, unknown, type Observed, type UnknownReason } from '../../src/model/inventory/observed.js';
import { addonsOf, insideOf, type AddonOfCase, type InsideOfCase } from './inside-of-case.js';

interface ClusterOfCase {
  readonly name: string;
  readonly region?: string;
  readonly issuer?: string | null;
  readonly status?: string;
  readonly autoMode?: boolean;
  readonly addons?: readonly AddonOfCase[];
  readonly nodegroups?: readonly { readonly name: string; readonly nodeRole: string }[];
  readonly unread?: UnknownReason;
}

interface RoleOfCase {
  readonly arn: string;
  readonly trustPolicy: Json;
  readonly createdAt?: string;
  readonly attachedPolicies?: readonly string[];
  /** Where neither kind of policy is told of, it has one that allows something harmless; `{}` = none. */
  readonly inlinePolicies?: Readonly<Record<string, Json>>;
  readonly lastUsed?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly boundary?: string;
  /** The same. */
  readonly permissionsBoundary?: string;
}

interface AssociationOfCase {
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly roleArn: string;
  readonly disableSessionTags?: boolean;
  /** A policy that narrows its sessions; which one is not kept. */
  readonly policy?: Json;
  readonly sessionPolicy?: boolean;
  readonly targetRoleArn?: string;
  readonly externalId?: string;
  readonly ownerArn?: string;
  readonly id?: string;
}

/** One case file; see test/cases/FORMAT.md. Whatever is left out takes the healthy default. */
export interface Case extends InsideOfCase {
  readonly id?: string;
  readonly account?: string;
  readonly region?: string;
  readonly partition?: string;
  readonly clusters?: readonly ClusterOfCase[];
  readonly providers?: readonly { readonly arn: string; readonly url?: string; readonly clientIds?: readonly string[]; readonly thumbprints?: readonly string[]; readonly unread?: UnknownReason }[];
  readonly roles?: readonly RoleOfCase[];
  /** Roles of whose policies nothing is told have none. */
  readonly keepEmptyRoles?: boolean;
  /** Clusters in Auto Mode, beside those that say so themselves. */
  readonly autoMode?: readonly string[];
  /** Null = not asked for; left out = none. */
  readonly podIdentityAssociations?: null | readonly AssociationOfCase[];
  /** Managed node groups by the role of their nodes; null = not read. */
  readonly nodeGroups?: readonly { readonly cluster: string; readonly name: string; readonly role: string | null }[];
  /** Customer managed policies by ARN. */
  readonly managedPolicies?: Readonly<Record<string, Json>>;
  /** Sections that could not be read: `providers`, `roles`, or a region for its clusters. */
  readonly unread?: Readonly<Record<string, UnknownReason>>;
  readonly quotas?: { readonly trustPolicyLength: number | null; readonly roles: number | null };
  readonly expected?: readonly { readonly cause: string; readonly resource?: string; readonly why?: string }[];
}

export const COLLECTED_AT = '2026-11-01T06:00:00.000Z';

const orUnread = <T>(reason: UnknownReason | undefined, value: T): Observed<T> => (reason === undefined ? known(value) : unknown(reason, 'not read in this case'));

function nodeGroupsOf({ nodeGroups }: Case, { name, nodegroups }: ClusterOfCase): Cluster['nodeGroups'] {
  if (nodegroups !== undefined) return known(nodegroups.map((group) => ({ name: group.name, roleArn: known(group.nodeRole) })));
  if (nodeGroups === undefined) return unknown('not-requested', 'Node groups were not asked for');
  return known(nodeGroups.filter((one) => one.cluster === name).map(({ name: group, role }) => ({ name: group, roleArn: role === null ? unknown('denied', 'not read in this case') : known(role) })));
}

function associationsOf({ podIdentityAssociations = [] }: Case, cluster: string): Cluster['podIdentityAssociations'] {
  if (podIdentityAssociations === null) return unknown('not-requested', 'Pod Identity was not asked for');
  return known(
    podIdentityAssociations
      .filter((one) => one.cluster === cluster)
      .map(({ namespace, serviceAccount, roleArn, disableSessionTags = false, policy, sessionPolicy = policy === undefined ? undefined : true, targetRoleArn = null, externalId = null, ownerArn = null, id }) => ({ namespace, serviceAccount, roleArn, disableSessionTags, targetRoleArn, externalId, ownerArn, ...(sessionPolicy !== undefined && { sessionPolicy }), ...(id !== undefined && { id }) })),
  );
}

function clusterOf(given: Case, cluster: ClusterOfCase, { account, region, partition }: { account: string; region: string; partition: string }): Cluster {
  const { name, unread, status = 'ACTIVE', issuer = null, autoMode = given.autoMode?.includes(name) ?? null } = cluster;
  const said = { endpoint: null, certificateAuthority: null, endpointPublicAccess: null, createdAt: null, kubernetesVersion: null, tags: {} };
  return {
    name,
    region,
    arn: `arn:${partition}:eks:${region}:${account}:cluster/${name}`,
    detail: orUnread(unread, { ...said, status, issuer, autoMode }),
    addons: addonsOf(given, cluster),
    nodeGroups: nodeGroupsOf(given, cluster),
    podIdentityAssociations: associationsOf(given, name),
    ...insideOf(given, name),
  };
}

/** What a role may do of which nothing is told: what a role is for is no matter of most cases. */
const SOMETHING: Readonly<Record<string, Json>> = {
  own: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::own-bucket/*' } },
};

function roleOf(role: RoleOfCase, region: string, { keepEmptyRoles = false }: Case): Role {
  const { arn, trustPolicy, attachedPolicies, lastUsed, createdAt, tags = {}, permissionsBoundary, boundary = permissionsBoundary } = role;
  const { inlinePolicies = attachedPolicies === undefined && !keepEmptyRoles ? SOMETHING : {} } = role;
  const [name = '', ...path] = (arn.split(':role/')[1] ?? '').split('/').reverse();
  return {
    arn,
    name,
    path: `/${path.reverse().map((part) => `${part}/`).join('')}`,
    createdAt: createdAt ?? null,
    trustPolicy,
    inlinePolicies: Object.entries(inlinePolicies).map(([policy, document]) => ({ name: policy, document })),
    attachedPolicyArns: attachedPolicies ?? [],
    permissionsBoundaryArn: boundary ?? null,
    tags,
    lastUsed: lastUsed === undefined ? null : { date: lastUsed, region },
  };
}

/** The account that a case describes: one region unless told otherwise, every list complete, Kubernetes only where the case tells of it. */
export function inventoryOfCase(given: Case): Inventory {
  const account = given.account ?? '210987654321';
  const region = given.region ?? 'eu-west-1';
  const partition = given.partition ?? 'aws';
  const regions = [...new Set([region, ...(given.clusters ?? []).map((cluster) => cluster.region ?? region), ...Object.keys(given.unread ?? {}).filter((name) => /-\d$/.test(name))])].sort();
  const clustersIn = (name: string): Cluster[] =>
    (given.clusters ?? []).filter((cluster) => (cluster.region ?? region) === name).map((cluster) => clusterOf(given, cluster, { account, region: name, partition }));
  const providers: OidcProvider[] = (given.providers ?? []).map(({ arn, url, clientIds, thumbprints, unread }) => ({
    arn,
    detail: orUnread(unread, { url: url ?? arn.split(':oidc-provider/')[1] ?? '', clientIds: clientIds ?? ['sts.amazonaws.com'], thumbprints: thumbprints ?? [], createdAt: null, tags: {} }),
  }));
  const roles = (given.roles ?? []).map((role) => roleOf(role, region, given));
  return {
    schemaVersion: 1,
    collectedAt: COLLECTED_AT,
    account,
    accountAlias: null,
    partition,
    requestedRegions: 'all',
    regionList: known(regions),
    regions: regions.map((name) => ({ region: name, clusters: orUnread(given.unread?.[name], clustersIn(name)) })),
    providers: orUnread(given.unread?.['providers'], providers),
    roles: orUnread(given.unread?.['roles'], roles),
    managedPolicies: known(Object.entries(given.managedPolicies ?? {}).map(([arn, document]) => ({ arn, document }))),
    quotas: known(given.quotas ?? { trustPolicyLength: 2048, roles: 1000 }),
    calls: {},
    notes: [],
  };
}
