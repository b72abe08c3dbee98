import type { Role } from '../model/inventory.js';
import { unknown } from '../model/observed.js';
import { collectRoles } from './iam.js';
import { observe, observePages } from './observe.js';
import type { Asking } from './read-queue.js';

/** Where roles are asked for: IAM is read in the partition's home region. */
interface Iam extends Asking {
  readonly home: string;
}

const NOT_ASKED = { reason: 'not-requested', detail: 'The role that it goes on to was asked for.' } as const;

async function read({ aws, queue, home }: Iam, arn: string): Promise<Role | null> {
  const name = arn.split('/').at(-1) ?? '';
  const role = await observe(queue.ask('iam:GetRole', arn, (signal) => aws.getRole(home, name, signal)));
  return role.known && role.value?.arn === arn ? role.value : null;
}

/** A role with the names of its policies, or the reason why these are not known. */
async function withPolicies({ aws, queue, home }: Iam, role: Role): Promise<Role> {
  const { arn, name } = role;
  const [attached, inline] = await Promise.all([
    observePages((marker) =>
      queue.ask('iam:ListAttachedRolePolicies', arn, (signal) => aws.listAttachedPolicies(home, name, marker, signal)),
    ),
    observePages((marker) => queue.ask('iam:ListRolePolicies', arn, (signal) => aws.listInlinePolicies(home, name, marker, signal))),
  ]);
  for (const list of [attached, inline])
    if (!list.known) return { ...role, permissionsUnread: { reason: list.reason, detail: list.detail } };
  return {
    ...role,
    attachedPolicyArns: attached.known ? attached.value : [],
    inlinePolicies: (inline.known ? inline.value : []).map((one) => ({ name: one, document: null })),
    permissionsUnread: 'text',
  };
}

/**
 * The roles of one workload in their order; all of the account where none is named, so that the one can be told that is for
 * it, where one of them is not there, so that what comes nearest can, or where reading one is refused. Of the last, which is
 * the one that its pods act as, the policies are named.
 */
export async function collectRolesNamed(iam: Iam, arns: readonly string[]): ReturnType<typeof collectRoles> {
  const found = await Promise.all(arns.map((arn) => read(iam, arn)));
  const roles = found.filter((role) => role !== null);
  if (arns.length === 0 || roles.length < arns.length) return collectRoles(iam, iam.home);
  const last = roles.at(-1);
  const before = roles.slice(0, -1).map((role): Role => ({ ...role, permissionsUnread: NOT_ASKED }));
  const named = last === undefined ? [] : [...before, await withPolicies(iam, last)];
  return {
    roles: unknown('not-requested', 'The roles of one workload alone were asked for.', named),
    managedPolicies: unknown('not-requested', 'What policies allow was not asked for.'),
  };
}
