import { issuerIdIn, type IssuerId } from '../../../model/inventory/issuer-id.js';
import {
  agreement,
  audienceDemands,
  audiencesOfPods,
  callersWithAudience,
  missesDefault,
  REGIONAL_STS,
  settledAudiences,
  type Audiences,
} from '../../../facts/trust/audience-agreement.js';
import type { Carriers, Has, RoleHas, RoleUser } from '../../../facts/account/facts.js';
import { isKubernetesIssuer } from '../../../facts/provider/kubernetes-issuer.js';
import { mayBeOf } from '../../../facts/trust/service-accounts-of-role.js';
import { providerSubject, relatedUsers } from '../../../facts/account/subjects.js';
import { carriersUnread, tokensUnread } from '../../../facts/pod-identity/unread-carriers.js';
import { valuesOf } from '../../../facts/statement/web-identity.js';
import { memo } from '../../../lib/memo.js';
import { nearest } from '../../../lib/nearest.js';
import { oneOrList } from '../../../lib/one-or-list.js';
import { plural } from '../../../lib/plural.js';
import { audiencesTaken, tokensFor } from '../../../model/contract/about.js';
import { DEFAULT_AUDIENCE, ROLE_ANNOTATION } from '../../../model/inventory/annotations.js';
import type { Patch, Related } from '../../../model/report/finding.js';
import type { OidcProvider, OidcProviderDetail } from '../../../model/inventory/inventory.js';
import type { Unless } from '../../../model/inventory/observed.js';
import { defineRule, STS_WRONG_AUDIENCE, type Entry, type Messages, type Raised } from '../../contract/define-rule.js';

interface Audited {
  readonly provider: OidcProvider;
  readonly url: IssuerId;
  readonly detail: OidcProviderDetail;
}

/** The service accounts of clusters that were not described, as far as they ask for an audience of their own. */
const askingForTheirOwn = memo((facts: Has<'roles' | Carriers>) =>
  facts.roles.flatMap(({ users }) => users.filter(({ audience, cluster }) => audience !== DEFAULT_AUDIENCE && !cluster.detail.known)),
);

/** Why a cluster is not known to be the provider's, whose service accounts ask for audiences of their own. */
function unreadWithOwnAudience(url: IssuerId, facts: Has<'roles' | Carriers>): Unless | null {
  const user = askingForTheirOwn(facts).find((one) => mayBeOf(one, url));
  return user === undefined || user.cluster.detail.known ? null : { reason: user.cluster.detail.reason };
}

function entryOf(provider: OidcProvider, facts: Has<'roles' | Carriers>): readonly Entry<Audited>[] {
  const url = issuerIdIn(provider.arn);
  if (url === null) return [];
  const subject = providerSubject(provider);
  const isOfPods = isKubernetesIssuer(url, facts);
  const undescribed = isOfPods && facts.clusterOf(url) === null ? unreadWithOwnAudience(url, facts) : null;
  if (undescribed !== null) return [{ subject, unread: undescribed }];
  if (!provider.detail.known) return [{ subject, unread: provider.detail }];
  const of = { provider, url, detail: provider.detail.value };
  // Where it lists none, whoever comes is refused.
  return [isOfPods && of.detail.clientIds.length > 0 ? { subject, of, unless: carriersUnread(url, facts) } : { subject, of }];
}

/** What a wrong audience was probably meant to be. */
function oddity(clientIds: readonly string[], missing: readonly string[]): string {
  const cleaned = (id: string): string => id.replace(/[^\x21-\x7e]/g, '');
  if (clientIds.some((id) => cleaned(id) !== id && missing.includes(cleaned(id))))
    return 'one of them holds a character that cannot be seen';
  if (clientIds.some((id) => REGIONAL_STS.test(id))) return 'it lists a regional host name of STS, which is not an audience';
  const near = missing.flatMap((one) => nearest(one, clientIds, 2) ?? []);
  return near.length > 0 ? `it lists ${near.join(' and ')}` : `it lists ${clientIds.join(', ')}`;
}

const messages = {
  none: ({ issuer }: { issuer: string }) => `The provider of ${issuer} lists no audience (client ID): STS refuses every token of it.`,
  known: ({ issuer, missing, oddity }: { issuer: string; missing: string; oddity: string }) =>
    `The provider of ${issuer} does not list the audience ${missing}, which the tokens of its service accounts have: ${oddity}.`,
  demanded: ({ issuer, missing, roles, oddity }: { issuer: string; missing: string; roles: string; oddity: string }) =>
    `The provider of ${issuer} does not list the audience ${missing}, which ${roles} for it requires: ${oddity}, and no token meets both.`,
  assumed: ({ issuer, missing, oddity }: { issuer: string; missing: string; oddity: string }) =>
    `The provider of ${issuer} does not list ${missing}, the audience of EKS unless a service account asks for another: ${oddity}.`,
} satisfies Messages;

/** What a provider lacks, and how that is known. */
interface Lack extends Pick<Raised, 'message' | 'severity' | 'confidence' | 'unless'> {
  readonly missing: readonly string[];
  readonly users: readonly RoleUser[];
  /** Whether the provider or the role is wrong, nobody can tell: the tokens of a pipeline have whichever audience they are asked for. */
  readonly isEitherWay?: boolean;
}

/** What is to be known of the tokens of an issuer. */
interface Tokens {
  readonly roles: readonly RoleHas<Carriers>[];
  readonly users: readonly RoleUser[];
  /** Whether it is the issuer of a cluster here. */
  readonly isOfCluster: boolean;
  /** Whether its subjects are no service accounts. */
  readonly isOfPipeline: boolean;
}

const namesAudience = (roles: readonly RoleHas<Carriers>[], url: IssuerId, audience: string): boolean =>
  roles.some((role) => audienceDemands(role, url)?.statements.some((conditions) => valuesOf(conditions).includes(audience)) === true);

/** The audiences that the tokens of a service account have; empty where that is not settled. */
const settledOf = (user: RoleUser, facts: Has<'roles' | Carriers | Audiences>): readonly string[] =>
  settledAudiences(user, facts.role(user.serviceAccount.annotations[ROLE_ANNOTATION] ?? ''), facts);

/** The audiences in use that are known: of an own one an annotation alone says nothing, for anybody can write one. */
function audiencesKnown({ roles, users }: Tokens, url: IssuerId, facts: Has<'roles' | Carriers | Audiences>): readonly string[] {
  const pods = roles.flatMap((role) => audiencesOfPods(role, url, facts)).filter((audience) => namesAudience(roles, url, audience));
  const asked = users
    .flatMap((user) => settledOf(user, facts))
    .filter((audience) => audience === DEFAULT_AUDIENCE || namesAudience(roles, url, audience));
  return [...new Set([...asked, ...pods])];
}

/** Roles of which nobody's audience is known, as far as they require one that the provider does not list: no token meets both. */
function starvedLack(
  clientIds: readonly string[],
  roles: readonly RoleHas<Carriers>[],
  { users, isOfPipeline }: Tokens,
  url: IssuerId,
): Lack | null {
  const missing = [DEFAULT_AUDIENCE];
  const starved = roles.filter(
    (role) => agreement(role, url, clientIds) === 'differs' && audienceDemands(role, url)?.takes(DEFAULT_AUDIENCE) === true,
  );
  if (starved.length === 0) return null;
  const told = starved.length === 1 ? 'a role' : `each of ${plural(starved.length, 'role')}`;
  const message = messages.demanded({ issuer: url, missing: DEFAULT_AUDIENCE, roles: told, oddity: oddity(clientIds, missing) });
  return { message, missing, users, ...(isOfPipeline ? { severity: 'medium' as const, isEitherWay: true } : {}) };
}

/**
 * What a provider lacks for the audience that EKS gives to tokens, where nobody's is known: an assumption, and at an issuer without
 * a cluster here none at all. Where the provider and a role agree on another, that was meant, unless it is nearly the default.
 */
function assumedLack(
  clientIds: readonly string[],
  { roles, users, isOfCluster }: Tokens,
  url: IssuerId,
  facts: Has<'roles' | Carriers | Audiences>,
): Lack | null {
  if (!isOfCluster) return null;
  const isNear = missesDefault(clientIds);
  if (!isNear && roles.some((role) => agreement(role, url, clientIds) === 'agrees')) return null;
  const missing = [DEFAULT_AUDIENCE];
  const isSlight = facts.inventory.partition === 'aws-cn' || (roles.length === 0 && !isNear);
  // Roles say whether it is the one that is meant, or whether nobody is allowed; and whoever is seen says which it is.
  const unread = facts.inventory.roles.known ? tokensUnread(url, facts) : facts.inventory.roles;
  const severity = unread !== null ? 'medium' : isSlight ? 'info' : 'low';
  const message = messages.assumed({ issuer: url, missing: DEFAULT_AUDIENCE, oddity: oddity(clientIds, missing) });
  return { message, missing, users, severity, confidence: 'possible', unless: isNear ? null : unread };
}

function lackOf(clientIds: readonly string[], tokens: Tokens, url: IssuerId, facts: Has<'roles' | Carriers | Audiences>): Lack | null {
  const { roles, users } = tokens;
  const known = audiencesKnown(tokens, url, facts);
  if (clientIds.length === 0) {
    const demanded = roles.flatMap((role) => (audienceDemands(role, url)?.statements ?? []).flatMap(valuesOf));
    const wanted = [...new Set([...known, ...demanded])];
    const missing = wanted.length > 0 || !isKubernetesIssuer(url, facts) ? wanted : [DEFAULT_AUDIENCE];
    return { message: messages.none({ issuer: url }), missing, users };
  }
  const missing = known.filter((audience) => !clientIds.includes(audience));
  if (missing.length > 0) {
    const message = messages.known({ issuer: url, missing: missing.join(', '), oddity: oddity(clientIds, missing) });
    return { message, missing, users: users.filter((user) => settledOf(user, facts).some((audience) => missing.includes(audience))) };
  }
  // Where nobody's audience is known it would be the default, which nearly every provider lists.
  if (clientIds.includes(DEFAULT_AUDIENCE)) return null;
  const isUnknown = (role: RoleHas<Carriers>): boolean =>
    callersWithAudience(role, url, facts).length + audiencesOfPods(role, url, facts).length === 0;
  const starved = starvedLack(clientIds, roles.filter(isUnknown), tokens, url);
  if (starved !== null) return starved;
  const unsettled = users.filter((user) => settledOf(user, facts).length === 0);
  const isAlone = unsettled.length === users.length && roles.every(isUnknown);
  if (!isAlone && unsettled.length === 0) return null;
  const lack = assumedLack(clientIds, { ...tokens, users: unsettled }, url, facts);
  // That others here ask for another audience says that the default is not that one.
  return lack === null || isAlone ? lack : { ...lack, severity: 'medium', unless: tokensUnread(url, facts) };
}

/** What else may be right than to add what a provider lacks. */
function waysOf({ confidence, isEitherWay }: Lack, clientIds: readonly string[]): string {
  if (isEitherWay === true) return `, or let the roles require ${clientIds.join(' or ')}: whichever the tokens are asked for with`;
  return confidence === 'possible' ? ', if that is what the tokens have' : '';
}

/** The audience that tokens have is not among those that the provider takes. */
export const providerAudienceMissing = defineRule({
  id: 'provider-audience-missing',
  cause: 'provider-audience-missing',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'audiences of the provider',
  // It requires another audience besides: audience-mismatch/bad-the-provider-lacks-it-too.
  joins: ['audience-mismatch'],
  needs: ['providers'],
  uses: ['service-accounts', 'roles'],
  looksAt: ['clusters', 'pod-identity-associations', 'workloads', 'addons'],
  title: 'Provider lacks the audience',
  why: "STS takes a token only when its audience is one of the provider's client ids. EKS asks for sts.amazonaws.com unless the service account says otherwise; which audience the tokens of other issuers have, whoever asks for them decides.",
  error: STS_WRONG_AUDIENCE,
  references: ['EKS/enable-iam-roles-for-service-accounts.html', 'IAM/id_roles_providers_create_oidc.html'],
  subjects: (facts) => facts.providers.flatMap((provider) => entryOf(provider, facts)),
  evaluate: ({ provider, url, detail }, facts) => {
    const cluster = facts.clusterOf(url)?.cluster;
    const users = cluster === undefined ? [] : facts.usersOf(cluster);
    const roles = facts.rolesTrusting(url);
    // A provider of nobody's cluster that no role trusts hurts nobody.
    if (cluster === undefined && roles.length === 0) return [];
    const lack = lackOf(
      detail.clientIds,
      { roles, users, isOfCluster: cluster !== undefined, isOfPipeline: !isKubernetesIssuer(url, facts) },
      url,
      facts,
    );
    if (lack === null) return [];
    const { missing, message, confidence } = lack;
    const related = [
      ...roles.map(({ role }): Related => ({ type: 'role', id: role.arn, why: 'trusts this provider' })),
      ...relatedUsers(lack.users, 'its tokens are refused'),
    ];
    const patch: Patch = {
      resource: provider.arn,
      region: null,
      kind: 'provider',
      before: { url: detail.url, clientIds: detail.clientIds },
      after: { url: detail.url, clientIds: [...detail.clientIds, ...missing] },
    };
    return [
      {
        message,
        severity: lack.severity ?? (related.length > 0 ? 'high' : facts.inventory.roles.known ? 'low' : 'medium'),
        ...(confidence === undefined ? {} : { confidence }),
        evidence: [
          {
            what: 'audiences of the provider',
            path: null,
            found: detail.clientIds,
            expected: missing.length === 0 ? null : oneOrList(missing),
          },
        ],
        related,
        issuer: url,
        ...(lack.isEitherWay === true ? { error: null } : {}),
        ...(lack.unless === undefined ? {} : { unless: lack.unless }),
        about: [tokensFor(url, missing), audiencesTaken(url)],
        fix:
          missing.length === 0
            ? { summary: 'Add the audience that its tokens are asked for with to the client IDs of the provider.' }
            : {
                summary: `Add ${missing.join(', ')} to the client IDs of the provider${waysOf(lack, detail.clientIds)}.`,
                // Which audience the tokens have is a guess then: nothing to run.
                ...(confidence === 'possible' || lack.isEitherWay === true ? {} : { patches: [patch] }),
              },
      },
    ];
  },
});
