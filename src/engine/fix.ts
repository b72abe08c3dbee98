import type { Facts } from '../facts/facts.js';
import type { Fix, Grant, Patch } from '../model/finding.js';
import { trustPolicyQuota } from '../facts/trust-policy-quota.js';
import { policyLength, repairTrustPolicy } from '../policy/repair.js';
import { commandsFor } from './commands.js';
import { asksForAdministrativeRole, newlyAdmitted } from './grants.js';
import type { Problem } from './leads.js';
import { prove, sightingFingerprint, type Audited } from './prove.js';
import type { Sighting } from './run-rules.js';
import { shellCommand } from './shell.js';

/** The one patch of a role's trust policy that all findings of a problem ask for together; null where none asks for one. */
function trustPatch(arn: string, sightings: readonly Sighting[], facts: Facts): Patch | null {
  const edits = sightings.filter(({ subject }) => subject.id === arn).flatMap(({ raised }) => raised.fix?.edits ?? []);
  const role = facts.role(arn);
  if (edits.length === 0 || role === null) return null;
  const before = role.role.trustPolicy;
  const after = repairTrustPolicy(before, edits);
  return JSON.stringify(after) === JSON.stringify(before) ? null : { resource: arn, region: null, kind: 'trust-policy', before, after };
}

interface Proven {
  readonly patches: readonly Patch[];
  readonly grants: readonly Grant[];
  readonly verified: boolean;
  readonly commands: readonly string[];
  /** What else there is to know of it; empty where nothing is. */
  readonly remark: string;
}

/** What nobody needs to prove: there is nothing to apply. */
const nothing = (remark: string): Proven => ({ patches: [], grants: [], verified: false, commands: [], remark });

/** How long a trust policy becomes, where IAM does not take that, or may not. */
function lengthAfter(patch: Patch | null, { inventory }: Facts): { readonly fits: boolean; readonly remark: string } {
  if (patch === null) return { fits: true, remark: '' };
  const { usual, most, isRead } = trustPolicyQuota(inventory);
  const length = policyLength(patch.after);
  if (length <= Math.max(usual, policyLength(patch.before))) return { fits: true, remark: '' };
  if (length <= most)
    return { fits: true, remark: ` The trust policy has ${length} characters then, and the quota is ${usual} unless it was raised.` };
  const quota = isRead ? 'what the quota of this account allows' : 'the most that a raised quota allows';
  return {
    fits: false,
    remark: ` The trust policy would have ${length} characters, and ${most} are ${quota}: give some of those that it is for a role of their own.`,
  };
}

/**
 * The fixes of a problem, one for each of its findings. All defects of one role share one patch, which is proven as a
 * whole; a command is ready only where the proof holds and nobody is let in whom the role's owner has not named.
 */
export function fixesOf(problem: Problem, audited: Audited): ReadonlyMap<Sighting, Fix | null> {
  const { facts } = audited;
  const sightings = [problem.primary, ...problem.coDefects];
  const { account, collectedAt } = facts.inventory;
  const bySubject = new Map<string, Proven>();
  const provenFor = (sighting: Sighting): Proven => {
    const { subject } = sighting;
    const existing = bySubject.get(`${subject.type} ${subject.id}`);
    if (existing !== undefined) return existing;
    const own = sightings.filter((one) => one.subject.id === subject.id && one.subject.type === subject.type);
    const trust = subject.type === 'role' ? trustPatch(subject.id, own, facts) : null;
    const patches = [...own.flatMap(({ raised }) => raised.fix?.patches ?? []), ...(trust === null ? [] : [trust])];
    if (patches.length === 0) return nothing('');
    const { fits, remark } = lengthAfter(trust, facts);
    // No trust policy may be so long: the one repair that shares it is none.
    if (!fits) return nothing(remark);
    const repaired = own.filter(({ raised }) => (raised.fix?.edits ?? []).length > 0 || (raised.fix?.patches ?? []).length > 0);
    const admitted = newlyAdmitted(patches, facts);
    const verified = prove(
      repaired.map((one) => sightingFingerprint(account, one)),
      patches,
      audited,
    );
    const unnamed = admitted.some(
      ({ administrative, namedToday, namespaceNamedToday }) => !namespaceNamedToday || (administrative && !namedToday),
    );
    const proven = {
      patches,
      grants: admitted.map(({ subject: who, role, administrative }) => ({ subject: who, role, administrative })),
      verified,
      commands:
        verified && !unnamed && !asksForAdministrativeRole(patches, facts)
          ? patches.flatMap((patch) => commandsFor(patch, facts.inventory))
          : [],
      remark,
    };
    bySubject.set(`${subject.type} ${subject.id}`, proven);
    return proven;
  };
  return new Map(
    sightings.map((sighting): [Sighting, Fix | null] => {
      const { fix } = sighting.raised;
      if (fix === null) return [sighting, null];
      const own = (fix.commands ?? []).map(shellCommand);
      if ((fix.edits ?? []).length === 0 && (fix.patches ?? []).length === 0)
        return [sighting, { summary: fix.summary, commands: own, patches: [], grants: [], verified: false }];
      const { patches, grants, verified, commands, remark } = provenFor(sighting);
      const replaces =
        commands.length > 0 && patches.some(({ kind }) => kind === 'trust-policy')
          ? ` The command replaces the whole trust policy as it was read at ${collectedAt}.`
          : '';
      return [sighting, { summary: `${fix.summary}${remark}${replaces}`, commands: [...commands, ...own], patches, grants, verified }];
    }),
  );
}
