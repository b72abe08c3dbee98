import { inert } from '../../lib/escape-text.js';
import { addTo } from '../../lib/group-by.js';
import type { Entrance, RoleAdmission } from '../../model/report/admission.js';
import type { Finding } from '../../model/report/finding.js';
import type { Picture } from '../../model/report/picture.js';
import type { Report } from '../../model/report/report.js';
import type { Names } from '../layout/names.js';
import { clauseOf } from '../parts/overview-rows.js';
import { waysThrough, type Way } from './entrance-paths.js';
import type { PageIssuer, PagePath, PagePicture } from './page-data.js';

/** The issuers of a picture, each once. */
class Issuers {
  readonly list: PageIssuer[] = [];
  private readonly places = new Map<string, number>();

  constructor(
    private readonly shared: Picture['shared'],
    private readonly names: Names,
  ) {}

  /** @param cluster `region/name`; null = none that was read */
  of(issuer: string, cluster: string | null, ofStrangers = false): number {
    const key = `${ofStrangers ? 'internet' : ''} ${issuer} ${cluster ?? ''}`;
    const known = this.places.get(key);
    if (known !== undefined) return known;
    this.places.set(key, this.list.length);
    this.list.push({ issuer: inert(issuer), ...this.wordsOf(issuer, cluster, ofStrangers) });
    return this.list.length - 1;
  }

  private wordsOf(issuer: string, cluster: string | null, ofStrangers: boolean): Omit<PageIssuer, 'issuer'> {
    const shared = Object.hasOwn(this.shared, issuer) ? this.shared[issuer] : undefined;
    if (ofStrangers && shared !== undefined) return { kind: 'internet', name: 'Internet', note: `any account at ${shared}` };
    if (shared !== undefined) return { kind: 'ci', name: shared, note: this.names.sentence(issuer) };
    if (cluster !== null)
      return { kind: 'cluster', name: this.names.cluster(cluster), note: `cluster, ${inert(cluster.split('/')[0] ?? '')}` };
    return { kind: 'other', name: this.names.sentence(issuer), note: 'no cluster that was read' };
  }
}

const WIDE: ReadonlySet<Way['breadth']> = new Set<Way['breadth']>(['everybody', 'pattern', 'unknown']);

/** Of the ways through one entrance those of strangers: the widest, or all where none is wide. */
function strangersAmong(ways: readonly Way[]): ReadonlySet<Way> {
  const open = ways.filter(({ state }) => state !== 'broken');
  const wide = open.filter(({ breadth }) => WIDE.has(breadth));
  return new Set(wide.length > 0 ? wide : open);
}

/** A service account that asks for a role and is refused, as a finding has it. */
interface Refused {
  readonly place: string;
  readonly namespaced: string;
  readonly why: string;
}

const ASKING: ReadonlySet<string> = new Set(['role', 'service-account']);

/**
 * Who asks for each role and is refused, as a break says that is about the one or the other. One about a provider or a cluster does
 * not say which of its service accounts asks for which of its roles.
 */
function refusedBy(report: Report): ReadonlyMap<string, readonly Refused[]> {
  const refused = new Map<string, Refused[]>();
  for (const finding of report.findings) {
    if (finding.kind !== 'break' || finding.suppressed !== null || !ASKING.has(finding.subject.type)) continue;
    for (const role of thingsOf(finding, 'role'))
      for (const account of thingsOf(finding, 'service-account')) {
        const [cluster = '', namespace = '', name = ''] = account.id.split('/');
        const place = finding.clusters.find((one) => one.slice(one.indexOf('/') + 1) === cluster);
        if (place === undefined) continue;
        const one = { place, namespaced: `${namespace}/${name}`, why: clauseOf(finding.rule, report) };
        const others = refused.get(role.id) ?? [];
        if (!others.some((other) => other.place === place && other.namespaced === one.namespaced)) addTo(refused, role.id, one);
      }
  }
  return refused;
}

const thingsOf = ({ subject, related }: Finding, type: string): readonly { readonly id: string }[] =>
  [subject, ...related].filter((one) => one.type === type);

const isAllowed = (entrances: readonly Entrance[], { place, namespaced }: Refused): boolean =>
  entrances.some(
    ({ cluster, serviceAccounts, maybe = [], who }) =>
      cluster === place &&
      ((serviceAccounts ?? []).includes(namespaced) ||
        maybe.includes(namespaced) ||
        (who.kind === 'exactly' && who.subjects.includes(`system:serviceaccount:${namespaced.replace('/', ':')}`))),
  );

/** The ways of service accounts that ask for a role and are refused; of a shut entrance of theirs they take the place. */
function refusedWay({ namespaced, why }: Refused, shut: Way | undefined): Way {
  return {
    audience: shut?.audience ?? '',
    subject: inert(`system:serviceaccount:${namespaced.replace('/', ':')}`),
    label: inert(`sa ${namespaced}`),
    breadth: 'refused',
    state: 'broken',
    fails: shut?.fails ?? 'role',
    note: why,
    details: shut?.details ?? [],
  };
}

interface Drawing {
  readonly issuers: Issuers;
  readonly names: Names;
  readonly strangers: ReadonlySet<string>;
  readonly refused: ReadonlyMap<string, readonly Refused[]>;
  readonly clusters: ReadonlyMap<string, string>;
}

function pathsOf({ role: arn, entrances }: RoleAdmission, role: number, drawing: Drawing): readonly PagePath[] {
  const { issuers, names, strangers, clusters } = drawing;
  const asking = (drawing.refused.get(arn) ?? []).filter((one) => !isAllowed(entrances, one));
  const paths = entrances.flatMap((entrance) => {
    const { issuer, cluster } = entrance;
    const ways = waysThrough(entrance, cluster === null ? null : names.cluster(cluster));
    const ofStrangers = strangers.has(`${arn} ${issuer}`) ? strangersAmong(ways) : new Set<Way>();
    const [first] = ways;
    const refused = first?.state === 'broken' ? asking.filter(({ place }) => place === cluster) : [];
    const drawn = first !== undefined && refused.length > 0 ? refused.map((one) => refusedWay(one, first)) : ways;
    return drawn.map((way): PagePath => ({ ...way, issuer: issuers.of(issuer, cluster, ofStrangers.has(way)), role }));
  });
  const told = new Set(paths.map(({ issuer, subject }) => `${issuer} ${subject}`));
  const elsewhere = asking.flatMap((one): PagePath[] => {
    const issuer = clusters.get(one.place);
    if (issuer === undefined) return [];
    const path = { ...refusedWay(one, undefined), issuer: issuers.of(issuer, one.place), role };
    return told.has(`${path.issuer} ${path.subject}`) ? [] : [path];
  });
  return [...paths, ...elsewhere];
}

/** The picture of who can assume what, as the page draws it. */
export function pictureOnPage({ admissions, shared, strangers, policies }: Picture, report: Report, names: Names): PagePicture {
  const drawing: Drawing = {
    issuers: new Issuers(shared, names),
    names,
    strangers: new Set(strangers.map(({ role, issuer }) => `${role} ${issuer}`)),
    refused: refusedBy(report),
    clusters: new Map(report.clusters.flatMap(({ region, name, issuer }) => (issuer === null ? [] : [[`${region}/${name}`, issuer]]))),
  };
  const paths = admissions.roles.flatMap((one, index) => pathsOf(one, index, drawing));
  return {
    issuers: drawing.issuers.list,
    roles: admissions.roles.map(({ role, administrative, others = [] }) => ({
      arn: inert(role),
      name: names.subject({ type: 'role', id: role }),
      administrative: administrative === null ? null : inert(administrative),
      policies: Object.hasOwn(policies, role) ? (policies[role] ?? []).map(inert) : null,
      others: others.map(inert),
    })),
    paths,
  };
}
