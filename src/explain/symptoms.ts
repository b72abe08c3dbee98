import type { RuleId } from '../rules/contract/rule-id.js';
import type { SymptomId } from './texts/known-text.js';
import { DENIED_AS_ROLE, LIKE_DENIED, LIKE_WITHOUT_ROLE, POD_IDENTITY_TRUST, REFUSED, TRUST, WITHOUT_ROLE } from './likely-rules.js';
import type { OutsideId } from './outside.js';

/** What a text means and what produces it. */
export interface Symptom {
  readonly means: string;
  /** Of several texts the innermost counts: 1 = the answer of a service, … 5 = a summary around it. */
  readonly depth: 1 | 2 | 3 | 4 | 5;
  /** The likeliest first, as reports of people have it. */
  readonly rules: readonly RuleId[];
  readonly outside: readonly OutsideId[];
  /** Other texts for the same: findings that say one of them count too. */
  readonly kin?: readonly SymptomId[];
}

export const SYMPTOMS: Readonly<Record<SymptomId, Symptom>> = {
  'not-authorized': {
    means:
      'STS found the provider and accepted the token; the role does not exist, or its trust policy does not allow this token. STS never says which.',
    depth: 1,
    rules: TRUST,
    outside: ['organization-policy', 'other-account', 'changed-just-now'],
  },
  'no-provider': {
    means: 'The account of the role has no IAM OIDC provider with the URL of the token.',
    depth: 1,
    rules: [
      'provider-missing',
      'provider-issuer-mismatch',
      'annotation-account-foreign',
      'federated-provider-absent',
      'pod-role-refused',
      'pod-identity-and-irsa',
      'pod-identity-compute-unsupported',
    ],
    outside: ['other-account', 'sdk-partition', 'changed-just-now'],
    kin: ['not-authorized'],
  },
  'wrong-audience': {
    means: 'The provider does not list the audience that the token has.',
    depth: 1,
    rules: [
      'provider-audience-missing',
      'audience-annotation-mismatch',
      'pod-role-refused',
      'pod-env-stale',
      'pod-identity-and-irsa',
      'pod-identity-compute-unsupported',
    ],
    outside: ['another-token', 'changed-just-now'],
  },
  'invalid-arn': {
    means: 'What was given as the role is not the ARN of a role.',
    depth: 1,
    rules: ['annotation-malformed', 'pod-role-refused', 'pod-env-stale', 'pod-identity-compute-unsupported'],
    outside: ['arn-of-the-program'],
  },
  'thumbprint': {
    means: 'STS does not trust the certificate of the host that has the keys of the issuer.',
    depth: 1,
    rules: [],
    outside: ['thumbprint', 'keys-of-the-issuer'],
  },
  'no-key': {
    means: 'STS could not read the key that signed the token from its issuer.',
    depth: 1,
    rules: ['provider-orphaned'],
    outside: ['keys-of-the-issuer', 'another-token'],
  },
  'issuer-unreachable': {
    means: 'STS did not reach the issuer of the token; often this passes.',
    depth: 1,
    rules: ['provider-orphaned'],
    outside: ['keys-of-the-issuer'],
  },
  'token-expired': {
    means: 'The token that was sent is expired or revoked.',
    depth: 1,
    rules: [],
    outside: ['token-expired'],
  },
  'token-invalid': {
    means: 'STS could not validate what was sent as a token.',
    depth: 2,
    rules: ['pod-role-without-token', 'provider-orphaned'],
    outside: ['another-token', 'token-expired', 'keys-of-the-issuer'],
  },
  'region-disabled': { means: 'STS is not activated for this account in this region.', depth: 1, rules: [], outside: ['region-disabled'] },
  'session-policy': {
    means: 'The session policy or the session tags that go with the call are malformed or too large.',
    depth: 1,
    rules: [],
    outside: ['session-policy'],
  },
  'duration': { means: 'A longer session was asked for than the role allows.', depth: 1, rules: [], outside: ['session-duration'] },
  'session-name': { means: 'STS refuses the name of the session.', depth: 1, rules: [], outside: ['session-name'] },
  'association-denied': {
    means: 'EKS could not assume the role of the Pod Identity association, or its target role.',
    depth: 1,
    rules: POD_IDENTITY_TRUST,
    outside: ['organization-policy', 'changed-just-now'],
  },
  'agent-denied': {
    means: 'The node role does not allow the Pod Identity agent to ask EKS for credentials.',
    depth: 1,
    rules: ['pod-identity-node-permission-missing'],
    outside: ['organization-policy', 'changed-just-now'],
  },
  'association-not-found': {
    means: 'EKS has no association for the service account of this pod, or no such cluster.',
    depth: 1,
    rules: ['pod-association-missing', 'pod-service-account-wrong', 'association-service-account-missing'],
    outside: ['association-gone', 'changed-just-now'],
    kin: ['no-credentials'],
  },
  'pod-token-refused': {
    means: 'EKS does not accept the token that the agent was sent.',
    depth: 1,
    rules: ['pod-identity-token-refused'],
    outside: ['pod-token', 'another-token'],
  },
  'pod-identity-throttled': { means: 'The agent or EKS Auth refuses calls above its rate.', depth: 1, rules: [], outside: ['throttled'] },
  'pod-identity-trouble': {
    means: 'The Pod Identity agent got no credentials from EKS Auth.',
    depth: 2,
    rules: [],
    outside: ['eks-auth-unreachable', 'service-trouble'],
  },
  'agent-address': {
    means: 'The Pod Identity agent was asked by another address than its own.',
    depth: 1,
    rules: ['pod-identity-agent-proxied'],
    outside: ['proxy', 'agent-blocked'],
  },
  'agent-unreachable': {
    means: 'The pod has an association, and does not reach the Pod Identity agent of its node.',
    depth: 2,
    rules: [
      'pod-identity-agent-blocked',
      'pod-identity-agent-proxied',
      'pod-identity-agent-missing',
      'pod-identity-agent-unhealthy',
      'pod-identity-compute-unsupported',
    ],
    outside: ['proxy', 'agent-blocked', 'eks-auth-unreachable'],
    kin: ['no-credentials'],
  },
  'agent-unknown-to-sdk': {
    means: 'The SDK is older than EKS Pod Identity and refuses the address of the agent.',
    depth: 1,
    rules: [],
    outside: ['sdk-too-old'],
  },
  'token-unreadable': {
    means: 'The token is there, and the process may not read it.',
    depth: 2,
    rules: [],
    outside: ['token-file-permissions', 'token-not-mounted'],
  },
  'token-absent': {
    means: 'The file that AWS_WEB_IDENTITY_TOKEN_FILE names does not exist.',
    depth: 2,
    rules: ['pod-role-without-token', 'pod-not-injected', 'pod-role-refused'],
    outside: ['token-not-mounted', 'token-file-permissions'],
    kin: ['no-credentials'],
  },
  'half-configured': {
    means: 'Of the role and the token file one is set and the other is not.',
    depth: 2,
    rules: ['pod-role-without-token'],
    outside: ['token-not-mounted'],
    kin: ['no-credentials'],
  },
  'sts-unreachable': { means: 'The pod did not reach STS.', depth: 2, rules: [], outside: ['sts-unreachable', 'region-unknown'] },
  'metadata-unreachable': {
    means: 'The SDK found no role of the pod and asked the node, which does not answer pods.',
    depth: 4,
    rules: [...WITHOUT_ROLE, ...REFUSED],
    outside: ['metadata-hop-limit', 'sdk-too-old'],
    kin: LIKE_WITHOUT_ROLE,
  },
  'region-unknown': { means: 'The SDK does not know which region to ask.', depth: 2, rules: [], outside: ['region-unknown'] },
  'module-missing': { means: 'The program cannot assume a role by web identity.', depth: 1, rules: [], outside: ['sts-module-missing'] },
  'no-credentials': {
    means:
      'The SDK found no credentials anywhere: the pod has none of the variables of IRSA or EKS Pod Identity, or the SDK does not know them.',
    depth: 4,
    rules: [...WITHOUT_ROLE, ...REFUSED],
    outside: ['sdk-too-old', 'metadata-hop-limit'],
    kin: LIKE_WITHOUT_ROLE,
  },
  'denied-as-node': {
    means: 'The call was made with the role of the node: the pod does not use a role of its own.',
    depth: 3,
    rules: [...WITHOUT_ROLE, ...REFUSED],
    outside: ['sdk-too-old', 'node-role-meant'],
    kin: LIKE_WITHOUT_ROLE,
  },
  'denied-as-user': {
    means: 'The call was made with the keys of an IAM user: the pod does not use its role.',
    depth: 3,
    rules: ['pod-credentials-overridden'],
    outside: ['sdk-too-old', 'permission-missing'],
    kin: LIKE_DENIED,
  },
  'denied-as-role': {
    means: 'The pod has credentials of this role, and the role, or what is called, does not allow the action.',
    depth: 3,
    rules: DENIED_AS_ROLE,
    outside: ['permission-missing', 'organization-policy'],
    kin: LIKE_DENIED,
  },
  'role-to-role-denied': {
    means: 'The first role works, and it is denied the second one: both have to allow it.',
    depth: 3,
    rules: ['next-role-tag-permission-missing', 'target-role-permission-missing', 'target-role-trust-missing', 'permission-confused'],
    outside: ['permission-missing', 'organization-policy'],
    kin: [...LIKE_DENIED, 'association-denied'],
  },
  'denied': {
    means: 'A call was denied, and the text does not say with which credentials it was made.',
    depth: 5,
    rules: [...DENIED_AS_ROLE, ...WITHOUT_ROLE, ...REFUSED],
    outside: ['permission-missing', 'sdk-too-old', 'organization-policy'],
    kin: [...LIKE_DENIED, ...LIKE_WITHOUT_ROLE],
  },
  'keys-refused': {
    means: 'AWS does not know the keys that signed the call: they are not those of a role of the pod.',
    depth: 3,
    rules: ['pod-credentials-overridden'],
    outside: ['keys-wrong', 'sdk-too-old'],
  },
  'session-expired': {
    means: 'The session that signed the call has expired.',
    depth: 3,
    rules: ['pod-credentials-overridden'],
    outside: ['session-not-renewed', 'token-expired'],
  },
  'service-account-absent': {
    means: 'Pods are not created, because their service account does not exist.',
    depth: 1,
    rules: ['service-account-missing', 'association-service-account-missing'],
    outside: ['changed-just-now'],
    kin: ['no-credentials'],
  },
  'association-refused': {
    means: 'EKS refuses the association: the trust policy does not allow EKS Pod Identity both to assume the role and to tag its sessions.',
    depth: 1,
    rules: ['pod-identity-tag-permission-missing', 'pod-identity-trust-missing', 'pod-identity-condition-unmet'],
    outside: ['changed-just-now'],
    kin: ['association-denied'],
  },
  'policy-refused': {
    means: 'IAM refuses the policy document; it is in no account yet.',
    depth: 2,
    rules: [
      'principal-gone',
      'key-malformed',
      'federated-arn-malformed',
      'trust-element-forbidden',
      'subject-missing-on-shared-issuer',
      'placeholder-left',
      'action-wrong',
    ],
    outside: ['document-refused'],
    kin: ['not-authorized'],
  },
  'policy-too-long': {
    means: 'The trust policy would be longer than the quota of the account.',
    depth: 1,
    rules: ['trust-size-near-quota'],
    outside: ['document-refused'],
  },
  'too-many-providers': {
    means: 'The account has as many IAM OIDC providers as its quota allows.',
    depth: 1,
    rules: ['provider-quota-near'],
    outside: [],
  },
  'not-told': {
    means: 'The SDK could not get credentials. The reason follows further on in the log, and is not in what was given.',
    depth: 5,
    rules: [],
    outside: [],
  },
};
