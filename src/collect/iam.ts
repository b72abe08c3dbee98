import type { AccountQuotas, ManagedPolicy, OidcProvider, Role } from '../model/inventory/inventory.js';
import { known, type Observed, unknown, seen } from '../model/inventory/observed.js';
import { observe, observePages, observeUnlessGone } from './reading/observe.js';
import type { RolesPage } from './reading/ports.js';
import type { Asking } from './reading/read-queue.js';

const byArn = (left: { readonly arn: string }, right: { readonly arn: string }): number => (left.arn < right.arn ? -1 : 1);

/**
 * Every OIDC provider. Which ones exist is known from the list alone; the audiences of one may be unknown.
 * @param wanted of which it is read what is in them: all where left out
 */
export async function collectProviders(
  { aws, queue }: Asking,
  home: string,
  notes: string[],
  wanted: (arn: string) => boolean = () => true,
): Promise<Observed<readonly OidcProvider[]>> {
  const arns = await observe(queue.ask('iam:ListOpenIDConnectProviders', 'account', (signal) => aws.listProviders(home, signal)));
  if (!arns.known) return unknown(arns.reason, arns.detail);
  const notWanted = unknown('not-requested', 'Another provider was asked for.');
  const providers = await Promise.all(
    arns.value.map(async (arn) => (wanted(arn) ? collectProvider({ aws, queue }, home, arn, notes) : { arn, detail: notWanted })),
  );
  return known(providers.filter((provider) => provider !== null).sort(byArn));
}

async function collectProvider({ aws, queue }: Asking, home: string, arn: string, notes: string[]): Promise<OidcProvider | null> {
  const detail = await observeUnlessGone(queue.ask('iam:GetOpenIDConnectProvider', arn, (signal) => aws.getProvider(home, arn, signal)));
  if (detail !== null) return { arn, detail };
  notes.push(`The OIDC provider ${arn} was gone between being listed and being read; it is left out.`);
  return null;
}

const isEmpty = ({ roles, managedPolicies }: RolesPage): boolean =>
  roles.length === 0 && managedPolicies.known && managedPolicies.value.length === 0;

/** Every role and every customer managed policy, by one read of many pages. */
export async function collectRoles(
  { aws, queue }: Asking,
  home: string,
): Promise<{ roles: Observed<readonly Role[]>; managedPolicies: Observed<readonly ManagedPolicy[]> }> {
  const pages = await observePages(async (marker) => {
    const page = await queue.ask('iam:GetAccountAuthorizationDetails', 'account', (signal) => aws.listRoles(home, marker, signal));
    return { items: isEmpty(page) ? [] : [page], next: page.next };
  });
  const roles = seen(pages)
    .flatMap((page) => page.roles)
    .sort(byArn);
  return { roles: asComplete(pages, roles), managedPolicies: managedPolicies(pages) };
}

function managedPolicies(pages: Observed<readonly RolesPage[]>): Observed<readonly ManagedPolicy[]> {
  const lists = seen(pages).map((page) => page.managedPolicies);
  const policies = lists.flatMap(seen).sort(byArn);
  return asComplete([pages, ...lists].find((read) => !read.known) ?? pages, policies);
}

/** A list is known if the read that it came by was answered in full. */
function asComplete<T>(read: Observed<unknown>, items: readonly T[]): Observed<readonly T[]> {
  if (read.known) return known(items);
  return unknown(read.reason, read.detail, items.length === 0 ? undefined : items);
}

/** The name of the account; null where it has none, or that was not read: nothing is judged by it, so that is no gap. */
export async function collectAlias({ aws, queue }: Asking, home: string): Promise<string | null> {
  const alias = await observe(queue.ask('iam:ListAccountAliases', 'account', (signal) => aws.accountAlias(home, signal)));
  return alias.known ? alias.value : null;
}

/** The account's own limits. */
export function collectQuotas({ aws, queue }: Asking, home: string): Promise<Observed<AccountQuotas>> {
  return observe(queue.ask('iam:GetAccountSummary', 'account', (signal) => aws.accountQuotas(home, signal)));
}
