import type { IssuerId } from '../../../model/inventory/issuer-id.js';
import { passesWithoutKey } from '../../../facts/statement/condition-semantics.js';
import type { Audiences } from '../../../facts/trust/audience-agreement.js';
import { contradictionsOf } from '../../../facts/statement/contradiction.js';
import { deniedUsers, relatedDenied } from '../../../facts/trust/denied-users.js';
import { excludedClaim } from '../../../facts/exposure/excluded-claim.js';
import type { Carriers, Has, RoleHas } from '../../../facts/account/facts.js';
import { statementForCallers } from '../../../facts/trust/switch-provider-edits.js';
import { statementForEachIssuer } from '../../../facts/statement/statement-split.js';
import { relatedUsers } from '../../../facts/account/subjects.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import type { WebIdentityStatement } from '../../../facts/statement/web-identity.js';
import { claimIn } from '../../../model/contract/about.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages, type Raised } from '../../contract/define-rule.js';

/** Issuers of the statement whose claims it requires, in the order of the principals. */
function demanded(statement: WebIdentityStatement): IssuerId[] {
  const keys = statement.conditions.filter((one) => one.ownIssuer && !passesWithoutKey(one)).map(({ key }) => key.issuer.toLowerCase());
  return statement.issuers.filter((url) => keys.includes(url.toLowerCase()));
}

const messages = {
  issuers: ({ issuers }: { issuers: string }) =>
    `The statement requires claims of ${issuers} at once, but a token has one issuer only: nobody can meet it.`,
  other: ({ issuer, other }: { issuer: string; other: string }) =>
    `The statement trusts ${other} too, but requires claims of ${issuer}, which tokens of ${other} do not have.`,
  claim: ({ key, values }: { key: string; values: string }) =>
    `The conditions on ${key} exclude each other: no value meets ${values} together.`,
} satisfies Messages;

function twoIssuers(statement: WebIdentityStatement, role: RoleHas<Carriers>, facts: Has<'roles'>): Raised[] {
  const urls = demanded(statement);
  if (urls.length < 2) return [];
  const { index, path } = statement.statement;
  const by = statementForEachIssuer(role.role.trustPolicy, statement, urls);
  return [
    {
      message: messages.issuers({ issuers: urls.join(' and ') }),
      evidence: [
        {
          what: 'condition keys that no one token has together',
          path: `${path}.Condition`,
          found: statement.conditions.filter(({ ownIssuer }) => ownIssuer).map(({ entry }) => entry.key),
          expected: null,
        },
      ],
      related: relatedDenied(role, urls, facts),
      statement: index,
      ...(urls[0] === undefined ? {} : { issuer: urls[0] }),
      about: [claimIn(index, 'sub'), claimIn(index, 'aud')],
      fix: {
        summary: 'Write one statement for each issuer, each with the conditions on its own claims.',
        edits: [{ kind: 'replace-statement', statement: index, by }],
      },
    },
  ];
}

/**
 * Whoever uses the role by tokens of one issuer of a statement that requires claims of another, which they have not. Of issuers
 * whose users nobody knows nothing is told: the statement serves the other.
 */
function otherIssuer(statement: WebIdentityStatement, role: RoleHas<Carriers>, facts: Has<'roles' | Audiences>): Raised[] {
  const [url, ...more] = demanded(statement);
  if (url === undefined || more.length > 0) return [];
  const denied = deniedUsers(
    role,
    statement.issuers.filter((issuer) => issuer !== url),
    facts,
  );
  const others = [...new Set(denied.map((user) => user.url))];
  return others.map((other): Raised => ({
    message: messages.other({ issuer: url, other }),
    evidence: statement.conditions
      .filter((one) => one.ownIssuer && !passesWithoutKey(one))
      .map(({ entry }) => ({ what: 'condition key', path: entry.path, found: entry.key, expected: null })),
    related: relatedUsers(
      denied.filter((user) => user.url === other),
      'uses the role and is refused',
    ),
    statement: statement.statement.index,
    issuer: other,
    concerns: [other],
    about: [claimIn(statement.statement.index, 'sub'), claimIn(statement.statement.index, 'aud')],
    fix: {
      summary: `Add a statement for ${other} alone, with the conditions on its own claims.`,
      edits: [{ kind: 'add-statement', statement: statementForCallers(role, other, facts) }],
    },
  }));
}

/** Conditions that cannot hold together. */
export const conditionsContradictory = defineRule({
  id: 'conditions-contradictory',
  cause: 'trust-unsatisfiable',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'conditions together',
  deadPiece: true,
  needs: ['roles'],
  looksAt: ['service-accounts', 'clusters', 'pod-identity-associations', 'providers', 'workloads', 'addons'],
  title: 'Conditions exclude each other',
  why: 'All operators and keys of a statement must hold together; only the values of one key are alternatives. A token has one issuer, one subject and one audience, so what asks for two of them asks for nothing that exists.',
  error: STS_NOT_AUTHORIZED,
  references: ['IAM/reference_policies_condition-logic-multiple-context-keys-or-values.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    role.statements.flatMap((statement): Raised[] => {
      const claims = contradictionsOf(statement).filter(({ byCaseAlone }) => !byCaseAlone);
      return [
        ...twoIssuers(statement, role, facts),
        ...otherIssuer(statement, role, facts),
        ...claims.map((one): Raised => {
          const { data, ...rest } = excludedClaim(one, statement, role, facts);
          return { message: messages.claim(data), related: relatedDenied(role, statement.issuers, facts), ...rest };
        }),
      ];
    }),
});
