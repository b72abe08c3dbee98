import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { isPlainArgument } from '../../model/report/command.js';
import { NoIdentityError, type NoIdentityProblem } from '../reading/no-identity-error.js';
import type { Identity } from '../reading/ports.js';
import { againOf, inWords, reasonOf, refusesCredentials, type SdkError, sdkError } from './classify-error.js';
import type { Clients } from './clients.js';

/** Account and partition of the ambient credentials. Needs no permission. */
export async function identity(clients: Clients, signal: AbortSignal): Promise<Identity> {
  const { region, answer } = await ask(clients, signal).catch((error: unknown) => {
    if (error instanceof NoIdentityError) throw error;
    const known = sdkError(error);
    const profile = profileOf(known, clients.profile());
    throw new NoIdentityError(problemOf(known), inWords(known), { cause: error, again: againOf(known), profile });
  });
  const { Arn: arn = '' } = answer;
  const partition = /^arn:(aws[a-z0-9-]*):/.exec(arn)?.[1];
  if (answer.Account === undefined || partition === undefined) {
    throw new NoIdentityError('failed', 'the answer of STS names no account');
  }
  return { arn, account: answer.Account, partition, region };
}

async function ask(clients: Clients, signal: AbortSignal) {
  const region = await clients.ambientRegion();
  return { region, answer: await clients.sts(region).send(new GetCallerIdentityCommand({}), { abortSignal: signal }) };
}

/** What the SDK says of a profile of IAM Identity Center without a session, and of one whose role requires MFA. */
const NOT_SIGNED_IN = /\bSSO session\b|\baws sso login\b/;
const OF_MFA = /requires multi-factor authentication/;
/** The profile that it names, which is another where one takes its credentials from the other. */
const NAMED = /\bprofile=(\S+) was not found|\bProfile (\S+) requires multi-factor/;

/** The profile to sign in with, where it can be written as it is. */
function profileOf({ message }: SdkError, asked: string): string | null {
  const [, ofSession, ofMfa] = NAMED.exec(message) ?? [];
  const profile = ofSession ?? ofMfa ?? asked;
  return isPlainArgument(profile) ? profile : null;
}

function problemOf(error: SdkError): NoIdentityProblem {
  if (isCredentialError(error) && NOT_SIGNED_IN.test(error.message)) return 'not-signed-in';
  if (isCredentialError(error) && OF_MFA.test(error.message)) return 'mfa';
  if (/expired/i.test(error.name) || (isCredentialError(error) && /expired/i.test(error.message))) return 'expired';
  if (isCredentialError(error)) return 'no-credentials';
  if (refusesCredentials(error)) return 'refused';
  const reason = reasonOf(error, false);
  if (reason === 'disabled-region') return 'region-disabled';
  return reason === 'unreachable' || reason === 'out-of-time' ? 'unreachable' : 'failed';
}

/** The SDK found nothing usable; the request was never made. */
function isCredentialError({ name }: SdkError): boolean {
  return name === 'CredentialsProviderError' || name === 'TokenProviderError';
}
