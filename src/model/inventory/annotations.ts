/** What is on a service account: the role that its pods get. */
export const ROLE_ANNOTATION = 'eks.amazonaws.com/role-arn';
/** The audience of their tokens, in the place of the default one. */
export const AUDIENCE_ANNOTATION = 'eks.amazonaws.com/audience';
/** What is on a pod: the containers that the webhook leaves alone. */
export const SKIP_CONTAINERS_ANNOTATION = 'eks.amazonaws.com/skip-containers';
/** The webhook's default for a token's audience, in every partition. */
export const DEFAULT_AUDIENCE = 'sts.amazonaws.com';
/** The label of a pod that keeps the webhook away. */
export const SKIP_LABEL = 'eks.amazonaws.com/skip-pod-identity-webhook';
