import { confusionsIn, type Confusion } from '../../../facts/permissions/confused-permissions.js';
import type { Has, RoleHas } from '../../../facts/account/facts.js';
import { allPermissions } from '../../../facts/permissions/role-permissions.js';
import { rolesForPods } from '../../../facts/trust/role-entries.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

/** A message names these many; the evidence holds all of them. */
const MOST_NAMED = 3;

function inWords(confusions: readonly Confusion[]): string {
  const more = confusions.length - MOST_NAMED;
  const named = confusions.slice(0, MOST_NAMED).map(({ mistake }) => mistake);
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

const messages = {
  confused: ({ mistakes }: { mistakes: string }) => `The policies of this role hold a mistake: ${mistakes}.`,
} satisfies Messages;

function evaluate({ role }: RoleHas, { inventory }: Has<'managed-policies'>): readonly Raised[] {
  const permissions = allPermissions(role, inventory);
  // A policy whose text is not known may allow what is missed.
  if (permissions === null) return [];
  const confusions = confusionsIn(permissions);
  if (confusions.length === 0) return [];
  return [
    {
      message: messages.confused({ mistakes: inWords(confusions) }),
      ...(confusions.every(({ isGuess }) => isGuess === true) ? { severity: 'info', confidence: 'possible' } : {}),
      evidence: confusions.map(({ found: what, action, resources }) => ({
        what: 'permission',
        path: null,
        found: what,
        expected: resources.length === 0 ? action : `${action} on ${resources.join(' and ')}`,
      })),
      // No command: what was meant is a guess, and a permission that nobody asked for is worse than one that is missed.
      fix: { summary: 'Allow the intended action, in the policy that has the mistake.' },
    },
  ];
}

/** A role for pods has permissions that do not do what they were plainly meant to. */
export const permissionConfused = defineRule({
  id: 'permission-confused',
  cause: 'role-permissions-missing',
  kind: 'break',
  severity: 'medium',
  confidence: 'likely',
  scope: 'account',
  link: 'permissions',
  needs: ['roles'],
  uses: ['managed-policies'],
  title: 'Permission not as meant',
  why: 'IAM takes any action and any resource in an identity policy, those that do not exist or do not fit each other too. The pod gets its role, and the call is refused.',
  error: 'AccessDenied: User is not authorized to perform this action',
  references: [
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html',
  ],
  subjects: (facts) => rolesForPods(facts),
  evaluate,
});
