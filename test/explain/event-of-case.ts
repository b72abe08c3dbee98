import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import type { ToldText } from './told-cases.js';

const ANNOTATION = 'eks.amazonaws.com/role-arn';

/**
 * The event that CloudTrail has of a refusal by a trust policy: it names the role, the provider and the subject (IAM User Guide,
 * logging IAM and AWS STS API calls). null = the text is another, or the case does not tell who calls.
 */
export function eventOf({ text, given }: ToldText): string | null {
  if (!text.includes('Not authorized to perform sts:AssumeRoleWithWebIdentity')) return null;
  const callers = (given.serviceAccounts ?? []).filter(({ annotations }) => annotations?.[ANNOTATION] !== undefined);
  const [caller] = callers;
  const issuer = given.clusters?.find(({ name }) => name === caller?.cluster)?.issuer;
  if (caller === undefined || callers.length > 1 || issuer === undefined || issuer === null) return null;
  const annotated = caller.annotations?.[ANNOTATION] ?? '';
  const inPods = (given.pods ?? []).flatMap(({ env }) => env?.['AWS_ROLE_ARN'] ?? []);
  const roleArn = inPods.find((arn) => arn !== annotated) ?? annotated;
  const audience = caller.annotations?.['eks.amazonaws.com/audience'] ?? 'sts.amazonaws.com';
  if (!/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(roleArn)) return null;
  const [, partition = '', , , account = ''] = roleArn.split(':');
  const subject = `system:serviceaccount:${caller.namespace}:${caller.name}`;
  const provider = `arn:${partition}:iam::${account}:oidc-provider/${issuer.replace('https://', '')}`;
  const role = (given.roles ?? []).find(({ arn }) => arn === roleArn);
  const call = { providerArn: provider, issuer, audience, subject };
  // Whoever is allowed is not refused: the report is about somebody else.
  if (role !== undefined && evaluateTrust(role.trustPolicy, call).verdict === 'allowed') return null;
  return JSON.stringify({
    eventVersion: '1.08',
    userIdentity: {
      type: 'WebIdentityUser',
      principalId: `${provider}:${audience}:${subject}`,
      userName: subject,
      identityProvider: provider,
    },
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRoleWithWebIdentity',
    errorCode: 'AccessDenied',
    errorMessage: 'An unknown error occurred',
    requestParameters: { roleArn, roleSessionName: 'botocore-session-1700000000' },
    responseElements: null,
  });
}
