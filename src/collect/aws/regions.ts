import { AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
import type { AccountRegion, Page } from '../reading/ports.js';
import { answered } from './classify-error.js';
import type { ApiCall } from './clients.js';
import { listIn, nextIn, textIn } from './contents.js';

const ENABLED = new Set<string | undefined>(['ENABLED', 'ENABLED_BY_DEFAULT']);

/** A page of the account's regions, the disabled ones too. The service lives in the partition's home region alone. */
export async function listRegions({ clients, region, signal }: ApiCall, token: string | null): Promise<Page<AccountRegion>> {
  const command = new ListRegionsCommand({ MaxResults: 50, ...(token !== null && { NextToken: token }) });
  const answer = await answered(clients.account(region, AccountClient).send(command, { abortSignal: signal }));
  const items = listIn(answer.Regions, 'Regions').map(({ RegionName, RegionOptStatus }) => ({
    name: textIn(RegionName, 'RegionName'),
    enabled: ENABLED.has(RegionOptStatus),
  }));
  return { items, next: nextIn(answer.NextToken) };
}
