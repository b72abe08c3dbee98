import { issuerIdIn, type IssuerId } from '../model/issuer-id.js';
import type { Facts } from '../facts/facts.js';
import { workloadsByServiceAccount } from '../facts/pods-of.js';
import { isInside, type Finding, type Related, type RunningWorkload, type Subject } from '../model/finding.js';
import { seen } from '../model/observed.js';

/** Where a finding bites. */
export type Places = Pick<Finding, 'clusters' | 'namespaces' | 'workloads'>;

/** What of a finding tells where it bites. */
interface Told {
  readonly subject: Subject;
  readonly related: readonly Related[];
  /** Issuer that it concerns; null where none is meant. */
  readonly issuer: IssuerId | null;
}

const namesOf = (clusters: readonly { readonly region: string; readonly name: string }[]): string[] =>
  clusters.map(({ region, name }) => `${region}/${name}`);

/** Of what is related only the cluster's name is known: regions may have one each of this name. */
function clustersNamed(name: string, region: string | null, { inventory }: Facts): string[] {
  const regions = inventory.regions.filter((one) => region === null || one.region === region);
  return regions.flatMap((one) => namesOf(seen(one.clusters).filter((cluster) => cluster.name === name)));
}

function clustersOfIssuer(url: IssuerId, facts: Facts): string[] {
  const found = facts.clusterOf(url);
  return found === null ? [] : namesOf([found.cluster]);
}

/** The clusters that a role is for, by whoever uses it or else by whom it trusts. */
function clustersOfRole(arn: string, facts: Facts): string[] {
  const role = facts.role(arn);
  if (role === null) return [];
  const users = namesOf([...role.users.map(({ cluster }) => cluster), ...role.associatedIn]);
  return users.length > 0 ? users : role.statements.flatMap(({ issuers }) => issuers.flatMap((url) => clustersOfIssuer(url, facts)));
}

function clustersOf({ subject, related, issuer }: Told, facts: Facts): string[] {
  const { type, id, region } = subject;
  if (type === 'cluster') return [`${region ?? ''}/${id}`];
  if (isInside(subject)) return [`${region ?? ''}/${id.split('/')[0] ?? ''}`];
  const url = type === 'provider' ? issuerIdIn(id) : issuer;
  const byIssuer = url === null ? [] : clustersOfIssuer(url, facts);
  const byOthers = related.flatMap((one) =>
    one.type === 'cluster' || isInside(one) ? clustersNamed(one.id.split('/')[0] ?? '', region, facts) : [],
  );
  const found = [...byIssuer, ...byOthers];
  return found.length > 0 || type !== 'role' ? found : clustersOfRole(id, facts);
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
export function placesOf(told: Told, facts: Facts): Places {
  const inside = [told.subject, ...told.related].filter(isInside);
  const clusters = sortedNames(clustersOf(told, facts));
  return {
    clusters,
    namespaces: sortedNames(inside.flatMap(({ id }) => id.split('/')[1] ?? [])),
    workloads: workloadsOf(inside, clusters, facts),
  };
}
