import { describe, expect, it } from '@jest/globals';
import { groupIntoProblems } from '../../src/engine/problems/group-problems.js';
import type { Sighting } from '../../src/engine/run/run-rules.js';
import {
  agentOf,
  serviceAccountMeant,
  audiencesTaken,
  claimIn,
  podsGiven,
  providerFor,
  tokensFor,
  valueAt,
  valuesIn,
  webhookOf,
  type Ref,
} from '../../src/model/contract/about.js';
import type { Subject } from '../../src/model/report/finding.js';
import { LINKS } from '../../src/model/contract/chain-links.js';
import type { Raised, Rule } from '../../src/rules/contract/define-rule.js';
import { RULES } from '../../src/rules/index.js';
import { raised, roleNamed, ruleThat } from './rule-builder.js';

const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const CLUSTER: Subject = { type: 'cluster', id: 'prod', arn: 'arn:aws:eks:eu-west-1:210987654321:cluster/prod', region: 'eu-west-1' };
const PROVIDER: Subject = { type: 'provider', id: `arn:aws:iam::210987654321:oidc-provider/${URL}`, arn: null, region: null };

const PROD = { region: 'eu-west-1', name: 'prod' };

function ruleNamed(id: string): Rule {
  const rule = RULES.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`there is no rule ${id}`);
  return rule;
}

/** A sighting of a rule of the product, or of one that a test makes up. */
function saw(rule: string | Rule, subject: Subject, over: Partial<Raised> = {}): Sighting {
  return { rule: typeof rule === 'string' ? ruleNamed(rule) : rule, subject, raised: raised(over), uncertain: false };
}

const told = (sightings: readonly Sighting[]): string[][] =>
  groupIntoProblems(sightings).map(({ primary, coDefects }) => [primary.rule.id, ...coDefects.map(({ rule }) => rule.id)]);

describe('one repair is told once', () => {
  it('puts all that is wrong with one role into one problem, led by the earliest link', () => {
    expect(
      told([
        saw('subject-malformed', roleNamed('a'), { statement: 0 }),
        saw('federated-arn-malformed', roleNamed('a'), { statement: 0 }),
        saw('audience-mismatch', roleNamed('a'), { statement: 0 }),
      ]),
    ).toEqual([['federated-arn-malformed', 'audience-mismatch', 'subject-malformed']]);
  });

  it('keeps two roles apart', () => {
    expect(told([saw('audience-mismatch', roleNamed('a')), saw('audience-mismatch', roleNamed('b'))])).toEqual([
      ['audience-mismatch'],
      ['audience-mismatch'],
    ]);
  });

  it('keeps clusters of one name in two regions apart', () => {
    expect(told([saw('provider-missing', CLUSTER), saw('provider-missing', { ...CLUSTER, region: 'eu-west-2' })])).toHaveLength(2);
  });

  it('lets a break lead an exposure, and a live exposure a latent one', () => {
    expect(
      told([
        saw('subject-cluster-wide', roleNamed('a'), { statement: 0, latent: true }),
        saw('subject-namespace-open', roleNamed('a'), { statement: 1 }),
        saw('audience-mismatch', roleNamed('a'), { statement: 2 }),
      ]),
    ).toEqual([['audience-mismatch', 'subject-namespace-open', 'subject-cluster-wide']]);
  });
});

describe('of two findings about one thing', () => {
  const [early, late] = [ruleThat({ id: 'early', link: 'action' }), ruleThat({ id: 'late', link: 'audience' })];
  const about = [valueAt('$.Statement[0].Action')];
  const both = (one: Rule, other: Rule, where = roleNamed('a')): string[][] =>
    told([saw(other, where, { about }), saw(one, roleNamed('a'), { about })]);

  it('that of the earlier link speaks', () => expect(both(early, late)).toEqual([['early']]));

  it('both do where they are of one link', () => {
    expect(both(early, { ...late, link: 'action' })).toEqual([['early', 'late']]);
  });

  it('both do where one tells of a break and the other of an exposure', () => {
    expect(both(early, { ...late, kind: 'exposure' })).toEqual([['early', 'late']]);
  });

  it('both do where the one is part of another subject', () => {
    expect(both(early, late, roleNamed('b'))).toHaveLength(2);
  });

  it('that speaks which says so, though its link is the later', () => {
    expect(both(early, { ...late, absorbs: ['action-wrong'] })).toEqual([['early']]);
    expect(both({ ...early, id: 'action-wrong' }, { ...late, absorbs: ['action-wrong'] })).toEqual([['late']]);
  });

  it('one is told of a ring that exceptions close', () => {
    const middle = ruleThat({ id: 'middle', link: 'placeholder' });
    const ring = [{ ...early, id: 'action-wrong' }, middle, { ...late, absorbs: ['action-wrong' as const] }];
    expect(told(ring.map((rule) => saw(rule, roleNamed('a'), { about })))).toHaveLength(1);
    expect(told(ring.map((rule) => saw(rule, roleNamed('a'), { about })))[0]).toHaveLength(1);
  });

  it('both are told in one problem where the earlier says so', () => {
    const things: readonly Ref[] = [providerFor(URL)];
    const other = { ...late, id: 'audience-mismatch' };
    const pair = [
      saw(other, roleNamed('a'), { about: things }),
      saw({ ...early, joins: ['audience-mismatch'] }, PROVIDER, { about: things }),
    ];
    expect(told(pair)).toEqual([['early', 'audience-mismatch']]);
  });
});

describe('what another finding says already', () => {
  const path = '$.Statement[0].Principal.Federated';
  it.each<readonly [string, string, readonly Ref[], readonly Ref[]]>([
    ['placeholder-left', 'federated-account-foreign', [valueAt(path)], [valueAt(path)]],
    ['federated-provider-absent', 'key-issuer-mismatch', [valueAt(path), claimIn(0, 'iss')], [claimIn(0, 'iss')]],
    ['subject-wildcard-in-equals', 'subject-mismatch', [valuesIn(0, 'sub')], [claimIn(0, 'sub'), valuesIn(0, 'sub')]],
    ['conditions-contradictory', 'audience-mismatch', [claimIn(0, 'aud')], [claimIn(0, 'aud'), valueAt('$.x')]],
  ])('%s absorbs %s', (leader, follower, left, right) => {
    expect(told([saw(follower, roleNamed('a'), { about: right }), saw(leader, roleNamed('a'), { about: left })])).toEqual([[leader]]);
  });

  it('absorbs nothing of another statement, text or role', () => {
    const contradictory = saw('conditions-contradictory', roleNamed('a'), { about: [claimIn(0, 'sub')] });
    expect(told([contradictory, saw('subject-mismatch', roleNamed('a'), { about: [claimIn(1, 'sub')] })])).toHaveLength(1);
    expect(told([contradictory, saw('subject-mismatch', roleNamed('a'), { about: [claimIn(1, 'sub')] })])[0]).toHaveLength(2);
    expect(told([contradictory, saw('subject-mismatch', roleNamed('b'), { about: [claimIn(0, 'sub')] })])).toHaveLength(2);
  });
});

describe('what only follows', () => {
  it('tells a role that names the issuer of a cluster without provider as related to the cluster, not by itself', () => {
    const [problem, ...others] = groupIntoProblems([
      saw('federated-provider-absent', roleNamed('a'), { about: [providerFor(URL)] }),
      saw('provider-missing', CLUSTER, { about: [providerFor(URL.toUpperCase())] }),
    ]);
    expect(others).toEqual([]);
    expect(problem?.primary.rule.id).toBe('provider-missing');
    expect([...(problem?.consequences.values() ?? [])]).toEqual([
      [{ type: 'role', id: roleNamed('a').id, why: expect.stringContaining('only because of this') }],
    ]);
  });

  it('keeps a role that names another issuer', () => {
    expect(
      told([
        saw('federated-provider-absent', roleNamed('a'), { about: [providerFor(URL.replace('4F7A', '0000'))] }),
        saw('provider-missing', CLUSTER, { about: [providerFor(URL)] }),
      ]),
    ).toHaveLength(2);
  });

  const pods = (name: string): Subject => ({ type: 'pod', id: `prod/shop/${name}`, arn: null, region: 'eu-west-1' });

  it('tells pods without their role by the cluster that has no webhook', () => {
    const about = [webhookOf(PROD)];
    const uninjected = saw('pod-not-injected', pods('a'), { about: [podsGiven('eu-west-1', 'prod/shop/a'), ...about] });
    expect(told([uninjected, saw('webhook-missing', CLUSTER, { about })])).toEqual([['webhook-missing']]);
  });

  it('tells those of associations by the cluster that has no agent, and no others', () => {
    const about = [agentOf(PROD)];
    const all = [
      saw('pod-not-injected', pods('a'), { about }),
      saw('pod-not-injected', pods('b')),
      saw('pod-identity-agent-missing', CLUSTER, { about }),
    ];
    expect(told(all)).toEqual([['pod-not-injected'], ['pod-identity-agent-missing']]);
  });

  it('tells an association for a service account that is not there by the pods that should have it', () => {
    const association: Subject = { ...pods('a'), type: 'association', id: 'prod/shop/app' };
    const missing = saw('association-service-account-missing', association, { about: [serviceAccountMeant('eu-west-1', association.id)] });
    const wrong = (id: string): Sighting => saw('pod-service-account-wrong', pods('a'), { about: [serviceAccountMeant('eu-west-1', id)] });
    const [problem] = groupIntoProblems([missing, wrong(association.id)]);
    expect([problem?.primary.rule.id, problem?.consequences.size, problem?.hidden]).toEqual(['pod-service-account-wrong', 0, [missing]]);
    expect(told([missing, wrong('prod/shop/other')])).toHaveLength(2);
  });

  it('tells a provider that lacks an audience by the service account that asks for it, and not for another', () => {
    const asks = saw('audience-annotation-mismatch', { ...pods('a'), type: 'service-account' }, { about: [tokensFor(URL, ['vault'])] });
    const lacks = (audience: string): Sighting =>
      saw('provider-audience-missing', PROVIDER, { about: [tokensFor(URL.toLowerCase(), [audience]), audiencesTaken(URL)] });
    expect(told([asks, lacks('vault')])).toEqual([['audience-annotation-mismatch']]);
    expect(told([asks, lacks('sts.amazonaws.com')])).toHaveLength(2);
  });

  it('joins a role that demands the wrong audience too to its provider', () => {
    const about = [audiencesTaken(URL)];
    expect(told([saw('audience-mismatch', roleNamed('a'), { about }), saw('provider-audience-missing', PROVIDER, { about })])).toEqual([
      ['provider-audience-missing', 'audience-mismatch'],
    ]);
  });
});

describe('the links', () => {
  it('are each spoken of by some rule', () => {
    expect(LINKS.filter((link) => !RULES.some((rule) => rule.link === link))).toEqual([]);
  });
});
