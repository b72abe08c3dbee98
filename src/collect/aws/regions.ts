import { ListRegionsCommand } from '@aws-sdk/client-account';
import type { AccountRegion, Page } from '../ports.js';
import { answered } from './classify-error.js';
import type { Clients } from './clients.js';
import { listIn, nextIn, textIn } from './contents.js';

const ENABLED = new Set<string | undefined>(['ENABLED', 'ENABLED_BY_DEFAULT']);

/** A page of the account's regions, the disabled ones too. The service lives in the partition's home region alone. */
export async function listRegions(
  clients: Clients,
  homeRegion: string,
  token: string | null,
  signal: AbortSignal,
): Promise<Page<AccountRegion>> {
  const command = new ListRegionsCommand({ MaxResults: 50, ...(token !== null && { NextToken: token }) });
  const answer = await answered(clients.account(homeRegion).send(command, { abortSignal: signal }));
  const items = listIn(answer.Regions, 'Regions').map((region) => ({
    name: textIn(region.RegionName, 'RegionName'),
    enabled: ENABLED.has(region.RegionOptStatus),
  }));
  return { items, next: nextIn(answer.NextToken) };
}
