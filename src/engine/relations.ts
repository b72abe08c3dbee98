/**
 * What two sightings have in common. `role`, `account`: the one that a finding is about or concerns; `audience`: the one that
 * tokens of an issuer carry and that is not taken; `agent`: that of Pod Identity in one cluster.
 */
export type Sharing = 'subject' | 'role' | 'account' | 'statement' | 'fragment' | 'issuer' | 'audience' | 'agent';

/** A finding of `leader` that shares something with one of `followers` speaks for it. */
export interface Relation {
  readonly leader: string;
  readonly followers: readonly string[];
  readonly sharing: Sharing;
}

const CONDITION_RULES = [
  'key-malformed',
  'key-issuer-mismatch',
  'key-claim-unknown',
  'audience-mismatch',
  'subject-malformed',
  'addon-subject-mismatch',
  'subject-mismatch',
  'subject-wildcard-in-equals',
];

/** What the leader says already: the follower is not told at all. */
export const ABSORBED: readonly Relation[] = [
  {
    leader: 'placeholder-left',
    followers: [
      'federated-arn-malformed',
      'federated-account-foreign',
      'federated-provider-absent',
      'subject-wildcard-in-equals',
      ...CONDITION_RULES,
    ],
    sharing: 'fragment',
  },
  { leader: 'federated-arn-malformed', followers: ['federated-provider-absent', 'federated-account-foreign'], sharing: 'statement' },
  {
    leader: 'principal-type-wrong',
    followers: ['action-wrong', 'subject-condition-missing', 'audience-condition-missing', 'addon-subject-mismatch', 'subject-mismatch'],
    sharing: 'role',
  },
  {
    leader: 'conditions-contradictory',
    followers: ['key-issuer-mismatch', 'audience-mismatch', 'addon-subject-mismatch', 'subject-mismatch'],
    sharing: 'statement',
  },
  {
    leader: 'key-case-duplicate',
    followers: ['audience-mismatch', 'addon-subject-mismatch', 'subject-mismatch'],
    sharing: 'statement',
  },
  {
    leader: 'condition-never-true',
    followers: ['audience-mismatch', 'addon-subject-mismatch', 'subject-mismatch', 'subject-malformed'],
    sharing: 'statement',
  },
  {
    leader: 'subject-wildcard-in-equals',
    followers: ['addon-subject-mismatch', 'subject-mismatch', 'subject-malformed'],
    sharing: 'statement',
  },
  { leader: 'subject-malformed', followers: ['addon-subject-mismatch', 'subject-mismatch'], sharing: 'statement' },
  {
    leader: 'federated-provider-absent',
    followers: ['federated-statement-dead', 'key-issuer-mismatch', 'federated-provider-of-other-cluster'],
    sharing: 'statement',
  },
  {
    leader: 'annotation-key-misspelt',
    followers: ['annotation-misplaced', 'annotation-missing', 'annotation-malformed'],
    sharing: 'subject',
  },
  { leader: 'annotation-misplaced', followers: ['annotation-missing', 'annotation-malformed'], sharing: 'subject' },
  // The pod that should have used it shows which of the two names is wrong.
  {
    leader: 'pod-service-account-wrong',
    followers: ['association-service-account-missing', 'service-account-missing'],
    sharing: 'account',
  },
  { leader: 'addon-role-missing', followers: ['annotation-missing'], sharing: 'subject' },
  { leader: 'addon-subject-mismatch', followers: ['subject-mismatch', 'service-account-missing', 'annotation-missing'], sharing: 'role' },
  // The trust policy names one service account, and another carries the role: the one that it names is its evidence.
  { leader: 'subject-mismatch', followers: ['service-account-missing', 'annotation-missing'], sharing: 'role' },
  { leader: 'subject-open-on-shared-issuer', followers: ['subject-cluster-wide'], sharing: 'statement' },
  { leader: 'operator-negated', followers: ['subject-condition-missing', 'subject-cluster-wide'], sharing: 'statement' },
  { leader: 'operator-vacuous', followers: ['subject-cluster-wide'], sharing: 'statement' },
];

/** What is right in itself and fails only because of the leader: it stands in the leader's `related`. */
export const CONSEQUENCES: readonly Relation[] = [
  { leader: 'audience-annotation-mismatch', followers: ['provider-audience-missing', 'audience-mismatch'], sharing: 'audience' },
  // Pods made now get the bad value: to restart these comes after it is repaired.
  { leader: 'annotation-malformed', followers: ['pod-not-injected', 'pod-env-stale'], sharing: 'account' },
  { leader: 'webhook-missing', followers: ['pod-not-injected'], sharing: 'issuer' },
  { leader: 'pod-identity-agent-missing', followers: ['pod-not-injected'], sharing: 'agent' },
  { leader: 'provider-missing', followers: ['federated-provider-absent', 'federated-statement-dead'], sharing: 'issuer' },
  {
    leader: 'provider-issuer-mismatch',
    followers: ['federated-provider-absent', 'federated-provider-of-other-cluster', 'provider-orphaned'],
    sharing: 'issuer',
  },
];

/** What is wrong too, on another subject, and keeps the same chain broken: it joins the leader's group. */
export const JOINED: readonly Relation[] = [
  { leader: 'provider-audience-missing', followers: ['audience-mismatch'], sharing: 'issuer' },
  { leader: 'provider-missing', followers: ['federated-provider-absent', 'federated-provider-of-other-cluster'], sharing: 'issuer' },
];
