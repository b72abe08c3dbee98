import { GetRoleCommand, ListAttachedRolePoliciesCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import type { Role } from '../../model/inventory/inventory.js';
import type { Page } from '../reading/ports.js';
import { answered } from './classify-error.js';
import type { ApiCall } from './clients.js';
import { listIn, nextIn, present, textIn, textsIn } from './contents.js';
import { nullWhereGone, roleOf } from './iam.js';

/** One role, without its policies; null where there is none of this name. */
export async function getRole({ clients, region, signal }: ApiCall, name: string): Promise<Role | null> {
  const call = clients
    .iam(region)
    .send(new GetRoleCommand({ RoleName: name }), { abortSignal: signal })
    .catch(nullWhereGone);
  const answer = await answered(call);
  return answer === null ? null : roleOf(present(answer.Role, 'Role'));
}

function pageOf(
  items: readonly string[],
  { IsTruncated, Marker }: { IsTruncated?: boolean | undefined; Marker?: string | undefined },
): Page<string> {
  return { items, next: IsTruncated === true ? present(nextIn(Marker) ?? undefined, 'Marker of the page that it announces') : null };
}

/** A page of the ARNs of a role's managed policies. */
export async function listAttachedPolicies(
  { clients, region, signal }: ApiCall,
  role: string,
  marker: string | null,
): Promise<Page<string>> {
  const command = new ListAttachedRolePoliciesCommand({ RoleName: role, ...(marker !== null && { Marker: marker }) });
  const answer = await answered(clients.iam(region).send(command, { abortSignal: signal }));
  const attached = listIn(answer.AttachedPolicies, 'AttachedPolicies');
  return pageOf(
    attached.map(({ PolicyArn }) => textIn(PolicyArn, 'PolicyArn of an attached policy')),
    answer,
  );
}

/** A page of the names of the policies that a role has of its own. */
export async function listInlinePolicies({ clients, region, signal }: ApiCall, role: string, marker: string | null): Promise<Page<string>> {
  const command = new ListRolePoliciesCommand({ RoleName: role, ...(marker !== null && { Marker: marker }) });
  const answer = await answered(clients.iam(region).send(command, { abortSignal: signal }));
  return pageOf(textsIn(answer.PolicyNames, 'PolicyNames'), answer);
}
