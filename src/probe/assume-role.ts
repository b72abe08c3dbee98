import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Outcome } from '../model/report/probe.js';
import { ProbeError } from './probe-error.js';

/** In CloudTrail's records. */
const SESSION = 'irsa-auditor-probe';
/** Seconds; the least that STS gives. The credentials are dropped long before. */
const SHORTEST = 900;

/** Errors by which STS says that this token may not assume this role; all others say that nobody could tell. */
const REFUSALS = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'InvalidIdentityToken',
  'InvalidIdentityTokenException',
  'IDPRejectedClaim',
  'IDPRejectedClaimException',
  'ExpiredTokenException',
  'ValidationError',
]);

/**
 * Takes a role with a token as the SDK in a pod does, asks who one then is, and drops the credentials.
 * @throws ProbeError where STS could not be asked
 */
export async function takeRole(region: string, roleArn: string, token: string, signal: AbortSignal): Promise<Outcome> {
  const sts = new STSClient({ region });
  try {
    const command = new AssumeRoleWithWebIdentityCommand({
      RoleArn: roleArn,
      RoleSessionName: SESSION,
      WebIdentityToken: token,
      DurationSeconds: SHORTEST,
    });
    const { Credentials: given } = await sts.send(command, { abortSignal: signal });
    const credentials = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      ...(given?.SessionToken === undefined ? {} : { sessionToken: given.SessionToken }),
    };
    const asRole = new STSClient({ region, credentials });
    try {
      const { Arn: arn = '' } = await asRole.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
      return { kind: 'admitted', arn };
    } finally {
      asRole.destroy();
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = error.name.replace(/Exception$/, '');
    if (REFUSALS.has(error.name)) return { kind: 'refused', error: `${code}: ${error.message}` };
    throw new ProbeError(`STS in ${region} could not be asked: ${code}: ${error.message}`, { cause: error });
  } finally {
    sts.destroy();
  }
}
