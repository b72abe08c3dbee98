import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { DEFAULT_AUDIENCE } from '../../model/inventory/annotations.js';
import { WEB_IDENTITY_ACTION } from '../../policy/language/evaluate.js';
import { audiencesOfPods } from './audience-agreement.js';
import type { Facts, RoleFacts } from '../account/facts.js';
import { subjectProblem } from '../statement/service-account-subject.js';
import type { Condition, WebIdentityStatement } from '../statement/web-identity.js';

/** The operators under which a value without wildcards is compared character by character. */
const EXACT_OPERATORS = new Set(['StringEquals', 'StringLike']);

function demands(conditions: readonly Condition[], url: IssuerId, claim: 'aud' | 'sub', accepts: (value: string) => boolean): boolean {
  return conditions.some(
    ({ key, entry }) =>
      key.claim === claim &&
      key.issuer === url &&
      key.defects.length === 0 &&
      EXACT_OPERATORS.has(entry.operator) &&
      entry.values.length > 0 &&
      entry.values.every(({ value }) => accepts(value)),
  );
}

const isDefault = (audience: string): boolean => audience === DEFAULT_AUDIENCE;

const GITHUB = 'token.actions.githubusercontent.com';
/** One branch, tag or environment of one repository, in letters that no placeholder is written in. */
const ONE_REPOSITORY = /^repo:[a-z0-9-]+\/[a-z0-9._-]+:(?:ref:refs\/(?:heads|tags)\/[a-z0-9._/-]+|environment:[a-z0-9._-]+|pull_request)$/;

/** What the subjects of an issuer that is there look like; null for issuers that no textbook speaks of. */
function subjectsOf(url: IssuerId, facts: Facts): ((value: string) => boolean) | null {
  if (facts.clusterOf(url) !== null) return (value) => subjectProblem(value, false) === null;
  const detail = url === GITHUB ? facts.providerOf(url)?.detail : undefined;
  return detail?.known === true && detail.value.clientIds.includes(DEFAULT_AUDIENCE) ? (value) => ONE_REPOSITORY.test(value) : null;
}

function isTextbookStatement({ statement, federated, conditions }: WebIdentityStatement, facts: Facts): boolean {
  const [principal, ...more] = federated;
  const [action, ...others] = statement.actions;
  if (principal?.named.kind !== 'oidc' || more.length > 0 || statement.principals.length !== 1) return false;
  if (action?.value !== WEB_IDENTITY_ACTION || others.length > 0 || statement.negatedAction || statement.problems.length > 0) return false;
  const { url, arn } = principal.named;
  if (facts.providerOf(url)?.arn !== arn || conditions.length !== 2) return false;
  const isSubject = subjectsOf(url, facts);
  return isSubject !== null && demands(conditions, url, 'aud', isDefault) && demands(conditions, url, 'sub', isSubject);
}

/**
 * Whether a trust policy is verbatim what the documentation of EKS or of GitHub prescribes, for clusters and providers
 * that are there: then a rule about its wording has nothing to find. Most roles of most accounts are such, and asking every rule
 * about each of them is most of the time that an audit takes.
 */
export function isTextbook(role: RoleFacts, facts: Facts): boolean {
  const { policy, statements, users } = role;
  if (statements.length === 0 || policy.statements.length !== statements.length || policy.problems.length > 0) return false;
  return (
    statements.every((one) => isTextbookStatement(one, facts)) &&
    // Each is for one issuer, and no two are for the same.
    (statements.length === 1 || new Set(statements.flatMap(({ issuers }) => issuers)).size === statements.length) &&
    users.every(({ audience }) => isDefault(audience)) &&
    statements.every(({ issuers }) => issuers.every((url) => audiencesOfPods(role, url, facts).every(isDefault)))
  );
}
