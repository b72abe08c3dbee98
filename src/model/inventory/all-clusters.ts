import { seen, type Observed } from './observed.js';

/** Something that is region by region, as an inventory is. */
interface ByRegion<C> {
  readonly regions: readonly { readonly clusters: Observed<readonly C[]> }[];
}

/** The clusters of every region, as far as they arrived. */
export const allClusters = <C>({ regions }: ByRegion<C>): readonly C[] => regions.flatMap(({ clusters }) => seen(clusters));
