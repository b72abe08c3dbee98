/**
 * The links of the chain from pod to permission, earliest first, then what is open and what is merely untidy. A rule says in
 * its own file which of them it speaks of; of two findings about one thing the earlier link speaks, and it leads a problem.
 */
export const LINKS = [
  'association',
  'agent',
  'trust of Pod Identity',
  'session tags',
  'conditions of Pod Identity',
  'target role',
  'service account of the pod',
  'service account',
  'key of the annotation',
  'place of the annotation',
  'annotation',
  'audience of the tokens',
  'role',
  'webhook',
  'pod',
  'credentials of the pod',
  'provider',
  'audiences of the provider',
  'grammar of the trust policy',
  'kind of principal',
  'form of the principal',
  'principal',
  'action',
  'placeholder',
  'conditions together',
  'condition',
  'form of the key',
  'issuer of the key',
  'claim of the key',
  'operator',
  'condition key',
  'audience',
  'operator of the subject',
  'form of the subject',
  'subject',
  'deny',
  'role set by hand',
  'permissions',
  'open to anybody',
  'open to an issuer',
  'no subject',
  'open to a cluster',
  'negation',
  'operator without effect',
  'open to a namespace',
  'new repositories',
  'quotas',
  'administration',
] as const;

export type Link = (typeof LINKS)[number];

const POSITION: ReadonlyMap<Link, number> = new Map(LINKS.map((link, index) => [link, index]));

interface Linked {
  readonly id: string;
  readonly link: Link;
}

const distance = (left: Linked, right: Linked): number => (POSITION.get(left.link) ?? 0) - (POSITION.get(right.link) ?? 0);

/** Whether a rule speaks of an earlier link than another. */
export function isEarlier(left: Linked, right: Linked): boolean {
  return distance(left, right) < 0;
}

/** Orders rules by the chain; those of one link by their ids. */
export function byLink(left: Linked, right: Linked): number {
  return distance(left, right) || (left.id < right.id ? -1 : left.id > right.id ? 1 : 0);
}
