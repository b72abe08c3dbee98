import type { IssuerId } from '../../model/issuer-id.js';
import { passesWithoutKey } from '../../facts/absent-key.js';
import { eksIssuer } from '../../facts/issuer.js';
import { isOfAnother } from '../../facts/other-issuer.js';
import { editDistance } from '../../lib/nearest.js';
import { knownText, placeholderIn } from '../../facts/placeholder.js';
import { trustPolicies } from '../../facts/subject-of.js';
import { claimIn, keyAt } from '../../model/about.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../define-rule.js';

/** Of several issuers the one that is spelled most like the key's. */
function closest(issuer: IssuerId, urls: readonly IssuerId[]): IssuerId {
  const distances = urls.map((url) => editDistance(issuer, url, 256));
  return urls[distances.indexOf(Math.min(...distances))] ?? issuer;
}

const messages = {
  other: ({ key, found, expected }: { key: string; found: string; expected: string }) =>
    `The condition key ${key} is of issuer ${found}, but the statement takes tokens of ${expected} only: it can never be met.`,
} satisfies Messages;

/** A condition on the claims of an issuer whose tokens the statement does not take. */
export const keyIssuerMismatch = defineRule({
  id: 'key-issuer-mismatch',
  cause: 'trust-key-issuer-mismatch',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'issuer of the key',
  deadPiece: true,
  needs: ['roles'],
  looksAt: ['clusters', 'providers'],
  title: 'Condition key names another issuer',
  why: 'A token brings only the claims of its own issuer. A key of any other issuer is absent from the request, and a condition on an absent key is not met.',
  error: STS_NOT_AUTHORIZED,
  references: [
    'IAM/reference_policies_iam-condition-keys.html#condition-keys-wif',
    'IAM/reference_policies_elements_condition_operators.html',
  ],
  subjects: (facts) => trustPolicies(facts),
  evaluate: ({ statements }, facts) =>
    statements.flatMap((statement) => {
      if (statement.conditions.every(({ key, ownIssuer }) => key.kind !== 'claim' || ownIssuer)) return [];
      // A principal that is a template's text says nothing about the issuer meant.
      const readable = statement.federated.every(({ entry, url }) => url !== null && placeholderIn(entry.value, knownText(facts)) === null);
      if (!readable) return [];
      const urls = statement.issuers;
      return statement.conditions.flatMap((condition) => {
        const { key, entry } = condition;
        if (key.kind !== 'claim' || condition.ownIssuer || passesWithoutKey(condition)) return [];
        // A key of one word names no issuer at all: that is its form, not its issuer.
        if (!key.issuer.includes('.')) return [];
        const url = closest(key.issuer, urls);
        // No issuer of EKS ends in a slash: the principal is what is odd.
        if (eksIssuer(key.issuer) !== null && url === `${key.issuer}/`) return [];
        const claim = condition.claim;
        const principal = isOfAnother(key.issuer, url, facts)
          ? ` If tokens of ${key.issuer} are meant, leave the key, and name its provider in the principal.`
          : '';
        return [
          {
            message: messages.other({ key: entry.key, found: key.issuer, expected: urls.join(', ') }),
            evidence: [{ what: 'condition key', path: entry.path, found: entry.key, expected: claim === null ? null : `${url}:${claim}` }],
            statement: statement.statement.index,
            issuer: url,
            about: [keyAt(entry.path), claimIn(statement.statement.index, 'iss')],
            fix:
              claim === null
                ? { summary: `Name the issuer ${url} in the key.` }
                : {
                    summary: `Write the key as ${url}:${claim}.${principal}`,
                    edits: [{ kind: 'condition', path: entry.path, key: `${url}:${claim}` }],
                  },
          },
        ];
      });
    }),
});
