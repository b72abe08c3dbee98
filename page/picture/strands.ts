import type { PagePath, PagePicture } from '../../src/report/page/page-data.js';

/** How grave a way is, the gravest first; also the color of what is drawn. */
export const TONES = ['danger', 'open', 'admin', 'undecided', 'broken', 'plain'] as const;
export type Tone = (typeof TONES)[number];

/** A node of the picture before it has its place. */
export interface Spec {
  readonly key: string;
  readonly label: string;
  readonly note: string;
  /** What is chosen by it; empty = nothing. */
  readonly at: string;
}

/** One way, or several that are drawn as one: from an issuer by a subject to a role. */
export interface Strand {
  readonly from: Spec;
  readonly via: Spec;
  readonly to: Spec;
  /** What the role may do. */
  readonly may: string;
  readonly isAdministrative: boolean;
  readonly tone: Tone;
  readonly fails: 'issuer' | 'role' | null;
  /** Places of its ways in the picture. */
  readonly paths: readonly number[];
}

const isWide = ({ breadth }: PagePath): boolean => breadth === 'everybody' || breadth === 'pattern';

/** What is red reaches from strangers, or from more than are named to an administrative role. */
export function toneOf(path: PagePath, { issuers, roles }: PagePicture): Tone {
  if (path.state !== 'allowed') return path.state;
  if (issuers[path.issuer]?.kind === 'internet') return 'danger';
  const isAdministrative = roles[path.role]?.administrative != null;
  if (isWide(path)) return isAdministrative ? 'danger' : 'open';
  return isAdministrative ? 'admin' : 'plain';
}

export const issuerKey = ({ issuers }: PagePicture, index: number): string => {
  const one = issuers[index];
  return one === undefined ? '' : `from:${one.kind} ${one.issuer}`;
};

export const roleKey = ({ roles }: PagePicture, index: number): string => `role:${roles[index]?.arn ?? ''}`;

/** By whom a way goes: what is broken is of one role alone. */
export function whoKey(picture: PagePicture, path: PagePath): string {
  const own = path.state === 'broken' ? ` ${roleKey(picture, path.role)}` : '';
  return `who:${path.state} ${path.audience} ${path.subject} ${issuerKey(picture, path.issuer)}${own}`;
}

const MOST_POLICIES = 2;

/** What a role may do, in a few words. */
export function mayOf({ roles }: PagePicture, index: number): string {
  const role = roles[index];
  if (role === undefined) return '';
  if (role.administrative !== null) return role.administrative;
  if (role.policies === null) return 'policies not all read';
  if (role.policies.length === 0) return 'no policy';
  const more = role.policies.length - MOST_POLICIES;
  return `${role.policies.slice(0, MOST_POLICIES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Each way by itself. */
export function strandOf(picture: PagePicture, index: number): Strand | null {
  const path = picture.paths[index];
  if (path === undefined) return null;
  const [issuer, role] = [picture.issuers[path.issuer], picture.roles[path.role]];
  if (issuer === undefined || role === undefined) return null;
  const from = issuerKey(picture, path.issuer);
  const who = whoKey(picture, path);
  const to = roleKey(picture, path.role);
  return {
    from: { key: from, label: issuer.name, note: issuer.note, at: from },
    via: { key: who, label: path.label, note: path.note, at: who },
    to: { key: to, label: role.name, note: role.administrative === null ? '' : 'administrative', at: to },
    may: mayOf(picture, path.role),
    isAdministrative: role.administrative !== null,
    tone: toneOf(path, picture),
    fails: path.fails,
    paths: [index],
  };
}

/** The filters of the picture: which ways each shows. */
export const WAYS: Readonly<Record<string, { readonly label: string; readonly has: (path: PagePath, picture: PagePicture) => boolean }>> = {
  admin: {
    label: 'to administrative roles',
    has: (path, { roles }) => path.state !== 'broken' && roles[path.role]?.administrative != null,
  },
  outside: {
    label: 'from outside clusters',
    has: (path, { issuers }) => path.state !== 'broken' && issuers[path.issuer]?.kind !== 'cluster',
  },
  wide: { label: 'open', has: (path) => path.state === 'allowed' && isWide(path) },
  undecided: { label: 'undecided', has: ({ state }) => state === 'undecided' },
  broken: { label: 'broken', has: ({ state }) => state === 'broken' },
};

/** Whether a way goes through the node that is chosen. */
export function goesThrough(picture: PagePicture, path: PagePath, at: string): boolean {
  return at === '' || issuerKey(picture, path.issuer) === at || roleKey(picture, path.role) === at || whoKey(picture, path) === at;
}
