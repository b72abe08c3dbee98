import type { Facts } from '../facts/facts.js';
import type { Subject, Suppressed } from '../model/finding.js';
import type { Cluster } from '../model/inventory.js';
import type { ClusterSelection, Settings, Suppression } from '../model/settings.js';
import { whatArrived } from '../model/observed.js';
import { urlOfProviderArn } from '../policy/federated.js';
import { matchesGlob, parseGlob } from '../policy/glob.js';

export type SuppressionSettings = Pick<Settings, 'clusters' | 'suppressions' | 'suppressByTag'>;

/** Whether a finding is suppressed now, or was until a day that has passed. */
export interface Standing {
  readonly suppressed: Suppressed | null;
  readonly ended: Suppressed | null;
}

/** Somebody who may tag a resource may decide what is told of it: `suppressByTag` takes that away from them. */
export const IGNORE_TAG = 'irsa-auditor:ignore';

const TOLD: Standing = { suppressed: null, ended: null };

const globMatches = (pattern: string, value: string): boolean => matchesGlob(parseGlob(pattern), value);

/** Whether a selector means a cluster; undefined where it asks for tags that were not read. */
function means(selector: string, { name, region, detail }: Cluster): boolean | undefined {
  if (selector.startsWith('tag:')) {
    if (!detail.known) return undefined;
    const [key = '', ...value] = selector.slice('tag:'.length).split('=');
    const tag = detail.value.tags[key];
    return tag !== undefined && globMatches(value.join('='), tag);
  }
  return globMatches(selector, selector.includes('/') ? `${region}/${name}` : name);
}

/** A cluster is told about unless the settings plainly leave it out: what was not read decides nothing. */
function leftOut(cluster: Cluster, { include, exclude }: ClusterSelection): boolean {
  if (exclude.some((selector) => means(selector, cluster) === true)) return true;
  return include.length > 0 && include.every((selector) => means(selector, cluster) === false);
}

/** The tags that count for a subject, and what carries them. */
function tagged(
  subject: Subject,
  around: Cluster | null,
  facts: Facts,
): { readonly on: string; readonly tags: Readonly<Record<string, string>> } {
  if (subject.type === 'role') return { on: 'role', tags: facts.role(subject.id)?.role.tags ?? {} };
  const detail = subject.type === 'provider' ? facts.providerOf(urlOfProviderArn(subject.id) ?? '')?.detail : around?.detail;
  return { on: subject.type === 'provider' ? 'provider' : 'cluster', tags: detail?.known === true ? detail.value.tags : {} };
}

/** The cluster that a subject is or lies in. */
function clusterAround({ type, id, region }: Subject, clusters: readonly Cluster[]): Cluster | null {
  if (type === 'account' || type === 'role' || type === 'provider') return null;
  const name = type === 'cluster' ? id : id.split('/')[0];
  return clusters.find((cluster) => cluster.name === name && cluster.region === region) ?? null;
}

/**
 * What the settings and tags say of findings: by rule, subject and, for a finding about one issuer, its cluster.
 * @param now ISO 8601 in UTC; a suppression holds to the end of its day
 */
export function suppressor(
  { clusters: selection, suppressions, suppressByTag }: SuppressionSettings,
  facts: Facts,
  now: string,
): (rule: string, subject: Subject, issuer: string | null) => Standing {
  const today = now.slice(0, 10);
  const clusters = facts.inventory.regions.flatMap((region) => whatArrived(region.clusters));
  const matching = (rule: string, { id, arn }: Subject): readonly Suppression[] =>
    suppressions.filter((one) => one.rule === rule && (globMatches(one.subject, id) || (arn !== null && globMatches(one.subject, arn))));
  const byTag = (rule: string, subject: Subject, around: Cluster | null): Standing | null => {
    const { on, tags } = tagged(subject, around, facts);
    if (!suppressByTag || tags[IGNORE_TAG]?.split(/\s+/).includes(rule) !== true) return null;
    return { suppressed: { reason: `the tag ${IGNORE_TAG} on the ${on}`, until: null }, ended: null };
  };
  return (rule, subject, issuer) => {
    const around = clusterAround(subject, clusters);
    const url = subject.type === 'provider' ? urlOfProviderArn(subject.id) : issuer;
    const meant = around ?? (url === null ? null : (facts.clusterOf(url)?.cluster ?? null));
    if (meant !== null && leftOut(meant, selection))
      return { suppressed: { reason: `the settings leave out the cluster ${meant.name} in ${meant.region}`, until: null }, ended: null };
    const written = matching(rule, subject);
    const holding = written.find(({ until }) => until === null || until >= today);
    if (holding !== undefined) return { suppressed: { reason: holding.reason, until: holding.until }, ended: null };
    const over = written[0];
    return (
      byTag(rule, subject, around) ?? (over === undefined ? TOLD : { suppressed: null, ended: { reason: over.reason, until: over.until } })
    );
  };
}
