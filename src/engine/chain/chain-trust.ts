import {
  actionsOf,
  admitsSession,
  forWantOfTags,
  isSessionTag,
  judgeAssociation,
} from '../../facts/pod-identity/session-of-association.js';
import { admitsAssociatedRole, isPrincipalTag, letsItself, type TargetVerdict } from '../../facts/pod-identity/target-role.js';
import { quoted } from '../../lib/list-in-words.js';
import { STS_NOT_AUTHORIZED } from '../../model/report/sts-errors.js';
import type { ChainLink } from '../../model/report/chain.js';
import { evaluateParsed, type ConditionOutcome, type StatementOutcome, type WebIdentityRequest } from '../../policy/language/evaluate.js';
import { parseOperator } from '../../policy/language/condition-operators.js';
import type { ConditionEntry, TrustPolicy } from '../../policy/language/parse.js';
import { ASSUME_ROLE, POD_IDENTITY_SERVICE, podIdentityAccess, TAG_SESSION } from '../../policy/actions/pod-identity.js';
import type { Associated } from '../../facts/pod-identity/session-of-association.js';
import { all, type Tristate } from '../../policy/language/tristate.js';
import { broken, ok, undecided, type Found } from './chain-link.js';

/** The claim that a condition is about, as its key ends. */
function claimOf({ key }: ConditionOutcome): 'aud' | 'sub' | 'other' {
  const suffix = /:(aud|sub)$/i.exec(key)?.[1]?.toLowerCase();
  return suffix === 'aud' || suffix === 'sub' ? suffix : 'other';
}

const isNegated = ({ operator }: { readonly operator: string }): boolean => parseOperator(operator)?.negated === true;

/** The statement that comes nearest to allowing the request: by what passes, in the order of the links. */
function nearestOf(statements: readonly StatementOutcome[]): StatementOutcome | null {
  const passed = (value: Tristate): number => (value === 'yes' ? 2 : value === 'undecided' ? 1 : 0);
  const weight = (one: StatementOutcome): number => {
    const conditions = one.conditions.reduce((sum, { outcome }) => sum + passed(outcome) - 2, 0);
    // Of statements for one issuer that one speaks which names the caller.
    const ofSubject = one.conditions.filter((entry) => claimOf(entry) === 'sub');
    const isNamed = ofSubject.every(({ outcome }) => outcome === 'yes') && (one.action !== 'no' || ofSubject.length > 0);
    return (
      passed(one.outcome) * 1_000_000 + passed(one.principal) * 10_000 + Number(isNamed) * 5_000 + passed(one.action) * 1_000 + conditions
    );
  };
  const allows = statements.filter(({ effect }) => effect === 'Allow');
  return allows.reduce<StatementOutcome | null>((best, one) => (best === null || weight(one) > weight(best) ? one : best), null);
}

function conditionsLink(claim: 'aud' | 'sub' | 'other', nearest: StatementOutcome, fine: string): Found {
  const own = nearest.conditions.filter((one) => claimOf(one) === claim);
  const failing = own.find(({ outcome }) => outcome === 'no');
  if (failing !== undefined) {
    const found = failing.actual === null ? 'the token has no such claim' : `the token has ${JSON.stringify(failing.actual)}`;
    const asks = isNegated(failing) ? 'excludes' : 'requires';
    return broken(`${failing.operator} ${failing.key} ${asks} ${quoted(failing.expected)}; ${found}.`, STS_NOT_AUTHORIZED);
  }
  const unclear = own.find(({ outcome }) => outcome === 'undecided');
  if (unclear !== undefined) return undecided(`${unclear.operator} ${unclear.key}: configuration cannot tell whether it is met.`);
  return ok(fine);
}

function statementLink(nearest: StatementOutcome | null, { providerArn }: WebIdentityRequest): Found {
  if (nearest === null) return broken('The trust policy allows nothing.', STS_NOT_AUTHORIZED);
  if (nearest.principal === 'no')
    return broken(
      `No Allow statement names the provider ${providerArn}; ${nearest.path} names ${quoted(nearest.expectedPrincipals)}.`,
      STS_NOT_AUTHORIZED,
    );
  if (nearest.action === 'no')
    return broken(`${nearest.path} allows ${quoted(nearest.expectedActions)}, not sts:AssumeRoleWithWebIdentity.`, STS_NOT_AUTHORIZED);
  if (nearest.principal === 'undecided' || nearest.problems.length > 0)
    return undecided(`${nearest.path} is written as IAM does not document it.`);
  return ok(`${nearest.path} of the trust policy names the provider.`);
}

/** Statement, audience, subject, other conditions and Deny of a trust policy, for one token. */
export function trustLinks(policy: TrustPolicy, request: WebIdentityRequest): readonly ChainLink[] {
  const { verdict, statements } = evaluateParsed(policy, request);
  const nearest = nearestOf(statements);
  const denying = statements.find(({ effect, outcome }) => effect === 'Deny' && outcome !== 'no');
  const deny =
    denying === undefined
      ? ok('No statement denies it.')
      : denying.outcome === 'yes'
        ? broken(`${denying.path} denies it.`, STS_NOT_AUTHORIZED)
        : undecided(`${denying.path} may deny it: configuration cannot tell.`);
  const statement: ChainLink = { link: 'statement', ...statementLink(nearest, request) };
  if (nearest === null || statement.state === 'broken') return [statement];
  const links: ChainLink[] = [
    statement,
    { link: 'audience', ...conditionsLink('aud', nearest, `It allows the audience ${request.audience}.`) },
    { link: 'subject', ...conditionsLink('sub', nearest, `It allows ${request.subject}.`) },
    { link: 'other conditions', ...conditionsLink('other', nearest, 'No other condition denies it.') },
    { link: 'deny', ...deny },
  ];
  // The links only retell what the evaluator decided: where they were milder than it, that would be a defect of theirs.
  const held = links.every(({ state }) => state === 'ok');
  if (held !== (verdict === 'allowed'))
    return [
      ...links,
      {
        link: 'trust policy',
        ...(verdict === 'denied'
          ? broken('It does not allow this token.', STS_NOT_AUTHORIZED)
          : undecided('Configuration cannot tell whether it allows this token.')),
      },
    ];
  return links;
}

/** A condition as a person reads it. */
const written = (entry: ConditionEntry): string =>
  `${entry.key} ${isNegated(entry) ? 'other than ' : ''}${entry.values.map(({ value }) => value).join(' or ')}`;

/** Whether EKS Pod Identity may assume a role for an association: sts:AssumeRole and sts:TagSession for its service principal. */
export function podIdentityTrustLink(policy: TrustPolicy, of: Associated): Found {
  const { disableSessionTags = false } = of.association;
  if (podIdentityAccess(policy, ASSUME_ROLE) === 'no')
    return broken(`The trust policy does not allow ${POD_IDENTITY_SERVICE} ${ASSUME_ROLE}.`);
  if (podIdentityAccess(policy, TAG_SESSION) === 'no')
    return disableSessionTags
      ? undecided(`${TAG_SESSION} is not allowed; whether it is needed without session tags, AWS does not say.`)
      : broken(`The trust policy does not allow ${POD_IDENTITY_SERVICE} ${TAG_SESSION}.`);
  const { isShut, unmet, denies } = judgeAssociation(policy, of);
  const [deny] = isShut ? denies : [];
  if (deny !== undefined) return broken(`The Deny at ${deny.path} of the trust policy denies it.`);
  if (isShut) {
    const says = `The trust policy requires ${[...new Set(unmet.map(written))].join(' and ')}, which the association does not meet${forWantOfTags(unmet, [of.association])}`;
    return unmet.length > 0 && unmet.every(isSessionTag) ? broken(`${says}.`) : undecided(`${says}, as far as AWS says what EKS sends.`);
  }
  return [ASSUME_ROLE, TAG_SESSION].every((action) => admitsSession(policy, action, of).outcome === 'yes')
    ? ok(`The trust policy allows ${POD_IDENTITY_SERVICE}.`)
    : undecided(`${POD_IDENTITY_SERVICE} is allowed under conditions that configuration cannot tell.`);
}

/** Which conditions keep the role of an association from its target, with the external id that EKS sends; null = none does. */
function notMet(unmet: readonly ConditionEntry[], { roleArn, externalId }: Associated['association']): string | null {
  if (unmet.length === 0) return null;
  const sent = externalId == null ? 'sends none' : `sends ${externalId}`;
  const because = unmet.some(({ key }) => key.toLowerCase() === 'sts:externalid') ? `: the association ${sent}` : '';
  return `Its trust policy allows ${roleArn ?? ''} under ${[...new Set(unmet.map(written))].join(' and ')} only, which is not met${because}.`;
}

/**
 * Whether the target role of an association allows its role.
 * @param may what the policies of the association's role say of it; null = that was not read
 */
export function targetTrustLink(policy: TrustPolicy, of: Associated, may: TargetVerdict | null): Found {
  const { association } = of;
  const [assume, tag] = [admitsAssociatedRole(policy, ASSUME_ROLE, of), admitsAssociatedRole(policy, TAG_SESSION, of)];
  const role = association.roleArn ?? '';
  const [deny] = [assume, tag].flatMap((one) => (one.outcome === 'no' ? one.denies : []));
  if (deny !== undefined) return broken(`The Deny at ${deny.path} of its trust policy denies ${role}.`);
  // That the tags of a session are those of the principal, AWS says of policies alone.
  if (assume.outcome === 'no' && assume.unmet.some(isPrincipalTag))
    return undecided(
      `Its trust policy requires ${[...new Set(assume.unmet.map(written))].join(' and ')}, which the session of ${role} does not have.`,
    );
  if (assume.outcome === 'no') return broken(notMet(assume.unmet, association) ?? `Its trust policy does not allow ${role}.`);
  if (tag.outcome === 'no' && association.disableSessionTags !== true)
    return broken(`Its trust policy allows ${role} ${ASSUME_ROLE} without ${TAG_SESSION}.`);
  const ofItsOwn = all(
    actionsOf(association).map((action) => letsItself(action === ASSUME_ROLE ? assume : tag, may?.byAction.get(action))),
  );
  if (assume.outcome === 'yes' && tag.outcome === 'yes' && ofItsOwn === 'yes') return ok(`Its trust policy allows ${role}.`);
  if (assume.outcome === 'yes' && tag.outcome === 'no' && ofItsOwn === 'yes')
    return undecided(
      `Its trust policy allows ${role} ${ASSUME_ROLE} without ${TAG_SESSION}: whether a session without tags needs it, AWS does not say.`,
    );
  return undecided(
    assume.byAccount || tag.byAccount
      ? `It trusts the account, and ${role} needs a permission of its own, which its policies, as far as they were read, do not tell.`
      : `Whether it allows ${role}, configuration cannot tell.`,
  );
}
