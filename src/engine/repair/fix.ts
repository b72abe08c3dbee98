import type { Facts } from '../../facts/account/facts.js';
import { withManager } from '../../facts/service-account/managed-by.js';
import { trustOf } from '../../facts/account/role-facts.js';
import type { Fix, Grant, Patch } from '../../model/report/finding.js';
import { withSwitchedKeys } from '../../facts/trust/switch-provider-edits.js';
import { repairTrustPolicy } from '../../policy/edit/repair.js';
import { commandsFor } from './commands.js';
import { accessPatch, meantIn } from './access-patch.js';
import { groupBy } from '../../lib/group-by.js';
import { listed } from '../../lib/list-in-words.js';
import { asksForAdministrativeRole } from './asked-role.js';
import { newlyAdmitted, type NewlyAdmitted } from './newly-admitted.js';
import type { Problem } from '../problems/group-problems.js';
import { keepsEverybody } from './keeps-access.js';
import { lengthAfter } from './length-after.js';
import { refusedByIam } from './refused-by-iam.js';
import { prove, sightingFingerprint, type Audited } from './verify.js';
import type { Sighting } from '../run/run-rules.js';
import { shellCommands } from './shell.js';

/** The one patch of a role's trust policy that all findings of a problem ask for together; null where none asks for one. */
function trustPatch(arn: string, sightings: readonly Sighting[], facts: Facts): Patch | null {
  const edits = sightings.filter(({ subject }) => subject.id === arn).flatMap(({ raised }) => raised.fix?.edits ?? []);
  const role = facts.role(arn);
  if (edits.length === 0 || role === null) return null;
  const before = role.role.trustPolicy;
  const after = repairTrustPolicy(before, withSwitchedKeys(edits, role.statements));
  return JSON.stringify(after) === JSON.stringify(before) ? null : { resource: arn, region: null, kind: 'trust-policy', before, after };
}

interface Proven {
  readonly patches: readonly Patch[];
  readonly grants: readonly Grant[];
  readonly verified: boolean;
  readonly commands: readonly string[];
  /** What else there is to know of it; empty where nothing is. */
  readonly remark: string;
  /** Whom a person can allow by name, for which no command may speak. */
  readonly grantable: readonly string[];
}

/** What nobody needs to prove: there is nothing to apply. */
const nothing = (remark: string): Proven => ({ patches: [], grants: [], verified: false, commands: [], remark, grantable: [] });

/** What sightings of one subject ask for together. */
function patchesOf(sightings: readonly Sighting[], facts: Facts): { readonly trust: Patch | null; readonly all: readonly Patch[] } {
  const [first] = sightings;
  const trust = first?.subject.type === 'role' ? trustPatch(first.subject.id, sightings, facts) : null;
  return { trust, all: [...sightings.flatMap(({ raised }) => raised.fix?.patches ?? []), ...(trust === null ? [] : [trust])] };
}

const asksForChange = ({ raised }: Sighting): boolean => (raised.fix?.edits ?? []).length > 0 || (raised.fix?.patches ?? []).length > 0;

/** Why there is no ready command for patches that allow, or write in permanently, whom nobody has named. */
function unnamedRemark(unnamed: readonly NewlyAdmitted[]): string {
  const subjectsOf = (some: readonly NewlyAdmitted[]): readonly string[] =>
    [...new Set(some.map(({ subject }) => subject))].filter((subject) => subject !== '*');
  const audiences = [...new Set(unnamed.flatMap(({ askedAudience }) => askedAudience ?? []))];
  if (audiences.length > 0) return ` The annotation of one service account alone asks for the audience ${listed(audiences)}.`;
  const subjects = subjectsOf(unnamed.filter(({ isAssociated }) => isAssociated !== true));
  const associated = subjectsOf(unnamed.filter(({ isAssociated }) => isAssociated === true));
  if (subjects.length === 0 && associated.length > 0)
    return ` Nothing in the trust policy names ${listed(associated)}: make sure that they are meant.`;
  const their = subjects.length === 1 ? 'its cluster' : 'their clusters';
  return subjects.length === 0 ? '' : ` No statement for ${their} names ${listed(subjects)}, and an annotation only asks for a role.`;
}

/** A person reads of no more than these; each is a proof of its own. */
const MOST_GRANTABLE = 3;

/** Those of whom nothing speaks but an annotation, and whom a person can allow one by one. */
function grantableOf(unnamed: readonly NewlyAdmitted[], audited: Audited): readonly string[] {
  const { facts, stillTime } = audited;
  const isGrantable = ({ role: arn, subject, url }: NewlyAdmitted): boolean => {
    const role = facts.role(arn);
    if (role === null || url === undefined || !stillTime()) return false;
    const meant = meantIn(role, subject, url, facts);
    return meant !== null && 'patch' in accessPatch(meant, audited);
  };
  return unnamed
    .slice(0, MOST_GRANTABLE)
    .filter(isGrantable)
    .map(({ subject }) => subject);
}

/** The issuers of which sightings ask for a change: it is to change who comes by them, and nobody else. */
const concernedIn = (sightings: readonly Sighting[]): ReadonlySet<string> =>
  new Set(sightings.filter(asksForChange).flatMap(({ raised }) => raised.issuer ?? []));

/**
 * Proves what some sightings of one subject ask for together; a command is ready only where nobody is allowed whom no owner has named.
 * @param narrows it is to leave fewer allowed than today
 */
function proveTogether(sightings: readonly Sighting[], audited: Audited, narrows: boolean): Proven & { readonly admitsUnnamed: boolean } {
  const { facts } = audited;
  const { trust, all: patches } = patchesOf(sightings, facts);
  if (patches.length === 0) return { ...nothing(''), admitsUnnamed: false };
  const { fits, remark } = lengthAfter(trust, facts);
  // No trust policy may be so long: the one repair that shares it is none.
  if (!fits) return { ...nothing(remark), admitsUnnamed: false };
  if (!audited.stillTime()) return { ...nothing(' The time was up before a repair could be proven.'), admitsUnnamed: false };
  const admitted = newlyAdmitted(patches, facts);
  const unnamed = admitted.filter(({ isNamed }) => !isNamed);
  const fingerprints = sightings.filter(asksForChange).map((one) => sightingFingerprint(facts.inventory.account, one));
  const isDecided = trust === null || !admitted.some(({ isUndecided }) => isUndecided);
  const verified = isDecided && prove(fingerprints, patches, audited, { concerned: concernedIn(sightings), narrows });
  const refused = trust === null ? null : refusedByIam(trust, facts);
  const isByHand = sightings.some(({ raised }) => raised.fix?.byHand === true);
  const isReady = verified && !isByHand && unnamed.length === 0 && refused === null && !asksForAdministrativeRole(patches, facts);
  const commands = isReady ? commandsFor(patches, facts.inventory) : [];
  const remarks = [
    remark,
    unnamedRemark(unnamed),
    refused === null ? '' : ` ${refused}`,
    isDecided ? '' : ' Whether STS then allows them, configuration cannot tell.',
    isReady && commands.length === 0 ? ' No command makes this change safely in every shell: make it by hand, from the patch.' : '',
  ];
  return {
    patches,
    grants: admitted.map(({ subject: who, role, administrative }) => ({ subject: who, role, administrative })),
    verified,
    commands,
    remark: remarks.join(''),
    grantable: trust === null || !verified ? [] : grantableOf(unnamed, audited),
    admitsUnnamed: unnamed.length > 0,
  };
}

/** Of a subject with more defects each is not asked about by itself: they share their one repair, and none has a command of its own. */
const MOST_APART = 32;

/**
 * What some sightings of one subject come to. They share one repair; where that allows somebody, or writes somebody in,
 * whom nobody has named, those that do neither have one of their own, which has no such subject along.
 */
function sharedBy(own: readonly Sighting[], audited: Audited, narrows: boolean): (sighting: Sighting) => Proven {
  const whole = proveTogether(own, audited, narrows);
  const admitsUnnamed = (some: readonly Sighting[]): boolean =>
    newlyAdmitted(patchesOf(some, audited.facts).all, audited.facts).some(({ isNamed }) => !isNamed);
  const changing = own.filter(asksForChange);
  if (!whole.admitsUnnamed || changing.length < 2 || changing.length > MOST_APART) return () => whole;
  const harmless = changing.filter((one) => !admitsUnnamed([one]));
  const apart = proveTogether(harmless, audited, narrows);
  if (harmless.length === 0 || apart.admitsUnnamed) return () => whole;
  return (sighting) => (harmless.includes(sighting) ? apart : whole);
}

/** Whether what a finding asks for denies somebody who is allowed today: what is open is closed, or an audience is required. */
function narrows({ rule, subject, raised }: Sighting, facts: Facts): boolean {
  const edits = raised.fix?.edits ?? [];
  const role = facts.role(subject.id);
  if (rule.kind === 'break' || edits.length === 0 || role === null) return false;
  // A principal of anybody takes in those who have no token.
  if (rule.kind === 'exposure' && edits.some(({ kind }) => kind === 'principal')) return true;
  return !keepsEverybody(role, trustOf(repairTrustPolicy(role.role.trustPolicy, edits)).policy, facts);
}

/** A repair that narrows has no ready command while the repair of what is broken beside it allows others: of those another finding tells. */
const withoutGrants = (proven: Proven): Proven =>
  proven.commands.length === 0 || proven.grants.length === 0
    ? proven
    : { ...proven, commands: [], remark: `${proven.remark} Repair first what is broken of the role: the change does that too.` };

/**
 * What all sightings of one subject come to. What narrows a trust policy is in no repair of another kind of finding, which says
 * nothing of it; it has the others along, for a command that comes after theirs must not undo them.
 */
function provenFor(own: readonly Sighting[], audited: Audited): (sighting: Sighting) => Proven {
  const narrowing = groupBy(
    own.filter((one) => narrows(one, audited.facts)),
    ({ rule }) => rule.kind,
  );
  const all = [...narrowing.values()].flat();
  const mending = own.filter((one) => !all.includes(one));
  const mended = sharedBy(mending, audited, false);
  const withOthers = (some: readonly Sighting[]): readonly Sighting[] => own.filter((one) => !all.includes(one) || some.includes(one));
  const narrowed = new Map([...narrowing].map(([kind, some]) => [kind, sharedBy(withOthers(some), audited, true)]));
  const isBeside = mending.some(asksForChange);
  return (sighting) => {
    if (!all.includes(sighting)) return mended(sighting);
    const proven = narrowed.get(sighting.rule.kind)?.(sighting) ?? nothing('');
    return isBeside ? withoutGrants(proven) : proven;
  };
}

/**
 * The fixes of a problem, one for each of its findings. All defects of one role share one patch, which is proven as a
 * whole; a command is ready only where the proof holds and nobody is allowed whom the role's owner has not named.
 */
export function fixesOf(problem: Problem, audited: Audited): ReadonlyMap<Sighting, Fix | null> {
  const { collectedAt } = audited.facts.inventory;
  const sightings = [problem.primary, ...problem.coDefects];
  const bySubject = groupBy(sightings, ({ subject }) => `${subject.type} ${subject.region ?? ''} ${subject.id}`);
  return new Map(
    [...bySubject.values()].flatMap((own) => {
      const proven = own.some(asksForChange) ? provenFor(own, audited) : () => nothing('');
      return own.map((sighting): [Sighting, Fix | null] => {
        const { fix } = sighting.raised;
        if (fix === null) return [sighting, null];
        const written = shellCommands(fix.commands ?? []);
        if (!asksForChange(sighting))
          return [sighting, { summary: fix.summary, commands: written, patches: [], grants: [], verified: false }];
        const { patches, grants, verified, commands, remark, grantable } = proven(sighting);
        const replaces =
          commands.length > 0 && patches.some(({ kind }) => kind === 'trust-policy')
            ? ` The command replaces the whole trust policy as it was read at ${collectedAt}.`
            : '';
        return [
          sighting,
          {
            summary: `${fix.summary}${remark}${replaces}`,
            commands: [...commands, ...written],
            patches: patches.map((patch) => withManager(patch, audited.facts)),
            grants,
            ...(grantable.length === 0 ? {} : { grantable }),
            verified,
          },
        ];
      });
    }),
  );
}
