import { groupBy } from '../lib/group-by.js';
import type { Related } from '../model/finding.js';
import { linkPosition } from './links.js';
import { ABSORBED, CONSEQUENCES, JOINED, type Relation, type Sharing } from './relations.js';
import type { Sighting } from './run-rules.js';

function shareKey(sighting: Sighting, sharing: Sharing): string | null {
  const { subject, raised } = sighting;
  switch (sharing) {
    case 'subject':
      return `${subject.region ?? ''} ${subject.id}`;
    case 'role':
      return raised.role ?? subject.id;
    case 'account':
      return `${subject.region ?? ''} ${raised.serviceAccount ?? subject.id}`;
    case 'agent':
      return raised.agent === undefined ? null : `${subject.region ?? ''} ${raised.agent}`;
    case 'statement':
      return raised.statement === undefined ? null : `${subject.id} ${raised.statement}`;
    case 'fragment':
      return raised.fragment === undefined ? null : `${subject.id} ${raised.fragment}`;
    case 'issuer':
      return raised.issuer?.toLowerCase() ?? null;
    case 'audience':
      return raised.audience === undefined || raised.issuer === undefined ? null : `${raised.issuer.toLowerCase()} ${raised.audience}`;
  }
}

/** For each follower the sighting that leads it by one of the relations, if any. */
function leaderIn(relations: readonly Relation[], sightings: readonly Sighting[]): (follower: Sighting) => Sighting | null {
  const index = new Map<string, Sighting>();
  for (const { leader, sharing } of relations) {
    for (const sighting of sightings) {
      const key = sighting.rule.id === leader ? shareKey(sighting, sharing) : null;
      if (key !== null) index.set(`${leader} ${sharing} ${key}`, sighting);
    }
  }
  return (follower) => {
    for (const { leader, followers, sharing } of relations) {
      const key = followers.includes(follower.rule.id) ? shareKey(follower, sharing) : null;
      const found = key === null ? undefined : index.get(`${leader} ${sharing} ${key}`);
      if (found !== undefined && found !== follower) return found;
    }
    return null;
  };
}

export interface Problem {
  readonly primary: Sighting;
  readonly coDefects: readonly Sighting[];
  /** Consequences of each sighting of the problem, besides what its rule named. */
  readonly consequences: ReadonlyMap<Sighting, readonly Related[]>;
  /** What was seen too and is not told, because the problem says it already or is the reason for it. */
  readonly hidden: readonly Sighting[];
}

const KIND_ORDER = { break: 0, exposure: 1, hygiene: 2 } as const;

function byLead(left: Sighting, right: Sighting): number {
  return (
    KIND_ORDER[left.rule.kind] - KIND_ORDER[right.rule.kind] ||
    Number(left.raised.latent === true) - Number(right.raised.latent === true) ||
    linkPosition(left.rule.id) - linkPosition(right.rule.id) ||
    (left.raised.statement ?? -1) - (right.raised.statement ?? -1)
  );
}

/** The leader that is told itself: a leader may follow another. */
function outermost(sighting: Sighting, leaders: ReadonlyMap<Sighting, Sighting>): Sighting {
  const leader = leaders.get(sighting);
  return leader === undefined ? sighting : outermost(leader, leaders);
}

/** The subject of a finding, as a key. */
const placeOf = ({ subject: { region, type, id } }: Sighting): string => `${region ?? ''} ${type} ${id}`;

/**
 * Groups what the rules saw into problems, one for each repair: which sighting leads, which are wrong too, and which
 * only follow.
 */
export function groupIntoProblems(sightings: readonly Sighting[]): readonly Problem[] {
  const absorber = leaderIn(ABSORBED, sightings);
  const leaders = new Map<Sighting, Sighting>();
  const told = sightings.filter((sighting) => {
    const leader = absorber(sighting);
    if (leader !== null) leaders.set(sighting, leader);
    return leader === null;
  });
  const causeOf = leaderIn(CONSEQUENCES, told);
  const consequences = new Map<Sighting, Related[]>();
  const remaining = told.filter((sighting) => {
    const leader = causeOf(sighting);
    if (leader === null) return true;
    const related: Related = {
      type: sighting.subject.type,
      id: sighting.subject.id,
      why: 'is right in itself and fails only because of this',
    };
    consequences.set(leader, [...(consequences.get(leader) ?? []), related]);
    leaders.set(sighting, leader);
    return false;
  });
  const groups = groupBy(remaining, placeOf);
  const joins = leaderIn(JOINED, remaining);
  const merged = groupBy(groups, ([key, group]) => {
    const outside = group.map(joins).find((leader) => leader !== null && placeOf(leader) !== key);
    return outside == null ? key : placeOf(outside);
  });
  const hidden = groupBy([...leaders.keys()], (sighting) => outermost(sighting, leaders));
  return [...merged.values()].map((groupsOfOne) => {
    const group = groupsOfOne.flatMap(([, own]) => own);
    const [primary, ...coDefects] = [...group].sort(byLead);
    if (primary === undefined) throw new Error('a problem without a finding');
    return { primary, coDefects, consequences, hidden: group.flatMap((sighting) => hidden.get(sighting) ?? []) };
  });
}
