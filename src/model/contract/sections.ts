import type { SubjectType } from '../report/finding.js';
import type { Cluster, Inventory, PodIdentityAssociation } from '../inventory/inventory.js';
import { known, unknown, type Known, type Observed, type Unknown, type UnknownReason } from '../inventory/observed.js';

/** What is read by a call of its own for each thing of a section. */
export interface Detail<T = unknown> {
  /** The read, as gaps call it. */
  readonly read: string;
  of(thing: T): Observed<unknown>;
  /** Where the gap of each thing is told by itself, and keeps a rule from that thing alone: its scope. Else one is told for the cluster. */
  scopeOf?(thing: T): string;
  /** Without it nobody knows which roles the thing uses. */
  readonly tellsRoles?: true;
  /** As that of a section: it is read only where a rule has a use for it. */
  readonly onDemand?: true;
}

/** Everything that differs between the sections of an inventory. A thing is one item of a section that is a list. */
export interface Section<T = unknown> {
  /** How rules name it among their `needs`, `uses` and `looksAt`. */
  readonly need: string;
  /** The read that fills it, as gaps call it. */
  readonly read: string;
  readonly details?: readonly Detail<T>[];
  /** Rules run on what arrived of a list that was cut, and the gap is recorded beside their findings; else the gap keeps them from running. */
  readonly usesWhatArrived?: true;
  /** It is read only where a rule has a use for it: that nobody asked for it is no gap. */
  readonly onDemand?: true;
  /** The usual permissions keep it back, and no answer depends on it: a denial is not told. */
  readonly mayBeDenied?: true;
  /** It comes by the read of another section, whose gap is told for both. */
  readonly comesWithAnother?: true;
  /** The family of rules that nobody asked to look at where nobody asked for it, and what reports call its things. */
  readonly family?: { readonly name: string; readonly words: string };
  /** Of which type its things are as subjects of findings, and by what they are called there; inside a cluster `namespace/name`. */
  readonly subjects?: { readonly type: SubjectType; idOf(thing: T): string };
  /** Its things use roles: no role is known to be unused without it (`always`), or where it was asked for and not read (`asked`). */
  readonly usage?: 'always' | 'asked';
  /** ARNs of the roles that a thing uses. */
  rolesOf?(thing: T): readonly (string | null | undefined)[];
}

/** Nobody asked for it: that is no gap. */
const NOT_ASKED = unknown('not-requested', 'This was not asked for.');

/** Where its role was not read, it says why itself. */
function roleOfAssociation({ roleArn, unread }: PodIdentityAssociation): Observed<string> {
  if (unread !== undefined) return unknown(unread.reason, unread.detail);
  return roleArn === null ? NOT_ASKED : known(roleArn);
}

type ThingOf<O> = O extends Known<readonly (infer T)[]> ? T : never;
type ReadOf<T> = { [K in keyof T]: T[K] extends Observed<unknown> ? K : never }[keyof T];
type ClusterSection = Exclude<ReadOf<Cluster>, 'detail'>;
type AccountSection = Exclude<ReadOf<Inventory>, 'regionList'>;

/** The sections that each cluster has, by their names in the inventory. Gaps are told in this order. */
const OF_CLUSTER = {
  // Those of every cluster in the scope that was asked for them.
  namespaces: { need: 'namespaces', read: 'kubernetes:ListNamespaces', onDemand: true },
  serviceAccounts: {
    need: 'service-accounts',
    read: 'kubernetes:ListServiceAccounts',
    family: { name: 'service-account', words: 'service accounts' },
    subjects: { type: 'service-account', idOf: ({ namespace, name }) => `${namespace}/${name}` },
    // Which of them use the role of their annotation is told by the associations, which win (src/facts/account/facts.ts).
    usage: 'always',
  },
  // What runs in every cluster of the scope.
  workloads: {
    need: 'workloads',
    read: 'kubernetes:ListPods',
    family: { name: 'pod', words: 'pods' },
    usesWhatArrived: true,
    // Pods are told by what owns them.
    subjects: { type: 'pod', idOf: ({ namespace, owner }) => `${namespace}/${owner.name}` },
    usage: 'asked',
    rolesOf: ({ containers }) => containers.map(({ roleArn }) => roleArn),
  },
  // The mutating webhooks that look at pods. The usual view policy keeps them to itself.
  webhooks: { need: 'webhooks', read: 'kubernetes:ListMutatingWebhookConfigurations', mayBeDenied: true },
  // A narrow role of an earlier version does not allow them: pods are then judged as if there were none.
  networkPolicies: { need: 'network-policies', read: 'kubernetes:ListNetworkPolicies', onDemand: true, mayBeDenied: true },
  // Its daemon set in every cluster in the scope that was asked for it.
  podIdentityAgent: { need: 'pod-identity-agent', read: 'kubernetes:GetDaemonSet', onDemand: true, mayBeDenied: true },
  podIdentityAssociations: {
    need: 'pod-identity-associations',
    read: 'eks:ListPodIdentityAssociations',
    details: [{ read: 'eks:DescribePodIdentityAssociation', of: roleOfAssociation, tellsRoles: true }],
    family: { name: 'pod-identity', words: 'Pod Identity associations' },
    subjects: { type: 'association', idOf: ({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}` },
    usage: 'asked',
    rolesOf: ({ roleArn, targetRoleArn }) => [roleArn, targetRoleArn],
  },
  addons: {
    need: 'addons',
    read: 'eks:ListAddons',
    details: [
      // An add-on that wants nothing of IAM is not described (src/collect/addons.ts): whoever gave it a role all the same has that in the
      // annotation of its service account, which is read where anything is said of roles that nobody uses.
      { read: 'eks:DescribeAddon', of: ({ detail }) => detail, tellsRoles: true, onDemand: true },
      // It is asked by version, which the description tells.
      { read: 'eks:DescribeAddonConfiguration', of: ({ detail, wants }) => (detail.known ? wants : NOT_ASKED) },
    ],
    family: { name: 'add-on', words: 'add-ons' },
    usage: 'asked',
    rolesOf: ({ detail }) => (detail.known ? [detail.value.serviceAccountRoleArn] : []),
  },
  // Those of every cluster in the scope whose node groups were asked for at all.
  nodeGroups: {
    need: 'node-groups',
    read: 'eks:ListNodegroups',
    details: [{ read: 'eks:DescribeNodegroup', of: ({ roleArn }) => roleArn, tellsRoles: true }],
    onDemand: true,
    usage: 'asked',
    rolesOf: ({ roleArn }) => (roleArn.known ? [roleArn.value] : []),
  },
} as const satisfies { readonly [K in ClusterSection]: Section<ThingOf<Cluster[K]>> };

/** The sections that the account has, likewise. */
const OF_ACCOUNT = {
  // The complete list of the account's OIDC providers.
  providers: {
    need: 'providers',
    read: 'iam:ListOpenIDConnectProviders',
    details: [{ read: 'iam:GetOpenIDConnectProvider', of: ({ detail }) => detail, scopeOf: ({ arn }) => arn }],
    subjects: { type: 'provider', idOf: ({ arn }) => arn },
  },
  // At least the roles that arrived; a cut list is evaluated as far as it goes and recorded as such.
  roles: {
    need: 'roles',
    read: 'iam:GetAccountAuthorizationDetails',
    usesWhatArrived: true,
    subjects: { type: 'role', idOf: ({ arn }) => arn },
  },
  // The customer managed policies.
  managedPolicies: { need: 'managed-policies', read: 'iam:GetAccountAuthorizationDetails', comesWithAnother: true },
  quotas: { need: 'quotas', read: 'iam:GetAccountSummary' },
} as const satisfies { readonly [K in AccountSection]: Section<ThingOf<Inventory[K]>> };

/** The clusters themselves, in which sections are; `every-cluster` = of every region of the account. */
const READS_OF_CLUSTERS = {
  'clusters': ['eks:ListClusters', 'eks:DescribeCluster'],
  'every-cluster': ['account:ListRegions', 'eks:ListClusters', 'eks:DescribeCluster'],
} as const;

/** The need that gives each member of a cluster, where there is one. */
export type ClusterNeeds = { readonly [K in ClusterSection]: (typeof OF_CLUSTER)[K]['need'] } & { readonly detail: 'clusters' };
/** The same for the members of an inventory. */
export type AccountNeeds = { readonly [K in AccountSection]: (typeof OF_ACCOUNT)[K]['need'] } & { readonly regionList: 'every-cluster' };

/** Those of sections whose things use roles, and of the clusters that they are in. */
export type UsageNeed =
  | 'clusters'
  | {
      [K in ClusterSection]: (typeof OF_CLUSTER)[K] extends { readonly usage: string } ? (typeof OF_CLUSTER)[K]['need'] : never;
    }[ClusterSection];

type SectionNeed = (typeof OF_CLUSTER)[ClusterSection]['need'] | (typeof OF_ACCOUNT)[AccountSection]['need'];

/**
 * Inventory sections that a rule cannot do without. Where one is unknown for a scope, the engine records that scope as
 * not evaluated and does not call the rule there. Those of the table mean the account's, or those of every cluster in the scope.
 * - `clusters`: the region's complete list with every cluster described (scope region), or this cluster described (scope cluster).
 * - `every-cluster`: the complete list of every region of the account, each cluster described.
 */
export type Need = keyof typeof READS_OF_CLUSTERS | SectionNeed;

interface Placed<Per, At> extends Section {
  readonly need: SectionNeed;
  readonly per: Per;
  /** The member of the inventory, or of a cluster, that holds it. */
  readonly at: At;
}
export type PlacedSection = Placed<'cluster', ClusterSection> | Placed<'account', AccountSection>;

function placed<Per extends string, At extends string>(
  per: Per,
  table: Readonly<Record<At, Section & Pick<PlacedSection, 'need'>>>,
): readonly Placed<Per, At>[] {
  return (Object.keys(table) as At[]).map((at) => ({ per, at, ...table[at] }));
}

export const CLUSTER_SECTIONS = placed('cluster', OF_CLUSTER);
/** Those that a whole family of rules looks at, which may not be asked for. */
export type FamilySection = (typeof CLUSTER_SECTIONS)[number] & Required<Pick<Section, 'family'>>;
export const FAMILY_SECTIONS = CLUSTER_SECTIONS.filter((section): section is FamilySection => section.family !== undefined);

export const ACCOUNT_SECTIONS = placed('account', OF_ACCOUNT);
export const SECTIONS: readonly PlacedSection[] = [...CLUSTER_SECTIONS, ...ACCOUNT_SECTIONS];

const byNeed = Object.fromEntries(SECTIONS.map((section) => [section.need, section])) as Readonly<Record<SectionNeed, PlacedSection>>;

/** The section that a rule means by a need. */
export function sectionOf(need: SectionNeed): PlacedSection {
  return byNeed[need];
}

/** The reads without which a need is not there, as gaps call them. */
export function readsOf(need: Need): readonly string[] {
  if (need === 'clusters' || need === 'every-cluster') return READS_OF_CLUSTERS[need];
  const section = sectionOf(need);
  const details = (section.details ?? []).flatMap((detail) => (detail.scopeOf === undefined ? [detail.read] : []));
  return [...(section.per === 'cluster' ? ['eks:ListClusters'] : []), section.read, ...details];
}

/** What a section, or what is described of a thing, lacks: why it is unknown; null where it is known, or nobody had a use for it. */
export function missing({ onDemand }: Pick<Section, 'onDemand'>, observed: Observed<unknown>): Unknown<unknown> | null {
  return observed.known || (onDemand === true && observed.reason === 'not-requested') ? null : observed;
}

/** The things of a section that arrived; of one that is no list, none. */
export function thingsIn(observed: Observed<unknown>): readonly unknown[] {
  const arrived = observed.known ? observed.value : observed.partial;
  return Array.isArray(arrived) ? arrived : [];
}

/** The sections of a cluster that are read over the Kubernetes API. */
type InsideSection = {
  [K in ClusterSection]: (typeof OF_CLUSTER)[K]['read'] extends `kubernetes:${string}` ? K : never;
}[ClusterSection];
export type Inside = Pick<Cluster, InsideSection>;

const isInside = ({ read }: Section): boolean => read.startsWith('kubernetes:');

function eachAs(gap: Unknown, sections: readonly PlacedSection[]): Readonly<Record<string, Unknown>> {
  return Object.fromEntries(sections.map(({ at }) => [at, gap]));
}

/** What is inside a cluster, none of it read, and why. */
export function unreadInside(reason: UnknownReason, detail: string): Inside {
  return eachAs(unknown(reason, detail), CLUSTER_SECTIONS.filter(isInside)) as Readonly<Record<InsideSection, Unknown>>;
}

/** The sections of a cluster that nobody asked for. */
export const NOTHING_INSIDE: Pick<Cluster, ClusterSection> = {
  ...(eachAs(
    NOT_ASKED,
    CLUSTER_SECTIONS.filter((section) => !isInside(section)),
  ) as Readonly<Record<Exclude<ClusterSection, InsideSection>, Unknown>>),
  ...unreadInside('not-requested', 'The Kubernetes API was not asked.'),
};
