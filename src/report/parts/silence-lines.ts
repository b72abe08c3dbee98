import { atLeast, type Finding, type Severity, type Suppressed } from '../../model/report/finding.js';
import { IGNORE_TAG } from '../../model/report/ignore-tag.js';
import type { News, Silenced, TurnedDown } from '../../model/report/report-changes.js';
import type { Report } from '../../model/report/report.js';
import { inert } from '../../lib/escape-text.js';
import { section } from '../layout/listing.js';
import type { Names } from '../layout/names.js';
import { countsInWords, countsOf, loudlySuppressed } from './problems.js';
import { readInWords, shortened, titleOf } from '../layout/phrases.js';

/** What keeps findings from being reported, in words for terminals and emails. */

/** What a list in an email needs: by which names, and how many of it. */
interface Lists {
  readonly names: Names;
  readonly most: number;
}

/** Who or what suppresses a finding, until when and why. */
export function suppressedInWords({ reason, until, by }: Suppressed): string {
  if (by === 'tag') return `Suppressed by ${shortened(reason)}.`;
  if (by === 'cluster-selection') return `Suppressed: ${shortened(reason)}.`;
  return `Suppressed by the settings${until === null ? ', permanently' : ` until ${inert(until)}`}: ${shortened(reason)}`;
}

/** That a tag beside a finding does nothing, and why; null where there is none. */
export function tagInWords({ tagWithoutEffect: on, severity }: Pick<Finding, 'tagWithoutEffect' | 'severity'>): string | null {
  if (on === null) return null;
  const why = atLeast(severity, 'high') ? 'a tag never suppresses what is high or critical' : 'suppressByTag is off in the settings';
  return `The tag ${IGNORE_TAG} on the ${on} names this rule. It has no effect: ${why}.`;
}

const there = (severities: readonly Severity[]): string =>
  severities.length === 0 ? '' : ` Findings in this run: ${countsInWords(countsOf(severities.map((severity) => ({ severity }))))}.`;

const list = (names: readonly string[]): string => shortened(names.join(', '));

/** Whatever the settings hold, it leaves here inert and short: nothing shall push the other news out of a message. */
function turnedDownInWords(one: TurnedDown): string {
  switch (one.what) {
    case 'suppression': {
      const { rule, subject, reason } = one.suppression;
      const subjects = subject === '*' ? 'every subject' : shortened(subject);
      const until = one.suppression.until === null ? ', permanently' : ` until ${inert(one.suppression.until)}`;
      return `${shortened(rule)} is suppressed on ${subjects}${until}: ${shortened(reason)}.${there(one.severities)}`;
    }
    case 'clusters': {
      const { include, exclude } = one.clusters;
      const only = include.length === 0 ? [] : [`Only these clusters are reported: ${list(include)}.`];
      const not = exclude.length === 0 ? [] : [`These clusters are not reported: ${list(exclude)}.`];
      return `${[...only, ...not].join(' ')}${there(one.severities)}`;
    }
    case 'threshold':
      return `Nothing below severity ${one.notifyAt} is reported (notifyAt).`;
    case 'reminders':
      return one.days === 0
        ? 'What stays open is not repeated (reminderDays: 0).'
        : `What stays open is repeated every ${one.days} days only (reminderDays).`;
    case 'when-clean':
      return 'An audit that finds nothing is not reported any more (notifyWhenClean).';
    case 'tags':
      return `A tag ${IGNORE_TAG} suppresses findings of severity medium and below (suppressByTag).`;
    case 'accepted':
      return `Accepted as not read: ${shortened(one.accepted.scope)} (${shortened(one.accepted.reason)}).`;
    case 'not-requested':
      return inert(readInWords(one.gap));
  }
}

/** Settings that keep more back than was said: on a first run, and after a version that did not say it, all that they keep back. */
export function turnedDownSection({ turnedDown }: News, { most }: Lists): string[] {
  return section('SETTINGS THAT LIMIT WHAT IS REPORTED', turnedDown, turnedDownInWords, { most });
}

function whyInWords({ why, severity }: Silenced): string {
  if (why === 'threshold') return `Its severity is ${severity}, and that is below what is reported.`;
  return why === 'behind' ? 'It fails only because of another problem, and that is not reported.' : suppressedInWords(why);
}

/** What the reader knows, what is still there, and what is not reported anymore. */
export function silencedSection({ silenced }: News, { names, most }: Lists): string[] {
  return section(
    'STILL OPEN AND NO LONGER REPORTED',
    silenced,
    (one) => `${one.severity}: ${names.place(one.subject)}: ${inert(one.title)}. ${whyInWords(one)}`,
    { most, rest: (cut) => countsInWords(countsOf(cut)) },
  );
}

/** Tags that somebody has put on what is high or critical. */
export function tagsSection({ tagsWithoutEffect }: News, { names, most }: Lists): string[] {
  return section(
    `TAGS WITHOUT EFFECT (${IGNORE_TAG} never suppresses high or critical)`,
    tagsWithoutEffect,
    ({ severity, title, subject, on }) => `${severity}: ${names.place(subject)}: ${inert(title)} (tag on the ${on})`,
    { most },
  );
}

/** Suppressed findings that are high or critical, but for those that the message names already. */
export function suppressedSection(report: Report, news: News, { names, most }: Lists): string[] {
  const named = new Set(news.silenced.map(({ fingerprint }) => fingerprint));
  return section(
    'SUPPRESSED, HIGH OR CRITICAL',
    loudlySuppressed(report).filter(({ fingerprint }) => !named.has(fingerprint)),
    ({ severity, rule, subject, suppressed }) =>
      `${severity}: ${names.place(subject)}: ${titleOf(rule, report)}. ${suppressed === null ? '' : suppressedInWords(suppressed)}`,
    { most, rest: (cut) => countsInWords(countsOf(cut)) },
  );
}
