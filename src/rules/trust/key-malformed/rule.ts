import { passesWithoutKey } from '../../../facts/statement/condition-semantics.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { type Condition } from '../../../facts/statement/web-identity.js';
import type { KeyDefect } from '../../../policy/language/condition-key.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../../contract/define-rule.js';

const DEFECTS: Readonly<Record<KeyDefect, string>> = {
  'scheme': 'it begins with the scheme "https://"',
  'arn': 'it holds the ARN of the provider instead of its address',
  'issuer-twice': 'it holds the issuer twice',
  'no-claim': 'it does not end in a claim such as ":sub"',
  'blank': 'it holds a blank',
};

/** `:aud` above a value that only a subject can have. */
function audienceForSubject(condition: Condition): boolean {
  const claim = condition.key.claim?.toLowerCase();
  return claim === 'aud' && condition.claim === 'sub' && condition.operator?.negated === false;
}

/** What is odd about a key; empty where its form is right. A key of one word before its colon names no host, and so no issuer. */
function oddities({ key, ownIssuer }: Condition): readonly string[] {
  if (key.kind !== 'claim') return [];
  if (key.defects.length > 0) return key.defects.map((defect) => DEFECTS[defect]);
  // What a template left in it is told as such.
  const isHost = ownIssuer || key.issuer.includes('.') || /[${}<>[\]]/.test(key.issuer) || /^[A-Z0-9_]+$/.test(key.issuer);
  return isHost ? [] : [`"${key.issuer}" is the host of no issuer`];
}

const messages = {
  vacuous: ({ key, problem, operator }: { key: string; problem: string; operator: string }) =>
    `The condition key ${key} limits nothing: ${problem}, so no token has it, and ${operator} is met without it.`,
  form: ({ key, problem }: { key: string; problem: string }) => `The condition key ${key} can never be met: ${problem}.`,
  claim: ({ key, value }: { key: string; value: string }) =>
    `The condition key ${key} compares the audience with ${value}, which is a subject: no token can meet it.`,
} satisfies Messages;

/** A condition key that is no `<issuer>:<claim>`: no token ever uses it. */
export const keyMalformed = defineRule({
  id: 'key-malformed',
  cause: 'trust-key-malformed',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'form of the key',
  deadPiece: true,
  needs: ['roles'],
  title: 'Condition key malformed',
  why: 'STS looks up the claim of a token under the address of its issuer without "https://", a colon, and the name of the claim. A key in any other form is absent from every request, so its condition is never met.',
  error: STS_NOT_AUTHORIZED,
  references: ['IAM/reference_policies_iam-condition-keys.html#condition-keys-wif', 'EKS/associate-service-account-role.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: ({ statements }) =>
    statements.flatMap((statement) =>
      statement.conditions.flatMap((condition) => {
        const { key, entry } = condition;
        const swapped = audienceForSubject(condition);
        const odd = oddities(condition);
        if (odd.length === 0 && !swapped) return [];
        // Whoever is allowed without the key is told of besides, by the rules about exposures.
        const passes = odd.length > 0 && passesWithoutKey(condition);
        const message = odd.length === 0 ? 'claim' : passes ? 'vacuous' : 'form';
        const urls = statement.issuers;
        const issuer = urls.find((url) => url.toLowerCase() === key.issuer.toLowerCase()) ?? (urls.length === 1 ? urls[0] : undefined);
        const claim = condition.claim;
        const meant = issuer === undefined || claim === null ? null : `${issuer}:${claim}`;
        return [
          {
            message: messages[message]({
              key: entry.key,
              problem: odd.join(', and '),
              value: entry.values[0]?.value ?? '',
              operator: entry.operator,
            }),
            ...(passes ? { severity: 'low' as const, error: null } : {}),
            evidence: [{ what: 'condition key', path: entry.path, found: entry.key, expected: meant }],
            statement: statement.statement.index,
            ...(issuer === undefined ? {} : { issuer }),
            fix:
              meant === null
                ? { summary: 'Write the key as <issuer without https://>:sub or <issuer without https://>:aud.' }
                : { summary: `Write the key as ${meant}.`, edits: [{ kind: 'condition', path: entry.path, key: meant }] },
          },
        ];
      }),
    ),
});
