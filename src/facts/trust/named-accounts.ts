import { asIssuerId, type IssuerId } from '../../model/inventory/issuer-id.js';
import { memo, memoByText } from '../../lib/memo.js';
import { isPositive } from '../statement/condition-semantics.js';
import { isPermissionUnread } from '../account/administrative.js';
import type { Carriers, Has, IssuingHas, RoleHas, RoleIndex } from '../account/facts.js';
import { groupBy } from '../../lib/group-by.js';
import { serviceAccountKey } from '../account/service-account-key.js';
import { eksIssuer } from '../issuer/issuer.js';
import { isOfAnother } from '../provider/other-issuer.js';
import { tokenBearers } from '../account/pods-by-hand.js';
import { pipelineRepaired } from '../statement/pipeline-subject.js';
import { cleanedSubject, subjectProblem } from '../statement/service-account-subject.js';
import { takesValue } from '../statement/matches-value.js';
import { concerns, conditionsOn, readCondition, type Condition, type WebIdentityStatement } from '../statement/web-identity.js';
import { SERVICE_ACCOUNT_PREFIX } from '../../policy/language/claims.js';
import { verdictOf } from '../../policy/language/evaluate.js';
import { hasWildcard } from '../../policy/pattern/glob.js';
import type { InventoryHas } from '../../model/contract/has.js';
import type { Located, TrustPolicy } from '../../policy/language/parse.js';
import { requestWith } from '../../policy/language/token.js';
import { hasVariable } from '../../policy/language/variables.js';

/** One service account that a trust policy names character by character. */
export interface NamedServiceAccount {
  readonly namespace: string;
  readonly name: string;
  /** Where it is named. */
  readonly value: Located;
}

/** The same with the role that is for it. */
export interface NamedByRole<R = RoleHas> extends NamedServiceAccount {
  readonly role: R;
}

const isExact = ({ operator }: Condition): boolean =>
  operator?.family === 'string' && operator.set !== 'ForAllValues' && !operator.ifExists && !operator.negated;

/** The values of one statement's `sub` that every condition on it takes. */
function subjectsIn(conditions: readonly Condition[]): Located[] {
  return conditions
    .filter(isExact)
    .flatMap(({ entry }) =>
      entry.values.filter(
        ({ value }) => subjectProblem(value, false) === null && conditions.every((other) => isPositive(other) && takesValue(other, value)),
      ),
    );
}

/** Several rules ask for the same of each role, and each proof of a repair asks again of the roles that it leaves as they are. */
const namedByUrl = memo((statements: readonly WebIdentityStatement[]) => memoByText((url: IssuerId) => findNamed(statements, url)));

/** The service accounts of one cluster that statements name, each once. */
export const namedIn = (statements: readonly WebIdentityStatement[], url: IssuerId): readonly NamedServiceAccount[] =>
  namedByUrl(statements)(url);

function findNamed(statements: readonly WebIdentityStatement[], url: IssuerId): readonly NamedServiceAccount[] {
  const found = new Map<string, NamedServiceAccount>();
  for (const statement of statements) {
    if (!statement.issuers.includes(url)) continue;
    for (const value of subjectsIn(conditionsOn(statement, 'sub').filter((one) => concerns(one, url)))) {
      const [, , namespace = '', name = ''] = value.value.split(':');
      const key = serviceAccountKey(namespace, name);
      if (!found.has(key)) found.set(key, { namespace, name, value });
    }
  }
  return [...found.values()];
}

/** A subject as an Allow statement names it: character by character, or by a pattern. */
export interface NamedSubject {
  readonly subject: string;
  readonly url: IssuerId;
  /** The issuer of the key, where the statement takes no token of it. */
  readonly by?: IssuerId;
}

/** Every subject that statements name positively, once for each of their issuers. */
export const subjectsNamedIn = memo((statements: readonly WebIdentityStatement[]): readonly NamedSubject[] =>
  statements.flatMap((statement) => {
    const conditions = conditionsOn(statement, 'sub').filter(isPositive);
    return (statement.issuers.length > 0 ? statement.issuers : [asIssuerId('')]).flatMap((url) =>
      conditions
        .filter((one) => concerns(one, url))
        .flatMap(({ entry, key, ownIssuer }) => {
          const by = ownIssuer || key.kind !== 'claim' ? {} : { by: key.issuer };
          return entry.values.map(({ value }) => ({ subject: value, url, ...by }));
        }),
    );
  }),
);

/** What tells whether a subject is named: the issuers that are there, and who uses the role. */
type Telling = Carriers | 'providers' | 'managed-policies';
type RoleNaming = RoleHas<Telling>;
type FactsOfNames = Has<Telling>;

/** A pattern says who is meant where at least the namespace is fixed. */
const leavesNamespaceOpen = (subject: string): boolean =>
  hasWildcard(subject) && (!subject.startsWith(SERVICE_ACCOUNT_PREFIX) || hasWildcard(subject.split(':')[2] ?? '*'));

/** Whether every cluster of the account was read: only then is an issuer that none of them has gone. */
function isEveryClusterRead({ regions }: InventoryHas<'clusters'>): boolean {
  return regions.every(({ clusters }) => clusters.known && clusters.value.every(({ detail }) => detail.known));
}

/**
 * Whether an issuer that a policy names may be taken for another: it is none of a cluster (a placeholder, a misspelling), it has
 * the other's id, or its cluster is gone and the role opens nothing grave. A service account of the same name in another cluster
 * that is there is somebody else.
 */
function isStandIn(
  named: IssuerId,
  url: IssuerId,
  role: RoleHas<'managed-policies'>,
  facts: Has<'clusters' | 'managed-policies'>,
): boolean {
  const issuer = eksIssuer(named);
  if (issuer === null || issuer.id.toLowerCase() === eksIssuer(url)?.id.toLowerCase()) return true;
  if (role.administrative !== null || isPermissionUnread(role.role, facts.inventory)) return false;
  return facts.clusterOf(named) === null && isEveryClusterRead(facts.inventory);
}

/**
 * Whether a subject that keys of another cluster name is meant all the same: it uses the role, which opens nothing grave, and every
 * user of the role in that cluster is allowed by another statement. Else nobody can tell whether the key or the principal is wrong.
 */
function isMeantNamesake(role: RoleNaming, subject: string, url: IssuerId, facts: FactsOfNames): boolean {
  if (role.administrative !== null || isPermissionUnread(role.role, facts.inventory)) return false;
  const all = [...role.users, ...tokenBearers(role.role.arn, facts)];
  if (!all.some((user) => user.url === url && user.subject === subject)) return false;
  const named = subjectsNamedIn(role.statements).filter((one) => one.url === url && one.subject === subject);
  const isRead = ({ by }: NamedSubject): boolean => by === undefined || facts.clusterOf(by)?.cluster.serviceAccounts.known === true;
  return (
    named.length > 0 &&
    named.every(isRead) &&
    all.every((user) => {
      if (user.url === null || !named.some(({ by }) => by === user.url)) return true;
      const { audience, subject: other } = user;
      return verdictOf(role.policy, requestWith({ url: user.url, audience, subject: other }, facts.inventory)) === 'allowed';
    })
  );
}

/**
 * Whether the trust policy of a role names a subject of an issuer: character by character, or in a spelling that can mean no other (a
 * slash for a colon, an upper-case letter, a prefix left out). What merely matches a pattern is not named, nor is who is
 * excepted, nor whom a Deny names, nor whom a key of another issuer that is there names: its namesake is somebody else. Where no
 * statement is for the issuer, those for what is in for it count.
 */
export function isNamedFor(role: RoleNaming, subject: string, url: IssuerId, facts: FactsOfNames): boolean {
  const isOfPods = eksIssuer(url) !== null || subject.startsWith(SERVICE_ACCOUNT_PREFIX);
  if (subject === '*' || (isOfPods && leavesNamespaceOpen(subject)) || isDeniedByName(role.policy, subject)) return false;
  const names = isOfPods ? namesOfPods : namesOfPipelines;
  return names(role, facts)(url).has(subject) || isMeantNamesake(role, subject, url, facts);
}

type NamesByUrl = (url: IssuerId) => ReadonlySet<string>;

/** The subjects that the statements of a role name for an issuer, as written and in the spelling that was plainly meant. */
const namesBy = (clean: (value: string, url: IssuerId) => string | null): ((role: RoleNaming, facts: FactsOfNames) => NamesByUrl) =>
  memo((role: RoleNaming, facts: FactsOfNames) =>
    memoByText((url: IssuerId) => {
      const own = role.statements.filter(({ issuers }) => issuers.includes(url));
      const standIns = (): WebIdentityStatement[] =>
        role.statements.filter(({ issuers }) => issuers.every((one) => isStandIn(one, url, role, facts)));
      const written = subjectsNamedIn(own.length > 0 ? own : standIns()).flatMap(({ subject, by }) =>
        by !== undefined && isOfAnother(by, url, facts) ? [] : [subject],
      );
      return new Set([...written, ...written.flatMap((value) => clean(value, url) ?? [])]);
    }),
  );
const namesOfPods = namesBy(cleanedSubject);
const namesOfPipelines = namesBy(pipelineRepaired);

/** Whether a Deny names the subject, be it under IfExists or ForAllValues: its word goes before that of an Allow. */
function isDeniedByName({ statements }: TrustPolicy, subject: string): boolean {
  return statements.some(
    ({ effect, conditions }) =>
      effect === 'Deny' &&
      conditions
        .map((entry) => readCondition(entry, []))
        .some(
          ({ claim, operator, entry }) =>
            claim === 'sub' && operator?.negated === false && entry.values.some(({ value }) => value === subject),
        ),
  );
}

/** Whether a trust policy speaks of nobody but service accounts that it names, of issuers of clusters here. */
export function namesEverybody({ policy, statements }: RoleHas, facts: Has<'clusters'>): boolean {
  const allows = policy.statements.filter(({ effect }) => effect === 'Allow');
  return (
    allows.length === statements.length &&
    statements.every(({ statement }) => statement.principals.every(({ kind }) => kind === 'Federated')) &&
    statements.every((statement) =>
      statement.issuers.every((url) => {
        if (facts.clusterOf(url) === null) return false;
        const conditions = conditionsOn(statement, 'sub').filter((one) => concerns(one, url));
        return conditions.some(
          (one) => isExact(one) && one.entry.values.every(({ value }) => subjectProblem(value, false) === null && !hasVariable(value)),
        );
      }),
    )
  );
}

/** The service accounts of a cluster that trust policies name, with the roles; by `namespace/name`. Roles that AWS made for its services left out. */
export const namedServiceAccounts = memo(
  <R extends RoleHas>(cluster: IssuingHas, facts: RoleIndex<R>): ReadonlyMap<string, readonly NamedByRole<R>[]> => {
    const named = facts
      .rolesTrusting(cluster.url)
      .filter(({ serviceLinked }) => !serviceLinked)
      .flatMap((role) => namedIn(role.statements, cluster.url).map(({ namespace, name, value }) => ({ role, namespace, name, value })));
    return groupBy(named, ({ namespace, name }) => serviceAccountKey(namespace, name));
  },
);
