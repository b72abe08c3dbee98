import type { IssuerId } from '../../../model/inventory/issuer-id.js';
import { audiencesInUse, type Audiences } from '../../../facts/trust/audience-agreement.js';
import type { Carriers, Has, RoleHas } from '../../../facts/account/facts.js';
import {
  isSubjectInCapitals,
  knownText,
  placeholderIn,
  placeholderInValue,
  placeholderWithoutCase,
  type KnownText,
} from '../../../facts/trust/placeholder.js';
import { callerSubjects, subjectsOfCluster } from '../../../facts/trust/service-accounts-of-role.js';
import { mayBeAssociated } from '../../../facts/account/may-be-associated.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { anyAddonsUnread, anyCarriersUnread, carriersUnread, clustersUnread } from '../../../facts/pod-identity/unread-carriers.js';
import { denyStatements, type Condition, type WebIdentityStatement } from '../../../facts/statement/web-identity.js';
import { oneOrList, only } from '../../../lib/one-or-list.js';
import { keyAt, valueAt } from '../../../model/contract/about.js';
import type { Sentence } from '../../../model/report/finding.js';
import type { Json } from '../../../model/inventory/inventory.js';
import { providerArn } from '../../../policy/language/federated.js';
import type { TrustEdit } from '../../../policy/edit/repair.js';
import { hasVariable } from '../../../policy/language/variables.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages, type Raised, type Unless } from '../../contract/define-rule.js';

interface Meant {
  readonly url: IssuerId | null;
  /** Why it may be another, or none, for all that was read. */
  readonly unless: Unless | null;
}

/** The issuer that a statement is for: the one it names, else that of the service accounts that use the role, else the only one. */
function issuerMeant(statement: WebIdentityStatement, role: RoleHas<Carriers>, facts: Has<'roles' | Carriers>, known: KnownText): Meant {
  const named = statement.federated.every(({ entry }) => placeholderIn(entry.value, known) === null) ? statement.issuers : [];
  const carried = [...new Set(role.users.flatMap(({ url }) => url ?? []))];
  const candidates = [named, carried, facts.issuingClusters.map(({ url }) => url)].find((urls) => urls.length > 0) ?? [];
  return { url: only(candidates), unless: named.length > 0 ? null : meantUnread(role, facts) };
}

/** Why the issuer that is meant may be another: whoever uses the role says which it is, else the clusters do. */
function meantUnread({ users }: RoleHas<Carriers>, facts: Has<'roles' | Carriers>): Unless | null {
  const doubts = users
    .filter(({ url }) => url !== null)
    .map(({ cluster, serviceAccount }) => mayBeAssociated(cluster, serviceAccount, facts));
  if (doubts.length > 0) return doubts.includes(null) ? null : (doubts[0] ?? null);
  return anyCarriersUnread(facts) ?? anyAddonsUnread(facts) ?? (facts.issuingClusters.length === 0 ? clustersUnread(facts) : null);
}

function valuesMeant(condition: Condition, role: RoleHas<Carriers>, url: IssuerId, facts: Has<Audiences>): readonly string[] {
  const claim = condition.claim;
  return claim === 'sub' ? callerSubjects(role, url) : claim === 'aud' ? audiencesInUse(role, url, facts) : [];
}

const keyText = (key: string): string => (/^aws:/i.test(key) ? '' : key);

/** What tells a placeholder in a value of a condition. */
interface Reading {
  readonly statement: WebIdentityStatement;
  readonly known: KnownText;
  readonly facts: Has<'roles' | Carriers>;
}

function leftInValue(condition: Condition, value: string, variables: boolean, { statement, known, facts }: Reading): string | null {
  const placeholderOf = (text: string): string | null => placeholderInValue(text, variables, known);
  if (condition.operator?.ignoreCase !== true) return placeholderOf(value);
  return placeholderWithoutCase(condition, value, placeholderOf, () => statement.issuers.flatMap((url) => subjectsOfCluster(url, facts)));
}

function holdsPlaceholder(reading: Reading, variables: boolean): boolean {
  const { statement, known } = reading;
  if (statement.federated.some(({ entry }) => placeholderIn(entry.value, known) !== null)) return true;
  return statement.conditions.some(
    (condition) =>
      placeholderIn(keyText(condition.entry.key), known) !== null ||
      condition.entry.values.some(({ value }) => leftInValue(condition, value, variables, reading) !== null),
  );
}

const messages = {
  text: ({ what, found, placeholder }: { what: string; found: string; placeholder: string }) =>
    `The ${what} ${found} still holds ${placeholder}, which nobody replaced.`,
  denies: ({ what, found, placeholder }: { what: string; found: string; placeholder: string }) =>
    `The ${what} ${found} of a Deny still holds ${placeholder}, which nobody replaced: it denies nobody.`,
  spares: ({ what, found, placeholder }: { what: string; found: string; placeholder: string }) =>
    `The ${what} ${found} of a Deny still holds ${placeholder}, which nobody replaced: it spares nobody.`,
  version: ({ found, version }: { found: string; version: string }) =>
    `The value ${found} holds a policy variable, which is plain text in a document of Version ${version}.`,
} satisfies Messages;

/** A statement that holds some, and the issuer that it is for. */
interface Place extends Meant, Reading {
  readonly role: RoleHas<Carriers>;
  readonly facts: Has<'roles' | Carriers | Audiences>;
}

/** One text that was left, and what was meant; null = that cannot be told. */
interface Left {
  readonly message: Sentence;
  readonly what: 'federated principal' | 'condition key' | 'value';
  readonly path: string;
  readonly found: string;
  readonly meant: Json;
  readonly edit: TrustEdit | null;
  /** Letters are compared without case, so that it may be the name of something. */
  readonly mayBeName?: boolean;
}

const isDeny = ({ statement }: WebIdentityStatement): boolean => statement.effect === 'Deny';

/** What a text that was left comes to: in a Deny a value that nobody has denies nobody, or spares nobody where it is negated. */
function saidOf(statement: WebIdentityStatement, condition: Condition | null): 'text' | 'denies' | 'spares' {
  if (!isDeny(statement)) return 'text';
  return condition?.operator?.negated === true ? 'spares' : 'denies';
}

function leftInPrincipals({ statement, facts: { inventory }, known, url }: Place): Left[] {
  const meant = url === null ? null : providerArn(inventory.partition, inventory.account, url);
  return statement.federated.flatMap(({ entry: { value: found, path } }): Left[] => {
    const placeholder = placeholderIn(found, known);
    if (placeholder === null) return [];
    const what = 'federated principal';
    const edit = meant === null ? null : ({ kind: 'principal', path, value: meant } as const);
    return [{ message: messages[saidOf(statement, null)]({ what, found, placeholder }), what, path, found, meant, edit }];
  });
}

function leftInKey(condition: Condition, { statement, known, url }: Place): Left[] {
  const {
    entry: { key: found, path },
    claim,
  } = condition;
  const placeholder = placeholderIn(keyText(found), known);
  if (placeholder === null) return [];
  const what = 'condition key';
  const meant = url === null || claim === null ? null : `${url}:${claim}`;
  const edit = meant === null ? null : ({ kind: 'condition', path, key: meant } as const);
  return [{ message: messages[saidOf(statement, condition)]({ what, found, placeholder }), what, path, found, meant, edit }];
}

function leftInValues(condition: Condition, place: Place): Left[] {
  const { statement, role, url, facts } = place;
  const { entry } = condition;
  const { variables, version } = role.policy;
  const what = 'value';
  const good = entry.values.map(({ value }) => value).filter((value) => leftInValue(condition, value, variables, place) === null);
  const wanted = url === null ? [] : valuesMeant(condition, role, url, facts);
  const meant = wanted.length === 0 ? null : oneOrList(wanted);
  const edit = meant === null ? null : ({ kind: 'condition', path: entry.path, values: [...new Set([...good, ...wanted])] } as const);
  return entry.values.flatMap(({ value: found, path }): Left[] => {
    const placeholder = leftInValue(condition, found, variables, place);
    if (placeholder === null) return [];
    // A variable of IAM's own, in a document whose version gives it no meaning.
    if (hasVariable(found) && leftInValue(condition, found, true, place) === null) {
      const message = messages.version({ found, version: version ?? '2008-10-17 (none is given)' });
      return [{ message, what, path, found, meant: null, edit: { kind: 'version', version: '2012-10-17' } }];
    }
    const message = messages[saidOf(statement, condition)]({ what, found, placeholder });
    return [{ message, what, path, found, meant, edit, mayBeName: isSubjectInCapitals(condition, found) }];
  });
}

/** Where a word in capitals may be a name: what there is to say if it was not read which names there are. */
function unlessNamed({ statement, facts }: Place): Pick<Raised, 'confidence' | 'unless'> {
  const [unless] = statement.issuers.flatMap((url) => carriersUnread(url, facts) ?? []);
  if (unless !== undefined) return { unless };
  const isRead = statement.issuers.every((url) => facts.clusterOf(url)?.cluster.serviceAccounts.known === true);
  return isRead ? {} : { confidence: 'likely' };
}

function raise({ message, what, path, found, meant, edit, mayBeName }: Left, place: Place): Raised {
  const { statement, url, unless } = place;
  const right = typeof meant === 'string' ? meant : JSON.stringify(meant);
  return {
    message,
    evidence: [{ what, path, found, expected: isDeny(statement) ? null : meant }],
    statement: statement.statement.index,
    ...(url === null ? {} : { issuer: url }),
    about: [what === 'condition key' ? keyAt(path) : valueAt(path)],
    // Whom a Deny was meant for, those who use the role do not say; whom it denies too is told by itself.
    ...(isDeny(statement) ? { severity: 'low', error: null } : {}),
    unless,
    ...(mayBeName === true ? unlessNamed(place) : {}),
    fix: {
      summary:
        meant === null || isDeny(statement)
          ? `Put the value that was meant in the place of ${found}.`
          : `Put ${right} in the place of ${found}.`,
      ...(edit === null || isDeny(statement) ? {} : { edits: [edit] }),
    },
  };
}

/** Text of a template or of documentation that nobody replaced. */
export const placeholderLeft = defineRule({
  id: 'placeholder-left',
  cause: 'trust-placeholder',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'placeholder',
  deadPiece: true,
  // What is in a principal is read as one: bad-example-id-of-documentation, bad-variable-in-arn,
  // bad-example-in-the-principal.
  absorbs: ['federated-account-foreign', 'federated-arn-malformed', 'federated-provider-absent'],
  needs: ['roles'],
  looksAt: ['service-accounts', 'clusters', 'pod-identity-associations', 'providers', 'workloads', 'addons'],
  title: 'Placeholder left in trust policy',
  why: 'IAM stores names of providers, keys and values without asking whether they exist. Text that a template should have filled in, or that was copied from an example, matches no token.',
  error: STS_NOT_AUTHORIZED,
  references: ['IAM/reference_policies_variables.html', 'EKS/associate-service-account-role.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) => {
    const known = knownText(facts);
    return [...role.statements, ...denyStatements(role)]
      .filter((statement) => holdsPlaceholder({ statement, known, facts }, role.policy.variables))
      .map((statement): Place => ({ statement, role, facts, known, ...issuerMeant(statement, role, facts, known) }))
      .flatMap((place) =>
        [
          ...leftInPrincipals(place),
          ...place.statement.conditions.flatMap((condition) => [...leftInKey(condition, place), ...leftInValues(condition, place)]),
        ].map((left) => raise(left, place)),
      );
  },
});
