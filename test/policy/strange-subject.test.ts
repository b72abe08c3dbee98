import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { inClause } from '../../src/policy/subjects/clause-witness.js';
import { parseTrustPolicy } from '../../src/policy/language/parse.js';
import { Steps } from '../../src/policy/pattern/steps.js';
import { strangersIn, wholeNamespacesOf } from '../../src/policy/subjects/strange-subject.js';
import { subjectSet, type SubjectSet } from '../../src/policy/subjects/subject-set.js';
import { policy, REQUEST, statement, SUB } from './request.js';

const account = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;
const setOf = (condition: Json, steps?: Steps): SubjectSet => subjectSet(parseTrustPolicy(policy([statement(condition)])), REQUEST, steps);
const foundBy = (patterns: readonly string[], namespace: string | null): string[] => {
  const set = setOf({ StringLike: { [SUB]: patterns } });
  return strangersIn(set, set.definite)(namespace).map(({ clause }) => clause.all.map(({ text }) => text).join());
};

describe('somebody whom nobody named', () => {
  const patterns = [
    account('shop', '*'),
    account('shop', 'app-*'),
    account('pay', '*'),
    account('*', 'app'),
    '*-admin',
    '*',
    account('s*', '*'),
  ];

  it.each<[string | null, string[]]>([
    ['shop', [account('shop', '*'), '*', account('s*', '*')]],
    ['pay', [account('pay', '*'), '*']],
    ['other', ['*']],
    [null, [account('*', 'app'), '*-admin', '*', account('s*', '*')]],
  ])('in namespace %s is let in by some clauses, in their order', (namespace, expected) => {
    expect(foundBy(patterns, namespace)).toEqual(expected);
  });

  // Kubernetes: a namespace is a label of RFC 1123, a service account a subdomain.
  it.each<[string, string | null, boolean]>([
    [account('?'.repeat(63), 'app'), null, true],
    [account('?'.repeat(64), 'app'), null, false],
    [account('shop', '?'.repeat(253)), 'shop', true],
    [account('shop', '?'.repeat(254)), 'shop', false],
  ])('has no longer name than Kubernetes allows: %#', (pattern, namespace, isThere) =>
    expect(foundBy([pattern], namespace)).toEqual(isThere ? [pattern] : []),
  );

  it('is in the clause that was looked at, and in the namespace', () => {
    const set = setOf({ StringLike: { [SUB]: patterns }, StringNotLike: { [SUB]: ['*x*', '*:q*'] } });
    for (const namespace of ['shop', 'pay'])
      for (const { subject, clause } of strangersIn(set, set.definite)(namespace)) {
        expect(subject.startsWith(account(namespace, ''))).toBe(true);
        expect(inClause(clause, subject)).toBe(true);
      }
  });

  it('is sought in the clauses alone that may hold one', () => {
    const steps = new Steps();
    const names = Array.from({ length: 250 }, (_, at) => `team-${at}`);
    const set = setOf({ StringLike: { [SUB]: names.map((name) => account(name, '*')) } }, steps);
    const strangers = strangersIn(set, set.definite);
    expect(names.every((name) => strangers(name).length === 1)).toBe(true);
    expect(steps.spent).toBeLessThan(250 * 1_000);
  });

  it('is not sought once the steps have ended', () => {
    const steps = new Steps(200);
    const set = setOf({ StringLike: { [SUB]: '*' } }, steps);
    expect(strangersIn(set, set.definite)(null)).toEqual([]);
    expect(steps.ended).toBe(true);
  });
});

describe('the namespaces that are open whole', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['by a wildcard for the name', [account('shop', '*'), account('pay', 'app')], ['shop']],
    ['by a wildcard for all', ['*', account('shop', 'app')], ['shop']],
    ['of two, each once', [account('shop', '*'), account('shop', 'a*'), account('pay', '?*')], ['shop', 'pay']],
    ['not by a wildcard in the namespace', [account('*', '*'), account('team-?', '*')], []],
    ['not without one', ['system:serviceaccount', 'system:serviceaccount::*', 'system:serviceaccount:*'], []],
  ])('%s', (_, patterns, expected) => {
    const set = setOf({ StringLike: { [SUB]: patterns } });
    const found = wholeNamespacesOf(set.definite, strangersIn(set, set.definite));
    expect(found.map(({ namespace }) => namespace)).toEqual(expected);
    expect(found.every(({ namespace, strangers }) => strangers.every(({ subject }) => subject.startsWith(account(namespace, ''))))).toBe(
      true,
    );
  });
});
