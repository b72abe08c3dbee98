import { groupBy } from '../facts/group-by.js';
import type { Related } from '../model/finding.js';
import type { Sighting } from './run-rules.js';

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
      'permissions-administrative',
    ],
  },
];

const POSITION = new Map(LINKS.flatMap(({ rules }) => rules).map((rule, index) => [rule, index]));

/** Rules without a place come last, so that a new rule is told rather than lost. */
export function linkPosition(rule: string): number {
  return POSITION.get(rule) ?? POSITION.size;
}

/**
 * What two sightings have in common. `role`, `account`: the one that a finding is about or concerns; `audience`: the one that
 * tokens of an issuer carry and that is not taken; `agent`: that of Pod Identity in one cluster.
 */
type Sharing = 'subject' | 'role' | 'account' | 'statement' | 'fragment' | 'issuer' | 'audience' | 'agent';

interface Relation {
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
const ABSORBED: readonly Relation[] = [
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
  { leader: 'operator-vacuous', followers: ['subject-condition-missing', 'subject-cluster-wide'], sharing: 'statement' },
];

/** What is right in itself and fails only because of the leader: it stands in the leader's `related`. */
const CONSEQUENCES: readonly Relation[] = [
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
const JOINED: readonly Relation[] = [
  { leader: 'provider-audience-missing', followers: ['audience-mismatch'], sharing: 'issuer' },
  { leader: 'provider-missing', followers: ['federated-provider-absent', 'federated-provider-of-other-cluster'], sharing: 'issuer' },
];

/** Under which name each rule's message has the audience that is not taken. */
const AUDIENCE_IN: Readonly<Record<string, string>> = {
  'audience-annotation-mismatch': 'audience',
  'provider-audience-missing': 'missing',
  'audience-mismatch': 'expected',
};

function audienceKey({ rule, raised }: Sighting): string | null {
  const audience = raised.data[AUDIENCE_IN[rule.id] ?? ''];
  return audience === undefined || raised.issuer === undefined ? null : `${raised.issuer.toLowerCase()} ${audience}`;
}

/** The pods of a cluster that are to have their role by Pod Identity; those with an annotation do without the agent. */
function agentKey({ rule, raised, subject }: Sighting): string | null {
  if (rule.id === 'pod-not-injected' && raised.message !== 'associated') return null;
  return `${subject.region ?? ''} ${subject.id.split('/')[0] ?? ''}`;
}

function shareKey(sighting: Sighting, sharing: Sharing): string | null {
  const { subject, raised } = sighting;
  switch (sharing) {
    case 'subject':
      return `${subject.region ?? ''} ${subject.id}`;
    case 'role':
      return raised.role ?? subject.id;
    case 'account':
      return `${subject.region ?? ''} ${raised.account ?? subject.id}`;
    case 'agent':
      return agentKey(sighting);
    case 'statement':
      return raised.statement === undefined ? null : `${subject.id} ${raised.statement}`;
    case 'fragment':
      return raised.fragment === undefined ? null : `${subject.id} ${raised.fragment}`;
    case 'issuer':
      return raised.issuer?.toLowerCase() ?? null;
    case 'audience':
      return audienceKey(sighting);
  }
}

/** For each follower the sighting that leads it by one of the relations, if any. */
function leaderIn(relations: readonly Relation[], sightings: readonly Sighting[]): (follower: Sighting) => Sighting | null {
  const index = new Map<string, Sighting>();
  for (const { leader, sharing } of relations) {
    for (const sighting of sightings) {
      const key = sighting.rule.id === leader ? shareKey(sighting, sharing) : null;
      if (key !== null) index.set(`${leader} ${sharing} ${key}`, sighting);
    }
  }
  return (follower) => {
    for (const { leader, followers, sharing } of relations) {
      const key = followers.includes(follower.rule.id) ? shareKey(follower, sharing) : null;
      const found = key === null ? undefined : index.get(`${leader} ${sharing} ${key}`);
      if (found !== undefined && found !== follower) return found;
    }
    return null;
  };
}

export interface Problem {
  readonly primary: Sighting;
  readonly coDefects: readonly Sighting[];
  /** Consequences of each sighting of the problem, besides what its rule named. */
  readonly consequences: ReadonlyMap<Sighting, readonly Related[]>;
  /** What was seen too and is not told, because the problem says it already or is the reason for it. */
  readonly hidden: readonly Sighting[];
}

const KIND_ORDER = { break: 0, exposure: 1, hygiene: 2 } as const;

function byLead(left: Sighting, right: Sighting): number {
  return (
    KIND_ORDER[left.rule.kind] - KIND_ORDER[right.rule.kind] ||
    Number(left.raised.latent === true) - Number(right.raised.latent === true) ||
    linkPosition(left.rule.id) - linkPosition(right.rule.id) ||
    (left.raised.statement ?? -1) - (right.raised.statement ?? -1)
  );
}

/** The leader that is told itself: a leader may follow another. */
function outermost(sighting: Sighting, leaders: ReadonlyMap<Sighting, Sighting>): Sighting {
  const leader = leaders.get(sighting);
  return leader === undefined ? sighting : outermost(leader, leaders);
}

/**
 * Groups what the rules saw into problems, one for each repair: which sighting leads, which are wrong too, and which
 * only follow.
 */
export function groupIntoProblems(sightings: readonly Sighting[]): readonly Problem[] {
  const absorber = leaderIn(ABSORBED, sightings);
  const leaders = new Map<Sighting, Sighting>();
  const told = sightings.filter((sighting) => {
    const leader = absorber(sighting);
    if (leader !== null) leaders.set(sighting, leader);
    return leader === null;
  });
  const causeOf = leaderIn(CONSEQUENCES, told);
  const consequences = new Map<Sighting, Related[]>();
  const remaining = told.filter((sighting) => {
    const leader = causeOf(sighting);
    if (leader === null) return true;
    const related: Related = {
      type: sighting.subject.type,
      id: sighting.subject.id,
      why: 'is right in itself and fails only because of this',
    };
    consequences.set(leader, [...(consequences.get(leader) ?? []), related]);
    leaders.set(sighting, leader);
    return false;
  });
  const groups = new Map<string, Sighting[]>();
  for (const sighting of remaining) {
    const key = `${sighting.subject.region ?? ''} ${sighting.subject.type} ${sighting.subject.id}`;
    groups.set(key, [...(groups.get(key) ?? []), sighting]);
  }
  const joins = leaderIn(JOINED, remaining);
  const merged = new Map<string, Sighting[]>();
  const keyOf = (sighting: Sighting): string => `${sighting.subject.region ?? ''} ${sighting.subject.type} ${sighting.subject.id}`;
  for (const [key, group] of groups) {
    const outside = group.map(joins).find((leader) => leader !== null && keyOf(leader) !== key);
    const target = outside === undefined || outside === null ? key : keyOf(outside);
    merged.set(target, [...(merged.get(target) ?? []), ...group]);
  }
  const hidden = groupBy([...leaders.keys()], (sighting) => outermost(sighting, leaders));
  return [...merged.values()].map((group) => {
    const [primary, ...coDefects] = [...group].sort(byLead);
    if (primary === undefined) throw new Error('a problem without a finding');
    return { primary, coDefects, consequences, hidden: group.flatMap((sighting) => hidden.get(sighting) ?? []) };
  });
}
