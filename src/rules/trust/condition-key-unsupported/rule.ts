import type { IssuerId } from '../../../model/inventory/issuer-id.js';
import { listed } from '../../../lib/list-in-words.js';
import { isOfOtherCall, isOfOthers, isPositive, passesWithoutKey } from '../../../facts/statement/condition-semantics.js';
import type { RoleHas } from '../../../facts/account/facts.js';
import { kubernetesIssuersOf } from '../../../facts/provider/kubernetes-issuer.js';
import { statementBeside } from '../../../facts/statement/statement-split.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { concerns, conditionsOn, type WebIdentityStatement } from '../../../facts/statement/web-identity.js';
import type { TrustEdit } from '../../../policy/edit/repair.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../../contract/define-rule.js';

/** Whether a statement is for web identities alone: then nobody is served by the condition. */
const isOfTokensAlone = ({ statement, federated }: WebIdentityStatement): boolean =>
  statement.principals.every(({ kind }) => kind === 'Federated') && federated.every(({ named }) => named.kind !== 'saml');

/** A statement of its own for each cluster: the others keep theirs, with what guards them. None where it would be open to a whole cluster. */
function statementsOfTheirOwn(statement: WebIdentityStatement, clusters: readonly IssuerId[], role: RoleHas): TrustEdit[] {
  const isNaming = (url: IssuerId): boolean =>
    conditionsOn(statement, 'sub').some((one) => one.ownIssuer && concerns(one, url) && isPositive(one) && one.entry.values.length > 0);
  if (!clusters.every(isNaming)) return [];
  const gone = statement.federated.filter(({ url }) => url !== null && clusters.includes(url));
  return [
    ...gone.map(({ entry }): TrustEdit => ({ kind: 'principal', path: entry.path, value: null })),
    ...clusters.map((url): TrustEdit => {
      const own = statementBeside(role.role.trustPolicy, statement, url, (one) => !isOfOthers(one));
      return { kind: 'add-statement', statement: own };
    }),
  ];
}

const messages = {
  absent: ({ key }: { key: string }) =>
    `The condition on ${key} can hardly be met: a call with a web identity token does not have that key.`,
  shared: ({ key, issuers }: { key: string; issuers: string }) =>
    `The statement is for others too, and its condition on ${key} can hardly be met by tokens of ${issuers}: a call with a web identity token does not have that key.`,
} satisfies Messages;

/** A condition on a key that a web-identity call does not have. */
export const conditionKeyUnsupported = defineRule({
  id: 'condition-key-unsupported',
  cause: 'trust-unsatisfiable',
  kind: 'break',
  severity: 'medium',
  confidence: 'possible',
  scope: 'account',
  link: 'condition key',
  deadPiece: true,
  needs: ['roles'],
  looksAt: ['clusters'],
  title: 'Condition key not in web identity',
  why: 'A call with a web identity token is not signed: keys about the signing principal, an external id or a SAML assertion are absent, and a condition on an absent key is not met.',
  error: STS_NOT_AUTHORIZED,
  references: ['IAM/reference_policies_condition-keys.html', 'IAM/reference_policies_iam-condition-keys.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    role.statements.flatMap((statement) => {
      const clusters = kubernetesIssuersOf(statement, facts);
      const issuers = clusters.length > 0 ? clusters : statement.issuers;
      const [url] = issuers;
      if (url === undefined) return [];
      // Of issuers that sign no tokens of service accounts only what is absent for certain is told.
      const isForeign = clusters.length > 0 ? isOfOthers : isOfOtherCall;
      const isShared = !isOfTokensAlone(statement);
      return statement.conditions
        .filter((condition) => isForeign(condition) && !passesWithoutKey(condition))
        .map(({ entry: { key, path } }) => ({
          message: isShared ? messages.shared({ key, issuers: listed(issuers) }) : messages.absent({ key }),
          evidence: [{ what: 'condition key', path, found: key, expected: null }],
          statement: statement.statement.index,
          issuer: url,
          fix: isShared
            ? {
                summary: `Give ${listed(issuers)} a statement of its own, without the condition on ${key}, which guards the others.`,
                edits: statementsOfTheirOwn(statement, clusters, role),
              }
            : {
                summary: `Take the condition on ${key} out of this statement.`,
                edits: [{ kind: 'remove-condition' as const, path }],
              },
        }));
    }),
});
