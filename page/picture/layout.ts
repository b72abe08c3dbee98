import { TONES, type Spec, type Strand, type Tone } from './strands.js';

/** A node where it is drawn: of a column, so far down. */
export interface PlacedNode extends Spec {
  readonly column: 'issuer' | 'subject' | 'role' | 'may';
  readonly y: number;
  readonly tone: Tone;
  readonly paths: readonly number[];
}

/** A line between two nodes, and whether it is the link that fails. */
export interface PlacedLine {
  readonly from: string;
  readonly to: string;
  readonly y1: number;
  readonly y2: number;
  readonly between: 'issuer' | 'role' | 'may';
  readonly tone: Tone;
  readonly isBroken: boolean;
  readonly paths: readonly number[];
}

export interface Layout {
  readonly nodes: readonly PlacedNode[];
  readonly lines: readonly PlacedLine[];
  readonly height: number;
}

export const ROW = 40;
const GAP = 12;

const rank = ({ tone }: { readonly tone: Tone }): number => TONES.indexOf(tone);
const gravest = (strands: readonly { readonly tone: Tone }[]): Tone => TONES[Math.min(...strands.map(rank))] ?? 'plain';
const pathsOf = (strands: readonly Strand[]): readonly number[] => [...new Set(strands.flatMap(({ paths }) => paths))];

function groupBy(strands: readonly Strand[], key: (strand: Strand) => string): ReadonlyMap<string, readonly Strand[]> {
  const groups = new Map<string, Strand[]>();
  for (const strand of strands) {
    const known = groups.get(key(strand));
    if (known === undefined) groups.set(key(strand), [strand]);
    else known.push(strand);
  }
  return groups;
}

const worst = (strands: readonly Strand[]): number => Math.min(...strands.map(rank));

/** The internet first, then the gravest, and what is drawn as one after those that have a name. */
const issuersInOrder = (strands: readonly Strand[]): readonly (readonly Strand[])[] =>
  [...groupBy(strands, ({ from }) => from.key).values()].sort((left, right) => place(left) - place(right));

const place = (strands: readonly Strand[]): number =>
  strands[0]?.from.key.startsWith('from:internet') === true
    ? -1
    : worst(strands) + (strands[0]?.from.key.startsWith('more:') === true ? 0.5 : 0);

/** The subjects of an issuer, the gravest first, and beside each those that reach the same roles. */
function subjectsInOrder(ofIssuer: readonly Strand[]): readonly (readonly Strand[])[] {
  const groups = [...groupBy(ofIssuer, ({ via }) => via.key).values()].sort((left, right) => worst(left) - worst(right));
  const byRole = groupBy(ofIssuer, ({ to }) => to.key);
  const left = new Map(groups.flatMap((group) => (group[0] === undefined ? [] : [[group[0].via.key, group]])));
  const taken: (readonly Strand[])[] = [];
  for (const group of groups) {
    const reached = group.flatMap(({ to }) => byRole.get(to.key) ?? []);
    for (const { via } of [...group, ...reached]) {
      const next = left.get(via.key);
      if (next !== undefined) taken.push(next);
      left.delete(via.key);
    }
  }
  return taken;
}

/**
 * Places nodes in four fixed columns, the gravest ways first: a subject is beside the roles that it is the first to reach, an issuer in
 * the middle of its subjects. What a role may do is beside it.
 */
export function layoutOf(strands: readonly Strand[]): Layout {
  const nodes: PlacedNode[] = [];
  const roles = new Map<string, number>();
  const subjects = new Map<string, number>();
  let y = 0;
  for (const ofIssuer of issuersInOrder(strands)) {
    const start = y;
    for (const ofSubject of subjectsInOrder(ofIssuer)) {
      const fresh = [...groupBy(ofSubject, ({ to }) => to.key).keys()].filter((key) => !roles.has(key));
      fresh.forEach((key, index) => roles.set(key, y + index * ROW));
      const rows = Math.max(1, fresh.length);
      const [first] = ofSubject;
      const middle = y + ((rows - 1) * ROW) / 2;
      if (first !== undefined) {
        nodes.push({ ...first.via, column: 'subject', y: middle, tone: gravest(ofSubject), paths: pathsOf(ofSubject) });
        subjects.set(first.via.key, middle);
      }
      y += rows * ROW;
    }
    const [first] = ofIssuer;
    if (first !== undefined)
      nodes.push({ ...first.from, column: 'issuer', y: (start + y - ROW) / 2, tone: gravest(ofIssuer), paths: pathsOf(ofIssuer) });
    y += GAP;
  }
  const height = Math.max(0, y - GAP);
  for (const ofRole of groupBy(strands, ({ to }) => to.key).values()) nodes.push(...roleNodes(ofRole, roles));
  return { nodes, lines: linesOf(strands, nodes), height };
}

/** A role, and what it may do. */
function roleNodes(ofRole: readonly Strand[], roles: ReadonlyMap<string, number>): readonly PlacedNode[] {
  const [first] = ofRole;
  if (first === undefined) return [];
  const y = roles.get(first.to.key) ?? 0;
  const tone = gravest(ofRole);
  const paths = pathsOf(ofRole);
  const role: PlacedNode = { ...first.to, column: 'role', y, tone, paths };
  if (first.may === '') return [role];
  const words = { label: first.may, note: first.isAdministrative ? 'administrative' : '', at: first.to.at };
  return [role, { key: `may ${first.to.key}`, ...words, column: 'may', y, tone: first.isAdministrative ? tone : 'plain', paths }];
}

function linesOf(strands: readonly Strand[], nodes: readonly PlacedNode[]): readonly PlacedLine[] {
  const places = new Map(nodes.map(({ key, y }) => [key, y + ROW / 2]));
  const at = (key: string): number => places.get(key) ?? 0;
  const line = (from: string, to: string, between: PlacedLine['between'], some: readonly Strand[]): PlacedLine => ({
    from,
    to,
    y1: at(from),
    y2: at(to),
    between,
    tone: gravest(some),
    isBroken: some.every(({ fails }) => fails === between),
    paths: pathsOf(some),
  });
  const [issuer, role] = [
    groupBy(strands, ({ from, via }) => `${from.key}\n${via.key}`),
    groupBy(strands, ({ via, to }) => `${via.key}\n${to.key}`),
  ];
  const roles = groupBy(
    strands.filter(({ may }) => may !== ''),
    ({ to }) => to.key,
  );
  const each = (
    groups: ReadonlyMap<string, readonly Strand[]>,
    draw: (first: Strand, some: readonly Strand[]) => PlacedLine,
  ): PlacedLine[] => [...groups.values()].flatMap((some) => (some[0] === undefined ? [] : [draw(some[0], some)]));
  return [
    ...each(issuer, (first, some) => line(first.from.key, first.via.key, 'issuer', some)),
    ...each(role, (first, some) => line(first.via.key, first.to.key, 'role', some)),
    // What a role may do does not depend on the paths to it.
    ...each(roles, (first, some) => ({
      ...line(first.to.key, `may ${first.to.key}`, 'may', some),
      tone: first.isAdministrative ? gravest(some) : ('plain' as const),
    })),
  ];
}
