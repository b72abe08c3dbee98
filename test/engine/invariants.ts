import { admissionsOf } from '../../src/engine/admissions.js';
import type { RoleAdmission } from '../../src/model/report/admission.js';
import { atLeast, type Finding } from '../../src/model/report/finding.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import type { OtherClaims } from '../../src/policy/language/claims.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { globMatcher } from '../../src/policy/pattern/glob.js';
import { RULES } from '../../src/rules/index.js';
import { accountOf, AUDIENCE, principalOf, strangersOf, type Made } from './made-up-shared.js';

/** What holds of every account: each finds what contradicts it, for the tests and for `npm run fuzz`. */

const BREAKS = new Set(RULES.filter(({ kind }) => kind === 'break').map(({ id }) => id));

const isShut = ({ entrances }: RoleAdmission): boolean => entrances.length > 0 && entrances.every(({ who }) => who.kind === 'nobody');

/** Roles that nobody can assume with a token, and of which the audit tells no break. */
export function untold(inventory: Inventory): readonly string[] {
  const shut = admissionsOf(inventory).roles.filter(isShut);
  if (shut.length === 0) return [];
  const { findings } = auditInventory(inventory);
  // Of a cluster that is being made or deleted the provider is missing for now: that is told, and is no alarm.
  const told = findings.filter(({ rule, severity }) => BREAKS.has(rule) && (atLeast(severity, 'low') || rule === 'provider-missing'));
  return shut
    .filter(({ role }) => !told.some(({ subject, related }) => subject.id === role || related.some(({ id }) => id === role)))
    .map(({ role }) => `${role}: ${findings.map(({ rule, severity }) => `${rule} ${severity}`).join()}`);
}

/** Entrances by which nobody gets in, without a word why. */
export const unexplained = (inventory: Inventory): readonly string[] =>
  admissionsOf(inventory).roles.flatMap(({ role, entrances }) =>
    entrances.flatMap(({ issuer, provider, who, ...more }) =>
      who.kind === 'nobody' && who.because.length === 0 && provider !== 'absent' && !('clientIds' in more) && !('meantFor' in more)
        ? [`${role} ${issuer}`]
        : [],
    ),
  );

interface Token {
  readonly subject: string;
  readonly audience: string;
  readonly claims: OtherClaims;
}

const filled = (value: string): string => value.replaceAll('*', 'any').replaceAll('?', 'x');

/** Tokens of strangers and of those who are named, with and without each claim of which a document speaks. */
function tokensFor({ issuer, document }: Made): readonly Token[] {
  const text = JSON.stringify(document);
  const { values, subjects, audiences = [AUDIENCE], fixed, chosen } = issuer;
  const spoken = Object.keys(values).filter(
    (claim) => !['sub', 'aud', 'app_id', 'user_id', 'id'].includes(claim) && text.includes(`:${claim}"`),
  );
  const claims = spoken.reduce<readonly OtherClaims[]>(
    (all, claim) => {
      const tried = [...new Set([...(chosen[claim] ?? [null]), ...(values[claim] ?? []).slice(0, 1).map(filled), null])];
      return all.flatMap((one) => tried.map((value): OtherClaims => (value === null ? one : { ...one, [claim]: value })));
    },
    [fixed],
  );
  const named = [...(values['sub'] ?? []), ...(values['user_id'] ?? []), ...(values['id'] ?? [])].map(filled);
  const asked = [...audiences, ...[...(values['aud'] ?? []), ...(values['app_id'] ?? [])].map(filled)];
  return [...subjects, ...named].flatMap((subject) =>
    [...new Set(asked)].flatMap((audience) => claims.map((one) => ({ subject, audience, claims: one }))),
  );
}

/** Tokens that are refused today and get in by a ready command that does not tell of them. */
export function opened(one: Made): readonly string[] {
  return auditInventory(accountOf(one)).findings.flatMap(({ rule, fix }) =>
    (fix !== null && fix.commands.length > 0 ? fix.patches : []).flatMap(({ kind, before, after }) => {
      if (kind !== 'trust-policy' || fix === null) return [];
      const isTold = (subject: string): boolean => fix.grants.some((grant) => globMatcher(grant.subject)(subject));
      const door = { providerArn: principalOf(one.issuer), issuer: `https://${one.issuer.url}` };
      return tokensFor(one).flatMap((token) => {
        const [now, then] = [before, after].map((document) => evaluateTrust(document, { ...door, ...token }).verdict);
        return now === 'denied' && then === 'allowed' && !isTold(token.subject) ? [`${rule} ${JSON.stringify(token)}`] : [];
      });
    }),
  );
}

const EXPOSURES = new Set(RULES.filter(({ kind }) => kind === 'exposure').map(({ id }) => id));

/** What is latent is told as info. */
export const exposuresIn = (inventory: Inventory): Finding[] =>
  auditInventory(inventory).findings.filter(({ rule }) => EXPOSURES.has(rule));

export function strangerGetsIn({ issuer, document }: Made): boolean {
  const door = { providerArn: principalOf(issuer), issuer: `https://${issuer.url}` };
  const strangers = strangersOf(issuer, JSON.stringify(document));
  return strangers.some((token) => evaluateTrust(document, { ...door, ...token }).verdict === 'allowed');
}

/** Whether strangers who get in are told, critical or high, and what is told for certain is no more than that. */
export function strangersAreTold(one: Made): boolean {
  const found = exposuresIn(accountOf(one));
  if (strangerGetsIn(one)) return found.some(({ severity }) => atLeast(severity, 'high'));
  return !found.some(({ severity, confidence }) => confidence === 'certain' && atLeast(severity, 'medium'));
}
