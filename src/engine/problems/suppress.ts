import { issuerIdIn } from '../../model/inventory/issuer-id.js';
import type { Facts } from '../../facts/account/facts.js';
import { atLeast, type Severity, type Subject, type Suppressed, type Tagged } from '../../model/report/finding.js';
import { IGNORE_TAG } from '../../model/report/ignore-tag.js';
import type { Cluster, OidcProvider } from '../../model/inventory/inventory.js';
import type { ClusterSelection, Settings, Suppression } from '../../model/report/settings.js';
import { allClusters } from '../../model/inventory/all-clusters.js';
import { matchesGlob, parseGlob } from '../../policy/pattern/glob.js';
import { nameOf, type Concerned } from '../run/places.js';

export type SuppressionSettings = Pick<Settings, 'clusters' | 'suppressions' | 'suppressByTag'>;

/** Whether a finding is suppressed now, or was until a day that has passed, and what has a tag that does not suppress it. */
export interface Standing {
  readonly suppressed: Suppressed | null;
  readonly ended: Suppressed | null;
  readonly tagWithoutEffect: Tagged | null;
}

/** Who may tag a resource could hide what they have done to it: a tag counts only by `suppressByTag`, and never for these. */
const BEYOND_TAGS: Severity = 'high';

const REPORTED: Standing = { suppressed: null, ended: null, tagWithoutEffect: null };
const silent = (suppressed: Suppressed): Standing => ({ ...REPORTED, suppressed });

/** Whether a suppression has not ended on a day (`YYYY-MM-DD`). */
export const holds = ({ until }: Suppression, today: string): boolean => until === null || until >= today;

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

/** What concerns some clusters, all of which are left out. */
function bySelection(clusters: readonly Cluster[]): Suppressed {
  const sorted = [...clusters].sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
  const [cluster = '', ...others] = sorted.map(nameOf);
  const named = sorted.map(({ name, region }) => `${name} in ${region}`).join(' and ');
  return {
    reason: `the settings leave out the cluster${others.length === 0 ? '' : 's'} ${named}`,
    until: null,
    by: 'cluster-selection',
    cluster,
    ...(others.length === 0 ? {} : { clusters: [cluster, ...others] }),
  };
}

/** The provider that a subject's ARN names. */
function providerById(arn: string, facts: Facts): OidcProvider | null {
  const issuer = issuerIdIn(arn);
  return issuer === null ? null : facts.providerOf(issuer);
}

/** The tags that count for a subject, and what uses them. */
function tagged(
  subject: Subject,
  around: Cluster | null,
  facts: Facts,
): { readonly on: Tagged; readonly tags: Readonly<Record<string, string>> } {
  if (subject.type === 'role') return { on: 'role', tags: facts.role(subject.id)?.role.tags ?? {} };
  const detail = subject.type === 'provider' ? providerById(subject.id, facts)?.detail : around?.detail;
  return { on: subject.type === 'provider' ? 'provider' : 'cluster', tags: detail?.known === true ? detail.value.tags : {} };
}

/** The cluster that a subject is or lies in. */
function clusterAround({ type, id, region }: Subject, clusters: readonly Cluster[]): Cluster | null {
  if (type === 'account' || type === 'role' || type === 'provider') return null;
  const name = type === 'cluster' ? id : id.split('/')[0];
  return clusters.find((cluster) => cluster.name === name && cluster.region === region) ?? null;
}

/** A finding as the settings know it. */
export interface Asked {
  readonly rule: string;
  readonly subject: Subject;
  readonly concerned: Concerned;
  readonly severity: Severity;
}

/**
 * What the settings and tags say of findings: by rule, subject and the clusters that they concern, every one of which must be left out.
 * @param now ISO 8601 in UTC; a suppression holds to the end of its day
 */
export function suppressor(
  { clusters: selection, suppressions, suppressByTag }: SuppressionSettings,
  facts: Facts,
  now: string,
): (asked: Asked) => Standing {
  const today = now.slice(0, 10);
  const clusters = allClusters(facts.inventory);
  const matching = ({ rule, subject: { id, arn } }: Asked): readonly Suppression[] =>
    suppressions.filter((one) => one.rule === rule && (globMatches(one.subject, id) || (arn !== null && globMatches(one.subject, arn))));
  const byTag = ({ rule, subject, severity }: Asked, around: Cluster | null): Standing => {
    const { on, tags } = tagged(subject, around, facts);
    if (tags[IGNORE_TAG]?.split(/\s+/).includes(rule) !== true) return REPORTED;
    if (!suppressByTag || atLeast(severity, BEYOND_TAGS)) return { ...REPORTED, tagWithoutEffect: on };
    return silent({ reason: `the tag ${IGNORE_TAG} on the ${on}`, until: null, by: 'tag' });
  };
  return (asked) => {
    const { subject, concerned } = asked;
    const around = clusterAround(subject, clusters);
    if (concerned.alone && concerned.clusters.length > 0 && concerned.clusters.every((one) => leftOut(one, selection)))
      return silent(bySelection(concerned.clusters));
    const written = matching(asked);
    const holding = written.find((one) => holds(one, today));
    if (holding !== undefined) return silent({ reason: holding.reason, until: holding.until, by: 'settings' });
    const standing = byTag(asked, around);
    const over = written[0];
    if (standing.suppressed !== null || over === undefined) return standing;
    return { ...standing, ended: { reason: over.reason, until: over.until, by: 'settings' } };
  };
}
