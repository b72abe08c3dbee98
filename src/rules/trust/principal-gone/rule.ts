import { listed } from '../../../lib/list-in-words.js';
import { rolesForPods } from '../../../facts/trust/role-entries.js';
import type { Statement } from '../../../policy/language/parse.js';
import { isGone } from '../../../policy/language/gone-principal.js';
import type { TrustEdit } from '../../../policy/edit/repair.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

/** What takes the principals that are gone out of a statement; the statement with them, where it has no others. */
function editsFor({ index, principals }: Statement): readonly TrustEdit[] {
  const gone = principals.filter(isGone);
  if (gone.length === principals.length) return [{ kind: 'remove-statement', statement: index }];
  return gone.map(({ path }) => ({ kind: 'principal', path, value: null }));
}

const messages = {
  gone: ({ ids }: { ids: string }) =>
    `The trust policy names ${ids}, which IAM shows in the place of a role or user that was deleted: nobody is allowed by it, and IAM takes no change of the policy while it is there.`,
} satisfies Messages;

/** What is left of a role or user that was deleted. */
export const principalGone = defineRule({
  id: 'principal-gone',
  cause: 'trust-principal-gone',
  since: '0.2.0',
  kind: 'hygiene',
  severity: 'info',
  confidence: 'certain',
  scope: 'account',
  link: 'principal',
  needs: ['roles'],
  title: 'Deleted role or user trusted',
  why: 'IAM keeps the id of a principal, not its name: a role that is made again under the same name is another. The next change of the trust policy, by whatever tool, is refused as malformed until the id is out.',
  references: ['IAM/reference_policies_elements_principal.html', 'IAM/reference_identifiers.html#identifiers-unique-ids'],
  subjects: (facts) => rolesForPods(facts),
  evaluate: ({ policy }) => {
    const holding = policy.statements.filter(({ principals, negatedPrincipal }) => !negatedPrincipal && principals.some(isGone));
    const gone = holding.flatMap(({ principals }) => principals.filter(isGone));
    if (gone.length === 0) return [];
    const edits = holding.flatMap(editsFor);
    // A trust policy has a statement.
    const isLast = edits.filter(({ kind }) => kind === 'remove-statement').length === policy.statements.length;
    return [
      {
        message: messages.gone({ ids: listed([...new Set(gone.map(({ value }) => value))]) }),
        evidence: gone.map(({ value, path }) => ({ what: 'principal', path, found: value, expected: null })),
        fix: {
          summary: 'Take it out; where a role of the same name was made again, name that one by its ARN.',
          ...(isLast ? {} : { edits }),
        },
      },
    ];
  },
});
