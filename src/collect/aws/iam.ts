import {
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetOpenIDConnectProviderCommand,
  ListAccountAliasesCommand,
  ListOpenIDConnectProvidersCommand,
  type ManagedPolicyDetail,
  NoSuchEntityException,
  type RoleDetail,
} from '@aws-sdk/client-iam';
import { IGNORE_TAG } from '../../model/report/ignore-tag.js';
import { isManagerTag } from '../../model/inventory/manager.js';
import type { AccountQuotas, ManagedPolicy, OidcProviderDetail, Role } from '../../model/inventory/inventory.js';
import { known, type Observed, unknown } from '../../model/inventory/observed.js';
import { decodePolicyDocument } from '../policy-document.js';
import type { RolesPage } from '../reading/ports.js';
import { ReadError } from '../reading/read-error.js';
import { answered } from './classify-error.js';
import type { ApiCall } from './clients.js';
import { isoDate, listIn, nextIn, numberOrNull, present, tagsIn, textIn, textOrNull, textsIn } from './contents.js';

/** The ARNs of all OIDC providers: this API has no pages. */
export async function listProviders({ clients, region, signal }: ApiCall): Promise<readonly string[]> {
  const answer = await answered(clients.iam(region).send(new ListOpenIDConnectProvidersCommand({}), { abortSignal: signal }));
  return listIn(answer.OpenIDConnectProviderList, 'OpenIDConnectProviderList').map((entry) => textIn(entry.Arn, 'Arn of a provider'));
}

/** Of the tags of a role or provider those that something reads: who tags may write anything into the others. */
const tagsRead = (tags: Parameters<typeof tagsIn>[0]): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(tagsIn(tags)).filter(([key, value]) => key === IGNORE_TAG || isManagerTag(key, value)));

/** Null in place of the error that says that there is none of this name. */
export function nullWhereGone(error: unknown): null {
  if (error instanceof NoSuchEntityException) return null;
  throw error;
}

/** One provider's audiences and the rest; null where it is gone. */
export async function getProvider({ clients, region, signal }: ApiCall, arn: string): Promise<OidcProviderDetail | null> {
  const call = clients
    .iam(region)
    .send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }), { abortSignal: signal })
    .catch(nullWhereGone);
  const answer = await answered(call);
  if (answer === null) return null;
  return {
    // IAM leaves the scheme out in every answer seen, and does not promise it.
    url: textIn(answer.Url, 'Url').replace(/^https:\/\//, ''),
    clientIds: textsIn(answer.ClientIDList, 'ClientIDList'),
    thumbprints: textsIn(answer.ThumbprintList ?? [], 'ThumbprintList'),
    createdAt: isoDate(answer.CreateDate),
    tags: tagsRead(answer.Tags),
  };
}

/** A page of roles and customer managed policies. IAM may send fewer than asked for and still have more. */
export async function listRoles({ clients, region, signal }: ApiCall, marker: string | null): Promise<RolesPage> {
  const command = new GetAccountAuthorizationDetailsCommand({
    Filter: ['Role', 'LocalManagedPolicy'],
    MaxItems: 1000,
    ...(marker !== null && { Marker: marker }),
  });
  const answer = await answered(clients.iam(region).send(command, { abortSignal: signal }));
  return {
    roles: listIn(answer.RoleDetailList, 'RoleDetailList').map(roleOf),
    managedPolicies: policiesOf(answer.Policies),
    next: answer.IsTruncated === true ? present(nextIn(answer.Marker) ?? undefined, 'Marker of the page that it announces') : null,
  };
}

/** The limits that apply to this account, as IAM counts them. */
export async function accountQuotas({ clients, region, signal }: ApiCall): Promise<AccountQuotas> {
  const answer = await answered(clients.iam(region).send(new GetAccountSummaryCommand({}), { abortSignal: signal }));
  // The SDK's type lists the keys that it knows, which these need not be among.
  const summary: Readonly<Record<string, number | undefined>> = present(answer.SummaryMap, 'SummaryMap');
  return {
    trustPolicyLength: numberOrNull(summary['AssumeRolePolicySizeQuota'], 'AssumeRolePolicySizeQuota'),
    roles: numberOrNull(summary['RolesQuota'], 'RolesQuota'),
  };
}

/** The name that people gave the account, of which it has one at most. */
export async function accountAlias({ clients, region, signal }: ApiCall): Promise<string | null> {
  const answer = await answered(clients.iam(region).send(new ListAccountAliasesCommand({}), { abortSignal: signal }));
  return textsIn(answer.AccountAliases, 'AccountAliases')[0] ?? null;
}

/** A role as IAM gives it, with what the answer holds of its policies. */
export function roleOf(role: RoleDetail): Role {
  const { RoleLastUsed: used } = role;
  const lastUsed = isoDate(used?.LastUsedDate);
  return {
    arn: textIn(role.Arn, 'Arn of a role'),
    name: textIn(role.RoleName, 'RoleName of a role'),
    path: textOrNull(role.Path, 'Path of a role') ?? '/',
    createdAt: isoDate(role.CreateDate),
    trustPolicy: decodePolicyDocument(textIn(role.AssumeRolePolicyDocument, 'AssumeRolePolicyDocument of a role')),
    inlinePolicies: listIn(role.RolePolicyList ?? [], 'RolePolicyList').map((policy) => ({
      name: textIn(policy.PolicyName, 'PolicyName of an inline policy'),
      document: decodePolicyDocument(textIn(policy.PolicyDocument, 'PolicyDocument of an inline policy')),
    })),
    attachedPolicyArns: listIn(role.AttachedManagedPolicies ?? [], 'AttachedManagedPolicies').map((policy) =>
      textIn(policy.PolicyArn, 'PolicyArn of an attached policy'),
    ),
    permissionsBoundaryArn: textOrNull(role.PermissionsBoundary?.PermissionsBoundaryArn, 'permissions boundary of a role'),
    tags: tagsRead(role.Tags),
    lastUsed: lastUsed === null ? null : { date: lastUsed, region: textOrNull(used?.Region, 'region of the last use') },
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
    arn: textIn(policy.Arn, 'Arn of a policy'),
    document: decodePolicyDocument(textIn(version?.Document, 'Document of the default version of a policy')),
  };
}
