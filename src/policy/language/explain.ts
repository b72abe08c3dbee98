import { escaped } from '../../lib/escape-text.js';
import { quoted } from '../../lib/list-in-words.js';
import type { ConditionOutcome, StatementOutcome, TrustVerdict } from './evaluate.js';
import type { Doubt } from './evaluate-condition.js';
import type { Tristate } from './tristate.js';

const BECAUSE: Readonly<Record<Doubt, string>> = {
  'key-unknowable': 'configuration cannot tell what the request holds for this key',
  'variable-unknowable': 'configuration cannot tell what a policy variable stands for',
  'type-undocumented': 'AWS does not say how this operator treats a value of another type',
  'empty-negation': 'AWS does not say what a negated operator does with an empty list',
  'set-with-if-exists': 'AWS does not say which wins on an absent key, ForAnyValue or IfExists',
  'null-undocumented': 'AWS does not say what Null does with this value or prefix',
  'not-yet': 'it was not met when the account was read, and will be',
  'several-values': 'AWS does not say what an operator without ForAllValues or ForAnyValue does with several values',
  'key-twice': 'the key appears twice, differing in case, and AWS does not say which counts',
};

/** Names of the document are in a line as they are: none of their control characters may begin a line or color a terminal. */
function plain(line: string): string {
  return line.replace(/\p{Cc}/gu, escaped);
}

const MARK: Readonly<Record<Tristate, string>> = { yes: 'passes', no: 'fails', undecided: 'is undecided' };

function condition({ path, operator, expected, actual, outcome, doubt }: ConditionOutcome): string {
  const found = actual === null ? 'the request has no such value' : `the request has ${JSON.stringify(actual)}`;
  const reason = doubt === null ? found : BECAUSE[doubt];
  return `${path} ${MARK[outcome]}: ${operator} ${quoted(expected)}; ${reason}`;
}

function statement({
  path,
  effect,
  outcome,
  principal,
  action,
  expectedPrincipals,
  expectedActions,
  conditions,
  problems,
}: StatementOutcome): string[] {
  const head = `${path} (${effect ?? 'no effect'}) ${outcome === 'yes' ? 'applies' : outcome === 'no' ? 'does not apply' : 'may apply'}`;
  const parts = [
    ...problems.map((problem) => `${problem.path} ${problem.problem}`),
    ...(principal === 'yes'
      ? []
      : [
          `its principals ${quoted(expectedPrincipals)} ${principal === 'no' ? 'are not' : 'may or may not take in'} the provider of the request`,
        ]),
    ...(action === 'yes' ? [] : [`its actions ${quoted(expectedActions)} leave out sts:AssumeRoleWithWebIdentity`]),
    ...conditions.filter((one) => outcome === 'yes' || one.outcome !== 'yes').map(condition),
  ];
  return [head, ...parts.map((part) => `  ${part}`)];
}

/**
 * The reasons of a verdict as lines of text: what STS says, then each statement with the elements that decided it.
 * Values of the policy are in JSON quotes and control characters are written out, so nothing in them can pass for a line of its own.
 */
export function explainVerdict({ verdict, error, statements }: TrustVerdict): string[] {
  return [error === null ? verdict : `${verdict}: STS answers ${JSON.stringify(error)}`, ...statements.flatMap(statement)].map(plain);
}
