import { describe, expect, it } from '@jest/globals';
import { groupIntoProblems } from '../../src/engine/leads.js';
import { linkPosition, LINKS } from '../../src/engine/links.js';
import type { Sighting } from '../../src/engine/run-rules.js';
import type { Subject } from '../../src/model/finding.js';
import type { Kind, Raised } from '../../src/rules/define-rule.js';
import { RULES } from '../../src/rules/index.js';
import { raised, roleNamed, ruleThat } from './rule-builder.js';

const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const CLUSTER: Subject = { type: 'cluster', id: 'prod', arn: 'arn:aws:eks:eu-west-1:210987654321:cluster/prod', region: 'eu-west-1' };
const PROVIDER: Subject = { type: 'provider', id: `arn:aws:iam::210987654321:oidc-provider/${URL}`, arn: null, region: null };

function saw(id: string, subject: Subject, over: Partial<Raised> = {}, kind: Kind = 'break'): Sighting {
  return { rule: ruleThat({ id, kind }), subject, raised: raised(over), uncertain: false };
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
        saw('subject-cluster-wide', roleNamed('a'), { statement: 0, latent: true }, 'exposure'),
        saw('subject-namespace-open', roleNamed('a'), { statement: 1 }, 'exposure'),
        saw('audience-mismatch', roleNamed('a'), { statement: 2 }),
      ]),
    ).toEqual([['audience-mismatch', 'subject-namespace-open', 'subject-cluster-wide']]);
  });
});

describe('what another finding says already', () => {
  it.each([
    ['placeholder-left', 'key-malformed', { fragment: '$.Statement[0].Condition' }, { fragment: '$.Statement[0].Condition' }],
    ['federated-arn-malformed', 'federated-account-foreign', { statement: 0 }, { statement: 0 }],
    ['subject-wildcard-in-equals', 'subject-mismatch', { statement: 1 }, { statement: 1 }],
    ['conditions-contradictory', 'audience-mismatch', { statement: 0 }, { statement: 0 }],
  ])('%s absorbs %s', (leader, follower, left, right) => {
    expect(told([saw(follower, roleNamed('a'), right), saw(leader, roleNamed('a'), left)])).toEqual([[leader]]);
  });

  it('absorbs nothing of another statement, fragment or role', () => {
    expect(
      told([
        saw('subject-wildcard-in-equals', roleNamed('a'), { statement: 0 }),
        saw('subject-mismatch', roleNamed('a'), { statement: 1 }),
      ]),
    ).toEqual([['subject-wildcard-in-equals', 'subject-mismatch']]);
    expect(told([saw('placeholder-left', roleNamed('a'), { fragment: '$.x' }), saw('key-malformed', roleNamed('a'), {})])).toEqual([
      ['placeholder-left', 'key-malformed'],
    ]);
    expect(told([saw('principal-type-wrong', roleNamed('a')), saw('action-wrong', roleNamed('b'))])).toHaveLength(2);
  });
});

describe('what only follows', () => {
  it('tells a role that names the issuer of a cluster without provider as related to the cluster, not by itself', () => {
    const [problem, ...others] = groupIntoProblems([
      saw('federated-provider-absent', roleNamed('a'), { issuer: URL }),
      saw('provider-missing', CLUSTER, { issuer: URL }),
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
        saw('federated-provider-absent', roleNamed('a'), { issuer: URL.replace('4F7A', '0000') }),
        saw('provider-missing', CLUSTER, { issuer: URL }),
      ]),
    ).toHaveLength(2);
  });

  const pods = (name: string): Subject => ({ type: 'pod', id: `prod/shop/${name}`, arn: null, region: 'eu-west-1' });

  it('tells pods without their role by the cluster that has no webhook', () => {
    expect(told([saw('pod-not-injected', pods('a'), { issuer: URL }), saw('webhook-missing', CLUSTER, { issuer: URL })])).toEqual([
      ['webhook-missing'],
    ]);
  });

  it('tells those of associations by the cluster that has no agent, and no others', () => {
    const all = [
      saw('pod-not-injected', pods('a'), { agent: 'prod' }),
      saw('pod-not-injected', pods('b')),
      saw('pod-identity-agent-missing', CLUSTER, { agent: 'prod' }),
    ];
    expect(told(all)).toEqual([['pod-not-injected'], ['pod-identity-agent-missing']]);
  });

  it('tells an association for a service account that is not there by the pods that should have it', () => {
    const association: Subject = { ...pods('a'), type: 'association', id: 'prod/shop/app' };
    const wrong = saw('pod-service-account-wrong', pods('a'), { serviceAccount: association.id });
    expect(told([saw('association-service-account-missing', association), wrong])).toEqual([['pod-service-account-wrong']]);
    expect(told([saw('association-service-account-missing', { ...association, id: 'prod/shop/other' }), wrong])).toHaveLength(2);
  });

  it('tells a provider that lacks an audience by the service account that asks for it, and not for another', () => {
    const asks = saw('audience-annotation-mismatch', { ...pods('a'), type: 'service-account' }, { issuer: URL, audience: 'vault' });
    const lacks = (audience: string): Sighting => saw('provider-audience-missing', PROVIDER, { issuer: URL.toLowerCase(), audience });
    expect(told([asks, lacks('vault')])).toEqual([['audience-annotation-mismatch']]);
    expect(told([asks, lacks('sts.amazonaws.com')])).toHaveLength(2);
  });

  it('joins a role that demands the wrong audience too to its provider', () => {
    expect(
      told([
        saw('audience-mismatch', roleNamed('a'), { issuer: URL, statement: 0 }),
        saw('provider-audience-missing', PROVIDER, { issuer: URL }),
      ]),
    ).toEqual([['provider-audience-missing', 'audience-mismatch']]);
  });
});

describe('the table', () => {
  it('has every rule in one link', () => {
    const listed = LINKS.flatMap(({ rules }) => rules);
    expect(new Set(listed).size).toBe(listed.length);
    expect(RULES.map(({ id }) => id).filter((id) => !listed.includes(id))).toEqual([]);
  });

  it('puts a rule it does not know last', () => {
    expect(linkPosition('never-heard-of')).toBeGreaterThan(linkPosition('permissions-administrative'));
  });
});
