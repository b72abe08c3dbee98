import type { PagePath, PagePicture } from '../../src/report/page/page-data.js';
import { counted } from '../lib/words.js';
import { issuerKey, roleKey, strandOf, TONES, toneOf, type Spec, type Strand, type Tone } from './strands.js';

/** Of more issuers and administrative roles than these the rest is drawn as one node. */
const [MOST_ISSUERS, MOST_SHARED, MOST_ADMINISTRATIVE] = [10, 8, 12];

const isShared = ({ issuers }: PagePicture, issuer: number): boolean => ['internet', 'ci'].includes(issuers[issuer]?.kind ?? '');

const rank = (tone: Tone): number => TONES.indexOf(tone);

const BREADTH: Readonly<Record<PagePath['breadth'], string>> = {
  everybody: 'every subject',
  pattern: 'patterns',
  named: 'named',
  unknown: 'undecided',
  nobody: 'broken',
  refused: 'broken',
};

const MORE: Readonly<Record<string, string>> = {
  cluster: 'more clusters',
  ci: 'more shared issuers',
  internet: 'more shared issuers',
  other: 'more issuers',
};

interface Weighed {
  worst: number;
  count: number;
}

/** The issuers that have a node of their own: those with the gravest ways, then those with the most. */
function ownIssuers(picture: PagePicture, paths: readonly number[]): ReadonlySet<number> {
  const weights = new Map<number, Weighed>();
  for (const index of paths) {
    const path = picture.paths[index];
    if (path === undefined) continue;
    const tone = rank(toneOf(path, picture));
    const known = weights.get(path.issuer);
    if (known === undefined) weights.set(path.issuer, { worst: tone, count: 1 });
    else Object.assign(known, { worst: Math.min(known.worst, tone), count: known.count + 1 });
  }
  const sorted = [...weights].sort(([, left], [, right]) => left.worst - right.worst || right.count - left.count).map(([issuer]) => issuer);
  const own = new Set([...sorted.filter((issuer) => isShared(picture, issuer)).slice(0, MOST_SHARED), ...sorted.slice(0, MOST_ISSUERS)]);
  // One that is left alone has its own name.
  for (const kind of Object.keys(MORE)) {
    const [only, ...others] = sorted.filter((issuer) => !own.has(issuer) && picture.issuers[issuer]?.kind === kind);
    if (only !== undefined && others.length === 0) own.add(only);
  }
  return own;
}

/** Distinct things under one node, so that it can say how many. */
class Tally {
  private readonly sets = new Map<string, Set<string | number>>();

  add(key: string, thing: string | number): void {
    const set = this.sets.get(key) ?? new Set();
    set.add(thing);
    this.sets.set(key, set);
  }

  of(key: string): number {
    return this.sets.get(key)?.size ?? 0;
  }
}

interface Keys {
  readonly from: string;
  readonly via: string;
  readonly to: string;
}

/** Ways that are drawn as one, by the nodes that they have in common: an overview of accounts that are too large to draw each. */
export function groupedStrands(picture: PagePicture, paths: readonly number[]): readonly Strand[] {
  const own = ownIssuers(picture, paths);
  const administrative = new Set(paths.flatMap((index) => adminOf(picture, index)));
  const tally = new Tally();
  const groups = new Map<string, { readonly keys: Keys; readonly first: number; readonly paths: number[] }>();
  for (const index of paths) {
    const path = picture.paths[index];
    if (path === undefined) continue;
    const keys = keysOf(picture, path, own, administrative.size);
    tally.add(keys.from, path.issuer);
    tally.add(keys.via, `${path.issuer} ${path.subject} ${path.state === 'broken' ? path.role : ''}`);
    tally.add(keys.to, path.role);
    const key = `${keys.from}\n${keys.via}\n${keys.to}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { keys, first: index, paths: [index] });
    else known.paths.push(index);
  }
  return [...groups.values()].flatMap((group) => grouped(picture, group, tally));
}

function adminOf(picture: PagePicture, index: number): readonly number[] {
  const role = picture.paths[index]?.role ?? -1;
  return picture.roles[role]?.administrative != null ? [role] : [];
}

function keysOf(picture: PagePicture, path: PagePath, own: ReadonlySet<number>, administrative: number): Keys {
  const kind = picture.issuers[path.issuer]?.kind ?? 'other';
  const from = own.has(path.issuer) ? issuerKey(picture, path.issuer) : `more:${kind}`;
  const isAdministrative = picture.roles[path.role]?.administrative != null;
  const alone = isAdministrative && administrative <= MOST_ADMINISTRATIVE;
  return {
    from,
    via: `${from} ${BREADTH[path.breadth]} ${path.state} ${isAdministrative ? 'admin' : ''}`,
    to: alone ? roleKey(picture, path.role) : `${from} ${isAdministrative ? 'admins' : 'roles'}`,
  };
}

const VIA: Readonly<Record<string, (count: number) => string>> = {
  'every subject': () => 'every subject',
  'patterns': (count) => counted(count, 'pattern'),
  'named': (count) => counted(count, 'named subject'),
  'undecided': (count) => `${counted(count, 'path')}, undecided`,
  'broken': (count) => counted(count, 'broken path'),
};

function grouped(
  picture: PagePicture,
  { keys, first, paths }: { readonly keys: Keys; readonly first: number; readonly paths: readonly number[] },
  tally: Tally,
): readonly Strand[] {
  const [one, path] = [strandOf(picture, first), picture.paths[first]];
  if (one === null || path === undefined) return [];
  const isOwn = keys.from === one.from.key;
  const kind = picture.issuers[path.issuer]?.kind ?? 'other';
  const from: Spec = isOwn ? one.from : { key: keys.from, label: `${tally.of(keys.from)} ${MORE[kind] ?? ''}`, note: '', at: keys.from };
  const subjects = tally.of(keys.via);
  const words = VIA[BREADTH[path.breadth]]?.(subjects) ?? '';
  const isRole = keys.to === one.to.key;
  const roles = tally.of(keys.to);
  const to: Spec = isRole
    ? one.to
    : { key: keys.to, label: one.isAdministrative ? counted(roles, 'administrative role') : counted(roles, 'role'), note: '', at: from.at };
  const tones = paths.map((index) => {
    const of = picture.paths[index];
    return of === undefined ? rank('plain') : rank(toneOf(of, picture));
  });
  return [
    {
      from,
      via: subjects === 1 && isOwn ? one.via : { key: keys.via, label: words, note: '', at: from.at },
      to,
      may: isRole ? one.may : one.isAdministrative ? 'administrative' : 'not administrative',
      isAdministrative: one.isAdministrative,
      tone: TONES[Math.min(...tones)] ?? 'plain',
      fails: path.fails,
      paths,
    },
  ];
}
