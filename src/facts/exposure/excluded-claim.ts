import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { isPositive, passesWithoutKey } from '../statement/condition-semantics.js';
import { audiencesInUse, type Audiences } from '../trust/audience-agreement.js';
import type { Contradiction } from '../statement/contradiction.js';
import type { Carriers, Has, RoleHas } from '../account/facts.js';
import { kubernetesIssuersOf } from '../provider/kubernetes-issuer.js';
import { callerSubjects, isSharedWithOthers } from '../trust/service-accounts-of-role.js';
import { valuesOf, type WebIdentityStatement } from '../statement/web-identity.js';
import { claimIn, type Ref } from '../../model/contract/about.js';
import { hasWildcard } from '../../policy/pattern/glob.js';
import type { TrustEdit } from '../../policy/edit/repair.js';
import type { Evidence } from '../../model/report/finding.js';

/** One comparison in the place of several: whom the role is known to serve, else everybody whom one of them names. */
function merged(
  { conditions, url, claim }: Contradiction,
  role: RoleHas<Carriers>,
  kubernetes: boolean,
  facts: Has<Audiences>,
): TrustEdit[] {
  const [first, ...others] = conditions.filter(isPositive);
  if (first === undefined) return [];
  const callers = !kubernetes ? [] : claim === 'sub' ? callerSubjects(role, url) : audiencesInUse(role, url, facts);
  // Which of two patterns that exclude each other was meant, only their owner knows.
  if (callers.length === 0 && [first, ...others].every(({ entry }) => entry.values.some(({ value }) => hasWildcard(value)))) return [];
  const values = [...new Set(callers.length > 0 ? callers : valuesOf([first, ...others]))];
  const operator = values.some(hasWildcard) ? 'StringLike' : 'StringEquals';
  const gone = conditions.filter((one) => one !== first).map(({ entry }): TrustEdit => ({ kind: 'remove-condition', path: entry.path }));
  return [{ kind: 'condition', path: first.entry.path, operator, values }, ...gone];
}

/** What there is to say of conditions on one claim of which nothing is left. */
export interface ExcludedClaim {
  /** What its sentence names. */
  readonly data: { readonly key: string; readonly values: string };
  readonly evidence: readonly Evidence[];
  readonly statement: number;
  readonly issuer: IssuerId;
  readonly about: readonly Ref[];
  readonly fix: { readonly summary: string; readonly edits: readonly TrustEdit[]; readonly byHand: boolean };
}

/** What there is to say of a contradiction, with its repair: one condition in the place of several. */
export function excludedClaim(
  contradiction: Contradiction,
  statement: WebIdentityStatement,
  role: RoleHas<Carriers>,
  facts: Has<Audiences>,
): ExcludedClaim {
  const { conditions, url, claim } = contradiction;
  // Others have no such claim: they meet these conditions today, and would not meet one that requires it.
  const wouldDenyOthers = isSharedWithOthers(statement, url) && conditions.every(passesWithoutKey);
  const edits = wouldDenyOthers ? [] : merged(contradiction, role, kubernetesIssuersOf(statement, facts).length > 0, facts);
  const summary = wouldDenyOthers
    ? `Give ${url} a statement of its own, with one condition on ${url}:${claim} and every value that is meant to be allowed.`
    : `Keep one condition on ${url}:${claim}, with every value that is meant to be allowed.`;
  return {
    data: {
      key: `${url}:${claim}`,
      values: conditions.map(({ entry }) => `${entry.operator} ${entry.values.map(({ value }) => value).join(' or ')}`).join(' and '),
    },
    evidence: conditions.map(({ entry }) => ({
      what: 'condition',
      path: entry.path,
      found: entry.values.map(({ value }) => value),
      expected: null,
    })),
    statement: statement.statement.index,
    issuer: url,
    about: [claimIn(statement.statement.index, claim)],
    // Nobody has said that whatever a pattern matches is meant.
    fix: { summary, edits, byHand: edits.some((edit) => edit.kind === 'condition' && edit.values?.some(hasWildcard) === true) },
  };
}
