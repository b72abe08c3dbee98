import type { Role } from '../model/inventory/inventory.js';
import { unknown } from '../model/inventory/observed.js';
import { collectRoles } from './iam.js';
import { observe, observePages } from './reading/observe.js';
import type { Asking } from './reading/read-queue.js';

/** Where roles are asked for: IAM is read in the partition's home region. */
interface Iam extends Asking {
  readonly home: string;
}

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
 * The role of one workload, with the names of its policies; all of the account where none is named, so that the one can be told
 * that is for it, where it is not there, so that what comes nearest can, or where reading it is refused.
 */
export async function collectRoleNamed(iam: Iam, arn: string | null): ReturnType<typeof collectRoles> {
  const role = arn === null ? null : await read(iam, arn);
  if (role === null) return collectRoles(iam, iam.home);
  return {
    roles: unknown('not-requested', 'The role of one workload alone was asked for.', [await withPolicies(iam, role)]),
    managedPolicies: unknown('not-requested', 'What policies allow was not asked for.'),
  };
}
