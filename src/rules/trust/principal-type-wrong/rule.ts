import { serviceAccountInWords, type NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import type { Audiences } from '../../../facts/trust/audience-agreement.js';
import { listed } from '../../../lib/list-in-words.js';
import type { Carriers, Has, RoleHas } from '../../../facts/account/facts.js';
import { statementForCallers } from '../../../facts/trust/switch-provider-edits.js';
import { mayBeAssociated } from '../../../facts/account/may-be-associated.js';
import { relatedUsers } from '../../../facts/account/subjects.js';
import { editableRoles, type RoleEntry } from '../../../facts/trust/role-entries.js';
import type { UnreadEntry } from '../../../model/contract/scope.js';
import { parseFederated } from '../../../policy/language/federated.js';
import { isServiceOfWebIdentity, WEB_IDENTITY_ACTION } from '../../../policy/language/evaluate.js';
import { isBuiltIn } from '../../../policy/language/issuer-keys.js';
import { isEverybody, type PrincipalEntry } from '../../../policy/language/parse.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages, type Raised } from '../../contract/define-rule.js';

/** SAML, and the identity providers that IAM knows by domain: no token of a cluster is theirs, whatever the rest says. */
function isForOthers({ value }: PrincipalEntry): boolean {
  const named = parseFederated(value);
  return named.kind === 'saml' || (named.kind === 'domain' && isBuiltIn(named.domain));
}

/** Statements that allow web identity by name to principals of which none is federated. */
function misallowed({ policy }: RoleHas) {
  return policy.statements.filter(
    ({ effect, actions, negatedAction, principals }) =>
      effect === 'Allow' &&
      !negatedAction &&
      actions.some(({ value }) => value.toLowerCase() === WEB_IDENTITY_ACTION.toLowerCase()) &&
      principals.length > 0 &&
      principals.every((entry) => (entry.kind === 'Service' && !isServiceOfWebIdentity(entry)) || entry.kind === 'AWS'),
  );
}

/** What was not read of those who use a role, as an entry. */
function unreadOf({ subject, of }: RoleEntry<RoleHas<Carriers>>, facts: Has<'roles' | Carriers>): readonly UnreadEntry[] {
  const unread = of.users.map(({ cluster, serviceAccount }) => mayBeAssociated(cluster, serviceAccount, facts)).find((one) => one !== null);
  return unread == null ? [] : [{ subject, unread }];
}

const messages = {
  carried: ({ serviceAccounts, principals }: { serviceAccounts: string; principals: string }) =>
    `Service accounts use this role (${serviceAccounts}), but it trusts ${principals} and no OIDC provider.`,
  everybody: ({ principals }: { principals: string }) =>
    `The role allows sts:AssumeRoleWithWebIdentity to ${principals} and to no federated principal. AWS does not document whether that allows any token.`,
  misplaced: ({ principals }: { principals: string }) =>
    `The role allows sts:AssumeRoleWithWebIdentity to ${principals}, who never use it; only a federated principal can.`,
} satisfies Messages;

function evaluate(role: RoleHas<Carriers>, facts: Has<'roles' | Audiences> & NamesOfClusters): readonly Raised[] {
  // Whom a Deny names is not trusted by it.
  const trusting = role.policy.statements.filter(({ effect }) => effect !== 'Deny');
  const federated = trusting.flatMap(({ principals }) => principals).filter(({ kind }) => kind === 'Federated');
  // What names an issuer of tokens, in whatever form, is told by the rules about that.
  if (!federated.every(isForOthers) || role.policy.problems.length > 0) return [];
  const users = role.users.filter(({ cluster, serviceAccount }) => mayBeAssociated(cluster, serviceAccount, facts) === null);
  // What trusts another federation, such as SAML or Cognito, is made for others than pods on purpose, unless one uses it.
  const misplaced = federated.length > 0 ? [] : misallowed(role);
  if (users.length === 0 && misplaced.length === 0) return [];
  const principals = (misplaced.length > 0 ? misplaced : trusting).flatMap((statement) => statement.principals);
  const mayBeAnybody = misplaced.some((one) => one.principals.some(isEverybody));
  const urls = [...new Set(users.flatMap(({ url }) => url ?? []))];
  return [
    {
      message: messages[users.length > 0 ? 'carried' : mayBeAnybody ? 'everybody' : 'misplaced']({
        principals: [...new Set(principals.map(({ kind, value }) => `${kind} ${value}`))].join(', ') || 'nobody',
        serviceAccounts: listed(users.map((user) => serviceAccountInWords(user.cluster, user.serviceAccount, facts))),
      }),
      // With an association of its own, a service account would not come by its annotation.
      ...(!mayBeAnybody && (misplaced.length > 0 || users.every(({ cluster }) => cluster.podIdentityAssociations.known))
        ? {}
        : { confidence: 'likely' }),
      // Without a user the role is wrong on its face; with one, all was read that it takes.
      evidence: principals.map(({ kind, value, path }) => ({ what: `${kind} principal`, path, found: value, expected: null })),
      related: relatedUsers(users, 'uses the role and is refused'),
      ...(urls[0] === undefined ? {} : { issuer: urls[0] }),
      fix:
        urls.length === 0
          ? { summary: 'Trust the OIDC provider of the cluster for sts:AssumeRoleWithWebIdentity, or take the action out.' }
          : {
              summary: `Add a statement for the provider of the cluster, only if ${listed(users.map(({ subject }) => subject))} is meant to have this role; otherwise give the service account a role of its own.`,
              edits: urls.map((url) => ({ kind: 'add-statement', statement: statementForCallers(role, url, facts) })),
            },
    },
  ];
}

/** A role that a service account uses trusts no OIDC provider at all. */
export const principalTypeWrong = defineRule({
  id: 'principal-type-wrong',
  cause: 'trust-principal-type-wrong',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'kind of principal',
  deadPiece: true,
  needs: ['roles'],
  looksAt: ['service-accounts', 'addons', 'clusters', 'pod-identity-associations', 'providers', 'workloads'],
  title: 'No OIDC provider trusted',
  why: 'A role for EC2, for the nodes or for people does not become a role for pods by an annotation: its trust policy must name the OIDC provider of the cluster as a federated principal.',
  error: STS_NOT_AUTHORIZED,
  references: ['EKS/associate-service-account-role.html', 'https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors'],
  subjects: (facts) => {
    const roles = editableRoles(facts);
    return [...roles, ...roles.flatMap((one) => unreadOf(one, facts))];
  },
  evaluate,
});
