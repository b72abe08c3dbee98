import type { Inventory } from '../../model/inventory/inventory.js';
import { seen, type UnknownReason } from '../../model/inventory/observed.js';
import type { News } from '../../model/report/report-changes.js';
import type { Report, Unread } from '../../model/report/report.js';
import type { RememberedGap, State } from '../../model/report/state.js';
import { notAskedFor } from '../run/coverage.js';

/** Something that an audit did not have: a read without an answer, or one that nobody asked for. */
export interface MissingRead {
  /** The IAM action. */
  readonly what: string;
  /** As in `coverage.unread`; `*` = everywhere. */
  readonly scope: string;
  readonly reason: UnknownReason;
  readonly accepted: boolean;
}

const notRequested = (what: string, scope: string): MissingRead => ({ what, scope, reason: 'not-requested', accepted: false });

/** Regions that were read before and are not read now, unless the account is known to have them no more. */
export function leftRegions({ requestedRegions, regionList, regions }: Inventory, readBefore: readonly string[]): readonly string[] {
  if (requestedRegions === 'all' && regionList.known) return [];
  const read = new Set(regions.map(({ region }) => region));
  return readBefore.filter((region) => !read.has(region));
}

/** Sections that nobody asked for. Where no cluster arrived, none of them was read; whether it would have been, the run before knows. */
function leftOut(inventory: Inventory, before: readonly RememberedGap[] | null): readonly string[] {
  const isAnyCluster = inventory.regions.some(({ clusters }) => seen(clusters).length > 0);
  if (isAnyCluster || before === null) return notAskedFor(inventory).map(({ read }) => read);
  return before.flatMap(({ what, scope, reason }) => (scope === '*' && reason === 'not-requested' ? [what] : []));
}

/**
 * Everything that was missing in an audit, what nobody asked for included: it is no gap to tell of, and still a reason why
 * a rule may be silent that was not silent before.
 * @param unread those that the report of the audit tells of
 */
export function gapsOf(inventory: Inventory, unread: readonly Unread[], previous: State | null): readonly MissingRead[] {
  return [
    ...unread.map(({ what, scope, reason, accepted }) => ({ what, scope, reason, accepted })),
    ...(inventory.requestedRegions === 'all' ? [] : [notRequested('account:ListRegions', 'account')]),
    ...leftRegions(inventory, previous?.regions ?? []).map((region) => notRequested('eks:ListClusters', region)),
    ...leftOut(inventory, previous?.gaps ?? null).map((what) => notRequested(what, '*')),
  ];
}

/** Rules that crashed, as reads that gave no answer. */
export function crashes({ rules }: Report): readonly Unread[] {
  return rules.flatMap(({ id, crashed }): Unread[] =>
    crashed === null
      ? []
      : [{ what: `rule:${id}`, scope: 'account', reason: 'failed', detail: crashed, accepted: false, acceptedBecause: null }],
  );
}

const keyOf = ({ what, scope }: Pick<MissingRead, 'what' | 'scope'>): string => `${what} ${scope}`;

/** Which gaps have begun and which are over since the run before. */
export function gapNews(report: Report, gaps: readonly MissingRead[], previous: State | null): Pick<News, 'gapsBegun' | 'gapsOver'> {
  const before = new Map((previous?.gaps ?? []).map((gap) => [keyOf(gap), gap]));
  const now = new Set(gaps.map(keyOf));
  return {
    gapsBegun: [...report.coverage.unread, ...crashes(report)].filter((gap) => {
      const known = before.get(keyOf(gap));
      return !gap.accepted && !(known?.told === true && known.reason === gap.reason);
    }),
    gapsOver: [...before.values()].filter((gap) => gap.told && !now.has(keyOf(gap))),
  };
}

/** What was asked for in the run before and is not any more. */
export function noLongerRequested(gaps: readonly MissingRead[], { gaps: before }: State): readonly MissingRead[] {
  const known = new Set(before.flatMap((gap) => (gap.reason === 'not-requested' ? [keyOf(gap)] : [])));
  return gaps.filter((gap) => gap.reason === 'not-requested' && !known.has(keyOf(gap)));
}

/** The gaps as the next run has to know them. */
export function rememberGaps(gaps: readonly MissingRead[], previous: State | null, now: string): readonly RememberedGap[] {
  const before = new Map((previous?.gaps ?? []).map((gap) => [`${keyOf(gap)} ${gap.reason}`, gap.since]));
  return gaps.map((gap) => ({
    what: gap.what,
    scope: gap.scope,
    reason: gap.reason,
    since: before.get(`${keyOf(gap)} ${gap.reason}`) ?? now,
    told: gap.reason !== 'not-requested' && !gap.accepted,
  }));
}
