import { DescribeAddonCommand, DescribeAddonConfigurationCommand, ListAddonsCommand, ResourceNotFoundException } from '@aws-sdk/client-eks';
import type { AddonDetail, AddonPermissions } from '../../model/inventory.js';
import type { Page } from '../ports.js';
import { answered } from './classify-error.js';
import type { Clients } from './clients.js';
import { listIn, nextIn, present } from './contents.js';
import { isElsewhere } from './eks.js';

/** A page of the names of a cluster's add-ons. */
export async function listAddons(
  clients: Clients,
  region: string,
  clusterName: string,
  token: string | null,
  signal: AbortSignal,
): Promise<Page<string>> {
  const command = new ListAddonsCommand({ clusterName, maxResults: 100, ...(token !== null && { nextToken: token }) });
  const elsewhere = await isElsewhere(clients, region);
  const answer = await answered(clients.eks(region).send(command, { abortSignal: signal }), elsewhere);
  return { items: listIn(answer.addons, 'addons'), next: nextIn(answer.nextToken) };
}

/** One add-on of a cluster; null where it is gone. Of its configuration values only their presence is kept. */
export async function describeAddon(
  clients: Clients,
  region: string,
  clusterName: string,
  addonName: string,
  signal: AbortSignal,
): Promise<AddonDetail | null> {
  const elsewhere = await isElsewhere(clients, region);
  const call = clients
    .eks(region)
    .send(new DescribeAddonCommand({ clusterName, addonName }), { abortSignal: signal })
    .catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) return null;
      throw error;
    });
  const answer = await answered(call, elsewhere);
  if (answer === null) return null;
  const addon = present(answer.addon, 'add-on');
  return {
    version: addon.addonVersion ?? null,
    status: present(addon.status, 'status of the add-on'),
    issues: (addon.health?.issues ?? []).map(({ code, message }) => ({ code: code ?? '', message: message ?? '' })),
    serviceAccountRoleArn: addon.serviceAccountRoleArn ?? null,
    namespace: addon.namespaceConfig?.namespace ?? null,
    configured: (addon.configurationValues ?? '').trim() !== '',
  };
}

/** What one version of an add-on wants from IAM; empty where it wants nothing. */
export async function addonPermissions(
  clients: Clients,
  region: string,
  addonName: string,
  addonVersion: string,
  signal: AbortSignal,
): Promise<readonly AddonPermissions[]> {
  const elsewhere = await isElsewhere(clients, region);
  const command = new DescribeAddonConfigurationCommand({ addonName, addonVersion });
  const answer = await answered(clients.eks(region).send(command, { abortSignal: signal }), elsewhere);
  return (answer.podIdentityConfiguration ?? []).map(({ serviceAccount, recommendedManagedPolicies }) => ({
    serviceAccount: present(serviceAccount, 'service account that the add-on wants'),
    recommendedPolicyArns: recommendedManagedPolicies ?? [],
  }));
}
