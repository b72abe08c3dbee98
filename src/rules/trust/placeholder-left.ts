import type { Facts, RoleFacts } from '../../facts/facts.js';
import { knownText, placeholderIn, placeholderInValue, type KnownText } from '../../facts/placeholder.js';
import { audiencesInUse, callerSubjects } from '../../facts/role-callers.js';
import { trustPolicies } from '../../facts/subject-of.js';
import { type Condition, type WebIdentityStatement } from '../../facts/web-identity.js';
import type { Sentence } from '../../model/finding.js';
import type { Json } from '../../model/inventory.js';
import { providerArn } from '../../policy/federated.js';
import type { TrustEdit } from '../../policy/repair.js';
import { hasVariable } from '../../policy/variables.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages, type Raised } from '../define-rule.js';

/** The issuer that a statement is for: the one it names, else that of the service accounts that carry the role, else the only one. */
function issuerMeant(statement: WebIdentityStatement, role: RoleFacts, facts: Facts, known: KnownText): string | null {
  const named = statement.federated.every(({ entry }) => placeholderIn(entry.value, known) === null) ? statement.issuers : [];
  const carried = [...new Set(role.users.flatMap(({ url }) => url ?? []))];
  const candidates = [named, carried, facts.issuingClusters.map(({ url }) => url)].find((urls) => urls.length > 0) ?? [];
  return candidates.length === 1 ? (candidates[0] ?? null) : null;
}

function valuesMeant(condition: Condition, role: RoleFacts, url: string): readonly string[] {
  const claim = condition.claim;
  return claim === 'sub' ? callerSubjects(role, url) : claim === 'aud' ? audiencesInUse(role, url) : [];
}

const keyText = (key: string): string => (/^aws:/i.test(key) ? '' : key);

function holdsPlaceholder({ federated, conditions }: WebIdentityStatement, variables: boolean, known: KnownText): boolean {
  if (federated.some(({ entry }) => placeholderIn(entry.value, known) !== null)) return true;
  return conditions.some(
    ({ entry }) =>
      placeholderIn(keyText(entry.key), known) !== null ||
      entry.values.some(({ value }) => placeholderInValue(value, variables, known) !== null),
  );
}

const messages = {
  text: ({ what, found, placeholder }: { what: string; found: string; placeholder: string }) =>
    `The ${what} ${found} still holds ${placeholder}, which nobody replaced.`,
  version: ({ found, version }: { found: string; version: string }) =>
    `The value ${found} holds a policy variable, which is plain text in a document of Version ${version}.`,
} satisfies Messages;

/** Text of a template or of documentation that nobody replaced. */
export const placeholderLeft = defineRule({
  id: 'placeholder-left',
  cause: 'trust-placeholder',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  needs: ['roles'],
  looksAt: ['service-accounts', 'clusters'],
  title: 'A placeholder was left in the trust policy',
  why: 'IAM stores names of providers, keys and values without asking whether they exist. Text that a template should have filled in, or that was copied from an example, matches no token.',
  error: STS_NOT_AUTHORIZED,
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html',
    'https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html',
  ],
  subjects: trustPolicies,
  evaluate: (role, facts) => {
    const known = knownText(facts);
    const { partition, account } = facts.inventory;
    return role.statements
      .filter((statement) => holdsPlaceholder(statement, role.policy.variables, known))
      .flatMap((statement) => {
        const url = issuerMeant(statement, role, facts, known);
        const raise = (
          message: Sentence,
          what: string,
          path: string,
          fragment: string,
          found: string,
          expected: Json,
          edits: readonly TrustEdit[],
        ): Raised => ({
          message,
          evidence: [{ what, path, found, expected }],
          statement: statement.statement.index,
          ...(url === null ? {} : { issuer: url }),
          fragment,
          fix: {
            summary:
              expected === null
                ? `Put the value that was meant in the place of ${found}.`
                : `Put ${typeof expected === 'string' ? expected : JSON.stringify(expected)} in the place of ${found}.`,
            ...(edits.length === 0 ? {} : { edits }),
          },
        });
        const principals = statement.federated.flatMap(({ entry }): Raised[] => {
          const placeholder = placeholderIn(entry.value, known);
          if (placeholder === null) return [];
          const arn = url === null ? null : providerArn(partition, account, url);
          return [
            raise(
              messages.text({ what: 'federated principal', found: entry.value, placeholder }),
              'federated principal',
              entry.path,
              entry.path,
              entry.value,
              arn,
              arn === null ? [] : [{ kind: 'principal', path: entry.path, value: arn }],
            ),
          ];
        });
        const conditions = statement.conditions.flatMap((condition): Raised[] => {
          const { entry } = condition;
          const placeholder = placeholderIn(keyText(entry.key), known);
          const claim = condition.claim;
          const key = url === null || claim === null ? null : `${url}:${claim}`;
          const keys =
            placeholder === null
              ? []
              : [
                  raise(
                    messages.text({ what: 'condition key', found: entry.key, placeholder }),
                    'condition key',
                    entry.path,
                    `${entry.path}~`,
                    entry.key,
                    key,
                    key === null ? [] : [{ kind: 'condition', path: entry.path, key }],
                  ),
                ];
          const left = (value: string): string | null => placeholderInValue(value, role.policy.variables, known);
          const good = entry.values.map(({ value }) => value).filter((value) => left(value) === null);
          const meant = url === null ? [] : valuesMeant(condition, role, url);
          const values = entry.values.flatMap(({ value, path }): Raised[] => {
            const text = left(value);
            if (text === null) return [];
            // A variable of IAM's own, in a document whose version gives it no meaning.
            if (hasVariable(value) && placeholderInValue(value, true, known) === null) {
              return [
                raise(
                  messages.version({ found: value, version: role.policy.version ?? '2008-10-17 (none is given)' }),
                  'value',
                  path,
                  path,
                  value,
                  null,
                  [{ kind: 'version', version: '2012-10-17' }],
                ),
              ];
            }
            const expected: Json = meant.length === 0 ? null : meant.length === 1 ? (meant[0] ?? null) : meant;
            return [
              raise(
                messages.text({ what: 'value', found: value, placeholder: text }),
                'value',
                path,
                path,
                value,
                expected,
                meant.length === 0 ? [] : [{ kind: 'condition', path: entry.path, values: [...new Set([...good, ...meant])] }],
              ),
            ];
          });
          return [...keys, ...values];
        });
        return [...principals, ...conditions];
      });
  },
});
