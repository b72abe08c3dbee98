import { groupBy } from '../lib/group-by.js';
import { memo } from '../lib/memo.js';
import type { Inventory, Json, Role } from '../model/inventory.js';
import { whatArrived } from '../model/observed.js';
import { parseTrustPolicy, type TrustPolicy } from '../policy/parse.js';
import { administrativeReasons } from './administrative.js';
import type { RoleUses, UserIndex } from './role-users.js';
import { webIdentityStatements, type WebIdentityStatement } from './web-identity.js';

/** A trust policy as read. */
export interface Trust {
  readonly policy: TrustPolicy;
  readonly statements: readonly WebIdentityStatement[];
}

export interface RoleFacts extends Trust, RoleUses {
  readonly role: Role;
  /** Why it is administrative; null = it is not, as far as its policies were read. */
  readonly administrative: string | null;
  /** Made for AWS services by AWS: cannot be edited, never reported. */
  readonly serviceLinked: boolean;
}

/** The roles that arrived, and ways to find them. */
export interface RoleIndex {
  readonly roles: readonly RoleFacts[];
  role(arn: string): RoleFacts | null;
  /** Roles with a statement for this issuer, by what they name or mean. Without case. */
  rolesTrusting(url: string): readonly RoleFacts[];
}

function readTrust(document: Json): Trust {
  const policy = parseTrustPolicy(document);
  return { policy, statements: webIdentityStatements(policy) };
}

const readTrustOnce = memo((document: Json & object): Trust => readTrust(document));

/** Reads a trust policy, once for each document: every proof of a repair asks for that of the patch several times, and for all that it leaves as they are. */
export const trustOf = (document: Json): Trust =>
  typeof document === 'object' && document !== null ? readTrustOnce(document) : readTrust(document);

/** The issuers of all statements, each once, without case. */
function trustedIssuers(statements: readonly WebIdentityStatement[]): readonly string[] {
  return statements.length === 0 ? [] : [...new Set(statements.flatMap(({ issuers }) => issuers.map((url) => url.toLowerCase())))];
}

export function indexRoles(inventory: Inventory, users: UserIndex): RoleIndex {
  const administrativeBecause = administrativeReasons(inventory);
  const roles = whatArrived(inventory.roles).map((role): RoleFacts => {
    let administrative: string | null | undefined;
    const { policy, statements } = trustOf(role.trustPolicy);
    const { users: own, usage, associatedIn, targetedIn } = users.usesOf(role.arn);
    return {
      role,
      policy,
      statements,
      users: own,
      usage,
      associatedIn,
      targetedIn,
      get administrative() {
        if (administrative === undefined) administrative = administrativeBecause(role);
        return administrative;
      },
      serviceLinked: role.path.startsWith('/aws-service-role/'),
    };
  });
  const byArn = new Map(roles.map((entry) => [entry.role.arn, entry]));
  const trusting = groupBy(
    roles.flatMap((role) => trustedIssuers(role.statements).map((url) => ({ url, role }))),
    ({ url }) => url,
  );
  return {
    roles,
    role: (arn) => byArn.get(arn) ?? null,
    rolesTrusting: (url) => (trusting.get(url.toLowerCase()) ?? []).map(({ role }) => role),
  };
}
