import type { IssuerId } from '../model/inventory/issuer-id.js';
import { deriveFacts, type Facts, type RoleFacts } from '../facts/account/facts.js';
import { groupBy } from '../lib/group-by.js';
import { subjectProblem } from '../facts/statement/service-account-subject.js';
import { isUndocumented } from '../facts/issuer/issuer-difference.js';
import { trustedByClusters } from '../facts/provider/trusted-issuers.js';
import type { MeantCluster } from '../facts/provider/near-issuer.js';
import { DEFAULT_AUDIENCE } from '../model/inventory/annotations.js';
import type { Admissions, Admitted, Entrance, RoleAdmission } from '../model/report/admission.js';
import type { Inventory } from '../model/inventory/inventory.js';
import { keysOfIssuer } from '../policy/language/issuer-keys.js';
import { indexSubjects } from '../policy/subjects/subject-index.js';
import { admissionOf, contradictions, upperBound } from '../policy/subjects/subject-questions.js';
import { Steps } from '../policy/pattern/steps.js';
import type { SubjectPattern } from '../policy/subjects/subject-pattern.js';
import { subjectSet, type SubjectSet } from '../policy/subjects/subject-set.js';
import { unreadIn } from './run/coverage.js';
import { audiencesFor, audiencesNamed, issuerDoor, USUAL_AUDIENCE, type Tried } from '../facts/provider/issuer-door.js';

/** An entrance before the service accounts of its cluster were held against it. */
interface Opening {
  readonly role: RoleFacts;
  readonly issuer: IssuerId;
  /** null = nobody is allowed, whatever the policy says. */
  readonly set: SubjectSet | null;
  readonly entrance: Omit<Entrance, 'serviceAccounts' | 'maybe'>;
}

type Through = Pick<Entrance, 'who' | 'atMost' | 'statements'>;

/** @param meant paths of the statements that are for the issuer: what keeps others shut is no news */
function admitted(set: SubjectSet, meant: ReadonlySet<string>): Admitted {
  const admission = admissionOf(set);
  if (admission.kind !== 'nobody') return admission;
  const shut = contradictions(set).filter(({ statement }) => meant.has(statement));
  return { kind: 'nobody', because: shut.flatMap(({ paths }) => paths) };
}

/** The same without what no service account can be called: character by character an asterisk, or an upper-case letter, names nobody. */
function possible(who: Admitted, { requirements }: SubjectSet): Admitted {
  const conditions = requirements.filter(({ statement }) => statement.effect === 'Allow').flatMap(({ anyOf }) => anyOf);
  const withoutCase = new Set(conditions.flatMap(({ patterns }) => patterns.flatMap((one) => (one.ignoreCase ? [one.text] : []))));
  const canBe = (text: string): boolean => subjectProblem(withoutCase.has(text) ? text.toLowerCase() : text, true) === null;
  const isOfSomebody = ({ text, ignoreCase }: SubjectPattern): boolean =>
    subjectProblem(ignoreCase ? text.toLowerCase() : text, true) === null;
  const shut = conditions.filter(({ patterns }) => !patterns.some(isOfSomebody)).map(({ path }) => path);
  // Where no Allow names them, it is a Deny that leaves nothing else.
  const denies = requirements
    .filter(({ statement, rest }) => statement.effect === 'Deny' && rest !== 'no')
    .map(({ statement }) => statement.path);
  const excluded = requirements
    .filter(({ statement }) => statement.effect === 'Allow')
    .flatMap(({ noneOf }) => noneOf.map(({ path }) => path));
  const [because = []] = [shut, denies, excluded].filter((paths) => paths.length > 0);
  const nobody: Admitted = { kind: 'nobody', because: [...new Set(because)] };
  if (who.kind === 'exactly') {
    const subjects = who.subjects.filter((subject) => subjectProblem(subject, false) === null);
    return subjects.length > 0 ? { ...who, subjects } : nobody;
  }
  if (who.kind !== 'patterns') return who;
  // Two patterns of which a subject has to match both are in one text.
  const patterns = who.patterns.filter((pattern) => pattern.split(' and ').every(canBe));
  return patterns.length > 0 ? { ...who, patterns } : nobody;
}

/** Who is allowed through one door, and by which Allow statements. */
function throughDoor(set: SubjectSet, meant: ReadonlySet<string>, isOfPods: boolean): Through {
  const all = admitted(set, meant);
  const who = isOfPods ? possible(all, set) : all;
  const bound = who.kind === 'nobody' || who.kind === 'everybody' ? null : upperBound(set);
  const atMost = bound === null || bound.kind === 'nobody' || bound.kind === 'undecided' ? {} : { atMost: bound };
  const letting = set.requirements.filter(({ statement, rest }) => statement.effect === 'Allow' && rest !== 'no');
  // A statement requires one thing of service accounts and another of others, where their tokens differ.
  return { who, ...atMost, statements: who.kind === 'nobody' ? [] : [...new Set(letting.map(({ statement }) => statement.path))] };
}

const NOBODY = { who: { kind: 'nobody', because: [] }, statements: [] } as const;

/** Who is allowed by tokens of an issuer that a cluster here was plainly meant to have: nobody, unless AWS may take the two for one. */
function misnamed(through: Through, { difference }: MeantCluster): Through {
  if (!isUndocumented(difference)) return NOBODY;
  const { who, atMost, statements } = through;
  if (who.kind === 'nobody') return through;
  const widest = who.kind === 'undecided' ? atMost : who;
  return { who: { kind: 'undecided' }, ...(widest === undefined ? {} : { atMost: widest }), statements };
}

/** Of entrances by which nobody is allowed, the one that tells most: it does not blame the audience, if another does not, and is the usual one. */
function mostTelling(openings: readonly Opening[], issuer: IssuerId): Opening | null {
  const audienceKey = `['${issuer}:${keysOfIssuer(issuer).audience}']`.toLowerCase();
  const blames = ({ entrance: { who } }: Opening): number =>
    who.kind === 'nobody' ? who.because.filter((path) => path.toLowerCase().endsWith(audienceKey)).length : 0;
  const least = Math.min(...openings.map(blames));
  const left = openings.filter((one) => blames(one) === least);
  return left.find(({ entrance }) => entrance.audience === DEFAULT_AUDIENCE) ?? left[0] ?? null;
}

/** An issuer whose tokens may come to a role, and the paths of the statements that are for it. */
interface Trusted {
  readonly issuer: IssuerId;
  readonly statements: ReadonlySet<string>;
}

function trustedOf({ statements }: RoleFacts, facts: Facts): readonly Trusted[] {
  const each = statements.flatMap((one) => trustedByClusters(one, facts).map((issuer) => ({ issuer, path: one.statement.path })));
  return [...groupBy(each, ({ issuer }) => issuer)].map(([issuer, some]) => ({
    issuer,
    statements: new Set(some.map(({ path }) => path)),
  }));
}

/**
 * One entrance for each audience that allows somebody; where none does, one that tells why. Where the steps of the role end, the
 * first that is undecided for that stands for those that follow.
 */
function openingsOf(role: RoleFacts, { issuer, statements }: Trusted, facts: Facts, steps: Steps): readonly Opening[] {
  const { door, provider, meant, clientIds } = issuerDoor(issuer, facts);
  const owner = facts.clusterOf(issuer)?.cluster ?? null;
  const cluster = owner === null ? null : `${owner.region}/${owner.name}`;
  const base = { issuer, provider, cluster, ...(meant === null ? {} : { meantFor: meant.cluster.url }) };
  const shutFor = ({ told }: Tried): Opening => ({ role, issuer, set: null, entrance: { ...base, audience: told, ...NOBODY } });
  const openingFor = (tried: Tried): Opening => {
    const set = subjectSet(role.policy, { ...door, audience: tried.audience }, steps);
    const through = throughDoor(set, statements, owner !== null);
    return { role, issuer, set, entrance: { ...base, audience: tried.told, ...(meant === null ? through : misnamed(through, meant)) } };
  };
  if (provider === 'absent') return [shutFor(USUAL_AUDIENCE)];
  const openings: Opening[] = [];
  for (const tried of audiencesFor(role, issuer, facts)) {
    const one = openingFor(tried);
    openings.push(one);
    if (one.entrance.who.kind === 'undecided' && one.entrance.who.limit === 'steps') break;
  }
  const open = openings.filter(({ entrance }) => entrance.who.kind !== 'nobody');
  if (open.length > 0) return open;
  const shut = mostTelling(openings, issuer) ?? shutFor(USUAL_AUDIENCE);
  const others =
    clientIds === null ? [] : [USUAL_AUDIENCE, ...audiencesNamed(role, issuer)].filter(({ audience }) => !clientIds.includes(audience));
  // Another audience would be allowed: it is those of the provider that deny everybody.
  const isOfProvider = clientIds?.length === 0 || others.map(openingFor).some(({ entrance }) => entrance.who.kind !== 'nobody');
  return [isOfProvider && clientIds !== null ? { ...shut, entrance: { ...shut.entrance, clientIds } } : shut];
}

/** The service accounts of a cluster that are allowed by an opening, and those that may. */
interface Held {
  readonly certain: string[];
  readonly maybe: string[];
}

/** Holds every service account of an issuer's cluster against the sets of its openings, by an index: not each against each. */
function holdAgainst(issuer: IssuerId, openings: readonly Opening[], facts: Facts): ReadonlyMap<Opening, Held> | null {
  const serviceAccounts = facts.clusterOf(issuer)?.cluster.serviceAccounts;
  if (serviceAccounts?.known !== true) return null;
  const index = indexSubjects(
    openings.flatMap((opening) =>
      opening.set === null || opening.entrance.who.kind === 'nobody' ? [] : [{ value: opening, set: opening.set }],
    ),
  );
  const found = new Map<Opening, Held>(openings.map((opening) => [opening, { certain: [], maybe: [] }]));
  for (const { namespace, name } of serviceAccounts.value) {
    for (const { value, membership } of index.find(`system:serviceaccount:${namespace}:${name}`)) {
      found.get(value)?.[membership === 'yes' ? 'certain' : 'maybe'].push(`${namespace}/${name}`);
    }
  }
  return found;
}

function heldInOrder(held: Held | undefined): Pick<Entrance, 'serviceAccounts' | 'maybe'> {
  if (held === undefined) return { serviceAccounts: null };
  return { serviceAccounts: held.certain.sort(), ...(held.maybe.length === 0 ? {} : { maybe: held.maybe.sort() }) };
}

/** The principals whom the Allow statements of a role trust beside web identities, each once. */
function othersOf({ policy, statements }: RoleFacts): Pick<RoleAdmission, 'others'> {
  const meant = new Set(
    statements.flatMap(({ federated }) => federated.flatMap(({ entry, named }) => (named.kind === 'saml' ? [] : [entry]))),
  );
  const others = policy.statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ principals }) => principals)
    .filter((one) => !meant.has(one))
    .map(({ kind, value }) => `${kind === '*' ? 'AWS' : kind} ${value}`);
  return others.length === 0 ? {} : { others: [...new Set(others)].sort() };
}

/**
 * Who can take the web-identity roles of an account: of all of them, or of one.
 * @param role ARN; null = every role with a web-identity statement
 * @param facts those of the inventory, where somebody has them
 */
export function admissionsOf(inventory: Inventory, role: string | null = null, facts = deriveFacts(inventory)): Admissions {
  const chosen = facts.roles.filter((one) => (role === null ? one.statements.length > 0 && !one.serviceLinked : one.role.arn === role));
  const openings = chosen.flatMap((one) => {
    const steps = new Steps();
    return trustedOf(one, facts).flatMap((trusted) => openingsOf(one, trusted, facts, steps));
  });
  const entrances = new Map<RoleFacts, Entrance[]>(chosen.map((one) => [one, []]));
  for (const [issuer, own] of groupBy(openings, (opening) => opening.issuer)) {
    const holding = holdAgainst(issuer, own, facts);
    for (const opening of own) entrances.get(opening.role)?.push({ ...opening.entrance, ...heldInOrder(holding?.get(opening)) });
  }
  const roles = chosen.map((one): RoleAdmission => ({
    role: one.role.arn,
    administrative: one.administrative,
    entrances: entrances.get(one) ?? [],
    ...othersOf(one),
  }));
  const unread = unreadIn(inventory, []);
  return {
    schemaVersion: 1,
    account: inventory.account,
    collectedAt: inventory.collectedAt,
    complete: unread.length === 0,
    unread,
    roles: roles.sort((left, right) => (left.role < right.role ? -1 : 1)),
  };
}
