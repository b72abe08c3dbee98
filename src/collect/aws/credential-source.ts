import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts';

/** Where the SDK's clients get their credentials, where that is not the environment alone. */
export type CredentialSource = Pick<STSClientConfig, 'profile' | 'credentials' | 'logger'>;

const DEFAULT_REGION = 'us-east-1';

/** The region of the environment or the profile, as the SDK finds it; us-east-1 where there is none. */
export async function regionOf(source: CredentialSource): Promise<string> {
  try {
    return await new STSClient(source).config.region();
  } catch (error) {
    if (error instanceof Error && error.message.includes('Region is missing')) return DEFAULT_REGION;
    throw error;
  }
}
