import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { memo } from '../../lib/memo.js';
import { canBeCarried } from './condition-semantics.js';
import { groupBy } from '../../lib/group-by.js';
import { conditionsOn, type Condition, type WebIdentityStatement } from './web-identity.js';
import { conditionIdentity } from '../../policy/language/evaluate-condition.js';
import { hasWildcard } from '../../policy/pattern/glob.js';
import { keysOfIssuer } from '../../policy/language/issuer-keys.js';
import type { Located } from '../../policy/language/parse.js';
import { canHoldTogether } from '../../policy/subjects/texts-in-common.js';
import { hasVariable } from '../../policy/language/variables.js';

/** Conditions on one claim that no value meets together. */
export interface Contradiction {
  readonly url: IssuerId;
  /** The subject or the audience, as keys of the issuer name it. */
  readonly claim: string;
  readonly conditions: readonly Condition[];
  /**
   * They are one condition but for the case of its key. Whether IAM joins the values of the two, or keeps one of them, is
   * documented nowhere: only as two conditions do they exclude each other.
   */
  readonly byCaseAlone: boolean;
}

/** The values of a condition without text of which only the letters count, wildcards included: nobody has that. */
const livingOf = ({ operator, entry }: Condition): readonly Located[] =>
  operator?.wildcards === true ? entry.values : entry.values.filter(({ value }) => !hasWildcard(value));

/** Whether a condition compares text that is known: no variables, no empty list, not only wildcards that mean themselves. */
const isPlain = (condition: Condition): boolean =>
  condition.operator?.family === 'string' &&
  livingOf(condition).length > 0 &&
  !condition.entry.values.some(({ value }) => hasVariable(value));

/** Whether some value meets conditions, each a list of those that count as one, with the values of all. */
const canHold = (conditions: Iterable<readonly Condition[]>): boolean =>
  canHoldTogether([...conditions].map((same) => ({ operator: same[0]?.operator ?? null, values: same.flatMap(livingOf) })));

/** What the conditions on one claim come to. */
function contradictionIn(statement: WebIdentityStatement, url: IssuerId, claim: string): readonly Contradiction[] {
  const speaking = conditionsOn(statement, claim);
  if (speaking.length < 2) return [];
  const conditions = speaking.filter(
    (one) => canBeCarried(one, false) && one.key.issuer.toLowerCase() === url.toLowerCase() && isPlain(one),
  );
  if (conditions.length < 2 || canHold(conditions.map((one) => [one]))) return [];
  return [{ url, claim, conditions, byCaseAlone: canHold(groupBy(conditions, ({ entry }) => conditionIdentity(entry)).values()) }];
}

/** The claims of which nothing is left. Two rules ask for the same. */
export const contradictionsOf = memo((statement: WebIdentityStatement): readonly Contradiction[] =>
  statement.conditions.length < 2
    ? []
    : statement.issuers.flatMap((url) => {
        const { subject, audience } = keysOfIssuer(url);
        return [subject, audience].flatMap((claim) => contradictionIn(statement, url, claim));
      }),
);
