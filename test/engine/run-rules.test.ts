import { describe, expect, it } from '@jest/globals';
import { runRules } from '../../src/engine/run/run-rules.js';
import { deriveFacts } from '../../src/facts/account/facts.js';
import { unknown } from '../../src/model/inventory/observed.js';
import { Steps } from '../../src/policy/pattern/steps.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { raised, roleNamed, ruleThat } from './rule-builder.js';

const ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const account = inventoryOfCase({
  clusters: [
    { name: 'prod', issuer: ISSUER },
    { name: 'prod', region: 'eu-west-2', issuer: ISSUER.replace('west-1', 'west-2') },
    { name: 'dark', region: 'eu-west-2', unread: 'throttled' },
  ],
  unread: { 'eu-west-3': 'denied' },
});

const outcome = (rule: Parameters<typeof runRules>[0][number], inventory = account) => runRules([rule], deriveFacts(inventory)).outcomes[0];

describe('scopes', () => {
  it('runs a cluster rule for each described cluster and records the others with their reason', () => {
    const seen: string[] = [];
    const rule = ruleThat({
      scope: 'cluster',
      needs: ['clusters'],
      subjects: (_, scope) => {
        if (scope.kind === 'cluster') seen.push(`${scope.region}/${scope.cluster}`);
        return [];
      },
    });
    expect(outcome(rule)?.notEvaluated).toEqual([
      { scope: 'eu-west-2/dark', reason: 'throttled' },
      { scope: 'eu-west-3', reason: 'denied' },
    ]);
    expect(seen).toEqual(['eu-west-1/prod', 'eu-west-2/prod']);
  });

  it('lets a denied region silence that region alone', () => {
    const regions: string[] = [];
    const rule = ruleThat({
      scope: 'region',
      needs: ['clusters'],
      subjects: (_, scope) => {
        if (scope.kind === 'region') regions.push(scope.region);
        return [];
      },
    });
    const result = outcome(rule);
    expect(regions).toEqual(['eu-west-1']);
    expect(result?.notEvaluated.map(({ scope }) => scope)).toEqual(['eu-west-2/dark', 'eu-west-3']);
  });

  it('tells which rules were asked anywhere, and counts those that the time cut off among them', () => {
    const nowhere = ruleThat({ id: 'nowhere', scope: 'cluster', needs: ['service-accounts'] });
    const somewhere = ruleThat({ id: 'somewhere', scope: 'cluster', needs: ['clusters'] });
    const asked = (stillTime?: () => boolean): readonly string[] =>
      runRules([nowhere, somewhere], deriveFacts(account), stillTime).asked.map(({ id }) => id);
    expect(asked()).toEqual(['somewhere']);
    expect(asked(() => false)).toEqual(['nowhere', 'somewhere']);
  });

  it('silences a rule that needs every cluster as soon as one is unread, or regions were only named', () => {
    const rule = ruleThat({ needs: ['every-cluster'] });
    expect(outcome(rule)).toMatchObject({ checked: 0, notEvaluated: [{ scope: 'eu-west-2/dark' }, { scope: 'eu-west-3' }] });
    const named = { ...inventoryOfCase({ clusters: [{ name: 'prod', issuer: ISSUER }] }), requestedRegions: ['eu-west-1'] };
    expect(outcome(rule, named)).toMatchObject({ checked: 0, notEvaluated: [{ scope: 'account', reason: 'not-requested' }] });
    expect(outcome(rule, { ...named, requestedRegions: 'all' })).toMatchObject({ checked: 1, failed: 1 });
  });

  it('needs Kubernetes sections of each cluster', () => {
    const rule = ruleThat({ needs: ['service-accounts', 'pod-identity-associations'] });
    expect(outcome(rule)?.notEvaluated).toContainEqual({ scope: 'eu-west-1/prod', reason: 'not-requested' });
    expect(outcome(rule)?.checked).toBe(0);
  });
});

describe('what arrived in part', () => {
  it('runs over the roles that arrived and still records the gap', () => {
    const cut = { ...account, roles: unknown('out-of-time', 'page 2 of roles', []) };
    expect(outcome(ruleThat({ needs: ['roles'] }), cut)).toMatchObject({
      checked: 1,
      notEvaluated: [{ scope: 'account', reason: 'out-of-time' }],
    });
  });

  it('does not run at all where no role arrived', () => {
    expect(outcome(ruleThat({ needs: ['roles'] }), { ...account, roles: unknown('denied', 'no') })).toMatchObject({
      checked: 0,
      notEvaluated: [{ scope: 'account', reason: 'denied' }],
    });
  });

  it('does not take a cut list of providers for the whole', () => {
    expect(outcome(ruleThat({ needs: ['providers'] }), { ...account, providers: unknown('out-of-time', 'no', []) })).toMatchObject({
      checked: 0,
    });
  });

  it('records a subject whose own read is missing instead of passing it', () => {
    const rule = ruleThat({ subjects: () => [{ subject: roleNamed('dark'), unread: unknown('denied', 'no') }] });
    expect(outcome(rule)).toMatchObject({ checked: 0, failed: 0, notEvaluated: [{ scope: roleNamed('dark').id, reason: 'denied' }] });
  });

  it('marks a sighting as uncertain where a section that is only used was not read', () => {
    const facts = deriveFacts(account);
    expect(runRules([ruleThat({ uses: ['service-accounts'] })], facts).sightings.map(({ uncertain }) => uncertain)).toEqual([true]);
    expect(runRules([ruleThat({ uses: ['providers'] })], facts).sightings.map(({ uncertain }) => uncertain)).toEqual([false]);
  });
});

describe('a rule that crashes', () => {
  const crash = (error: unknown) =>
    ruleThat({
      id: 'crashing',
      evaluate: () => {
        throw error;
      },
    });

  it('is recorded, tells nothing, and ends no other rule', () => {
    const run = runRules([crash(new TypeError('boom')), ruleThat({ id: 'sound' })], deriveFacts(account));
    expect(run.outcomes.map(({ id, crashed }) => [id, crashed])).toEqual([
      ['crashing', 'TypeError: boom'],
      ['sound', null],
    ]);
    expect(run.sightings.map(({ rule }) => rule.id)).toEqual(['sound']);
  });

  it('is recorded also when what it throws is no error', () => {
    expect(outcome(crash('plain text'))?.crashed).toBe('plain text');
  });
});

it('counts subjects, not findings', () => {
  expect(outcome(ruleThat({ raises: [raised(), raised()] }))).toMatchObject({ checked: 1, failed: 1 });
  expect(outcome(ruleThat({ raises: [] }))).toMatchObject({ checked: 1, failed: 0 });
});

describe('time that is up', () => {
  /** Says yes so often. */
  const times = (count: number): (() => boolean) => {
    let asked = 0;
    return () => {
      asked += 1;
      return asked <= count;
    };
  };
  const roles = ['a', 'b', 'c'].map(roleNamed);
  const overRoles = (id: string) => ruleThat({ id, subjects: () => roles.map((subject) => ({ subject, of: subject })) });
  const rules = [overRoles('first'), overRoles('second'), ruleThat({ id: 'third', scope: 'region' })];

  it('ends between subjects, scopes and rules: what was found is told, the rest is not evaluated', () => {
    // Once for the scope of the first and each of its three subjects, then the scope of the second and one of its subjects.
    const { sightings, outcomes, unread } = runRules(rules, deriveFacts(account), times(6));
    expect(sightings.map(({ rule, subject }) => [rule.id, subject])).toEqual([
      ...roles.map((role) => ['first', role]),
      ['second', roles[0]],
    ]);
    const atAccount = [{ scope: 'account', reason: 'out-of-time' }];
    expect(outcomes.map(({ id, checked, notEvaluated }) => [id, checked, notEvaluated])).toEqual([
      ['first', 3, []],
      ['second', 1, atAccount],
      ['third', 0, ['eu-west-1', 'eu-west-2', 'eu-west-3'].map((scope) => ({ scope, reason: 'out-of-time' }))],
    ]);
    expect(unread).toMatchObject([{ what: 'judge:Rules', scope: 'account', reason: 'out-of-time', accepted: false }]);
    expect(unread[0]?.detail).toContain('2 of 3 rules');
  });

  it('stays up, though a clock goes back', () => {
    let asked = 0;
    const { outcomes } = runRules(rules, deriveFacts(account), () => {
      asked += 1;
      return asked !== 2;
    });
    expect(outcomes.map(({ checked }) => checked)).toEqual([0, 0, 0]);
  });

  it('changes nothing where it suffices, and is not asked for what is settled', () => {
    const facts = deriveFacts(account);
    expect(runRules(rules, facts, times(1_000))).toEqual(runRules(rules, facts));
    const settled = ruleThat({ subjects: () => roles.map((subject) => ({ subject, of: subject, settled: true })) });
    expect(runRules([settled], facts, times(1)).outcomes).toMatchObject([{ checked: 3, notEvaluated: [] }]);
  });
});

describe('a subject that is too involved', () => {
  const [easy, hard] = ['easy', 'hard'].map(roleNamed);
  const rule = (id: string) =>
    ruleThat({
      id,
      subjects: () => [hard, easy].flatMap((subject) => (subject === undefined ? [] : [{ subject, of: subject }])),
      evaluate: (of) => {
        if (of === hard) new Steps(1).take(2);
        return [raised()];
      },
    });

  it('is told as not evaluated, and ends nothing else', () => {
    const { sightings, outcomes, unread } = runRules([rule('one'), rule('other')], deriveFacts(account));
    expect(sightings.map(({ subject }) => subject)).toEqual([easy, easy]);
    for (const { checked, crashed, notEvaluated } of outcomes)
      expect([checked, crashed, notEvaluated]).toEqual([1, null, [{ scope: hard?.id, reason: 'too-involved' }]]);
    expect(unread).toMatchObject([{ what: 'judge:Rules', scope: hard?.id, reason: 'failed' }]);
    expect(unread[0]?.detail).toContain('one, other');
  });
});

describe('what may be taken back by a read that gave no answer', () => {
  const facts = deriveFacts(account);
  const told = raised({ message: 'It is certain.' });
  const doubted = raised({ message: 'It may be.', unless: { reason: 'denied' } });

  it('is not told, and its subject is not evaluated', () => {
    const { sightings, doubtful, outcomes } = runRules([ruleThat({ raises: [doubted] })], facts);
    expect([sightings, doubtful.map((one) => one.raised.message)]).toEqual([[], ['It may be.']]);
    expect(outcomes[0]).toMatchObject({ checked: 0, failed: 0, notEvaluated: [{ scope: roleNamed('app').id, reason: 'denied' }] });
  });

  it('keeps back nothing that is certain of the same subject', () => {
    const { sightings, outcomes } = runRules([ruleThat({ raises: [told, doubted] })], facts);
    expect(sightings.map((one) => one.raised.message)).toEqual(['It is certain.']);
    expect(outcomes[0]).toMatchObject({ checked: 1, failed: 1, notEvaluated: [{ reason: 'denied' }] });
  });

  it('may be all that is found of a subject; nothing found is nothing to take back', () => {
    const about = roleNamed('app');
    const unless = { reason: 'throttled' } as const;
    const entry = (raises: readonly ReturnType<typeof raised>[]) =>
      runRules([ruleThat({ raises, subjects: () => [{ subject: about, of: about, unless }] })], facts).outcomes[0];
    expect(entry([told])).toMatchObject({ checked: 0, notEvaluated: [{ scope: about.id, reason: 'throttled' }] });
    expect(entry([])).toMatchObject({ checked: 1, notEvaluated: [] });
  });
});
