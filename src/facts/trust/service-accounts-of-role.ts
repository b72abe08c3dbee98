import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { ROLE_ANNOTATION } from '../../model/inventory/annotations.js';
import { seen } from '../../model/inventory/observed.js';
import type { Carriers, Has, IssuingHas, RoleHas, RoleUser } from '../account/facts.js';
import { groupBy } from '../../lib/group-by.js';
import { eksIssuer } from '../issuer/issuer.js';
import { isMetBy } from '../statement/matches-value.js';
import { concerns, conditionsOn, type WebIdentityStatement } from '../statement/web-identity.js';

/** A role and the service accounts of one cluster that use it. */
export interface CarriedRole {
  readonly role: RoleHas<Carriers>;
  readonly users: readonly RoleUser[];
  readonly cluster: IssuingHas<Carriers>;
}

/** The roles that service accounts of a cluster have, with their users; roles that AWS made for its services left out. */
export function rolesCarriedIn(cluster: IssuingHas<Carriers>, facts: Has<'roles' | Carriers>): CarriedRole[] {
  const byArn = groupBy(facts.usersOf(cluster.cluster), ({ serviceAccount }) => serviceAccount.annotations[ROLE_ANNOTATION] ?? '');
  return [...byArn].flatMap(([arn, users]) => {
    const role = facts.role(arn);
    return role === null || role.serviceLinked ? [] : [{ role, users, cluster }];
  });
}

/** The service accounts of one issuer's cluster that use a role. */
export function callersFrom(role: RoleHas<Carriers>, url: IssuerId): readonly RoleUser[] {
  return role.users.filter((user) => user.url === url);
}

/** Their subjects, each once. */
export function callerSubjects(role: RoleHas<Carriers>, url: IssuerId): string[] {
  return [...new Set(callersFrom(role, url).map(({ subject }) => subject))];
}

/** Whether whoever uses a role is of clusters that were described, and none of them of this issuer's. */
export function isCarriedOnlyElsewhere({ users }: RoleHas<Carriers>, url: IssuerId): boolean {
  return users.length > 0 && users.every((user) => user.url !== null && user.url !== url);
}

/** Whether a service account may be of an issuer's cluster, whose issuer was not read. */
export const mayBeOf = ({ cluster }: RoleUser, url: IssuerId): boolean =>
  !cluster.detail.known && (eksIssuer(url)?.region ?? cluster.region) === cluster.region;

/** The subjects of all service accounts of the issuer's cluster, as far as read. */
export function subjectsOfCluster(url: IssuerId, facts: Has<'clusters' | 'service-accounts'>): string[] {
  const cluster = facts.clusterOf(url)?.cluster;
  return cluster === undefined
    ? []
    : seen(cluster.serviceAccounts).map(({ namespace, name }) => `system:serviceaccount:${namespace}:${name}`);
}

/** Whether what a statement requires of subject or audience, where it requires it of tokens of its issuer, takes the token of a service account. */
function takes(statement: WebIdentityStatement, user: RoleUser, claim: 'sub' | 'aud'): boolean {
  const { url } = user;
  const value = claim === 'sub' ? user.subject : user.audience;
  return (
    url !== null &&
    statement.issuers.includes(url) &&
    conditionsOn(statement, claim).every((one) => !concerns(one, url) || isMetBy(one, value))
  );
}

/**
 * Whether a statement is for others beside one issuer: they have none of its claims, and a condition on them that is added would
 * deny them.
 */
export const isSharedWithOthers = ({ statement, federated }: WebIdentityStatement, url: IssuerId): boolean =>
  statement.principals.length > federated.filter((one) => one.url === url).length;

/** Those of the users of a role whose subject some statement takes. */
export const namedCallers = (users: readonly RoleUser[], role: RoleHas): readonly RoleUser[] =>
  users.filter((user) => role.statements.some((statement) => takes(statement, user, 'sub')));

/** The users whom a statement names, and whom none that allows web identity names with the audience of their tokens. */
export function namedHereAlone(statement: WebIdentityStatement, role: RoleHas<Carriers>): readonly RoleUser[] {
  return role.users.filter(
    (user) =>
      takes(statement, user, 'sub') &&
      !role.statements.some((one) => one.allowsWebIdentity && takes(one, user, 'sub') && takes(one, user, 'aud')),
  );
}

/**
 * Whether a statement only adds session tags and the like beside another that allows the same issuer: it allows nobody
 * by itself, and is no exposure.
 */
export function isAuxiliary(statement: WebIdentityStatement, role: Pick<RoleHas, 'statements'>): boolean {
  const urls = new Set(statement.federated.map(({ url }) => url));
  return (
    !statement.allowsWebIdentity &&
    role.statements.some((other) => other.allowsWebIdentity && other.federated.some(({ url }) => urls.has(url)))
  );
}
