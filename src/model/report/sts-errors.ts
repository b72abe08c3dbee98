/** What STS answers to a call with a token of web identity that it refuses. */

export const STS_NOT_AUTHORIZED = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity';
export const noProvider = (issuer: string): string => `InvalidIdentityToken: No OpenIDConnect provider found in your account for ${issuer}`;
export const STS_WRONG_AUDIENCE = 'InvalidIdentityToken: Incorrect token audience';
export const STS_INVALID_ARN = 'ValidationError: Request ARN is invalid';
