import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { addTo } from '../../lib/group-by.js';
import { memoByText } from '../../lib/memo.js';
import { eksIssuer } from './issuer.js';
import { issuerDifference } from './issuer-difference.js';

/** As a rule an id has 32 characters; of shorter ones the parts below would overlap. */
const SHORT = 28;
const PART = 8;
const MIDDLE = 12;
/** Up to so many are compared one by one: the slice of an account that a proof looks at has two or three. */
const FEW = 8;

/** Parts of an id of which one at least is whole after two mistakes: the beginning, the end, or what is between. */
function partsOf(id: string, shifts: readonly number[]): string[] {
  const short = id.length < SHORT + 2 ? ['short'] : [];
  if (id.length < SHORT) return short;
  return [
    ...short,
    `^${id.slice(0, PART)}`,
    `${id.slice(-PART)}$`,
    ...shifts.map((shift) => id.slice(MIDDLE + shift, MIDDLE + shift + PART)),
  ];
}

/** The keys under which an issuer is found by whoever was meant to be the same. */
function keysOf(url: IssuerId, shifts: readonly number[]): string[] {
  const plain = `url ${url
    .toLowerCase()
    .replace(/\/$/, '')
    .replace(/^([^/]+?):\d+/, '$1')}`;
  const eks = eksIssuer(url);
  return eks === null
    ? [plain]
    : [plain, `id ${eks.id.toUpperCase()}`, ...partsOf(eks.id, shifts).map((part) => `part ${eks.region} ${part}`)];
}

/** Finds what belongs to an issuer or to another spelling of it without comparing all. */
export class IssuerIndex<T extends { readonly url: IssuerId }> {
  private readonly entries = new Map<string, T[]>();
  private readonly order = new Map<T, number>();

  constructor(private readonly items: readonly T[]) {
    if (items.length <= FEW) return;
    for (const item of items) {
      this.order.set(item, this.order.size);
      for (const key of keysOf(item.url, [0])) addTo(this.entries, key, item);
    }
  }

  /** Those with this issuer in any case, and those that differ from it as `issuerDifference` tells; in their order. Several rules and every proof ask. */
  readonly near = memoByText((url: IssuerId) => this.find(url));

  private find(url: IssuerId): readonly T[] {
    const indexed = this.items.length > FEW;
    const candidates = indexed ? new Set(keysOf(url, [-1, 0, 1]).flatMap((key) => this.entries.get(key) ?? [])) : this.items;
    const found = [...candidates].filter((item) => item.url === url || issuerDifference(url, item.url) !== null);
    return found.sort((left, right) => (this.order.get(left) ?? 0) - (this.order.get(right) ?? 0));
  }
}
