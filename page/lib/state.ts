import type { PageData, PagePicture } from '../../src/report/page/page-data.js';
import type { View } from './view.js';

/** The data with its picture as it is drawn. */
export interface ShownData extends Omit<PageData, 'picture'> {
  readonly picture: PagePicture | null;
}

/** The page: its data, what is shown of it, and how that changes. */
export interface ReportPage {
  readonly data: ShownData;
  readonly view: () => View;
  /** @param isStep whether the way back leads here: not while somebody types */
  readonly go: (change: Partial<View>, isStep?: boolean) => void;
  /** Whether what is opened is opened for paper. */
  readonly isPrinting: () => boolean;
  /** The address of another view. */
  readonly address: (change: Partial<View>) => string;
}
