import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { addTo } from '../../lib/group-by.js';
import { memo, memoByText } from '../../lib/memo.js';
import type { ClusterHas, Declared } from '../../model/contract/has.js';
import type { Cluster, Inventory, Json, Role } from '../../model/inventory/inventory.js';
import { seen } from '../../model/inventory/observed.js';
import type { Need, UsageNeed } from '../../model/contract/sections.js';
import { parseTrustPolicy, type TrustPolicy } from '../../policy/language/parse.js';
import { administrativeReasons } from './administrative.js';
import type { Carriers, RoleUses, UserIndex } from './role-users.js';
import { webIdentityStatements, type WebIdentityStatement } from '../statement/web-identity.js';

/** A trust policy as read. */
export interface Trust {
  readonly policy: TrustPolicy;
  readonly statements: readonly WebIdentityStatement[];
}

export interface RoleFacts<C = Cluster> extends Trust, RoleUses<C> {
  readonly role: Role;
  /** Why it is administrative; null = it is not, as far as its policies were read. */
  readonly administrative: string | null;
  /** Made for AWS services by AWS: cannot be edited, never reported. */
  readonly serviceLinked: boolean;
}

/** The sections, beside the roles, that members of a role come from. */
interface RoleNeeds {
  readonly users: Carriers;
  readonly usage: UsageNeed;
  readonly associatedIn: 'pod-identity-associations';
  readonly targetedIn: 'pod-identity-associations';
  readonly administrative: 'managed-policies';
}

/** A role as far as sections were declared; its trust policy and its own policies always. */
export type RoleHas<N extends Need = never> = Declared<RoleFacts<ClusterHas<N>>, RoleNeeds, N>;

/** The roles that arrived, and ways to find them. */
export interface RoleIndex<R = RoleHas> {
  readonly roles: readonly R[];
  role(arn: string): R | null;
  /** Roles with a statement for this issuer, by what they name or mean. Without case. */
  rolesTrusting(url: IssuerId): readonly R[];
}

const NONE: readonly never[] = [];

function readTrust(document: Json): Trust {
  const policy = parseTrustPolicy(document);
  return { policy, statements: webIdentityStatements(policy) };
}

const readTrustOnce = memo((document: Json & object): Trust => readTrust(document));

/** Reads the trust policy of a patch, once for each document: every proof of a repair asks for it several times. */
export const trustOf = (document: Json): Trust =>
  typeof document === 'object' && document !== null ? readTrustOnce(document) : readTrust(document);

/** Roles in thousands trust the issuers of a few clusters. */
const MOST_KEPT = 20_000;
const withoutCase = memoByText((url) => url.toLowerCase(), MOST_KEPT);

/** The roles by each issuer that they trust, without case. */
function rolesByIssuer(roles: readonly RoleFacts[]): ReadonlyMap<string, readonly RoleFacts[]> {
  const found = new Map<string, RoleFacts[]>();
  for (const role of roles)
    for (const { issuers } of role.statements)
      for (const url of issuers) {
        const key = withoutCase(url);
        // Several statements of a role may be for one issuer.
        if (found.get(key)?.at(-1) !== role) addTo(found, key, role);
      }
  return found;
}

/** What one role is found to be. A class, so that thousands of them share one shape: a getter that each had of its own would keep V8 from it. */
class ReadRole implements RoleFacts {
  readonly policy: TrustPolicy;
  readonly statements: readonly WebIdentityStatement[];
  readonly users: RoleUses['users'];
  readonly usage: RoleUses['usage'];
  readonly associatedIn: RoleUses['associatedIn'];
  readonly targetedIn: RoleUses['targetedIn'];
  readonly serviceLinked: boolean;
  private reason: string | null | undefined;

  constructor(
    readonly role: Role,
    trust: Trust,
    uses: RoleUses,
    private readonly administrativeBecause: (role: Role) => string | null,
  ) {
    this.policy = trust.policy;
    this.statements = trust.statements;
    this.users = uses.users;
    this.usage = uses.usage;
    this.associatedIn = uses.associatedIn;
    this.targetedIn = uses.targetedIn;
    this.serviceLinked = role.path.startsWith('/aws-service-role/');
  }

  /** Worked out once, for those of whom it is asked. */
  get administrative(): string | null {
    if (this.reason === undefined) this.reason = this.administrativeBecause(this.role);
    return this.reason;
  }
}

/** Reads the trust policies of an inventory; those that an earlier one has too were read there. */
export function indexRoles(inventory: Inventory, users: UserIndex<Cluster>, earlier?: RoleIndex<RoleFacts>): RoleIndex<RoleFacts> {
  const administrativeBecause = administrativeReasons(inventory);
  const read = ({ arn, trustPolicy }: Role): Trust => {
    if (earlier === undefined) return readTrust(trustPolicy);
    const before = earlier.role(arn);
    return before?.role.trustPolicy === trustPolicy ? before : trustOf(trustPolicy);
  };
  const roles = seen(inventory.roles).map((role) => new ReadRole(role, read(role), users.usesOf(role.arn), administrativeBecause));
  const byArn = new Map(roles.map((entry) => [entry.role.arn, entry]));
  const trusting = rolesByIssuer(roles);
  return {
    roles,
    role: (arn) => byArn.get(arn) ?? null,
    rolesTrusting: (url) => trusting.get(withoutCase(url)) ?? NONE,
  };
}
