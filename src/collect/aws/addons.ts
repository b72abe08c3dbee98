import { DescribeAddonCommand, DescribeAddonConfigurationCommand, ListAddonsCommand } from '@aws-sdk/client-eks';
import type { AddonDetail, AddonPermissions } from '../../model/inventory/inventory.js';
import type { Page } from '../reading/ports.js';
import { askEks, askEksAbout } from './ask-eks.js';
import type { ApiCall } from './clients.js';
import { listIn, nextIn, present, textIn, textOrNull, textsIn } from './contents.js';

/** A page of the names of a cluster's add-ons. */
export async function listAddons({ clients, region, signal }: ApiCall, clusterName: string, token: string | null): Promise<Page<string>> {
  const command = new ListAddonsCommand({ clusterName, maxResults: 100, ...(token !== null && { nextToken: token }) });
  const answer = await askEks(clients, region, (eks) => eks.send(command, { abortSignal: signal }));
  return { items: textsIn(answer.addons, 'addons'), next: nextIn(answer.nextToken) };
}

/** One add-on of a cluster; null where it is gone. Of its configuration values only their presence is kept. */
export async function describeAddon(
  { clients, region, signal }: ApiCall,
  clusterName: string,
  addonName: string,
): Promise<AddonDetail | null> {
  const command = new DescribeAddonCommand({ clusterName, addonName });
  const answer = await askEksAbout(clients, region, (eks) => eks.send(command, { abortSignal: signal }));
  if (answer === null) return null;
  const addon = present(answer.addon, 'add-on');
  return {
    version: textOrNull(addon.addonVersion, 'version of the add-on'),
    status: textIn(addon.status, 'status of the add-on'),
    issues: listIn(addon.health?.issues ?? [], 'issues of the add-on').map(({ code, message }) => ({
      code: textOrNull(code, 'code of an issue') ?? '',
      message: textOrNull(message, 'message of an issue') ?? '',
    })),
    serviceAccountRoleArn: textOrNull(addon.serviceAccountRoleArn, 'role of the add-on'),
    namespace: textOrNull(addon.namespaceConfig?.namespace, 'namespace of the add-on'),
    configured: (textOrNull(addon.configurationValues, 'configuration of the add-on') ?? '').trim() !== '',
  };
}

/** What one version of an add-on wants from IAM; empty where it wants nothing. */
export async function addonPermissions(
  { clients, region, signal }: ApiCall,
  addonName: string,
  addonVersion: string,
): Promise<readonly AddonPermissions[]> {
  const command = new DescribeAddonConfigurationCommand({ addonName, addonVersion });
  const answer = await askEks(clients, region, (eks) => eks.send(command, { abortSignal: signal }));
  return listIn(answer.podIdentityConfiguration ?? [], 'podIdentityConfiguration').map(
    ({ serviceAccount, recommendedManagedPolicies }) => ({
      serviceAccount: textIn(serviceAccount, 'service account that the add-on wants'),
      recommendedPolicyArns: textsIn(recommendedManagedPolicies ?? [], 'recommendedManagedPolicies'),
    }),
  );
}
