import { issuerAddress, type IssuerId } from '../../../model/inventory/issuer-id.js';
import { passesWithoutKey } from '../../../facts/statement/condition-semantics.js';
import { eksIssuer } from '../../../facts/issuer/issuer.js';
import { isOfAnother } from '../../../facts/provider/other-issuer.js';
import { sharedIssuer } from '../../../facts/issuer/shared-issuers.js';
import { editDistance } from '../../../lib/nearest.js';
import { knownText, placeholderIn } from '../../../facts/trust/placeholder.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { claimIn, keyAt } from '../../../model/contract/about.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../../contract/define-rule.js';

/** Of several issuers the one that is spelled most like the key's. */
function closest(issuer: IssuerId, urls: readonly IssuerId[]): IssuerId {
  const distances = urls.map((url) => editDistance(issuer, url, 256));
  return urls[distances.indexOf(Math.min(...distances))] ?? issuer;
}

const messages = {
  other: ({ key, found, expected }: { key: string; found: string; expected: string }) =>
    `The condition key ${key} is of issuer ${found}, but the statement takes tokens of ${expected} only: it can never be met.`,
  slash: ({ principal, issuer }: { principal: string; issuer: string }) =>
    `The statement takes tokens of ${principal} only, and ${issuer}, of which its condition key is, has no slash at its end.`,
} satisfies Messages;

/** Whether a URL is that of an issuer whose name is known, with a slash at the end that this one has not. */
const isWithSlash = (url: string, issuer: string): boolean =>
  url === `${issuer}/` && (eksIssuer(issuer) !== null || (sharedIssuer(issuer) !== null && sharedIssuer(url) === null));

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
        // The principal is what is odd. Of a cluster its provider is told.
        const isOdd = isWithSlash(url, key.issuer);
        if (isOdd && eksIssuer(key.issuer) !== null) return [];
        const claim = condition.claim;
        const principal = isOfAnother(key.issuer, url, facts)
          ? ` If tokens of ${key.issuer} are meant, leave the key, and name its provider in the principal.`
          : '';
        return [
          {
            // Whether AWS takes the two for one, it does not say.
            ...(isOdd && { confidence: 'possible' as const }),
            message: isOdd
              ? messages.slash({ principal: url, issuer: key.issuer })
              : messages.other({ key: entry.key, found: key.issuer, expected: urls.join(', ') }),
            evidence: [
              { what: 'condition key', path: entry.path, found: entry.key, expected: claim === null || isOdd ? null : `${url}:${claim}` },
            ],
            statement: statement.statement.index,
            issuer: url,
            about: [keyAt(entry.path), claimIn(statement.statement.index, 'iss')],
            fix: isOdd
              ? { summary: `Create the provider for ${issuerAddress(key.issuer)}, and name it in the principal.` }
              : claim === null
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
