import { getProfileName, loadSharedConfigFiles } from '@smithy/core/config';
import { assumedRole } from '../../src/collect/aws/assumed-role.js';
import type { CredentialSource } from '../../src/collect/aws/credential-source.js';
import { nearest } from '../../src/lib/nearest.js';
import { UsageError, type AwsAccess } from '../terminal/io.js';

/** What the SDK takes where no profile is named, and what need not exist. */
const NO_PROFILE = 'default';
/** Sections of the configuration that are no profiles. https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html */
const OTHER_SECTION = /^(sso-session|services)\./;
const ignored = (): void => undefined;
/** The SDK would tell the terminal that the profile goes before keys of the environment, which is what was asked for. */
const SILENT = { debug: ignored, info: ignored, warn: ignored, error: ignored };
const SLIP = 4;
const MOST_NAMED = 8;

/** @throws UsageError where there is no such profile: the SDK would pass on to the next credentials, which may be anybody's */
async function demandProfile(name: string, source: string): Promise<void> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const names = [...new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)])]
    .filter((one) => !OTHER_SECTION.test(one))
    .sort();
  if (names.includes(name)) return;
  const near = nearest(name, names, SLIP);
  const rest = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  const has =
    names.length === 0 ? 'It has none: `aws configure sso` makes one.' : `It has: ${names.slice(0, MOST_NAMED).join(', ')}${rest}.`;
  throw new UsageError(
    `There is no profile ${JSON.stringify(name)} (of ${source}) in the configuration of the AWS CLI. ${near === null ? has : `Did you mean ${near}?`}`,
  );
}

/** Where the SDK's clients get their credentials. @throws UsageError where the profile is not there */
export async function credentialSource({ profile, roleArn, externalId, roleSessionName }: AwsAccess): Promise<CredentialSource> {
  const ambient = getProfileName({});
  if (profile !== undefined) await demandProfile(profile, '--profile');
  else if (ambient !== NO_PROFILE) await demandProfile(ambient, 'AWS_PROFILE');
  const source = profile === undefined ? {} : { profile, logger: SILENT };
  return roleArn === undefined ? source : assumedRole({ arn: roleArn, externalId, sessionName: roleSessionName }, source);
}
