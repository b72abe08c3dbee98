import { inert } from '../../lib/escape-text.js';
import type { Subject } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';

/** By what people know the things of a report. Everything leaves here inert. */
export interface Names {
  /** `role/search`, `sa shop/search`, `provider of shop-prod`. */
  readonly subject: (subject: Pick<Subject, 'type' | 'id'>) => string;
  /** The same with the cluster that it is in, for where nothing else tells: `sa shop/search in shop-prod`. */
  readonly place: (subject: Pick<Subject, 'type' | 'id' | 'region'>) => string;
  /** A cluster `region/name` by its name alone, where no other region has one of this name. */
  readonly cluster: (place: string) => string;
  /** A sentence with the names of clusters in place of their issuers, and the ARNs of the account's own roles shortened. */
  readonly sentence: (text: string) => string;
}

type Named = Pick<Report, 'account' | 'partition' | 'clusters'>;

/** An issuer as EKS makes them, in a sentence: not part of an address, an ARN, a key or a path. */
const ISSUER = /(?<![\w/:.@-])(issuer )?(oidc[.-]eks\.([a-z0-9-]+)\.[a-z0-9.-]+\/id\/([0-9A-F]{8})[0-9A-F]{24})(?![\w/:*-])/g;
/** Digits of an issuer's id that people tell two by. */
const EKS_ISSUER = /^oidc[.-]eks\.([a-z0-9-]+)\.[a-z0-9.-]+\/id\/([0-9A-F]{8})[0-9A-F]{24}$/;
/** The ARN of a role, in a sentence. */
const ROLE = /(?<![\w/:-])arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]*[\w+=@-]/g;
const idOf = (issuer: string): string => issuer.slice(issuer.lastIndexOf('/') + 1).toUpperCase();

/** What stands after the account in the ARN of one of its own things; null for any other text. */
function ownPath(arn: string, { account, partition }: Named): string | null {
  const own = `arn:${partition}:iam::${account}:`;
  return arn.startsWith(own) ? arn.slice(own.length) : null;
}

interface Issuers {
  /** Null where the whole is what matters. */
  readonly of: (issuer: string) => string | null;
  /** Always short. */
  readonly shortly: (issuer: string) => string;
}

/** Names of issuers: a cluster's own, else region and first digits. */
function issuersOf({ clusters }: Named, cluster: Names['cluster']): Issuers {
  const byIssuer = new Map(
    clusters.flatMap(({ region, name, issuer }) => (issuer === null ? [] : [[issuer, cluster(`${region}/${name}`)]])),
  );
  const ids = new Set([...byIssuer.keys()].map(idOf));
  const byDigits = (issuer: string): string | null => {
    const [, region, digits] = EKS_ISSUER.exec(issuer) ?? [];
    return region === undefined || digits === undefined ? null : `${region}/${digits}`;
  };
  return {
    // Another spelling of a cluster's issuer: the difference is what the sentence is about.
    of: (issuer) => byIssuer.get(issuer) ?? (ids.has(idOf(issuer)) ? null : byDigits(issuer)),
    shortly: (issuer) => byIssuer.get(issuer) ?? byDigits(issuer) ?? issuer,
  };
}

function insideName(word: string, id: string): string {
  return `${word} ${id.slice(id.indexOf('/') + 1)}`;
}

function providerName(path: string, issuers: Issuers): string {
  const issuer = path.replace(/^oidc-provider\//, '');
  const name = issuers.shortly(issuer);
  return `provider ${name.includes('/') ? name : `of ${name}`}`;
}

const IN_CLUSTER: Partial<Record<Subject['type'], string>> = { 'service-account': 'sa', 'pod': 'pod', 'association': 'association' };

/** The names of one report's things. */
export function namesOf(report: Named): Names {
  const count = new Map<string, number>();
  for (const { name } of report.clusters) count.set(name, (count.get(name) ?? 0) + 1);
  const cluster = (place: string): string => {
    const name = place.slice(place.indexOf('/') + 1);
    return inert(count.get(name) === 1 ? name : place);
  };
  const issuers = issuersOf(report, cluster);
  const subject: Names['subject'] = ({ type, id }) => {
    const inside = IN_CLUSTER[type];
    if (inside !== undefined) return inert(insideName(inside, id));
    const path = ownPath(id, report);
    if (type === 'provider' && path !== null) return inert(providerName(path, issuers));
    if (type === 'role') return inert(path ?? id);
    return inert(type === 'account' ? 'account' : `${type} ${id}`);
  };
  return {
    cluster,
    subject,
    place: ({ type, id, region }) => {
      if (region === null) return subject({ type, id });
      const where = cluster(`${region}/${id.split('/')[0] ?? ''}`);
      if (type === 'cluster') return `cluster ${where}`;
      return IN_CLUSTER[type] === undefined ? subject({ type, id }) : `${subject({ type, id })} in ${where}`;
    },
    sentence: (text) =>
      inert(
        text
          .replace(ISSUER, (whole, before: string | undefined, issuer: string) => {
            const name = issuers.of(issuer);
            if (name === null) return whole;
            return before === undefined ? name : `${before}${name.includes('/') ? '' : 'of '}${name}`;
          })
          .replace(ROLE, (arn) => ownPath(arn, report) ?? arn),
      ),
  };
}
