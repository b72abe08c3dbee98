import { describe, expect, it } from '@jest/globals';
import type { Facts, Has, RoleHas } from '../../src/facts/account/facts.js';
import { trustPolicies } from '../../src/facts/trust/role-entries.js';
import type { ClusterHas } from '../../src/model/contract/has.js';
import { defineRule } from '../../src/rules/contract/define-rule.js';

/** The rest of a rule. */
const header = {
  id: 'made-up',
  cause: 'made-up',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'subject',
  title: '',
  why: '',
  references: [],
} as const;

describe('what a rule reaches', () => {
  it('is what it declares', () => {
    const rule = defineRule({
      ...header,
      needs: ['roles'],
      uses: ['providers'],
      looksAt: ['clusters', 'service-accounts', 'pod-identity-associations', 'addons', 'workloads'],
      subjects: (facts) => trustPolicies(facts),
      evaluate: ({ users, statements }, facts) =>
        users.length + statements.length + facts.providers.length + facts.issuingClusters.length === 0 ? [] : [],
    });
    expect(rule.id).toBe('made-up');
  });

  it('is no section that it does not declare', () => {
    const rules = [
      defineRule({
        ...header,
        needs: ['roles'],
        subjects: (facts) => trustPolicies(facts),
        // @ts-expect-error who carries a role is not declared
        evaluate: ({ users }) => (users === null ? [] : []),
      }),
      defineRule({
        ...header,
        needs: ['clusters'],
        // @ts-expect-error providers are not declared
        subjects: ({ providers }) => (providers === null ? [] : []),
        evaluate: () => [],
      }),
      // @ts-expect-error a fact asks for the roles, which are not declared
      defineRule({ ...header, needs: ['providers'], subjects: (facts) => trustPolicies(facts), evaluate: () => [] }),
    ];
    expect(rules).toHaveLength(3);
  });

  it('is not more for a function that says that it takes more', () => {
    const evaluate = (_of: unknown, facts: Has<'roles' | 'quotas'>): [] => (facts.inventory.quotas.known ? [] : []);
    // @ts-expect-error the function takes the quotas, which are not declared
    const rule = defineRule({ ...header, needs: ['roles'], subjects: () => [], evaluate });
    expect(rule.looksAt).toBeUndefined();
  });

  it('is the clusters too where it is every cluster', () => {
    const rule = defineRule({
      ...header,
      needs: ['every-cluster'],
      subjects: ({ issuingClusters, inventory }) => (inventory.regionList.known && issuingClusters.length > 0 ? [] : []),
      evaluate: () => [],
    });
    expect(rule.needs).toEqual(['every-cluster']);
  });
});

describe('what sections give', () => {
  it('is given by all of them together', () => {
    const facts = null as unknown as Facts;
    const all: Has<'roles' | 'clusters' | 'service-accounts' | 'pod-identity-associations' | 'addons' | 'workloads'> = facts;
    const less: Has<'roles' | 'clusters' | 'service-accounts' | 'addons' | 'workloads'> = all;
    const users = (role: RoleHas<'clusters' | 'service-accounts' | 'pod-identity-associations' | 'addons' | 'workloads'>) => role.users;
    // @ts-expect-error whether an association wins is not declared
    const wrong = () => less.roles.map(users);
    // @ts-expect-error what runs in a cluster is not declared
    const running = (cluster: ClusterHas<'clusters'>) => cluster.workloads === null;
    expect([wrong, running]).toHaveLength(2);
  });
});
