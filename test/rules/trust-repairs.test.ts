import { asIssuerId } from '../../src/model/inventory/issuer-id.js';
import { describe, expect, it } from '@jest/globals';
import { deriveFacts, type Facts } from '../../src/facts/account/facts.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { providerArn } from '../../src/policy/language/federated.js';
import { repairTrustPolicy } from '../../src/policy/edit/repair.js';
import { caseOf, casesOf } from '../cases/cases-of-rules.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { TRUST_RULES } from './trust-rules.js';
import { runRule } from './run-rule.js';

const STRANGER = 'system:serviceaccount:nobody-knows-it:nobody';

interface Repairable {
  readonly rule: (typeof TRUST_RULES)[number];
  readonly name: string;
  readonly given: Case;
}

/** Whether the role is wrong or the annotation, whether a Deny applies at all, or for whom it was meant, nobody can tell: what to do is written, and not done. */
const EITHER_WAY = [
  'audience-mismatch/bad-annotation-asks-for-another.json',
  'audience-mismatch/bad-china-beside-one-that-asks.json',
  'audience-mismatch/bad-china-the-provider-lists-both.json',
  'deny-over-allow/bad-without-mfa.json',
  'deny-over-allow/bad-everybody-without-mfa.json',
  'deny-over-allow/bad-everybody-outside-the-organization.json',
  'deny-over-allow/bad-everybody-but-another-service-account.json',
  'placeholder-left/bad-in-a-deny.json',
  'placeholder-left/bad-in-what-a-deny-spares.json',
  'placeholder-left/bad-in-the-key-of-a-deny.json',
  'subject-namespace-wide/bad-but-for-one-that-the-next-statement-names.json',
];

/** The bad cases whose role is carried by a service account: there it is known who is meant to get in. */
const CASES: readonly Repairable[] = TRUST_RULES.flatMap((rule) =>
  casesOf(rule.id)
    .filter(({ file }) => file.startsWith('bad-'))
    .map(({ file, given }) => ({ rule, name: `${rule.id}/${file}`, given }))
    .filter(({ name, given }) => (given.serviceAccounts ?? []).length > 0 && !EITHER_WAY.includes(name)),
);

/** Denied by another defect, or decided by a tag of the request, or of no effect: the repair of this rule alone does not open them. */
const NOT_OPENED = [
  'subject-cluster-wide/bad-latent-behind-malformed-key.json',
  'placeholder-left/bad-policy-variable-in-old-version.json',
  'subject-cluster-wide/bad-limited-to-a-network.json',
];

function verdict(document: Json, facts: Facts, url: string, audience: string, subject: string): string {
  return evaluateTrust(document, {
    providerArn: providerArn(facts.inventory.partition, facts.inventory.account, asIssuerId(url)),
    issuer: `https://${url}`,
    audience,
    subject,
  }).verdict;
}

describe.each(CASES)('$name', ({ rule, name, given }) => {
  const inventory = inventoryOfCase(given);
  const facts = deriveFacts(inventory);
  const [role] = facts.roles;
  const edits = runRule(rule, inventory).flatMap(({ raised }) => raised.fix?.edits ?? []);
  const after = repairTrustPolicy(role?.role.trustPolicy ?? null, edits);
  const repaired: Case = { ...given, roles: (given.roles ?? []).map((one) => ({ ...one, trustPolicy: after })) };

  it('offers edits after which the rule is content', () => {
    expect(edits.length).toBeGreaterThan(0);
    expect(runRule(rule, inventoryOfCase(repaired))).toEqual([]);
  });

  it('lets in who carries the role, and no stranger', () => {
    for (const { url, audience, subject } of role?.users ?? []) {
      if (!NOT_OPENED.includes(name))
        expect(`${subject} ${verdict(after, facts, url ?? '', audience, subject)}`).toBe(`${subject} allowed`);
      expect(verdict(after, facts, url ?? '', audience, STRANGER)).not.toBe('allowed');
    }
  });
});

describe('severities', () => {
  const severityOf = (id: string, name: string): (string | undefined)[] => {
    const found = TRUST_RULES.find((rule) => rule.id === id);
    return found === undefined
      ? []
      : runRule(found, inventoryOfCase(caseOf(id, name))).map(({ raised }) => raised.severity ?? found.severity);
  };

  it.each([
    ['subject-condition-missing', 'bad-audience-only', 'high'],
    ['subject-condition-missing', 'bad-administrator', 'critical'],
    ['subject-cluster-wide', 'bad-any-namespace-and-name', 'high'],
    ['subject-cluster-wide', 'bad-administrator', 'critical'],
    ['subject-namespace-open', 'bad-any-namespace', 'medium'],
    ['subject-namespace-wide', 'bad-whole-namespace', 'info'],
    ['subject-namespace-wide', 'bad-administrator', 'medium'],
    ['operator-negated', 'bad-administrator', 'critical'],
    ['operator-vacuous', 'bad-only-asks-for-presence', 'high'],
    ['operator-vacuous', 'bad-issuer-claim-under-for-all-values', 'info'],
    ['operator-vacuous', 'bad-presence-of-subject-on-shared-issuer', 'critical'],
    ['subject-missing-on-shared-issuer', 'bad-github-with-audience-only', 'critical'],
    ['subject-open-on-shared-issuer', 'bad-any-repository', 'critical'],
    ['subject-malformed', 'bad-no-prefix', 'high'],
    ['subject-malformed', 'bad-one-of-two-values', 'low'],
    ['audience-condition-missing', 'bad-subject-only', 'info'],
    ['condition-key-unsupported', 'bad-external-id', 'medium'],
  ])('%s, %s: %s', (id, file, severity) => {
    expect(severityOf(id, file)).toEqual([severity]);
  });
});
