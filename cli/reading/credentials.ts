import { credentialSource as sourceOf } from '../../src/collect/aws/assumed-role.js';
import type { CredentialSource } from '../../src/collect/aws/credential-source.js';
import { UnknownProfileError } from '../../src/collect/unknown-profile-error.js';
import { UsageError, type AwsAccess } from '../terminal/io.js';

/** Where the SDK's clients get their credentials. @throws UsageError where the profile is not there */
export async function credentialSource(access: AwsAccess): Promise<CredentialSource> {
  try {
    return await sourceOf(access, '--profile');
  } catch (error) {
    throw error instanceof UnknownProfileError ? new UsageError(error.message, { cause: error }) : error;
  }
}
