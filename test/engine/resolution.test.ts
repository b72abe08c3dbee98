import { describe, expect, it } from '@jest/globals';
import type { Changes } from '../../src/engine/history/changes.js';
import type { MissingRead } from '../../src/engine/history/gaps.js';
import { resolutions } from '../../src/engine/history/resolve.js';
import { valueAt } from '../../src/model/contract/about.js';
import type { Subject } from '../../src/model/report/finding.js';
import type { Remembered } from '../../src/model/report/state.js';
import type { Rule } from '../../src/rules/contract/define-rule.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { raised } from './rule-builder.js';
import type { Blindness } from './made-up-world.js';
import { crashing, day, onlyFinding, quiet, ROLE, rule, run, type Situation } from './run-of-rules.js';

describe('what is not seen any more', () => {
  const seen = run(null, 1).next;
  const became = (situation: Situation, on = 2, before = seen): string | undefined =>
    onlyFinding(run(before, on, { rules: [quiet], ...situation }))?.status;

  it('is resolved where its rule looked with all that it had before', () => {
    expect(became({})).toBe('resolved');
    expect(run(seen, 2, { rules: [quiet] }).news.resolved).toMatchObject([{ rule: 'a-rule', how: 'passed', title: 'A rule of a test' }]);
  });

  it.each<[string, Partial<Blindness>]>([
    ['a region is denied', { regions: { prod: null, lab: 'denied' } }],
    ['a cluster is throttled', { detail: 'throttled' }],
    ['the providers are denied', { providers: 'denied' }],
    ['the audiences of the providers are denied', { providerDetail: 'denied' }],
    ['service accounts are no longer asked for', { serviceAccounts: 'not-requested' }],
    ['the quotas are denied', { quotas: 'denied' }],
    ['the list of roles broke off', { rolesUntil: 1 }],
  ])('stays open where %s', (_what, blind) => expect(became({ blind })).toBe('open'));

  it('passes beside a denial that was there when it was last seen', () => {
    const blind = { regions: { prod: null, lab: 'denied' as const } };
    expect(became({ blind }, 2, run(null, 1, { blind }).next)).toBe('resolved');
  });

  it('does not pass beside something half read, though that was so before', () => {
    const blind = { regions: { prod: null, lab: 'throttled' as const } };
    expect(became({ blind }, 2, run(null, 1, { blind }).next)).toBe('open');
  });

  it('passes beside a gap that the user accepts, unless its rule needs what is missing', () => {
    const blind = { regions: { prod: null, lab: 'denied' as const } };
    const settings = { acceptUnread: [{ scope: 'us-east-1', reason: 'closed' }] };
    expect(became({ blind, settings })).toBe('resolved');
    expect(became({ blind, settings, rules: [rule({ raises: [], needs: ['clusters'] })] })).toBe('open');
  });

  it('stays open where its rule crashed', () => {
    expect(became({ rules: [crashing] })).toBe('open');
    expect(became({ rules: [quiet, { ...crashing, id: 'another-rule' }] })).toBe('resolved');
  });

  it('stays open where its rule did not look into the cluster, though nothing that was asked for is missing', () => {
    const about = { type: 'cluster', id: 'prod', arn: 'arn:aws:eks:eu-west-1:210987654321:cluster/prod', region: 'eu-west-1' } as const;
    const before = run(null, 1, { rules: [rule({ scope: 'cluster', about })] }).next;
    const then = (needs: Rule['needs']): string | undefined =>
      onlyFinding(run(before, 2, { rules: [rule({ scope: 'cluster', about, raises: [], needs })] }))?.status;
    expect([then(['clusters']), then(['webhooks'])]).toEqual(['resolved', 'open']);
  });

  it('is said to be open still, and since when', () => {
    const { report } = run(seen, 2, { rules: [quiet], blind: { providers: 'denied' } });
    expect(report.carriedOver).toMatchObject([{ rule: 'a-rule', subject: ROLE, firstSeen: day(1), lastSeen: day(1) }]);
  });

  it('is forgotten three months after it was resolved, and then new again', () => {
    const resolved = run(seen, 2, { rules: [quiet] }).next;
    const known = run(resolved, 91, { rules: [quiet] }).next;
    expect(run(known, 92).report.findings).toMatchObject([{ status: 'reopened', firstSeen: day(1) }]);
    const forgotten = run(resolved, 92, { rules: [quiet] }).next;
    expect(run(forgotten, 94).report.findings).toMatchObject([{ status: 'new', firstSeen: day(94) }]);
  });
});

describe('what the time did not suffice for', () => {
  const inside: Subject = { type: 'cluster', id: 'prod', arn: 'arn:aws:eks:eu-west-1:210987654321:cluster/prod', region: 'eu-west-1' };
  const clusters = [{ name: 'prod', issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6' }];
  const inventory = inventoryOfCase({ clusters, roles: [{ arn: ROLE.id, trustPolicy: {} }] });
  const whatBecame = (
    subject: Subject,
    scope: string,
    id = 'a-rule',
    reason = 'out-of-time',
    gaps: readonly MissingRead[] = [],
  ): string => {
    const outcomes = [{ id, checked: 0, failed: 0, notEvaluated: [{ scope, reason }], crashed: null }];
    const told = resolutions({ inventory, rules: [quiet], outcomes, gaps, gapsBefore: [] });
    return told({ rule: 'a-rule', subject, lastSeen: day(1) } as unknown as Remembered);
  };

  it.each<[Subject, string, string]>([
    [ROLE, 'account', 'unread'],
    [inside, 'account', 'unread'],
    [inside, 'eu-west-1', 'unread'],
    [inside, 'eu-west-1/prod', 'unread'],
    [inside, 'eu-west-1/lab', 'passed'],
    [inside, 'eu-west-2', 'passed'],
    // A rule that runs by cluster may be about a role.
    [ROLE, 'eu-west-1/prod', 'unread'],
  ])('%j and %s: %s', (subject, scope, became) => expect(whatBecame(subject, scope)).toBe(became));

  it('nor the steps of the subject itself', () => {
    expect(whatBecame(ROLE, ROLE.id, 'a-rule', 'too-involved')).toBe('unread');
    expect(whatBecame(ROLE, `${ROLE.id}-other`, 'a-rule', 'too-involved')).toBe('passed');
  });

  it('nor those of another role, which keep nothing else from being resolved', () => {
    const gap = (scope: string): readonly MissingRead[] => [{ what: 'judge:Rules', scope, reason: 'failed', accepted: false }];
    const other = `${ROLE.id}-other`;
    expect(whatBecame(ROLE, other, 'another-rule', 'too-involved', gap(other))).toBe('passed');
    expect(whatBecame(ROLE, ROLE.id, 'another-rule', 'too-involved', gap(ROLE.id))).toBe('unread');
  });

  it('says nothing of what another rule saw', () => expect(whatBecame(ROLE, 'account', 'another-rule')).toBe('passed'));
});

describe('what stands behind another problem', () => {
  const about = [valueAt('$.Statement[0]')];
  const follower = rule({ id: 'subject-malformed', raises: [raised({ about })] });
  const leader = rule({ id: 'placeholder-left', link: 'placeholder', raises: [raised({ about })] });
  const absent = rule({ id: 'placeholder-left', link: 'placeholder', raises: [] });
  const statusOf = ({ next }: Changes): string | undefined =>
    Object.values(next.findings).find((one) => one.rule === 'subject-malformed')?.status;

  it('is not told as resolved when the other appears, and is back when that is gone', () => {
    const first = run(null, 1, { rules: [absent, follower] });
    const hidden = run(first.next, 2, { rules: [leader, follower] });
    expect([statusOf(hidden), hidden.news.resolved]).toEqual(['superseded', []]);
    const back = run(hidden.next, 3, { rules: [absent, follower] });
    expect(back.news.resolved.map((one) => one.rule)).toEqual(['placeholder-left']);
    expect(back.report.findings).toMatchObject([{ rule: 'subject-malformed', status: 'reopened', firstSeen: day(1) }]);
  });

  it('is new when the other goes, where nobody was told of it', () => {
    const hidden = run(null, 1, { rules: [leader, follower] });
    const { report, news } = run(hidden.next, 2, { rules: [absent, follower] });
    expect(report.findings).toMatchObject([{ status: 'new' }]);
    expect(Object.values(news.changed)).toMatchObject([{ kind: 'new' }]);
  });

  it('is not told as resolved a second time', () => {
    const told = run(null, 1, { rules: [absent, follower] });
    const resolved = run(told.next, 2, { rules: [absent, rule({ id: 'subject-malformed', raises: [] })] });
    const hidden = run(resolved.next, 3, { rules: [leader, follower] });
    const gone = run(hidden.next, 4, { rules: [absent, rule({ id: 'subject-malformed', raises: [] })] });
    expect(gone.news.resolved.map((one) => one.rule)).toEqual(['placeholder-left']);
  });

  it('stays behind it while that cannot be looked at again', () => {
    const hidden = run(null, 1, { rules: [leader, follower] });
    const { news, report } = run(hidden.next, 2, { rules: [absent, follower], blind: { providers: 'denied' } });
    expect([news.changed, report.carriedOver.map((one) => one.rule)]).toEqual([{}, ['placeholder-left']]);
  });
});

describe('half a repair', () => {
  const primary = rule({ id: 'key-malformed' });
  const besides = rule({ id: 'permissions-administrative', kind: 'hygiene', severity: 'info' });
  const mended = (id: string): Rule => rule({ id, raises: [] });

  it('is no news while what leads the problem is there', () => {
    const { next } = run(null, 1, { rules: [primary, besides] });
    expect(run(next, 2, { rules: [primary, mended('permissions-administrative')] }).news.resolved).toEqual([]);
  });

  it('that mends what leads says what is left', () => {
    const { next } = run(null, 1, { rules: [primary, besides] });
    const { news } = run(next, 2, { rules: [mended('key-malformed'), besides] });
    expect(news.resolved).toMatchObject([{ rule: 'key-malformed', remaining: ['A rule of a test'] }]);
  });
});

describe('what is inside a cluster', () => {
  const whatBecame = (subject: Pick<Subject, 'type' | 'id'>, given: Partial<Case>): string => {
    const clusters = [{ name: 'prod', issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6' }];
    const inventory = inventoryOfCase({ clusters, ...given });
    const about = { arn: null, region: 'eu-west-1', ...subject };
    const told = resolutions({ inventory, rules: [quiet], outcomes: [], gaps: [], gapsBefore: [] });
    return told({ rule: 'a-rule', subject: about, lastSeen: day(1) } as unknown as Remembered);
  };
  const place = { cluster: 'prod', namespace: 'shop' };
  const association = { ...place, serviceAccount: 'app', roleArn: ROLE.id };
  const pod = { ...place, name: 'app-1', serviceAccountName: 'app', owner: { kind: 'Deployment', name: 'app' } };

  it.each<[Subject['type'], Partial<Case>, string]>([
    ['association', { podIdentityAssociations: [association] }, 'passed'],
    ['association', { podIdentityAssociations: [] }, 'gone'],
    ['association', { podIdentityAssociations: null }, 'unread'],
    ['service-account', { serviceAccounts: [{ ...place, name: 'app' }] }, 'passed'],
    ['service-account', { serviceAccounts: [] }, 'gone'],
    ['pod', { pods: [pod] }, 'passed'],
    ['pod', { pods: [] }, 'gone'],
    ['pod', {}, 'unread'],
  ])('%s with %j is %s', (type, given, became) => expect(whatBecame({ type, id: 'prod/shop/app' }, given)).toBe(became));

  it('is not resolved where the nodes that a rule asks about were not read, though the user accepts that', () => {
    const rules = RULES.filter(({ id }) => id === 'pod-identity-node-permission-missing');
    const inventory = inventoryOfCase({ podIdentityAssociations: [association], roles: [{ arn: ROLE.id, trustPolicy: {} }] });
    const gap = { what: 'eks:DescribeNodegroup', scope: 'eu-west-1/prod', reason: 'denied', accepted: true } as const;
    const told = resolutions({ inventory, rules, outcomes: [], gaps: [gap], gapsBefore: [] });
    expect(told({ rule: 'pod-identity-node-permission-missing', subject: ROLE, lastSeen: day(1) } as unknown as Remembered)).toBe('unread');
  });

  it('is not resolved where its rule left the subject out for what was not read around it, though the user accepts that', () => {
    const rules = RULES.filter(({ id }) => id === 'principal-type-wrong');
    const inventory = inventoryOfCase({ roles: [{ arn: ROLE.id, trustPolicy: {} }] });
    const gap = { what: 'eks:ListPodIdentityAssociations', scope: 'eu-west-1/prod', reason: 'denied', accepted: true } as const;
    const became = (...scopes: readonly string[]): string => {
      const notEvaluated = scopes.map((scope) => ({ scope, reason: 'denied' as const }));
      const outcomes = [{ id: 'principal-type-wrong', checked: 1, failed: 0, notEvaluated, crashed: null }];
      const told = resolutions({ inventory, rules, outcomes, gaps: [gap], gapsBefore: [] });
      return told({ rule: 'principal-type-wrong', subject: ROLE, lastSeen: day(1) } as unknown as Remembered);
    };
    expect(became(ROLE.id)).toBe('unread');
    expect(became('arn:aws:iam::210987654321:role/another')).toBe('passed');
  });

  it('is gone with its cluster', () => expect(whatBecame({ type: 'pod', id: 'old/shop/app' }, { pods: [] })).toBe('gone'));
});
