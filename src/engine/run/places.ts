import { issuerIdIn, type IssuerId } from '../../model/inventory/issuer-id.js';
import type { Facts } from '../../facts/account/facts.js';
import { clusterMeantBy } from '../../facts/provider/near-issuer.js';
import { issuersNamed } from '../../facts/statement/web-identity.js';
import { workloadsByServiceAccount } from '../../facts/pod/pods-of.js';
import { isInside, type Finding, type Related, type RunningWorkload, type Subject } from '../../model/report/finding.js';
import type { Cluster } from '../../model/inventory/inventory.js';
import { seen } from '../../model/inventory/observed.js';
import type { Raised } from '../../rules/contract/define-rule.js';

/** Where a finding bites. */
export type Places = Pick<Finding, 'clusters' | 'namespaces' | 'workloads'>;

type About = Pick<Raised, 'issuer' | 'concerns' | 'statement'>;

/** What of a finding tells where it bites: what was seen of its subject, itself and what it speaks for. */
interface Told {
  readonly subject: Subject;
  readonly related: readonly Related[];
  readonly raised: readonly About[];
}

/** The clusters that a finding concerns. */
export interface Concerned {
  readonly clusters: readonly Cluster[];
  /** Nobody else: what concerns a pipeline, or an issuer that is no cluster's as far as was read, is of no cluster alone. */
  readonly alone: boolean;
}

export const NOBODY_CONCERNED: Concerned = { clusters: [], alone: false };

/** A cluster as reports name it. */
export const nameOf = ({ region, name }: Pick<Cluster, 'region' | 'name'>): string => `${region}/${name}`;

/** Where only a cluster's name is known, regions may have one each of it. */
function clustersNamed(name: string, region: string | null, { inventory }: Facts): Cluster[] {
  const regions = inventory.regions.filter((one) => region === null || one.region === region);
  return regions.flatMap((one) => seen(one.clusters).filter((cluster) => cluster.name === name));
}

/** The clusters that a role is for, by whoever uses it or else by whom it trusts. */
function clustersOfRole(arn: string, facts: Facts): readonly Cluster[] {
  const role = facts.role(arn);
  if (role === null) return [];
  const users = [...role.users.map(({ cluster }) => cluster), ...role.associatedIn];
  return users.length > 0 ? users : role.statements.flatMap(({ issuers }) => issuers.flatMap((url) => facts.clusterOf(url)?.cluster ?? []));
}

/** The issuers that a sighting on a role concerns; null for whoever has no token. */
function issuersOf({ issuer, concerns, statement }: About, arn: string, facts: Facts): readonly (IssuerId | null)[] {
  if (concerns !== undefined) return concerns;
  const named = facts.role(arn)?.policy.statements.find(({ index }) => index === statement);
  return [...(issuer === undefined ? [] : [issuer]), ...(named === undefined ? [] : issuersNamed(named))];
}

/** Whose issuer it is: that of a cluster which has it, or for which it was plainly meant. */
const clusterOf = (url: IssuerId, facts: Facts): Cluster | undefined =>
  (facts.clusterOf(url) ?? facts.clusterOf(clusterMeantBy(url, facts)?.cluster.url ?? url))?.cluster;

/** Whom a finding concerns: whoever is inside a cluster, that alone; else the issuers that it speaks of, and who suffers by it. */
export function concernedBy({ subject, related, raised }: Told, facts: Facts): Concerned {
  const { type, id, region } = subject;
  if (type === 'cluster' || isInside(subject)) return { clusters: clustersNamed(id.split('/')[0] ?? '', region, facts), alone: true };
  const urls = type === 'provider' ? [issuerIdIn(id)] : raised.flatMap((one) => issuersOf(one, id, facts));
  const byIssuer = urls.map((url) => (url === null ? undefined : clusterOf(url, facts)));
  const byOthers = related.flatMap((one) =>
    one.type === 'cluster' || isInside(one) ? clustersNamed(one.id.split('/')[0] ?? '', one.region ?? region, facts) : [],
  );
  const clusters = [...byIssuer.filter((one) => one !== undefined), ...byOthers];
  return { clusters: [...new Set(clusters)], alone: !byIssuer.includes(undefined) };
}

/** More than these nobody restarts by hand. */
const MOST_WORKLOADS = 10;

/** What runs as the service accounts among these, or is itself among them. */
function workloadsOf(inside: readonly Pick<Subject, 'type' | 'id'>[], places: readonly string[], { inventory }: Facts): RunningWorkload[] {
  if (inside.length === 0) return [];
  const found = inventory.regions.flatMap(({ region, clusters }) =>
    seen(clusters)
      .filter(({ name }) => places.includes(`${region}/${name}`))
      .flatMap((cluster) => {
        const own = inside.filter(({ id }) => id.startsWith(`${cluster.name}/`));
        return own.flatMap(({ type, id }) => {
          const account = id.slice(cluster.name.length + 1);
          const workloads =
            type === 'pod'
              ? seen(cluster.workloads).filter(({ namespace, owner }) => `${namespace}/${owner.name}` === account)
              : (workloadsByServiceAccount(cluster).get(account) ?? []);
          return workloads.map(({ namespace, owner: { kind, name } }) => ({ cluster: `${region}/${cluster.name}`, namespace, kind, name }));
        });
      }),
  );
  return someWorkloads(found);
}

/** Workloads, each once, as many as are told. */
function someWorkloads(found: readonly RunningWorkload[]): RunningWorkload[] {
  const each = new Map(found.map((one) => [`${one.cluster} ${one.namespace} ${one.kind} ${one.name}`, one]));
  return [...each.values()].slice(0, MOST_WORKLOADS);
}

/** Names, each once, in order. */
const sortedNames = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

/** Where two findings bite that are told as one. */
export const joinedPlaces = (left: Places, right: Places): Places => ({
  clusters: sortedNames([...left.clusters, ...right.clusters]),
  namespaces: sortedNames([...left.namespaces, ...right.namespaces]),
  workloads: someWorkloads([...left.workloads, ...right.workloads]),
});

/** The clusters (`region/name`) and namespaces in which a finding bites, each once, sorted, and what runs there. */
export function placesOf(told: Pick<Told, 'subject' | 'related'>, { clusters: concerned }: Concerned, facts: Facts): Places {
  const inside = [told.subject, ...told.related].filter(isInside);
  const byRole = concerned.length > 0 || told.subject.type !== 'role' ? concerned : clustersOfRole(told.subject.id, facts);
  const clusters = sortedNames(byRole.map(nameOf));
  return {
    clusters,
    namespaces: sortedNames(inside.flatMap(({ id }) => id.split('/')[1] ?? [])),
    workloads: workloadsOf(inside, clusters, facts),
  };
}
