import type { Finding, Patch, Subject } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import { consoleLink } from '../parts/console-links.js';

const MOST_LINKS = 3;

/** What a patch changes, as a thing that the console shows; null where it is not there yet. */
function changed({ kind, resource, region, before }: Patch): Subject | null {
  if (kind === 'trust-policy') return { type: 'role', id: resource, arn: resource, region: null };
  if (kind === 'provider') return before === null ? null : { type: 'provider', id: resource, arn: resource, region: null };
  return { type: kind === 'service-account' ? 'service-account' : 'association', id: resource, arn: null, region };
}

/** The pages of the console that show what a problem is about and what its fix changes. */
export function consoleLinks({ subject, fix }: Finding, report: Report): readonly string[] {
  const things = [subject, ...(fix?.patches ?? []).flatMap((patch) => changed(patch) ?? [])];
  return [...new Set(things.flatMap((thing) => consoleLink(thing, report) ?? []))].slice(0, MOST_LINKS);
}
