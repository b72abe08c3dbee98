import { inert } from '../../lib/escape-text.js';
import type { Fix, Patch } from '../../model/report/finding.js';
import type { Names } from '../layout/names.js';
import { managerInWords } from '../parts/elsewhere.js';
import { jsonDiff } from '../parts/json-diff.js';

/** What a repair changes and whom it grants access, in words that a screen and the page share. Everything leaves here inert. */

/** Why each command of a repair is run, in their order. */
export const STEP_WORDS = {
  verified: 'fix, verified by re-evaluation',
  fix: 'fix',
  then: 'then',
  restart: 'restart, so that the pods get it',
  check: 'check',
} as const;

/** Why a repair that is known has no command. @param where where its document is */
export const noCommand = ({ verified, grants }: Pick<Fix, 'verified' | 'grants'>, where: string): string =>
  `No ready command: ${verified && grants.length > 0 ? 'confirm first who is to assume this role' : where}.`;

/** An issuer of EKS inside a document or a sentence: its host, and its id, of which the first digits tell two apart. */
const ISSUER = /(oidc[.-]eks\.[a-z0-9-]+\.[a-z0-9.-]+\/id\/)([0-9A-Z]{8})([0-9A-Z]{24})/g;

/** A text with issuers by their first digits, but for those that it tells apart by more. */
export function withoutHost(text: string): string {
  const spellings = new Map<string, Set<string>>();
  for (const [whole, , digits = ''] of text.matchAll(ISSUER)) spellings.set(digits, (spellings.get(digits) ?? new Set()).add(whole));
  return text.replace(ISSUER, (whole, _host: string, digits: string) => (spellings.get(digits)?.size === 1 ? `…${digits}` : whole));
}

const DOCUMENT: Readonly<Record<Patch['kind'], string>> = {
  'trust-policy': 'Trust policy of',
  'provider': 'Provider',
  'service-account': 'Annotations of',
  'pod-identity-association': 'Association of',
};

function patchName({ kind, resource }: Patch, names: Names): string {
  if (kind === 'trust-policy') return names.subject({ type: 'role', id: resource });
  if (kind === 'provider') return names.subject({ type: 'provider', id: resource }).replace(/^provider /, '');
  return inert(resource);
}

/** What a patch changes: of what, and the lines that go (`-`) and come (`+`). */
export interface Change {
  readonly title: string;
  readonly lines: readonly string[];
}

/** A patch as lines; null where it changes nothing that can be told line by line. */
export function changeOf(patch: Patch, names: Names): Change | null {
  const lines = jsonDiff(patch.before, patch.after);
  if (lines.length === 0) return null;
  // All of it at once: what two lines tell apart stays.
  const shown = withoutHost(lines.map(({ sign, text }) => inert(`${sign} ${text}`)).join('\n'));
  return { title: `${DOCUMENT[patch.kind]} ${patchName(patch, names)}`, lines: shown.split('\n') };
}

/** What is to be made is managed by nothing yet: what manages its cluster is told. */
const isOfCluster = ({ kind, before }: Patch): boolean => before === null && (kind === 'provider' || kind === 'pod-identity-association');

/** By what the objects of a fix are managed: `Terraform manages role/search`. */
export function managedInWords({ patches }: Pick<Fix, 'patches'>, names: Names): string[] {
  return patches.flatMap((patch) =>
    patch.managedBy === undefined
      ? []
      : [`${managerInWords(patch.managedBy)} manages ${isOfCluster(patch) ? 'the cluster' : patchName(patch, names)}`],
  );
}

/** Whom a repair grants access, and the clusters in which what it repairs bites. */
export interface Repaired {
  readonly fix: Pick<Fix, 'grants'>;
  readonly clusters: readonly string[];
}

/** Who can assume a role by a repair and cannot today. */
export function grantsInWords({ fix, clusters }: Repaired, names: Names): string[] {
  const everybody = clusters.length === 0 ? 'every subject of the identity provider' : 'every service account of the cluster';
  return fix.grants.map(({ subject, role, administrative }) => {
    const [, namespace, name] = /^system:serviceaccount:([^:]+):(.+)$/.exec(subject) ?? [];
    const who = subject === '*' ? everybody : namespace === undefined ? subject : `${namespace}/${name ?? ''}`;
    return inert(`${who} (to ${administrative ? 'the administrative ' : ''}${names.subject({ type: 'role', id: role })})`);
  });
}
