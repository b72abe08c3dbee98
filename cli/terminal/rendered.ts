import type { Inventory } from '../../src/model/inventory/inventory.js';
import type { Report } from '../../src/model/report/report.js';
import { FORMATS, type Format } from '../../src/report/format-names.js';
import type { TextOptions } from '../../src/report/screens/text.js';

/** What a report can be printed as and written to files: the page beside the formats of a text. */
export const PRINTED_FORMATS = [...FORMATS, 'html'] as const;
export type PrintedFormat = Format | 'html';

/**
 * A report in one of the formats. What makes the formats is loaded once there is a report, and what makes the page for that alone.
 * @param inventory what the report was made of; null = it is not here, and the page cannot draw who can assume what
 */
export async function rendered(report: Report, format: PrintedFormat, options: TextOptions, inventory: Inventory | null): Promise<string> {
  if (format !== 'html') {
    const { render } = await import('../../src/report/index.js');
    return render(report, format, options);
  }
  const { htmlPage } = await import('./html-page.js');
  return htmlPage(report, inventory, options.shell ?? 'posix');
}
