import { saidBy } from './known-text.js';

const API = 'https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html';
const REPOST = 'https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors';
const TOKEN = 'https://repost.aws/knowledge-center/iam-sts-invalididentitytoken';
const DURATION = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage-assume.html';

/** What AWS STS answers to AssumeRoleWithWebIdentity. */
export const TEXTS_OF_STS = saidBy('AWS STS', [
  [
    'no-provider',
    /No OpenIDConnect provider found in your account/i,
    'InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E',
    REPOST,
  ],
  [
    'wrong-audience',
    /Incorrect token audience/i,
    'An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: Incorrect token audience',
    REPOST,
  ],
  [
    'thumbprint',
    /HTTPS certificate doesn.t match configured thumbprint/i,
    "InvalidIdentityToken: OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
    REPOST,
  ],
  [
    'no-key',
    /Couldn.t retrieve verification key from your identity provider/i,
    "InvalidIdentityToken: Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
    TOKEN,
  ],
  [
    'not-authorized',
    /Not authorized to perform:? ?sts:AssumeRoleWithWebIdentity/i,
    'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
    REPOST,
  ],
  [
    'not-authorized',
    /not authorized to perform: sts:AssumeRoleWithWebIdentity/i,
    'User: arn:aws:sts::111122223333:assumed-role/nodes/i-0a1b2c3d4e5f60718 is not authorized to perform: sts:AssumeRoleWithWebIdentity on resource: arn:aws:iam::111122223333:role/app',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html',
  ],
  [
    'invalid-arn',
    /Request ARN is invalid|failed to satisfy constraint: Member must have length greater than or equal to 20|at 'roleArn' failed to satisfy constraint/i,
    'ValidationError: Request ARN is invalid',
    REPOST,
  ],
  [
    'duration',
    /DurationSeconds exceeds the MaxSessionDuration/i,
    'ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    DURATION,
  ],
  [
    'session-name',
    /at 'roleSessionName' failed to satisfy constraint/i,
    "ValidationError: 1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    API,
  ],
  [
    'token-expired',
    /Token expired: current date\/time|web identity token that was passed is expired/i,
    'ExpiredTokenException: Token expired: current date/time 1753382758 must be before the expiration date/time 1753089571',
    API,
  ],
  ['token-expired', /IDPRejectedClaim/i, 'IDPRejectedClaim: The identity provider (IdP) reported that authentication failed.', API],
  [
    'issuer-unreachable',
    /IDPCommunicationError/i,
    'IDPCommunicationError: The request could not be fulfilled because the identity provider (IDP) could not be reached',
    API,
  ],
  [
    'region-disabled',
    /RegionDisabled(?:Exception)?|STS is not activated in this region/i,
    'RegionDisabledException: STS is not activated in this region for account:111122223333. Your account administrator can activate STS in this region using the IAM Console.',
    API,
  ],
  [
    'session-policy',
    /AssumeRoleWithWebIdentity[^\n]{0,200}MalformedPolicyDocument|MalformedPolicyDocument[^\n]{0,80}AssumeRoleWithWebIdentity/i,
    'An error occurred (MalformedPolicyDocument) when calling the AssumeRoleWithWebIdentity operation: The policy is not in the valid JSON format.',
    API,
  ],
  [
    'session-policy',
    /PackedPolicyTooLarge/i,
    'PackedPolicyTooLarge: Packed policy consumes 112% of allotted space, please use smaller policy.',
    API,
  ],
  [
    'token-invalid',
    /ID Token provided is not a valid JWT|web identity token that was passed could not be validated|InvalidIdentityToken/i,
    'InvalidIdentityToken: The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    API,
  ],
]);
