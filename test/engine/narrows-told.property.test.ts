import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { membersOf } from '../../src/lib/is-object.js';
import type { Finding, Patch } from '../../src/model/report/finding.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { several, subjectOf, type Several } from './made-up-several.js';
import { PROD, provider } from './role-under-test.js';

/** What a ready command takes away, which a reader has to know before it is run. */

const RUNS = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 100_000) / 100, seed: 20261201 };
const RANK = { denied: 0, undecided: 1, allowed: 2 } as const;
const BREAKS = new Set(RULES.filter(({ kind }) => kind === 'break').map(({ id }) => id));

const rankOf = (document: Json, subject: string, audience: string): number =>
  RANK[evaluateTrust(document, { providerArn: provider(PROD), issuer: `https://${PROD}`, audience, subject }).verdict];

interface Changed {
  readonly finding: Finding;
  readonly patch: Patch;
}

const changesOf = ({ given }: Several, isChosen: (finding: Finding) => boolean): readonly Changed[] =>
  auditInventory(inventoryOfCase(given)).findings.flatMap((finding) =>
    isChosen(finding) ? (finding.fix?.patches ?? []).flatMap((patch) => (patch.kind === 'trust-policy' ? [{ finding, patch }] : [])) : [],
  );
const ready = ({ fix }: Finding): boolean => fix !== null && fix.commands.length > 0;

/** What is open today has a ready command; what only would be, once the role is repaired, is closed by that repair. */
const isOpen = (finding: Finding): boolean => finding.kind === 'exposure' && ready(finding) && !finding.message.startsWith('Once ');

/** Whoever is annotated comes with the audience that the annotation means; who is not, with any that the provider takes. */
const audiencesOf = ({ annotated, clientIds }: Several, subject: string): readonly string[] =>
  annotated.includes(subject) ? ['sts.amazonaws.com'] : clientIds;

const statementsOf = (document: Json): readonly Json[] => [membersOf(document)['Statement']].flat() as readonly Json[];
const isAllow = (statement: Json): boolean => membersOf(statement)['Effect'] === 'Allow';

/** Subjects that a statement can be met by: those of the account, a stranger in each namespace, and one that is written as no service account is. */
const TRIED = ['pay:app', 'pay:jobs', 'pay:worker', 'web:app', 'web:scraper', 'pay:x', 'pay:wx', 'web:x', 'x:app', 'x:x', 'Pay:App'].map(
  subjectOf,
);

/** How many Allow statements for tokens nobody can meet. */
function dead(document: Json, clientIds: readonly string[]): number {
  const denies = statementsOf(document).filter((one) => !isAllow(one));
  return statementsOf(document)
    .filter(isAllow)
    .filter((one) => {
      const alone = { Version: '2012-10-17', Statement: [one, ...denies] };
      return !TRIED.some((subject) => clientIds.some((audience) => rankOf(alone, subject, audience) > 0));
    }).length;
}

describe('a ready command of a finding that somebody is denied', () => {
  it('denies no service account that is allowed today, annotated or not', () => {
    fc.assert(
      fc.property(several, (one) => {
        for (const { finding, patch } of changesOf(one, (finding) => BREAKS.has(finding.rule) && ready(finding))) {
          const lost = one.existing.filter((subject) =>
            audiencesOf(one, subject).some((audience) => rankOf(patch.after, subject, audience) < rankOf(patch.before, subject, audience)),
          );
          expect([finding.rule, lost]).toEqual([finding.rule, []]);
        }
      }),
      RUNS,
    );
  });
});

describe('a ready command that closes what is open', () => {
  it('names in a statement nobody whom it does not allow today', () => {
    fc.assert(
      fc.property(several, (one) => {
        for (const { finding, patch } of changesOf(one, isOpen)) {
          const [before, after] = [statementsOf(patch.before), statementsOf(patch.after)];
          const gained = [...one.existing].filter((subject) =>
            one.clientIds.some((audience) =>
              after.some((statement, index) => {
                const alone = (own: Json): Json => ({ Version: '2012-10-17', Statement: [own] });
                return rankOf(alone(statement), subject, audience) > 0 && rankOf(alone(before[index] ?? null), subject, audience) === 0;
              }),
            ),
          );
          expect([finding.rule, gained]).toEqual([finding.rule, []]);
        }
      }),
      RUNS,
    );
  });
});

describe('a repair that is verified', () => {
  it('leaves no statement that allows nobody, but those that did before', () => {
    fc.assert(
      fc.property(several, (one) => {
        for (const { finding, patch } of changesOf(one, ({ fix }) => fix?.verified === true))
          expect([finding.rule, dead(patch.after, one.clientIds) > dead(patch.before, one.clientIds)]).toEqual([finding.rule, false]);
      }),
      RUNS,
    );
  });
});
