import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { getProfileName, memoize } from '@smithy/core/config';
import { NoIdentityError } from '../reading/no-identity-error.js';
import { inWords, sdkError } from './classify-error.js';
import { demandProfile, regionOf, type CredentialSource } from './credential-source.js';

/** A role to read with, and what its trust policy may ask for. */
export interface RoleToAssume {
  readonly arn: string;
  readonly externalId?: string | undefined;
  readonly sessionName?: string | undefined;
}

const SESSION = 'irsa-auditor';
/** As the SDK does with all that end: new ones before the old ones are refused in the middle of a run. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** As for every other call: nothing waits for an answer that does not arrive. */
const IN_TIME = { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true };
/** What STS says where it is this role, and not the credentials that ask for it. https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
const OF_THE_ROLE = /^(AccessDenied|ValidationError)$/;

interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

async function sessionOf({ arn, externalId, sessionName = SESSION }: RoleToAssume, source: CredentialSource): Promise<SessionCredentials> {
  const client = new STSClient({ ...source, region: await regionOf(source), requestHandler: IN_TIME });
  try {
    const answer = await client.send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: sessionName, ExternalId: externalId }));
    const {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration,
    } = answer.Credentials ?? {};
    if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined || expiration === undefined)
      throw new NoIdentityError('role-refused', `${arn}: the answer of STS holds no credentials`);
    return { accessKeyId, secretAccessKey, sessionToken, expiration };
  } catch (error) {
    const known = sdkError(error);
    if (!OF_THE_ROLE.test(known.name)) throw error;
    throw new NoIdentityError('role-refused', `${arn}: ${inWords(known)}`, { cause: error });
  } finally {
    client.destroy();
  }
}

/** The credentials of a role, got with those of `source`: once for all clients of a run, and again before they end. */
export function assumedRole(role: RoleToAssume, source: CredentialSource): CredentialSource {
  const isEnding = ({ expiration }: SessionCredentials): boolean => expiration.getTime() - Date.now() < RENEW_BEFORE_MS;
  return {
    ...source,
    credentials: memoize(
      () => sessionOf(role, source),
      isEnding,
      () => true,
    ),
  };
}

/** As whom AWS is read, where that is not as the environment says. */
export interface ReadAs extends Pick<CredentialSource, 'credentials'> {
  readonly profile?: string;
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly roleSessionName?: string;
}

/** What the SDK takes where no profile is named, and what need not exist. */
const NO_PROFILE = 'default';
const ignored = (): void => undefined;
/** The SDK would tell the terminal that the profile goes before keys of the environment, which is what was asked for. */
const SILENT = { debug: ignored, info: ignored, warn: ignored, error: ignored };

/** @param named how its messages call the option that names the profile. @throws UnknownProfileError */
export async function credentialSource(access: ReadAs, named = 'profile'): Promise<CredentialSource> {
  const { profile, credentials, roleArn: arn, externalId, roleSessionName: sessionName } = access;
  const ambient = getProfileName({});
  if (profile !== undefined) await demandProfile(profile, named);
  // Keys that are given are taken whatever the environment says.
  else if (ambient !== NO_PROFILE && credentials === undefined) await demandProfile(ambient, 'AWS_PROFILE');
  const own = credentials === undefined ? {} : { credentials };
  const source = profile === undefined ? own : { profile, logger: SILENT };
  return arn === undefined ? source : assumedRole({ arn, externalId, sessionName }, source);
}
