import { inert } from '../../lib/escape-text.js';
import type { Report } from '../../model/report/report.js';
import { crashInWords, familyInWords, placeInWords, selectionInWords, timeInWords, titleOf, unreadInWords } from '../layout/phrases.js';
import { openGaps } from '../parts/problems.js';

/**
 * - `not-scanned`: a read that was asked for and not answered.
 * - `rule-crashed`: a rule that judged nothing.
 * - `not-rescanned`: a finding of an earlier run whose subject could not be scanned again.
 * - `accepted`: a read without an answer that the user accepts.
 * - `not-requested`: what nobody asked to look at.
 * - `left-out`: findings that a selection does not show.
 */
export type LimitKind = 'not-scanned' | 'rule-crashed' | 'not-rescanned' | 'accepted' | 'not-requested' | 'left-out';

/** Why a report may say less than there is. Each format carries them beside the findings: a short list is no clean account. */
export interface Limit {
  readonly kind: LimitKind;
  /** The IAM action, the rule or the family, as it was read. */
  readonly what: string;
  /** Where, as it was read; `account` where it is everywhere. */
  readonly scope: string;
  /** A sentence or more, inert. */
  readonly message: string;
}

/** The kinds that make an audit incomplete. */
export const isIncomplete = ({ kind }: Limit): boolean => kind === 'not-scanned' || kind === 'rule-crashed';

/** Reads without an answer, accepted ones among them, and rules without a judgment: what a list of findings alone would hide. */
export const isUnread = (limit: Limit): boolean => isIncomplete(limit) || limit.kind === 'accepted';

/** A text as a sentence of its own. */
export const sentence = (text: string): string => (text === '' || /[.!?…]$/.test(text) ? text : `${text}.`);

function gaps({ complete, coverage, rules }: Report): Limit[] {
  const open = openGaps({ coverage }).map((gap): Limit => {
    const { title, detail, next, accept } = unreadInWords(gap);
    const then = accept === null ? sentence(next) : `${next} ${accept.option}`;
    return {
      kind: 'not-scanned',
      what: gap.what,
      scope: gap.scope,
      message: [sentence(title), sentence(detail), then].filter(Boolean).join(' '),
    };
  });
  const crashed = rules.flatMap((rule): Limit[] =>
    crashInWords(rule).map((message) => ({ kind: 'rule-crashed', what: rule.id, scope: 'account', message })),
  );
  const all = [...open, ...crashed];
  if (complete || all.length > 0) return all;
  return [{ kind: 'not-scanned', what: 'audit', scope: 'account', message: 'Not everything could be scanned.' }];
}

/** What keeps a report from saying all that there is, gravest first. */
export function limitsOf(report: Report): readonly Limit[] {
  const { coverage, carriedOver, selection } = report;
  return [
    ...gaps(report),
    ...carriedOver.map(({ rule, subject, lastSeen }): Limit => ({
      kind: 'not-rescanned',
      what: rule,
      scope: subject.arn ?? subject.id,
      message: `${titleOf(rule, report)}: ${placeInWords(subject)}, last seen ${timeInWords(lastSeen)}, could not be scanned again.`,
    })),
    ...coverage.unread.flatMap((gap): Limit[] =>
      gap.accepted
        ? [
            {
              kind: 'accepted',
              what: gap.what,
              scope: gap.scope,
              message: sentence(`${unreadInWords(gap).title}; accepted: ${inert(gap.acceptedBecause ?? 'no reason given')}`),
            },
          ]
        : [],
    ),
    ...coverage.notLookedAt.map((family): Limit => ({
      kind: 'not-requested',
      what: family,
      scope: 'account',
      message: `Not scanned, as nobody asked for it: ${familyInWords(family)}.`,
    })),
    ...(selection === undefined || selection.leftOut === 0
      ? []
      : [{ kind: 'left-out', what: 'selection', scope: 'account', message: selectionInWords(selection) } as const]),
  ];
}
