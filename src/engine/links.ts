/**
 * The links of the chain from pod to permission, earliest first, with the rules that speak of each. The earliest broken
 * link leads a problem; `why` walks the same table.
 */
export const LINKS: readonly { readonly link: string; readonly rules: readonly string[] }[] = [
  { link: 'association', rules: ['association-role-missing'] },
  {
    link: 'agent',
    rules: ['pod-identity-agent-missing', 'pod-identity-agent-unhealthy', 'pod-identity-node-permission-missing'],
  },
  {
    link: 'trust of Pod Identity',
    rules: [
      'pod-identity-trust-missing',
      'pod-identity-tag-permission-missing',
      'pod-identity-condition-unmet',
      'target-role-trust-missing',
    ],
  },
  { link: 'use of the service account', rules: ['pod-service-account-wrong'] },
  { link: 'service account', rules: ['service-account-missing', 'association-service-account-missing'] },
  {
    link: 'annotation',
    rules: [
      'annotation-key-misspelt',
      'annotation-misplaced',
      'annotation-missing',
      'addon-role-missing',
      'annotation-malformed',
      'audience-annotation-mismatch',
      'pod-identity-and-irsa',
    ],
  },
  { link: 'role', rules: ['annotation-role-missing', 'annotation-account-foreign'] },
  {
    link: 'pod',
    rules: [
      'webhook-missing',
      'pod-identity-compute-unsupported',
      'pod-not-injected',
      'pod-role-without-token',
      'pod-env-stale',
      'pod-credentials-overridden',
    ],
  },
  { link: 'provider', rules: ['provider-missing', 'provider-issuer-mismatch'] },
  { link: 'audience of the provider', rules: ['provider-audience-missing'] },
  {
    link: 'statement',
    rules: [
      'trust-element-forbidden',
      'principal-type-wrong',
      'federated-arn-malformed',
      'federated-account-foreign',
      'federated-provider-absent',
      'federated-provider-of-other-cluster',
      'action-wrong',
    ],
  },
  { link: 'placeholder', rules: ['placeholder-left'] },
  {
    link: 'condition keys',
    rules: [
      'conditions-contradictory',
      'key-case-duplicate',
      'condition-never-true',
      'key-malformed',
      'key-issuer-mismatch',
      'key-claim-unknown',
      'operator-inapplicable',
      'condition-key-unsupported',
    ],
  },
  { link: 'audience', rules: ['audience-mismatch'] },
  { link: 'subject', rules: ['subject-wildcard-in-equals', 'subject-malformed', 'addon-subject-mismatch', 'subject-mismatch'] },
  { link: 'deny', rules: ['deny-over-allow'] },
  { link: 'permissions', rules: ['addon-permissions-missing', 'permission-confused'] },
  {
    link: 'exposure',
    rules: [
      'principal-any',
      'subject-missing-on-shared-issuer',
      'subject-open-on-shared-issuer',
      'subject-condition-missing',
      'subject-cluster-wide',
      'operator-negated',
      'operator-vacuous',
      'subject-namespace-open',
      'subject-namespace-wide',
    ],
  },
  {
    link: 'hygiene',
    rules: [
      'federated-statement-dead',
      'provider-orphaned',
      'audience-condition-missing',
      'trust-size-near-quota',
      'provider-quota-near',
      'permissions-administrative',
    ],
  },
];

const POSITION = new Map(LINKS.flatMap(({ rules }) => rules).map((rule, index) => [rule, index]));

/** Rules without a place come last, so that a new rule is told rather than lost. */
export function linkPosition(rule: string): number {
  return POSITION.get(rule) ?? POSITION.size;
}
