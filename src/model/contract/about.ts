import type { Subject } from '../report/finding.js';

/**
 * What findings are about. Two findings of one kind that are about the same tell of one mistake, and one of them speaks: so
 * it is named as narrowly as that holds.
 */
export type Ref = Part | Thing;

/** Of the subject of the finding itself: text of its policy, what a statement requires of a claim in all, its annotation. */
type Part =
  | { readonly part: 'key' | 'value'; readonly path: string }
  | { readonly part: 'claim' | 'values'; readonly statement: number; readonly claim: string }
  | { readonly part: 'annotation' | 'permissions' };

/** Of whatever subject: what is wrong of it shows on several. */
type Thing =
  | { readonly thing: 'holder of a role' | 'role set by hand'; readonly role: string }
  | { readonly thing: 'service account' | 'pods of a service account'; readonly region: string; readonly id: string }
  | { readonly thing: 'provider' | 'audiences of a provider'; readonly issuer: string }
  | { readonly thing: 'tokens'; readonly issuer: string; readonly audiences: string }
  | { readonly thing: 'webhook' | 'agent'; readonly region: string; readonly cluster: string };

/** A key of a condition, by the JSON path of the condition. */
export const keyAt = (path: string): Ref => ({ part: 'key', path });

/** A principal or a value of a condition, by its JSON path. */
export const valueAt = (path: string): Ref => ({ part: 'value', path });

/** What all conditions of a statement require of a claim. */
export const claimIn = (statement: number, claim: string): Ref => ({ part: 'claim', statement, claim });

/** Which values a statement names for a claim. */
export const valuesIn = (statement: number, claim: string): Ref => ({ part: 'values', statement, claim });

/** The annotation that names the role of the service account. */
export const roleAnnotation: Ref = { part: 'annotation' };

/** What its own policies allow the role. */
export const ownPermissions: Ref = { part: 'permissions' };

/** Which service account has a role. */
export const holderOf = (role: string): Ref => ({ thing: 'holder of a role', role });

/** Whom a role allows whose pods name it themselves. */
export const setByHand = (role: string): Ref => ({ thing: 'role set by hand', role });

/** Which service account is meant, by `cluster/namespace/name`. */
export const serviceAccountMeant = (region: string, id: string): Ref => ({ thing: 'service account', region, id });

/** What the pods of a service account are given while they are made. */
export const podsGiven = (region: string, id: string): Ref => ({ thing: 'pods of a service account', region, id });

/** Whether an issuer (without `https://`) has a provider. */
export const providerFor = (issuer: string): Ref => ({ thing: 'provider', issuer: issuer.toLowerCase() });

/** Which audiences the provider of an issuer takes. */
export const audiencesTaken = (issuer: string): Ref => ({ thing: 'audiences of a provider', issuer: issuer.toLowerCase() });

/** Tokens of an issuer that are refused for the audiences that they have. */
export const tokensFor = (issuer: string, audiences: readonly string[]): Ref => ({
  thing: 'tokens',
  issuer: issuer.toLowerCase(),
  audiences: audiences.join(' '),
});

interface InRegion {
  readonly region: string;
  readonly name: string;
}

/** What gives the pods of a cluster their role while they are made. */
export const webhookOf = ({ region, name }: InRegion): Ref => ({ thing: 'webhook', region, cluster: name });

/** What gives the pods of a cluster the credentials of Pod Identity. */
export const agentOf = ({ region, name }: InRegion): Ref => ({ thing: 'agent', region, cluster: name });

/** Equal for references to the same, whatever the subjects of the findings. */
export function refKey(ref: Ref, { type, region, id }: Subject): string {
  return JSON.stringify('part' in ref ? [type, region, id, ...Object.values(ref)] : Object.values(ref));
}
