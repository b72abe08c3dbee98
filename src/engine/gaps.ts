import type { Inventory } from '../model/inventory.js';
import { whatArrived, type UnknownReason } from '../model/observed.js';
import type { AcceptUnread } from '../model/report.js';
import { notLookedAt, unreadIn } from './coverage.js';

/** Something that an audit did not have: a read without an answer, or one that nobody asked for. */
export interface Gap {
  /** The IAM action. */
  readonly what: string;
  /** As in `coverage.unread`; `*` = everywhere. */
  readonly scope: string;
  readonly reason: UnknownReason;
  readonly accepted: boolean;
}

const notRequested = (what: string, scope: string): Gap => ({ what, scope, reason: 'not-requested', accepted: false });

/** The reads of the families that may be left out. */
const READ_OF_FAMILY: readonly (readonly [string, string])[] = [
  ['service-account', 'kubernetes:ListServiceAccounts'],
  ['pod-identity', 'eks:ListPodIdentityAssociations'],
];

/** Regions that were read before and are not read now, unless the account is known to have them no more. */
export function leftRegions({ requestedRegions, regionList, regions }: Inventory, readBefore: readonly string[]): readonly string[] {
  if (requestedRegions === 'all' && regionList.known) return [];
  const read = new Set(regions.map(({ region }) => region));
  return readBefore.filter((region) => !read.has(region));
}

/**
 * Everything that was missing in an audit, what nobody asked for included: it is no gap to tell of, and still a reason why
 * a rule may be silent that was not silent before.
 * @param readBefore the regions that earlier runs have read
 */
export function gapsOf(inventory: Inventory, accept: readonly AcceptUnread[], readBefore: readonly string[]): readonly Gap[] {
  // Where there is no cluster, there was nothing to ask.
  const families = inventory.regions.some(({ clusters }) => whatArrived(clusters).length > 0) ? notLookedAt(inventory) : [];
  return [
    ...unreadIn(inventory, accept).map(({ what, scope, reason, accepted }) => ({ what, scope, reason, accepted })),
    ...(inventory.requestedRegions === 'all' ? [] : [notRequested('account:ListRegions', 'account')]),
    ...leftRegions(inventory, readBefore).map((region) => notRequested('eks:ListClusters', region)),
    ...READ_OF_FAMILY.flatMap(([family, what]) => (families.includes(family) ? [notRequested(what, '*')] : [])),
  ];
}
