import { type EKSClient, ResourceNotFoundException } from '@aws-sdk/client-eks';
import { answered } from './classify-error.js';
import type { Clients } from './clients.js';

type Call<T> = (eks: EKSClient) => Promise<T>;

/** The answer of EKS in a region; its error comes out classified. */
export async function askEks<T>(clients: Clients, region: string, call: Call<T>): Promise<T> {
  // A region other than the one that took the credentials when STS was asked, and does not know them, may be disabled.
  const elsewhere = region !== (await clients.ambientRegion());
  return answered(call(clients.eks(region)), elsewhere);
}

/** The same; null where what is asked about is gone. */
export async function askEksAbout<T>(clients: Clients, region: string, call: Call<T>): Promise<T | null> {
  return askEks(clients, region, (eks) =>
    call(eks).catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) return null;
      throw error;
    }),
  );
}
