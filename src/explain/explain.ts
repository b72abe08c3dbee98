import type { ExplainedCause, Explanation, NamedThing } from '../model/report/explanation.js';
import type { RuleId } from '../rules/contract/rule-id.js';
import { checksOf } from './checks.js';
import { readGiven } from './given.js';
import { judgeRule, type AuditedAccount, type Judging, type Ranked, type RuleWords } from './judge.js';
import type { SymptomId } from './texts/known-text.js';
import { mentionsIn, withAsked, type AskedOf, type Mentions } from './mentions.js';
import { namedThings } from './named.js';
import { neighborhoodOf, OPEN } from './neighborhood.js';
import { OUTSIDE, type OutsideId } from './outside.js';
import { recognize } from './recognize.js';
import { SYMPTOMS } from './symptoms.js';

const LOOK_AT = [
  'the line before it in the log: SDKs say first why the innermost call failed, and sum it up afterwards',
  'the environment of the container: AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_ACCESS_KEY_ID',
  'who the pod is: aws sts get-caller-identity in the container',
  'CloudTrail in the account of the role, in the region of the cluster and in us-east-1: AssumeRoleWithWebIdentity and AssumeRoleForPodIdentity; such an event can be given to irsa-auditor explain --event',
  'the way of the workload to its role: irsa-auditor why sa/NAME -n NAMESPACE --cluster CLUSTER',
] as const;

const SUCCEEDED = 'The event records a call that succeeded.';

/** What is asked: the text, what is named besides, and the account that is to confirm or refute. */
export interface ErrorQuestion {
  readonly text: string;
  readonly of?: AskedOf;
  readonly account: AuditedAccount | null;
}

/** A few rules are likelier than what no audit sees; of the others that is not known. */
const LIKELIER = 2;

/** How far up what no audit sees belongs among what is possible. */
function outsideRanked(id: OutsideId, index: number): Ranked {
  const { title, reason, next, source } = OUTSIDE[id];
  const cause: ExplainedCause = { id, kind: 'outside', title, state: 'possible', reason, next, source, findings: [] };
  return { cause, weight: 1000 - LIKELIER - index + 0.5 };
}

const each = <T>(things: readonly T[]): readonly T[] => [...new Set(things)];

/** Another account than the one that was read is where the role is, and where STS looks. */
function isElsewhere({ roles, callers }: Mentions, account: string): boolean {
  const accounts = [...roles.map((arn) => arn.split(':')[4]), ...callers.map((caller) => caller.account)];
  return accounts.length > 0 && accounts.every((one) => one !== account);
}

function causesOf(
  symptoms: readonly SymptomId[],
  rules: readonly RuleWords[],
  judging: Judging,
  mentions: Mentions,
): readonly ExplainedCause[] {
  const ids: readonly RuleId[] = each(symptoms.flatMap((symptom) => SYMPTOMS[symptom].rules));
  const outside = each<OutsideId>(symptoms.flatMap((symptom) => SYMPTOMS[symptom].outside));
  const { account } = judging;
  const isForeign = account !== null && isElsewhere(mentions, account.report.account);
  const words = new Map(rules.map((rule) => [rule.id, rule]));
  const ranked = [
    ...ids.flatMap((id, index) => {
      const rule = words.get(id);
      if (rule === undefined) return [];
      const { cause, weight } = judgeRule(rule, judging);
      return [{ cause, weight: weight - index }];
    }),
    ...outside.map((id, index) => {
      const one = outsideRanked(id, index);
      return id === 'other-account' && isForeign ? { ...one, weight: 1999 } : one;
    }),
  ];
  return ranked.toSorted((left, right) => right.weight - left.weight).map(({ cause }) => cause);
}

/**
 * What an error text of a pod, or an event of CloudTrail, means, and which of its causes an account confirms or refutes.
 * Pure: the same text and account give the same answer. The text may be hostile, and is never trusted.
 * @param rules every rule, by id and title
 */
export function explain({ text, of = {}, account }: ErrorQuestion, rules: readonly RuleWords[]): Explanation {
  const given = readGiven(text);
  const { symptoms, texts } = recognize(given.text);
  const mentions = withAsked(mentionsIn(given.names), of);
  const judging: Judging = {
    symptoms,
    account,
    near: account === null ? OPEN : neighborhoodOf(account.inventory, mentions),
    checks: account === null ? new Map() : checksOf(symptoms, account.inventory, mentions),
  };
  const causes = causesOf(symptoms, rules, judging, mentions);
  const named: readonly NamedThing[] = namedThings(mentions, account?.inventory ?? null);
  return {
    schemaVersion: 1,
    account: account?.report.account ?? null,
    collectedAt: account?.inventory.collectedAt ?? null,
    means: given.succeeded ? SUCCEEDED : symptoms.length === 0 ? null : symptoms.map((symptom) => SYMPTOMS[symptom].means).join(' '),
    texts,
    named,
    causes,
    unread: (account?.report.coverage.unread ?? []).filter(({ accepted }) => !accepted),
    lookAt: causes.length === 0 ? LOOK_AT : [],
  };
}
