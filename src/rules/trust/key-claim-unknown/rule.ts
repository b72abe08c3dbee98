import type { IssuerId } from '../../../model/inventory/issuer-id.js';
import { isKnownClaim, passesWithoutKey } from '../../../facts/statement/condition-semantics.js';
import { isKubernetesIssuer } from '../../../facts/provider/kubernetes-issuer.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { conditionsOn } from '../../../facts/statement/web-identity.js';
import { claimsOf } from '../../../policy/language/issuer-keys.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../../contract/define-rule.js';

/** The keys that tokens of an issuer bring. */
const keysAt = (url: IssuerId, kubernetes: boolean): readonly string[] =>
  [...claimsOf(url)].filter((claim) => isKnownClaim(claim, url, kubernetes)).map((claim) => `${url}:${claim}`);

const messages = {
  unknown: ({ key, claim }: { key: string; claim: string }) =>
    `The condition key ${key} asks for the claim ${claim}, which no token of this issuer brings to STS: it can never be met.`,
} satisfies Messages;

/** A claim for which STS has no condition key at this issuer, or that its tokens never have. */
export const keyClaimUnknown = defineRule({
  id: 'key-claim-unknown',
  cause: 'trust-key-malformed',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'claim of the key',
  deadPiece: true,
  needs: ['roles'],
  looksAt: ['clusters'],
  title: 'Condition key unknown to STS',
  why: 'Of which claims STS makes condition keys is a closed list for each issuer; it drops every other claim. Of the tokens of a cluster these are aud, oaud and sub. A condition on any other claim is never met.',
  error: STS_NOT_AUTHORIZED,
  references: [
    'IAM/reference_policies_iam-condition-keys.html#condition-keys-wif',
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html',
  ],
  subjects: (facts) => trustPolicies(facts),
  evaluate: ({ statements }, facts) =>
    statements.flatMap((statement) =>
      statement.conditions.flatMap((condition) => {
        const { key, entry, ownIssuer } = condition;
        const named = key.claim?.toLowerCase() ?? null;
        const kubernetes = isKubernetesIssuer(key.issuer, facts);
        const judged = key.kind === 'claim' && named !== null && (kubernetes || ownIssuer);
        if (!judged || isKnownClaim(named, key.issuer, kubernetes) || passesWithoutKey(condition)) return [];
        const claim = condition.claim;
        const url = statement.federated.find((one) => one.url?.toLowerCase() === key.issuer.toLowerCase())?.url ?? key.issuer;
        const isMeant = claim !== null && isKnownClaim(claim, url, kubernetes);
        // What the key was meant for may be limited beside it already.
        const rename = isMeant && conditionsOn(statement, claim).every((one) => one === condition);
        return [
          {
            message: messages.unknown({ key: entry.key, claim: key.claim ?? '' }),
            evidence: [
              {
                what: 'condition key',
                path: entry.path,
                found: entry.key,
                expected: rename ? `${url}:${claim}` : keysAt(url, kubernetes),
              },
            ],
            statement: statement.statement.index,
            issuer: url,
            fix: rename
              ? { summary: `Write the key as ${url}:${claim}.`, edits: [{ kind: 'condition', path: entry.path, key: `${url}:${claim}` }] }
              : kubernetes
                ? {
                    summary: 'Take the condition out: it limits nothing that a token can have.',
                    edits: [{ kind: 'remove-condition', path: entry.path }],
                  }
                : { summary: 'Limit a claim that STS knows of this issuer instead; only you know its value.' },
          },
        ];
      }),
    ),
});
