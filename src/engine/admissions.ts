import { deriveFacts, type Facts, type RoleFacts } from '../facts/facts.js';
import { groupBy } from '../lib/group-by.js';
import { concerns, conditionsOn, valuesOf } from '../facts/web-identity.js';
import { DEFAULT_AUDIENCE } from '../model/annotations.js';
import type { Admissions, Admitted, Entrance, RoleAdmission } from '../model/admission.js';
import type { Inventory } from '../model/inventory.js';
import { ANY_AUDIENCE } from '../policy/audience-kinds.js';
import { hasWildcard } from '../policy/glob.js';
import { isBuiltIn, keysOfIssuer, principalOf } from '../policy/issuer-keys.js';
import { indexSubjects } from '../policy/subject-index.js';
import { admissionOf, contradictions, upperBound } from '../policy/subject-questions.js';
import { Steps } from '../policy/steps.js';
import { subjectSet, type Door, type SubjectSet } from '../policy/subject-set.js';
import { unreadIn } from './coverage.js';

/** An entrance before the service accounts of its cluster were held against it. */
interface Opening {
  readonly role: RoleFacts;
  readonly issuer: string;
  /** null = nobody gets in, whatever the policy says. */
  readonly set: SubjectSet | null;
  readonly entrance: Omit<Entrance, 'serviceAccounts' | 'maybe'>;
}

/** How an entrance says that any audience gets in by it that the policy does not name. */
const EVERY_AUDIENCE = '*';

/** An audience to try, and how the policy writes it. */
interface Tried {
  readonly audience: string;
  readonly told: string;
}

const asTold = (audience: string): Tried => ({ audience, told: audience });

/** Audiences of tokens of an issuer that is built into AWS: one that the policy does not name, and those that it names. */
function audiencesOfBuiltIn(role: RoleFacts, issuer: string): readonly Tried[] {
  const { audience } = keysOfIssuer(issuer);
  const conditions = role.statements.flatMap((statement) => conditionsOn(statement, audience).filter((one) => concerns(one, issuer)));
  // Under another operator a wildcard stands for itself, and no audience holds one.
  const named = conditions.flatMap((one) => valuesOf([one]).filter((value) => one.operator?.wildcards === true || !hasWildcard(value)));
  const tried = [...new Set(named)].map((value): Tried => ({ audience: value.replace(/[*?]/g, 'x'), told: value }));
  return [{ audience: ANY_AUDIENCE, told: EVERY_AUDIENCE }, ...tried.filter(({ told }) => told !== EVERY_AUDIENCE)];
}

function audiencesFor(role: RoleFacts, issuer: string, facts: Facts): readonly Tried[] {
  if (isBuiltIn(issuer)) return audiencesOfBuiltIn(role, issuer);
  const detail = facts.providerOf(issuer)?.detail;
  if (detail?.known === true) return detail.value.clientIds.map(asTold);
  const demanded = role.statements.flatMap((statement) => valuesOf(conditionsOn(statement, 'aud')));
  return [...new Set([DEFAULT_AUDIENCE, ...demanded])].map(asTold);
}

/** Where STS finds the issuer: a provider of the account, or one that is built into AWS. */
function providerFor(issuer: string, facts: Facts): { readonly arn: string; readonly provider: Entrance['provider'] } {
  const { partition, account, providers } = facts.inventory;
  const isThere = isBuiltIn(issuer) || facts.providerOf(issuer) !== null;
  return { arn: principalOf(partition, account, issuer), provider: isThere ? 'there' : providers.known ? 'absent' : 'unread' };
}

/** @param meant paths of the statements that are for the issuer: what keeps others shut is no news */
function admitted(set: SubjectSet, meant: ReadonlySet<string>): Admitted {
  const admission = admissionOf(set);
  if (admission.kind !== 'nobody') return admission;
  const shut = contradictions(set).filter(({ statement }) => meant.has(statement));
  return { kind: 'nobody', because: shut.flatMap(({ paths }) => paths) };
}

/** Who gets in through one door, and by which Allow statements. */
function throughDoor(set: SubjectSet, meant: ReadonlySet<string>): Pick<Entrance, 'who' | 'atMost' | 'statements'> {
  const who = admitted(set, meant);
  const bound = who.kind === 'nobody' || who.kind === 'everybody' ? null : upperBound(set);
  const atMost = bound === null || bound.kind === 'nobody' || bound.kind === 'undecided' ? {} : { atMost: bound };
  const letting = set.requirements.filter(({ statement, rest }) => statement.effect === 'Allow' && rest !== 'no');
  // A statement demands one thing of service accounts and another of others, where their tokens differ.
  return { who, ...atMost, statements: who.kind === 'nobody' ? [] : [...new Set(letting.map(({ statement }) => statement.path))] };
}

const NOBODY = { who: { kind: 'nobody', because: [] }, statements: [] } as const;

/**
 * One entrance for each audience that lets somebody in; where none does, the one for the usual audience. Where the steps of the
 * role end, the first that is undecided for that stands for those that follow.
 */
function openingsOf(role: RoleFacts, issuer: string, facts: Facts, steps: Steps): readonly Opening[] {
  const { arn, provider } = providerFor(issuer, facts);
  const owner = facts.clusterOf(issuer)?.cluster ?? null;
  const cluster = owner === null ? null : `${owner.region}/${owner.name}`;
  const accepted = provider === 'absent' ? [asTold(DEFAULT_AUDIENCE)] : audiencesFor(role, issuer, facts);
  const audiences = accepted.length > 0 ? accepted : [asTold(DEFAULT_AUDIENCE)];
  const meant = new Set(role.statements.filter(({ issuers }) => issuers.includes(issuer)).map(({ statement }) => statement.path));
  const openings: Opening[] = [];
  for (const { audience, told } of audiences) {
    const plain: Door = { providerArn: arn, issuer: `https://${issuer}`, audience };
    const door: Door = accepted.length > 0 ? plain : { ...plain, clientIds: [] };
    const set = provider === 'absent' ? null : subjectSet(role.policy, door, steps);
    const through = set === null ? NOBODY : throughDoor(set, meant);
    const { who } = through;
    openings.push({ role, issuer, set, entrance: { issuer, audience: told, provider, cluster, ...through } });
    if (who.kind === 'undecided' && who.limit === 'steps') break;
  }
  const open = openings.filter(({ entrance }) => entrance.who.kind !== 'nobody');
  if (open.length > 0) return open;
  return [openings.find(({ entrance }) => entrance.audience === DEFAULT_AUDIENCE) ?? openings[0]].filter((one) => one !== undefined);
}

/** The service accounts of a cluster that get in by an opening, and those that may. */
interface Held {
  readonly certain: string[];
  readonly maybe: string[];
}

/** Holds every service account of an issuer's cluster against the sets of its openings, by an index: not each against each. */
function holdAgainst(issuer: string, openings: readonly Opening[], facts: Facts): ReadonlyMap<Opening, Held> | null {
  const accounts = facts.clusterOf(issuer)?.cluster.serviceAccounts;
  if (accounts?.known !== true) return null;
  const index = indexSubjects(
    openings.flatMap((opening) =>
      opening.set === null || opening.entrance.who.kind === 'nobody' ? [] : [{ value: opening, set: opening.set }],
    ),
  );
  const found = new Map<Opening, Held>(openings.map((opening) => [opening, { certain: [], maybe: [] }]));
  for (const { namespace, name } of accounts.value) {
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
 */
export function admissionsOf(inventory: Inventory, role: string | null = null): Admissions {
  const facts = deriveFacts(inventory);
  const chosen = facts.roles.filter((one) => (role === null ? one.statements.length > 0 && !one.serviceLinked : one.role.arn === role));
  const openings = chosen.flatMap((one) => {
    const steps = new Steps();
    return [...new Set(one.statements.flatMap(({ issuers }) => issuers))].flatMap((issuer) => openingsOf(one, issuer, facts, steps));
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
