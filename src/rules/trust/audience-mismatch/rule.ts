import type { IssuerId } from '../../../model/inventory/issuer-id.js';
import { isPositive } from '../../../facts/statement/condition-semantics.js';
import { ageOf, LATELY } from '../../../facts/account/age.js';
import {
  agreement,
  audienceDemands,
  audiencesToRequire,
  callersUnsettled,
  callersWithAudience,
  missesDefault,
  type Audiences,
} from '../../../facts/trust/audience-agreement.js';
import type { Carriers, Has, RoleHas, RoleUser } from '../../../facts/account/facts.js';
import { isKubernetesIssuer } from '../../../facts/provider/kubernetes-issuer.js';
import { isAskedByOneAlone, isOddOneOut } from '../../../facts/trust/mistaken-audience.js';
import { WEBHOOK_VOLUME } from '../../../facts/account/pods-by-hand.js';
import { mayBeOf, namedHereAlone } from '../../../facts/trust/service-accounts-of-role.js';
import { takesValue } from '../../../facts/statement/matches-value.js';
import { relatedUsers } from '../../../facts/account/subjects.js';
import { carriedFromUndescribed, trustPolicies } from '../../../facts/trust/role-entries.js';
import { carriersUnread, tokensUnread } from '../../../facts/pod-identity/unread-carriers.js';
import { concerns, conditionsOn, type Condition, type WebIdentityStatement } from '../../../facts/statement/web-identity.js';
import { oneOrList } from '../../../lib/one-or-list.js';
import { audiencesTaken, claimIn, tokensFor, valueAt } from '../../../model/contract/about.js';
import { AUDIENCE_ANNOTATION, DEFAULT_AUDIENCE } from '../../../model/inventory/annotations.js';
import { unanswered } from '../../../model/inventory/observed.js';
import { doorOf } from '../../../policy/language/token.js';
import { hasVariable } from '../../../policy/language/variables.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages, type Raised, type Unless } from '../../contract/define-rule.js';

/** Audiences with which tokens come for a role. */
interface InUse {
  readonly audiences: readonly string[];
  /** Those of them for which one annotation alone speaks. */
  readonly requested?: readonly string[];
  /** Those with which somebody may come whom nothing here shows. */
  readonly unseen?: readonly string[];
  /** Whether it is known that each of them is in use; else one that the role takes is enough. */
  readonly isKnown: boolean;
  /** Where no provider says: the default, which is an assumption. */
  readonly isAssumed?: true;
  /** Those who come with them. */
  readonly users?: readonly RoleUser[];
  /** Whether others of the role are known to come with another than that. */
  readonly isBeside?: boolean;
  /** They are those of a provider that is no cluster's: its tokens have whichever they are asked for. */
  readonly isOfPipeline?: true;
  /** Why it may be another. */
  readonly unless: Unless | null;
}

/** What is known of them; empty where nobody can tell. */
function inUse(role: RoleHas<Carriers>, url: IssuerId, facts: Has<'roles' | Carriers | Audiences>): readonly InUse[] {
  if (!isKubernetesIssuer(url, facts)) {
    const listed = asListed(role, url, facts);
    return listed === null ? [] : [listed];
  }
  // Where others are allowed, an annotation that asks for another audience is told of its service account.
  const callers = callersWithAudience(role, url, facts).filter((user) => !isOddOneOut(user, role, url));
  const carried = [...new Set(callers.map(({ audience }) => audience))];
  const known = carried.length > 0 ? carried : audiencesToRequire(role, url, facts);
  if (!role.users.every((user) => !mayBeOf(user, url) || known.includes(user.audience))) return [];
  const unsettled = callersUnsettled(role, url, facts);
  const unless = carriersUnread(url, facts);
  // That others here ask for another audience says that the default is not that one.
  const assumed: InUse = {
    audiences: [DEFAULT_AUDIENCE],
    isKnown: false,
    isAssumed: true,
    // Its pods would say which one it is, and the provider whether there is a doubt.
    unless: unanswered(facts.providerOf(url)?.detail ?? facts.inventory.providers) ?? tokensUnread(url, facts),
    users: unsettled,
    isBeside: known.length > 0,
  };
  const requested = known.filter((audience) => isAskedByOneAlone(audience, role, url, facts));
  const own =
    known.length > 0
      ? { audiences: known, requested, isKnown: true, unseen: unseenAudiences(role, url, facts), unless }
      : unsettled.length > 0
        ? null
        : asListed(role, url, facts);
  return [...(own === null ? [] : [own]), ...(unsettled.length > 0 ? [assumed] : [])];
}

/** The audiences that tokens may have of which nobody brings one here: those that the provider lists, else the default. */
function asListed(role: RoleHas<Carriers>, url: IssuerId, facts: Has<'roles' | Carriers | Audiences>): InUse | null {
  const { providers } = facts.inventory;
  const detail = facts.providerOf(url)?.detail ?? (providers.known ? null : providers);
  // Nobody's audience is known, and no provider speaks for one: at a cluster here, the one that it will get.
  if (detail?.known !== true) {
    const isOfCluster = facts.clusterOf(url) !== null;
    return isOfCluster
      ? { audiences: [DEFAULT_AUDIENCE], isKnown: false, isAssumed: true, unless: detail ?? tokensUnread(url, facts) }
      : null;
  }
  const { clientIds } = detail.value;
  const unless = isKubernetesIssuer(url, facts) ? carriersUnread(url, facts) : null;
  // Both may have taken another for the default.
  if (facts.clusterOf(url) !== null && missesDefault(clientIds) && agreement(role, url, clientIds) === 'agrees')
    return { audiences: [DEFAULT_AUDIENCE], isKnown: false, isAssumed: true, unless: tokensUnread(url, facts) };
  // Where the role requires the default, it is the provider that lacks it.
  const isOfProvider = audienceDemands(role, url)?.takes(DEFAULT_AUDIENCE) === true && agreement(role, url, clientIds) === 'differs';
  if (clientIds.length === 0 || isOfProvider) return null;
  return { audiences: clientIds, isKnown: false, unless, ...(isKubernetesIssuer(url, facts) ? {} : { isOfPipeline: true }) };
}

/** Whether tokens of an issuer come to a statement, by its principals and actions. */
function isLiving({ federated, allowsWebIdentity }: WebIdentityStatement, url: IssuerId, { inventory }: Has): boolean {
  const { providerArn } = doorOf(url, inventory);
  return allowsWebIdentity && federated.some(({ entry }) => entry.value === providerArn);
}

/** The audiences in use that a condition denies. */
function shutOut(condition: Condition, { audiences, isKnown }: InUse, isServed: (audience: string) => boolean): readonly string[] {
  const takes = (audience: string): boolean => meets(condition, audience);
  // Each of those that are in use has to be allowed; of those that may be, one is enough.
  if (!isKnown && audiences.some(takes)) return [];
  return audiences.filter((audience) => !takes(audience) && !isServed(audience));
}

/** Whether an audience meets a condition, be it negated. */
const meets = (condition: Condition, audience: string): boolean => takesValue(condition, audience) !== isNegated(condition);

const isNegated = ({ operator }: Condition): boolean => operator?.negated === true;

/** The conditions on the audience that compare text: of the tokens of a cluster, `oaud` is the audience too. */
function audienceConditions(statement: WebIdentityStatement, url: IssuerId, facts: Has<'clusters'>): Condition[] {
  const speaking = isKubernetesIssuer(url, facts)
    ? [...conditionsOn(statement, 'aud'), ...conditionsOn(statement, 'oaud')]
    : conditionsOn(statement, 'aud');
  return speaking.filter(
    (one) => concerns(one, url) && (isPositive(one) || (isNegated(one) && one.ownIssuer)) && one.operator?.family === 'string',
  );
}

const messages = {
  other: ({ found, issuer, expected }: { found: string; issuer: string; expected: string }) =>
    `The trust policy requires the audience ${found}, but tokens of ${issuer} for this role have ${expected}.`,
  listed: ({ found, issuer, expected }: { found: string; issuer: string; expected: string }) =>
    `The trust policy requires the audience ${found}, and the provider of ${issuer} lists ${expected}: no token meets both.`,
  excluded: ({ found, issuer, expected }: { found: string; issuer: string; expected: string }) =>
    `The trust policy excludes the audience ${found}, and tokens of ${issuer} for this role come with ${expected}.`,
  assumed: ({ found, issuer, expected }: { found: string; issuer: string; expected: string }) =>
    `The trust policy requires the audience ${found}; tokens of ${issuer} have ${expected} unless a service account asks for another.`,
} satisfies Messages;

/** What to require in the place of values that no audience in use meets; those stay with which somebody unseen may come. */
function expectedOf(values: readonly string[], missing: readonly string[], { audiences, isKnown, unseen = [] }: InUse): readonly string[] {
  if (!isKnown) return missing.includes(DEFAULT_AUDIENCE) ? [DEFAULT_AUDIENCE] : missing;
  return [...new Set([...values.filter((value) => audiences.includes(value) || unseen.includes(value)), ...missing])];
}

/**
 * The audiences of tokens with which a role may be used by somebody whom nothing here shows, as programs do that ask for a token of a
 * service account themselves: it was used lately, and the provider takes them.
 */
function unseenAudiences({ role: { lastUsed } }: RoleHas, url: IssuerId, facts: Has<'providers'>): readonly string[] {
  const detail = facts.providerOf(url)?.detail;
  return lastUsed !== null && ageOf(lastUsed.date, facts) <= LATELY && detail?.known === true ? detail.value.clientIds : [];
}

/** A condition on the audience of one issuer, and where it stands. */
interface Demanded {
  readonly condition: Condition;
  readonly statement: WebIdentityStatement;
  readonly url: IssuerId;
}

/** How to make a provider and a role agree, where nobody can tell which of the two is wrong. */
const eitherWay = (demanded: readonly string[], listed: readonly string[]): Raised['fix'] => ({
  summary: `Add ${demanded.join(', ')} to the client IDs of the provider, or require ${listed.join(' or ')}: whichever the tokens are asked for with.`,
});

/** How to make an annotation and a role agree. */
const annotationOrRole = (missing: readonly string[]): Raised['fix'] => ({
  summary: `Take the annotation ${AUDIENCE_ANNOTATION} away, or require the audience ${missing.join(' or ')}: an annotation only asks for it.`,
});

/** How to make a service account and a role agree, where it is not settled which audience its tokens have. */
const eitherAsked = (demanded: readonly string[], missing: readonly string[]): Raised['fix'] => ({
  summary: `Require the audience ${[...demanded, ...missing].join(' or ')}, or let the service account ask for ${demanded.join(' or ')} with the annotation ${AUDIENCE_ANNOTATION}. Which one its tokens have, the volume ${WEBHOOK_VOLUME} of its pods says.`,
});

/** How to require the audiences of the tokens. */
function demanding(condition: Condition, expected: readonly string[], { isKnown, isAssumed }: InUse): Raised['fix'] {
  const { path } = condition.entry;
  const isExcluded = isNegated(condition);
  const isSure = isAssumed !== true && (isKnown || (expected.length === 1 && !isExcluded));
  return {
    summary: `Require the audience ${expected.join(' or ')}.`,
    ...(isSure ? { edits: [{ kind: 'condition', path, values: expected, ...(isExcluded ? { operator: 'StringEquals' } : {}) }] } : {}),
  };
}

function judge({ condition, statement: { statement }, url }: Demanded, missing: readonly string[], tokens: InUse): Raised {
  const { entry } = condition;
  const isOfPipeline = tokens.isOfPipeline === true;
  const values = entry.values.map(({ value }) => value);
  const isExcluded = isNegated(condition);
  const expected = expectedOf(values, missing, tokens);
  const message = isExcluded ? 'excluded' : tokens.isKnown ? 'other' : tokens.isAssumed === true ? 'assumed' : 'listed';
  return {
    message: messages[message]({ found: values.join(', '), expected: missing.join(', '), issuer: url }),
    // What nobody is known to have may be right as it is.
    ...(tokens.isAssumed === true ? { severity: tokens.isBeside === true ? 'medium' : 'info', confidence: 'possible' } : {}),
    related: relatedUsers(
      (tokens.users ?? []).filter(({ audience }) => missing.includes(audience)),
      tokens.isAssumed === true ? 'its tokens are refused, if they have that audience' : 'its tokens are refused',
    ),
    evidence: entry.values.map(({ value, path }) => ({ what: 'audience', path, found: value, expected: oneOrList(expected) })),
    statement: statement.index,
    issuer: url,
    concerns: [url],
    about: [
      claimIn(statement.index, condition.claim ?? 'aud'),
      ...entry.values.slice(0, 1).map(({ path }) => valueAt(path)),
      tokensFor(url, missing),
      audiencesTaken(url),
    ],
    unless: tokens.unless,
    // Which of the two the tokens of a pipeline have, whoever asks for them decides: STS then refuses them for the one or the other.
    ...(isOfPipeline ? { error: null } : {}),
    fix: isOfPipeline
      ? eitherWay(values, expected)
      : tokens.isAssumed === true && tokens.users !== undefined && !isExcluded
        ? eitherAsked(values, missing)
        : missing.some((audience) => tokens.requested?.includes(audience) === true)
          ? annotationOrRole(missing)
          : demanding(condition, expected, tokens),
  };
}

/** The audience that the trust policy requires is one that no token for this role has. */
export const audienceMismatch = defineRule({
  id: 'audience-mismatch',
  cause: 'trust-aud-mismatch',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'audience',
  deadPiece: true,
  needs: ['roles'],
  uses: ['service-accounts', 'providers'],
  looksAt: ['clusters', 'pod-identity-associations', 'workloads', 'addons'],
  title: 'Audience does not match the tokens',
  why: 'EKS gives tokens the audience sts.amazonaws.com in every partition, unless the service account asks for another. Of other issuers only the audiences of the provider are allowed.',
  error: STS_NOT_AUTHORIZED,
  references: ['EKS/associate-service-account-role.html', 'IAM/id_roles_providers_create_oidc.html'],
  subjects: (facts) => [...trustPolicies(facts), ...carriedFromUndescribed(facts, ({ audience }) => audience !== DEFAULT_AUDIENCE)],
  evaluate: (role, facts) =>
    role.statements.flatMap((statement) =>
      statement.issuers.flatMap((url): Raised[] => {
        const alone = new Set(namedHereAlone(statement, role).map(({ audience }) => audience));
        const isServed = (audience: string): boolean =>
          isKubernetesIssuer(url, facts) &&
          !alone.has(audience) &&
          role.statements.some(
            (one) => isLiving(one, url, facts) && audienceConditions(one, url, facts).every((condition) => meets(condition, audience)),
          );
        return audienceConditions(statement, url, facts).flatMap((condition): Raised[] => {
          const { values } = condition.entry;
          if (values.length === 0 || values.some(({ value }) => hasVariable(value))) return [];
          const [found] = inUse(role, url, facts).flatMap((tokens) => {
            const missing = shutOut(condition, tokens, isServed);
            return missing.length === 0 ? [] : [judge({ condition, statement, url }, missing, tokens)];
          });
          return found === undefined ? [] : [found];
        });
      }),
    ),
});
