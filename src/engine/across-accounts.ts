import { deriveFacts, type Facts } from '../facts/account/facts.js';
import { parseRoleArn } from '../facts/account/role-arn.js';
import { groupBy } from '../lib/group-by.js';
import { ROLE_ANNOTATION } from '../model/inventory/annotations.js';
import type { Chain, ChainTarget } from '../model/report/chain.js';
import { isInside, type Finding } from '../model/report/finding.js';
import { issuerIdOfCluster } from '../model/inventory/issuer-id.js';
import type { Cluster, Inventory, RegionInventory, Role, ServiceAccount } from '../model/inventory/inventory.js';
import { allClusters } from '../model/inventory/all-clusters.js';
import { known, seen, unknown } from '../model/inventory/observed.js';
import type { Report } from '../model/report/report.js';
import type { Rule } from '../rules/contract/define-rule.js';
import { auditWith, byWeight, textsOf, type AuditOptions } from './audit.js';
import { mapList } from './repair/apply-patches.js';
import { nameOf } from './run/places.js';

/** An account with what other accounts have to do with it, which the same rules judge like its own. */
interface Joined {
  readonly inventory: Inventory;
  /** The clusters of other accounts by `account/region/name`, as they are called in it. */
  readonly guests: ReadonlyMap<string, Cluster>;
}

const accountOf = (roleArn: string): string | null => parseRoleArn(roleArn)?.account ?? null;
/** The account of the role that a service account's annotation names; null where it names none. */
const accountNamedBy = ({ annotations }: ServiceAccount): string | null => accountOf(annotations[ROLE_ANNOTATION] ?? '');

/** How a cluster of another account is looked up among the guests of an account. */
const guestKey = (account: string, cluster: Pick<Cluster, 'region' | 'name'>): string => `${account}/${nameOf(cluster)}`;

/** Whether tokens of a cluster mean something to an account: a provider or a trust policy has its issuer, or an annotation one of the roles. */
function isConcerned(cluster: Cluster, facts: Facts): boolean {
  const url = issuerIdOfCluster(cluster);
  if (url !== null && (facts.providerOf(url) !== null || facts.rolesTrusting(url).length > 0)) return true;
  return seen(cluster.serviceAccounts).some((one) => accountNamedBy(one) === facts.inventory.account);
}

/** The same under a name that no other cluster of its region has; its associations would be judged by that name. */
function renamed(cluster: Cluster, account: string): Cluster {
  const podIdentityAssociations = unknown('not-requested', 'Clusters of two accounts have this name.');
  return { ...cluster, name: `${cluster.name}@${account}`, podIdentityAssociations };
}

function withGuests(regions: readonly RegionInventory[], guests: readonly Cluster[]): readonly RegionInventory[] {
  const byRegion = groupBy(guests, ({ region }) => region);
  const extended = regions.map(({ region, clusters }) => ({
    region,
    clusters: mapList(clusters, (own) => [...own, ...(byRegion.get(region) ?? [])]),
  }));
  const there = new Set(regions.map(({ region }) => region));
  const others = [...byRegion].filter(([region]) => !there.has(region));
  return [...extended, ...others.map(([region, clusters]) => ({ region, clusters: known(clusters) }))];
}

/** The roles of other accounts that associations of an account go on to. */
function targetRoles(inventory: Inventory, others: readonly Inventory[]): readonly Role[] {
  const associations = allClusters(inventory).flatMap(({ podIdentityAssociations }) => seen(podIdentityAssociations));
  const targets = new Set(associations.map(({ targetRoleArn }) => targetRoleArn));
  return others.flatMap(({ roles }) => seen(roles).filter(({ arn }) => targets.has(arn)));
}

/**
 * An account with the clusters of others whose tokens mean something in it, and the roles of others that its associations go
 * on to. Pure.
 * @param others saved inventories of other accounts
 * @param keep whose clusters keep their names where one of its own has the name of a guest
 */
function joined(inventory: Inventory, others: readonly Inventory[], keep: 'own' | 'guests' = 'own'): Joined {
  const facts = deriveFacts(inventory);
  const own = new Set(allClusters(inventory).map(nameOf));
  const found = others.flatMap((other) =>
    allClusters(other)
      .filter((cluster) => isConcerned(cluster, facts))
      .map((cluster) => ({ account: other.account, cluster, isNamesake: own.has(nameOf(cluster)) })),
  );
  const namesakes = new Set(keep === 'own' ? [] : found.filter(({ isNamesake }) => isNamesake).map(({ cluster }) => nameOf(cluster)));
  const told = (cluster: Cluster): Cluster => (namesakes.has(nameOf(cluster)) ? renamed(cluster, inventory.account) : cluster);
  const regions = inventory.regions.map(({ region, clusters }) => ({ region, clusters: mapList(clusters, (all) => all.map(told)) }));
  const guests = new Map(
    found.map(({ account, cluster, isNamesake }) => [
      guestKey(account, cluster),
      isNamesake && keep === 'own' ? renamed(cluster, account) : cluster,
    ]),
  );
  const roles = mapList(inventory.roles, (all) => [...all, ...targetRoles(inventory, others)]);
  return { inventory: { ...inventory, regions: withGuests(regions, [...guests.values()]), roles }, guests };
}

/** An account as its audit beside others judges what is its own. Pure. */
export function besideOthers(inventory: Inventory, others: readonly Inventory[]): Inventory {
  const abroad = others.filter(({ account }) => account !== inventory.account);
  return abroad.length === 0 ? inventory : joined(inventory, abroad).inventory;
}

/** Ids of the service accounts of clusters that name a role of one of these accounts. */
function namingRoleOf(accounts: ReadonlySet<string>, clusters: readonly Cluster[]): ReadonlySet<string> {
  return new Set(
    clusters.flatMap(({ region, name, serviceAccounts }) =>
      seen(serviceAccounts)
        .filter((one) => accounts.has(accountNamedBy(one) ?? ''))
        .map((one) => `${region} ${name}/${one.namespace}/${one.name}`),
    ),
  );
}

/** Whether a finding is on one of these service accounts, or on pods of it. */
function isOf({ subject, related }: Finding, serviceAccounts: ReadonlySet<string>): boolean {
  const { region } = subject;
  return (
    isInside(subject) &&
    [subject, ...related].some(({ id, type }) => type === 'service-account' && serviceAccounts.has(`${region ?? ''} ${id}`))
  );
}

/**
 * A finding of another account, as this one is told it. Its commands would be run as whoever reads this account: there they
 * would change what has the same name.
 */
function inAccount(finding: Finding, account: string): Finding {
  const { subject, message, fix } = finding;
  const isLocal = fix === null || fix.patches.every(({ kind }) => kind === 'service-account');
  return {
    ...finding,
    message: subject.type !== 'role' && subject.type !== 'provider' ? `Account ${account}: ${message}` : message,
    fix: isLocal ? fix : { ...fix, commands: [], verified: false, summary: `In account ${account}: ${fix.summary}` },
  };
}

/** A role of another account that associations go on to is changed there. */
function toldIn(finding: Finding, account: string): Finding {
  const owner = finding.subject.type === 'role' ? accountOf(finding.subject.id) : null;
  return owner === null || owner === account ? finding : inAccount(finding, owner);
}

const idsOf = (rules: readonly Rule[], wanted: Rule['link']): ReadonlySet<string> =>
  new Set(rules.flatMap(({ id, link }) => (link === wanted ? [id] : [])));

/** What keeps service accounts of one account from the roles of another that they name, as that one's audit tells it. */
function brokenIn(host: Inventory, guest: Inventory, rules: readonly Rule[], options: AuditOptions): readonly Finding[] {
  const { inventory, guests } = joined(host, [guest], 'guests');
  const clusters = [...guests.values()];
  const naming = namingRoleOf(new Set([host.account]), clusters);
  if (naming.size === 0) return [];
  const places = new Set(clusters.map(nameOf));
  const ofProviders = idsOf(rules, 'provider');
  const isTold = (one: Finding): boolean => {
    if (isInside(one.subject)) return isOf(one, naming);
    // What else a cluster lacks its own account is told.
    if (one.subject.type === 'cluster' && !ofProviders.has(one.rule)) return false;
    return one.kind === 'break' && one.clusters.some((name) => places.has(name));
  };
  const { findings } = auditWith(rules, inventory, options).report;
  return findings.filter(isTold).map((one) => inAccount(one, host.account));
}

/** Tells of what is found in a joined account whether it is the account's own: on its roles and providers, and in its clusters. */
function ownIn({ inventory: { account }, guests }: Joined, rules: readonly Rule[]): (finding: Finding) => boolean {
  const places = new Set([...guests.values()].map(nameOf));
  const ofTargets = idsOf(rules, 'target role');
  return ({ rule, subject, clusters }) => {
    if (isInside(subject) || subject.type === 'cluster') return !clusters.some((name) => places.has(name));
    // A role of another account is here for the associations that go on to it.
    return subject.type === 'account' || subject.id.split(':')[4] === account || ofTargets.has(rule);
  };
}

/**
 * The audit of one account, with what inventories of other accounts tell of it: which of their clusters its roles and
 * providers are for, and whether the roles there that its own service accounts and associations name allow them. Pure.
 * @returns a report of the first account; what is wrong in another one is told without its commands
 */
export function auditAcross(
  rules: readonly Rule[],
  inventory: Inventory,
  others: readonly Inventory[],
  options: AuditOptions = {},
): Report {
  const { report } = auditWith(rules, inventory, options);
  const abroad = others.filter(({ account }) => account !== inventory.account);
  if (abroad.length === 0) return report;
  const here = joined(inventory, abroad);
  const judgedThere = namingRoleOf(
    new Set(abroad.filter(({ roles }) => roles.known).map(({ account }) => account)),
    allClusters(inventory),
  );
  const ofRoles = idsOf(rules, 'role');
  const isOwn = ownIn(here, rules);
  const own = auditWith(rules, here.inventory, options).report.findings.filter(
    (one) => isOwn(one) && !(ofRoles.has(one.rule) && isOf(one, judgedThere)),
  );
  const findings = [
    ...own.map((one) => toldIn(one, inventory.account)),
    ...abroad.flatMap((host) => brokenIn(host, inventory, rules, options)),
  ];
  const problems = [...groupBy(findings, ({ problem }) => problem).values()].sort(byWeight);
  return { ...report, findings: problems.flat(), texts: textsOf(rules, findings) };
}

/** Where the way of one service account to its role is judged: in the account of the role that its annotation names, if that was read. */
export function whereJudged(
  inventory: Inventory,
  others: readonly Inventory[],
  cluster: Cluster,
  { namespace, serviceAccount }: Pick<ChainTarget, 'namespace' | 'serviceAccount'>,
): { readonly inventory: Inventory; readonly cluster: Cluster } {
  const isAsked = (one: { readonly namespace: string }): boolean => one.namespace === namespace;
  const found = seen(cluster.serviceAccounts).find((one) => isAsked(one) && one.name === serviceAccount);
  const isAssociated = seen(cluster.podIdentityAssociations).some((one) => isAsked(one) && one.serviceAccount === serviceAccount);
  const account = found === undefined || isAssociated ? null : accountNamedBy(found);
  const host = others.find((one) => one.account === account && one.account !== inventory.account);
  if (host === undefined) return { inventory: joined(inventory, others).inventory, cluster };
  const there = joined(host, [inventory], 'guests');
  return { inventory: there.inventory, cluster: there.guests.get(guestKey(inventory.account, cluster)) ?? cluster };
}

/** Links whose words mean the account in which they are looked for. */
const OF_ACCOUNT: ReadonlySet<string> = new Set(['role', 'provider', 'audience of the provider']);

/** A chain as the account of its cluster is told it, wherever it was judged. */
export function toldFrom(account: string, chain: Chain): Chain {
  const { account: judgedIn, links, findings } = chain;
  if (judgedIn === account) return { ...chain, findings: findings.map((one) => toldIn(one, account)) };
  return {
    ...chain,
    account,
    links: links.map((one) => (OF_ACCOUNT.has(one.link) ? { ...one, says: `In account ${judgedIn}: ${one.says}` } : one)),
    findings: findings.map((one) => inAccount(one, judgedIn)),
  };
}
