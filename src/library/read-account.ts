import { awsPort } from '../collect/aws/aws-port.js';
import { credentialSource, type ReadAs } from '../collect/aws/assumed-role.js';
import { collect, type CollectOptions } from '../collect/collect.js';
import type { Inventory } from '../model/inventory/inventory.js';

/** Reads an account with the SDK, which comes with this file. */
export async function readAccount(access: ReadAs, version: string, options: CollectOptions): Promise<Inventory> {
  return collect(awsPort({ version, ...(await credentialSource(access)) }), options);
}
