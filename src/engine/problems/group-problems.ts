import { addTo, groupBy } from '../../lib/group-by.js';
import { memo } from '../../lib/memo.js';
import { refKey } from '../../model/contract/about.js';
import { isInside, type Related } from '../../model/report/finding.js';
import { byLink, isEarlier } from '../../model/contract/chain-links.js';
import type { Rule } from '../../rules/contract/define-rule.js';
import type { Sighting } from '../run/run-rules.js';

/** The subject of a finding, as a key. */
export const placeOf = ({ subject: { region, type, id } }: Sighting): string => `${region ?? ''} ${type} ${id}`;

/**
 * What a sighting is to another about the same that speaks for it: not told at all; told as what follows from the other; told
 * beside it.
 */
type Tie = 'absorbed' | 'consequence' | 'joined';

/**
 * How a rule speaks for another about the same, if it does. Of two of one kind that of the earlier link does: on one subject
 * it says all there is to say, on another it is the reason. What is otherwise, the rules declare.
 */
function speaks(leader: Rule, follower: Rule): 'absorbs' | 'leads' | 'joins' | null {
  const names = (ids: readonly string[] = [], { id }: Rule): boolean => ids.includes(id);
  if (names(leader.absorbs, follower)) return 'absorbs';
  if (names(follower.absorbs, leader) || leader.kind !== follower.kind || !isEarlier(leader, follower)) return null;
  return names(leader.joins, follower) ? 'joins' : 'leads';
}

function tieOf(leader: Sighting, follower: Sighting): Tie | null {
  const way = speaks(leader.rule, follower.rule);
  if (way === null) return null;
  if (way === 'joins') return 'joined';
  return way === 'absorbs' || placeOf(leader) === placeOf(follower) ? 'absorbed' : 'consequence';
}

/** What a sighting is about, as keys that are equal for the same. */
const keysOf = memo(({ raised: { about = [] }, subject }: Sighting): readonly string[] => about.map((ref) => refKey(ref, subject)));

/** Of sightings of one rule the one of each subject that would lead the others. */
const firstOfEach = (sightings: readonly Sighting[]): readonly Sighting[] =>
  [...groupBy(sightings, placeOf).values()].flatMap((own) => own.sort(byLead).slice(0, 1));

/** For each sighting the one that speaks for it in one way, if any: of several the one that would lead them. */
function leaderBy(tie: Tie, sightings: readonly Sighting[]): (follower: Sighting) => Sighting | null {
  const byRule = [...groupBy(sightings, ({ rule }) => rule)];
  // By rule first: a thing may have many followers, each of which would look at all the others.
  const leading = byRule
    .filter(([leader]) => byRule.some(([follower]) => speaks(leader, follower) !== null))
    .map(([rule, own]) => {
      const pairs = own.flatMap((sighting) => keysOf(sighting).map((key) => ({ key, sighting })));
      const firsts = [...groupBy(pairs, ({ key }) => key)].map(
        ([key, same]) => [key, firstOfEach(same.map(({ sighting }) => sighting))] as const,
      );
      return { rule, firsts: new Map(firsts) };
    });
  const leadersOf = memo((follower: Rule) => leading.filter(({ rule }) => speaks(rule, follower) !== null));
  return (follower) =>
    leadersOf(follower.rule)
      .flatMap(({ firsts }) => keysOf(follower).flatMap((key) => firsts.get(key) ?? []))
      .filter((leader) => tieOf(leader, follower) === tie)
      .sort(byLead)[0] ?? null;
}

/** Those whom a break of the same thing names, and that is not told: they suffer by what is told in its place. */
const sufferingBy = (hidden: Sighting, leader: Sighting): readonly Related[] =>
  hidden.rule.kind === 'break' && leader.rule.kind === 'break' && placeOf(hidden) === placeOf(leader)
    ? (hidden.raised.related ?? []).filter(isInside)
    : [];

export interface Problem {
  readonly primary: Sighting;
  readonly coDefects: readonly Sighting[];
  /** Consequences of each sighting of the problem, besides what its rule named. */
  readonly consequences: ReadonlyMap<Sighting, readonly Related[]>;
  /** What was seen too and is not told, because the problem says it already or is the reason for it. */
  readonly hidden: readonly Sighting[];
  /** The same, by the sighting that speaks for it. */
  readonly spokenFor: ReadonlyMap<Sighting, readonly Sighting[]>;
}

const KIND_ORDER = { break: 0, exposure: 1, hygiene: 2 } as const;

function byLead(left: Sighting, right: Sighting): number {
  return (
    KIND_ORDER[left.rule.kind] - KIND_ORDER[right.rule.kind] ||
    Number(left.raised.latent === true) - Number(right.raised.latent === true) ||
    byLink(left.rule, right.rule) ||
    (left.raised.statement ?? -1) - (right.raised.statement ?? -1)
  );
}

/** The leader that is told itself: a leader may follow another. */
function outermost(sighting: Sighting, leaders: ReadonlyMap<Sighting, Sighting>): Sighting {
  const leader = leaders.get(sighting);
  return leader === undefined ? sighting : outermost(leader, leaders);
}

/** How much a sighting weighs, as a number. */
export type Gravity = (sighting: Sighting) => number;

/**
 * Groups what the rules saw into problems, one for each repair: which sighting leads, which are wrong too, and which
 * only follow. Of those of one problem the gravest leads; of these the earliest link, a break before what is open.
 * @param gravity where it is told who leads
 */
export function groupIntoProblems(sightings: readonly Sighting[], gravity: Gravity = () => 0): readonly Problem[] {
  const absorber = leaderBy('absorbed', sightings);
  const leaders = new Map<Sighting, Sighting>();
  for (const sighting of sightings) {
    const leader = absorber(sighting);
    // Of a ring, which exceptions may close, one is told.
    if (leader !== null && outermost(leader, leaders) !== sighting) leaders.set(sighting, leader);
  }
  const told = sightings.filter((sighting) => !leaders.has(sighting));
  const causeOf = leaderBy('consequence', told);
  const consequences = new Map<Sighting, Related[]>();
  const remaining = told.filter((sighting) => {
    const leader = causeOf(sighting);
    if (leader === null) return true;
    const runAs = sighting.subject.type === 'pod' ? sighting.raised.related?.find(({ type }) => type === 'service-account') : undefined;
    const related: Related = {
      type: sighting.subject.type,
      id: sighting.subject.id,
      ...(runAs === undefined ? {} : { serviceAccount: runAs.id }),
      ...(sighting.subject.region === null ? {} : { region: sighting.subject.region }),
      why: 'is right in itself and fails only because of this',
    };
    addTo(consequences, leader, related);
    leaders.set(sighting, leader);
    return false;
  });
  const groups = groupBy(remaining, placeOf);
  const joins = leaderBy('joined', remaining);
  const merged = groupBy(groups, ([key, group]) => {
    const heaviest = Math.max(...group.map(gravity));
    // What is graver is a problem of its own: nobody looks for it under something lighter of another thing.
    const outside = group.map(joins).find((leader) => leader !== null && placeOf(leader) !== key && gravity(leader) >= heaviest);
    return outside == null ? key : placeOf(outside);
  });
  for (const [sighting] of leaders) {
    const leader = outermost(sighting, leaders);
    for (const suffering of sufferingBy(sighting, leader)) addTo(consequences, leader, suffering);
  }
  const hidden = groupBy([...leaders.keys()], (sighting) => outermost(sighting, leaders));
  return [...merged.values()].map((groupsOfOne) => {
    const group = groupsOfOne.flatMap(([, own]) => own);
    const [primary, ...coDefects] = [...group].sort((left, right) => gravity(right) - gravity(left) || byLead(left, right));
    if (primary === undefined) throw new Error('a problem without a finding');
    return { primary, coDefects, consequences, hidden: group.flatMap((sighting) => hidden.get(sighting) ?? []), spokenFor: hidden };
  });
}
