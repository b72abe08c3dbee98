import { isKnownClaim, passesWithoutKey } from '../../facts/absent-key.js';
import { isKubernetesIssuer } from '../../facts/kubernetes-issuer.js';
import { trustPolicies } from '../../facts/subject-of.js';
import { conditionsOn } from '../../facts/web-identity.js';
import { DEFAULT_CLAIMS } from '../../policy/condition-key.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../define-rule.js';

const messages = {
  unknown: ({ key, claim }: { key: string; claim: string }) =>
    `The condition key ${key} asks for the claim ${claim}, which STS does not know for a cluster: it can never be met.`,
} satisfies Messages;

/** A claim of a cluster's tokens for which STS has no condition key. */
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
  title: 'A condition key names a claim that STS does not know',
  why: 'Of the tokens of a cluster STS maps aud, oaud, sub, amr and email to condition keys and drops every other claim. A condition on another one is never met.',
  error: STS_NOT_AUTHORIZED,
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif'],
  subjects: trustPolicies,
  evaluate: ({ statements }, facts) =>
    statements.flatMap((statement) =>
      statement.conditions.flatMap((condition) => {
        const { key, entry } = condition;
        const named = key.claim?.toLowerCase() ?? null;
        const judged = key.kind === 'claim' && named !== null && isKubernetesIssuer(key.issuer, facts);
        if (!judged || isKnownClaim(named, true) || passesWithoutKey(condition)) return [];
        const claim = condition.claim;
        const url = statement.federated.find((one) => one.url?.toLowerCase() === key.issuer.toLowerCase())?.url ?? key.issuer;
        const isMeant = claim !== null && isKnownClaim(claim, true);
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
                expected: rename ? `${url}:${claim}` : DEFAULT_CLAIMS.map((one) => `${url}:${one}`),
              },
            ],
            statement: statement.statement.index,
            issuer: url,
            fix: rename
              ? { summary: `Write the key as ${url}:${claim}.`, edits: [{ kind: 'condition', path: entry.path, key: `${url}:${claim}` }] }
              : {
                  summary: 'Take the condition out: it limits nothing that a token can have.',
                  edits: [{ kind: 'remove-condition', path: entry.path }],
                },
          },
        ];
      }),
    ),
});
