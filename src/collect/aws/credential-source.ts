import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { loadSharedConfigFiles } from '@smithy/core/config';
import { nearest } from '../../lib/nearest.js';
import { UnknownProfileError } from '../unknown-profile-error.js';

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

/** Sections of the configuration that are no profiles. https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html */
const OTHER_SECTION = /^(sso-session|services)\./;
const SLIP = 4;
const MOST_NAMED = 8;

/** @throws UnknownProfileError where there is no such profile: the SDK would pass on to the next credentials, which may be anybody's */
export async function demandProfile(name: string, source: string): Promise<void> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const names = [...new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)])]
    .filter((one) => !OTHER_SECTION.test(one))
    .sort();
  if (names.includes(name)) return;
  const near = nearest(name, names, SLIP);
  const rest = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  const has =
    names.length === 0 ? 'It has none: `aws configure sso` makes one.' : `It has: ${names.slice(0, MOST_NAMED).join(', ')}${rest}.`;
  throw new UnknownProfileError(
    `There is no profile ${JSON.stringify(name)} (of ${source}) in the configuration of the AWS CLI. ${near === null ? has : `Did you mean ${near}?`}`,
  );
}
