import { listed } from '../lib/list-in-words.js';
import { memoByText } from '../lib/memo.js';
import type { ExplainedCause } from '../model/report/explanation.js';
import { atLeast, severityRank, type Finding } from '../model/report/finding.js';
import type { Inventory } from '../model/inventory/inventory.js';
import type { NotEvaluated, Report } from '../model/report/report.js';
import type { RuleId } from '../rules/contract/rule-id.js';
import type { Check } from './checks.js';
import type { SymptomId } from './texts/known-text.js';
import type { Neighborhood } from './neighborhood.js';
import { recognize } from './recognize.js';
import { SYMPTOMS } from './symptoms.js';

/** What is to be known of a rule. */
export interface RuleWords {
  readonly id: string;
  readonly title: string;
}

/** An account that was audited. */
export interface AuditedAccount {
  readonly inventory: Inventory;
  readonly report: Report;
  /** What the rule saw and another finding tells. */
  readonly hidden: readonly Pick<Finding, 'rule' | 'subject'>[];
  /** What of the sections that a rule asks was not read. */
  gapsOf(rule: string): readonly NotEvaluated[];
}

/** Everything that a cause is judged by. */
export interface Judging {
  readonly symptoms: readonly SymptomId[];
  readonly account: AuditedAccount | null;
  readonly near: Neighborhood;
  readonly checks: ReadonlyMap<RuleId, Check>;
}

/** A cause and how far up it belongs. */
export interface Ranked {
  readonly cause: ExplainedCause;
  readonly weight: number;
}

/** A direct answer of the account weighs like a finding on what depends on the thing that is named. */
const SURE = 500;
const WEIGHT = { confirmed: 3000, seen: 2000, possible: 1000, refuted: 0 } as const;

/** Findings say a handful of texts, thousands of times. */
const symptomsOf = memoByText((error) => recognize(error).symptoms);

/** Whether a finding says the text that was given, or one for the same: then 2 and 1; 0 = another; where it says none, 1. */
function fits({ error }: Finding, symptoms: readonly SymptomId[]): 0 | 1 | 2 {
  if (error === null) return 1;
  const own = symptomsOf(error);
  if (own.some((one) => symptoms.includes(one))) return 2;
  return own.some((one) => symptoms.some((symptom) => SYMPTOMS[symptom].kin?.includes(one) === true)) ? 1 : 0;
}

/** A hint, or what hurts nobody, confirms nothing. */
const isTold = ({ confidence, severity }: Finding): boolean => confidence !== 'possible' && atLeast(severity, 'medium');

const place = ({ subject: { type, id, region } }: Pick<Finding, 'subject'>): string =>
  `${type.replace('-', ' ')} ${id}${region === null ? '' : ` in ${region}`}`;

const nextOf = ({ fix }: Finding): string => fix?.summary ?? '';

function ofFindings(rule: RuleWords, findings: readonly Finding[], { symptoms, near }: Judging): Ranked {
  const weightOf = (finding: Finding): number =>
    near.nearness(finding) * 300 +
    fits(finding, symptoms) * 100 +
    severityRank(finding.severity) * 10 +
    (finding.confidence === 'possible' ? 0 : 5) +
    (finding.place === 'primary' ? 1 : 0);
  const sorted = findings.toSorted((left, right) => weightOf(right) - weightOf(left));
  const [first] = sorted;
  const isSure = near.found !== 'elsewhere' && sorted.some(isTold);
  const where = near.found === 'elsewhere' ? ' What the text names is not among what was read: whether it is about this is not known.' : '';
  return {
    cause: {
      id: rule.id,
      kind: 'rule',
      title: rule.title,
      state: isSure ? 'confirmed' : 'possible',
      reason: `Found on ${listed([...new Set(sorted.map(place))], 3)}.${where}`,
      next: first === undefined ? '' : nextOf(first),
      source: null,
      findings: sorted,
    },
    weight: (isSure ? WEIGHT.confirmed : WEIGHT.seen) + (first === undefined ? 0 : weightOf(first)),
  };
}

const gapInWords = ({ scope, reason }: NotEvaluated): string => `${scope} (${reason})`;

/** Why a cause that was not found is not refuted; null where it is. */
function openBecause(rule: string, { account, near }: Judging): string | null {
  if (account === null) return 'No account was read that could confirm it.';
  const outcome = account.report.rules.find(({ id }) => id === rule);
  if (outcome === undefined || outcome.crashed !== null) return 'The rule that would tell did not run.';
  if (near.found === 'elsewhere') return 'What the text names is not among what was read.';
  if (account.hidden.some((one) => one.rule === rule && (near.found === 'open' || near.nearness({ ...one, related: [] }) > 0)))
    return 'It is there, and follows from another problem on the same thing.';
  const gaps = [...outcome.notEvaluated, ...account.gapsOf(rule)].filter(({ scope }) => near.mayHang(scope));
  return gaps.length === 0 ? null : `Not everything that would tell was read: ${listed([...new Set(gaps.map(gapInWords))], 3)}.`;
}

/** Judges one rule as the cause of the text. */
export function judgeRule(rule: RuleWords, judging: Judging): Ranked {
  const { account, near, symptoms, checks } = judging;
  const check = checks.get(rule.id as RuleId);
  const here = (account?.report.findings ?? []).filter(
    (finding) => finding.rule === rule.id && (near.found !== 'here' || near.nearness(finding) > 0),
  );
  const found = here.filter((finding) => fits(finding, symptoms) > 0);
  const base = { id: rule.id, kind: 'rule', title: rule.title, source: null, findings: [] } as const;
  if (found.length > 0 && check?.state !== 'refuted') return ofFindings(rule, found, judging);
  if (check !== undefined) return { cause: { ...base, ...check }, weight: WEIGHT[check.state] + (check.state === 'confirmed' ? SURE : 0) };
  const [other] = here;
  if (other !== undefined) {
    const reason = `It is there on ${place(other)}, and makes another text: ${other.error ?? 'none'}.`;
    return { cause: { ...base, state: 'possible', reason, next: '' }, weight: WEIGHT.possible - SURE };
  }
  const open = openBecause(rule.id, judging);
  if (open !== null) return { cause: { ...base, state: 'possible', reason: open, next: '' }, weight: WEIGHT.possible };
  const where = near.found === 'here' ? 'on what the text names' : `in account ${account?.report.account ?? ''}`;
  return {
    cause: { ...base, state: 'refuted', reason: `It was looked for ${where}, and is not there.`, next: '' },
    weight: WEIGHT.refuted,
  };
}
