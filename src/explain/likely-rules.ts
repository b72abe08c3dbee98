import type { RuleId } from '../rules/contract/rule-id.js';
import type { SymptomId } from './texts/known-text.js';

// Which rules are behind several texts, the likeliest first, and which texts people see for the same.

/** The pod never got its role: SDKs then say that they found nothing, or use what the node has. */
export const WITHOUT_ROLE: readonly RuleId[] = [
  'annotation-missing',
  'pod-not-injected',
  'pod-service-account-wrong',
  'annotation-key-misspelt',
  'annotation-misplaced',
  'webhook-missing',
  'addon-role-missing',
  'pod-role-without-token',
  'annotation-malformed',
  'pod-identity-agent-proxied',
  'pod-identity-agent-blocked',
  'pod-identity-agent-missing',
  'pod-identity-agent-unhealthy',
  'pod-identity-compute-unsupported',
  'association-service-account-missing',
  'pod-credentials-overridden',
];
/** Nothing in the trust policy allows the token, or there is no such role. */
export const TRUST: readonly RuleId[] = [
  'subject-mismatch',
  'federated-provider-of-other-cluster',
  'federated-provider-absent',
  'subject-wildcard-in-equals',
  'annotation-role-missing',
  'principal-type-wrong',
  'key-malformed',
  'audience-mismatch',
  'audience-annotation-mismatch',
  'action-wrong',
  'subject-malformed',
  'key-issuer-mismatch',
  'key-claim-unknown',
  'federated-account-foreign',
  'federated-arn-malformed',
  'placeholder-left',
  'annotation-account-foreign',
  'conditions-contradictory',
  'deny-over-allow',
  'operator-inapplicable',
  'condition-never-true',
  'condition-key-unsupported',
  'key-case-duplicate',
  'trust-element-forbidden',
  'addon-subject-mismatch',
  'addon-role-absent',
  'pod-env-stale',
  'pod-role-refused',
  'pod-identity-and-irsa',
  'pod-identity-compute-unsupported',
  'pod-service-account-wrong',
];

/** Those of them that say nothing of a trust policy. */
export const BESIDE_TRUST_POLICY: ReadonlySet<RuleId> = new Set([
  'annotation-role-missing',
  'annotation-account-foreign',
  'addon-role-absent',
  'audience-annotation-mismatch',
  'pod-env-stale',
  'pod-role-refused',
  'pod-identity-and-irsa',
  'pod-identity-compute-unsupported',
  'pod-service-account-wrong',
]);

/** STS refused the pod its role, and its SDK went on to what the node has. */
export const REFUSED: readonly RuleId[] = [...TRUST, 'provider-missing', 'provider-issuer-mismatch', 'provider-audience-missing'];

export const LIKE_WITHOUT_ROLE: readonly SymptomId[] = [
  'not-authorized',
  'no-provider',
  'wrong-audience',
  'invalid-arn',
  'agent-unreachable',
  'no-credentials',
  'denied-as-node',
  'metadata-unreachable',
  'denied',
  'half-configured',
  'token-absent',
];

/** The pod has credentials, and the call that it makes with them is denied. */
export const DENIED_AS_ROLE: readonly RuleId[] = [
  'addon-permissions-missing',
  'permission-confused',
  'pod-env-stale',
  'pod-credentials-overridden',
  'pod-service-account-wrong',
  'target-role-permission-missing',
];
export const LIKE_DENIED: readonly SymptomId[] = ['denied', 'denied-as-role', 'denied-as-user', 'role-to-role-denied'];

/** EKS Pod Identity could not assume the role, or the one behind it. */
export const POD_IDENTITY_TRUST: readonly RuleId[] = [
  'pod-identity-trust-missing',
  'pod-identity-tag-permission-missing',
  'pod-identity-condition-unmet',
  'association-role-missing',
  'target-role-trust-missing',
  'target-role-permission-missing',
];
