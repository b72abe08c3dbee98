import {
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetOpenIDConnectProviderCommand,
  ListOpenIDConnectProvidersCommand,
  type ManagedPolicyDetail,
  NoSuchEntityException,
  type RoleDetail,
} from '@aws-sdk/client-iam';
import type { AccountQuotas, ManagedPolicy, OidcProviderDetail, Role } from '../../model/inventory.js';
import { known, type Observed, unknown } from '../../model/observed.js';
import { decodePolicyDocument } from '../policy-document.js';
import type { RolesPage } from '../ports.js';
import { ReadError } from '../read-error.js';
import { answered } from './classify-error.js';
import type { Clients } from './clients.js';
import { isoDate, listIn, nextIn, present, tagsIn } from './contents.js';

/** The ARNs of all OIDC providers: this API has no pages. */
export async function listProviders(clients: Clients, homeRegion: string, signal: AbortSignal): Promise<readonly string[]> {
  const answer = await answered(clients.iam(homeRegion).send(new ListOpenIDConnectProvidersCommand({}), { abortSignal: signal }));
  return listIn(answer.OpenIDConnectProviderList, 'OpenIDConnectProviderList').map((entry) => present(entry.Arn, 'Arn of a provider'));
}

/** Null in place of the error that says that there is none of this name. */
export function nullWhereGone(error: unknown): null {
  if (error instanceof NoSuchEntityException) return null;
  throw error;
}

/** One provider's audiences and the rest; null where it is gone. */
export async function getProvider(
  clients: Clients,
  homeRegion: string,
  arn: string,
  signal: AbortSignal,
): Promise<OidcProviderDetail | null> {
  const call = clients
    .iam(homeRegion)
    .send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }), { abortSignal: signal })
    .catch(nullWhereGone);
  const answer = await answered(call);
  if (answer === null) return null;
  return {
    // IAM leaves the scheme out in every answer seen, and does not promise it.
    url: present(answer.Url, 'Url').replace(/^https:\/\//, ''),
    clientIds: listIn(answer.ClientIDList, 'ClientIDList'),
    thumbprints: answer.ThumbprintList ?? [],
    createdAt: isoDate(answer.CreateDate),
    tags: tagsIn(answer.Tags),
  };
}

/** A page of roles and customer managed policies. IAM may send fewer than asked for and still have more. */
export async function listRoles(clients: Clients, homeRegion: string, marker: string | null, signal: AbortSignal): Promise<RolesPage> {
  const command = new GetAccountAuthorizationDetailsCommand({
    Filter: ['Role', 'LocalManagedPolicy'],
    MaxItems: 1000,
    ...(marker !== null && { Marker: marker }),
  });
  const answer = await answered(clients.iam(homeRegion).send(command, { abortSignal: signal }));
  return {
    roles: listIn(answer.RoleDetailList, 'RoleDetailList').map(roleOf),
    managedPolicies: policiesOf(answer.Policies),
    next: answer.IsTruncated === true ? present(nextIn(answer.Marker) ?? undefined, 'Marker of the page that it announces') : null,
  };
}

/** The limits that apply to this account, as IAM counts them. */
export async function accountQuotas(clients: Clients, homeRegion: string, signal: AbortSignal): Promise<AccountQuotas> {
  const answer = await answered(clients.iam(homeRegion).send(new GetAccountSummaryCommand({}), { abortSignal: signal }));
  // The SDK's type lists the keys that it knows, which these need not be among.
  const summary: Readonly<Record<string, number | undefined>> = present(answer.SummaryMap, 'SummaryMap');
  return { trustPolicyLength: summary['AssumeRolePolicySizeQuota'] ?? null, roles: summary['RolesQuota'] ?? null };
}

/** A role as IAM gives it, with what the answer holds of its policies. */
export function roleOf(role: RoleDetail): Role {
  const { RoleLastUsed: used } = role;
  return {
    arn: present(role.Arn, 'Arn of a role'),
    name: present(role.RoleName, 'RoleName of a role'),
    path: role.Path ?? '/',
    createdAt: isoDate(role.CreateDate),
    trustPolicy: decodePolicyDocument(present(role.AssumeRolePolicyDocument, 'AssumeRolePolicyDocument of a role')),
    inlinePolicies: (role.RolePolicyList ?? []).map((policy) => ({
      name: present(policy.PolicyName, 'PolicyName of an inline policy'),
      document: decodePolicyDocument(present(policy.PolicyDocument, 'PolicyDocument of an inline policy')),
    })),
    attachedPolicyArns: (role.AttachedManagedPolicies ?? []).map((policy) => present(policy.PolicyArn, 'PolicyArn of an attached policy')),
    permissionsBoundaryArn: role.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
    tags: tagsIn(role.Tags),
    lastUsed: used?.LastUsedDate === undefined ? null : { date: used.LastUsedDate.toISOString(), region: used.Region ?? null },
  };
}

/** Without this list the roles of the same answer are still good. */
function policiesOf(policies: readonly ManagedPolicyDetail[] | undefined): Observed<readonly ManagedPolicy[]> {
  try {
    return known(listIn(policies, 'Policies').map(policyOf));
  } catch (error) {
    if (error instanceof ReadError) return unknown(error.reason, error.detail);
    throw error;
  }
}

function policyOf(policy: ManagedPolicyDetail): ManagedPolicy {
  const version = listIn(policy.PolicyVersionList, 'PolicyVersionList of a policy').find((one) => one.IsDefaultVersion === true);
  return {
    arn: present(policy.Arn, 'Arn of a policy'),
    document: decodePolicyDocument(present(version?.Document, 'Document of the default version of a policy')),
  };
}
