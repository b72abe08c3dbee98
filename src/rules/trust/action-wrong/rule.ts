import { isAuxiliary, namedHereAlone } from '../../../facts/trust/service-accounts-of-role.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { WEB_IDENTITY_ACTION } from '../../../policy/language/evaluate.js';
import { isBuiltIn } from '../../../policy/language/issuer-keys.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../../contract/define-rule.js';

const messages = {
  other: ({ issuer, actions }: { issuer: string; actions: string }) =>
    `The statement trusts ${issuer} for ${actions} only, and tokens need sts:AssumeRoleWithWebIdentity.`,
} satisfies Messages;

/** An OIDC provider is trusted for another action than the one that its tokens are used with. */
export const actionWrong = defineRule({
  id: 'action-wrong',
  cause: 'trust-action-wrong',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'action',
  deadPiece: true,
  needs: ['roles'],
  looksAt: ['service-accounts', 'clusters', 'pod-identity-associations', 'addons', 'workloads'],
  title: 'Web identity action not allowed',
  why: 'A token of an OIDC provider is exchanged by sts:AssumeRoleWithWebIdentity and by nothing else. IAM stores sts:AssumeRole or sts:AssumeRoleWithSAML beside such a provider without a word.',
  error: STS_NOT_AUTHORIZED,
  references: ['EKS/associate-service-account-role.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role) =>
    role.statements.flatMap((statement) => {
      const { statement: parsed, federated, allowsWebIdentity } = statement;
      const oidc = federated.filter(({ named }) => named.kind !== 'saml' && (named.kind !== 'domain' || isBuiltIn(named.domain)));
      if (allowsWebIdentity || parsed.actions.length === 0 || oidc.length === 0) return [];
      if (isAuxiliary(statement, role) && namedHereAlone(statement, role).length === 0) return [];
      const actions = parsed.actions.map(({ value }) => value);
      const kept = actions.filter((action) => !/^sts:AssumeRole(WithSAML)?$/i.test(action));
      const url = oidc[0]?.url ?? null;
      return [
        {
          message: messages.other({ issuer: oidc.map((one) => one.url ?? one.entry.value).join(', '), actions: actions.join(', ') }),
          evidence: parsed.actions.map(({ value, path }) => ({ what: 'action', path, found: value, expected: WEB_IDENTITY_ACTION })),
          statement: parsed.index,
          ...(url === null ? {} : { issuer: url }),
          fix: {
            summary: `Allow ${WEB_IDENTITY_ACTION}.`,
            ...(parsed.negatedAction
              ? {}
              : { edits: [{ kind: 'actions', statement: parsed.index, actions: [WEB_IDENTITY_ACTION, ...kept] }] }),
          },
        },
      ];
    }),
});
