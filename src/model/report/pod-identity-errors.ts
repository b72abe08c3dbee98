/** What AWS answers where EKS Pod Identity gives no credentials, or those that it gave go no further. */

/** EKS Auth, of a role that it cannot assume: the agent passes it on, and SDKs put it behind words of their own. */
export const EKS_AUTH_DENIED =
  'AccessDeniedException: Unauthorized Exception! EKS does not have permissions to assume the associated role.';

/** A session of a role as AWS names it, with … for what differs from one to the next. @param role ARN; one of another form stays */
const sessionOf = (role: string, session: string): string =>
  role.replace(/^(arn:[^:]*):iam::([^:]*):role\/(?:.*\/)?([^/]+)$/, `$1:sts::$2:assumed-role/$3/${session}`);

/** EKS Auth, of a token that it does not take, as the agent passes it on. */
export const EKS_AUTH_BAD_TOKEN = '(InvalidTokenException): The specified Kubernetes service account token is invalid., fault: client';

/** EKS Auth, of a service account that no association is there for, as the agent passes it on. */
export const EKS_AUTH_NO_ASSOCIATION = '(ResourceNotFoundException): The specified resource could not be found., fault: client';

/** The agent, of a call that brings no token. */
export const AGENT_NO_TOKEN = 'Service account token cannot be empty';

/** What AWS answers to a call with the role of a node. @param role ARN */
export const deniedToNode = (role: string, action: string, resource: string): string =>
  `AccessDeniedException: User: ${sessionOf(role, 'i-…')} is not authorized to perform: ${action} on resource: ${resource}`;

/** What STS answers to a tagged session that goes on to a role which does not take its tags. @param role @param next ARNs */
export const tagsDenied = (role: string, next: string): string =>
  `AccessDenied: User: ${sessionOf(role, 'eks-…')} is not authorized to perform: sts:TagSession on resource: ${next}`;
