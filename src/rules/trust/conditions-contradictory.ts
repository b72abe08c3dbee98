import { isPositive, passesWithoutKey } from '../../facts/absent-key.js';
import { contradictionsOf, type Contradiction } from '../../facts/contradiction.js';
import type { RoleFacts } from '../../facts/facts.js';
import { kubernetesIssuersOf } from '../../facts/kubernetes-issuer.js';
import { audiencesInUse, callerSubjects } from '../../facts/role-callers.js';
import { statementForEachIssuer } from '../../facts/statement-split.js';
import { trustPolicies } from '../../facts/subject-of.js';
import type { WebIdentityStatement } from '../../facts/web-identity.js';
import { hasWildcard } from '../../policy/glob.js';
import type { TrustEdit } from '../../policy/repair.js';
import { defineRule, STS_NOT_AUTHORIZED, type Raised } from '../define-rule.js';

/** Issuers of the statement whose claims it demands, in the order of the principals. */
function demanded(statement: WebIdentityStatement): string[] {
  const keys = statement.conditions.filter((one) => one.ownIssuer && !passesWithoutKey(one)).map(({ key }) => key.issuer.toLowerCase());
  return statement.issuers.filter((url) => keys.includes(url.toLowerCase()));
}

function twoIssuers(statement: WebIdentityStatement, role: RoleFacts): Raised[] {
  const urls = demanded(statement);
  if (urls.length < 2) return [];
  const { index, path } = statement.statement;
  const by = statementForEachIssuer(role.role.trustPolicy, statement, urls);
  return [
    {
      message: 'issuers',
      data: { issuers: urls.join(' and ') },
      evidence: [
        {
          what: 'condition keys that no one token carries together',
          path: `${path}.Condition`,
          found: statement.conditions.filter(({ ownIssuer }) => ownIssuer).map(({ entry }) => entry.key),
          expected: null,
        },
      ],
      statement: index,
      ...(urls[0] === undefined ? {} : { issuer: urls[0] }),
      fragment: `${path}.Condition`,
      fix: {
        summary: 'Write one statement for each issuer, each with the conditions on its own claims.',
        edits: [{ kind: 'replace-statement', statement: index, by }],
      },
    },
  ];
}

/** One comparison in the place of several: whom the role is known to serve, else everybody whom one of them names. */
function merged({ conditions, url, claim }: Contradiction, role: RoleFacts, kubernetes: boolean): TrustEdit[] {
  const [first, ...others] = conditions.filter(isPositive);
  if (first === undefined) return [];
  const callers = !kubernetes ? [] : claim === 'sub' ? callerSubjects(role, url) : audiencesInUse(role, url);
  const named = [first, ...others].flatMap(({ entry }) => entry.values.map(({ value }) => value));
  const values = [...new Set(callers.length > 0 ? callers : named)];
  const operator = values.some(hasWildcard) ? 'StringLike' : 'StringEquals';
  const gone = conditions.filter((one) => one !== first).map(({ entry }): TrustEdit => ({ kind: 'remove-condition', path: entry.path }));
  return [{ kind: 'condition', path: first.entry.path, operator, values }, ...gone];
}

/** Conditions that cannot hold together. */
export const conditionsContradictory = defineRule({
  id: 'conditions-contradictory',
  cause: 'trust-unsatisfiable',
  since: '0.1.0',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  needs: ['roles'],
  uses: [],
  title: 'The conditions exclude each other',
  why: 'All operators and keys of a statement must hold together; only the values of one key are alternatives. A token has one issuer, one subject and one audience, so what asks for two of them asks for nothing that exists.',
  error: STS_NOT_AUTHORIZED,
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html'],
  messages: {
    issuers: 'The statement demands claims of {issuers} at once, but a token has one issuer only: nobody can meet it.',
    claim: 'The conditions on {key} exclude each other: no value meets {values} together.',
  },
  subjects: trustPolicies,
  evaluate: (role, facts) =>
    role.statements.flatMap((statement): Raised[] => {
      const kubernetes = kubernetesIssuersOf(statement, facts).length > 0;
      const claims = contradictionsOf(statement).map((contradiction): Raised => {
        const { conditions, url, claim } = contradiction;
        const edits = merged(contradiction, role, kubernetes);
        return {
          message: 'claim',
          data: {
            key: `${url}:${claim}`,
            values: conditions.map(({ entry }) => `${entry.operator} ${entry.values.map(({ value }) => value).join(' or ')}`).join(' and '),
          },
          evidence: conditions.map(({ entry }) => ({
            what: 'condition',
            path: entry.path,
            found: entry.values.map(({ value }) => value),
            expected: null,
          })),
          statement: statement.statement.index,
          issuer: url,
          fragment: conditions[0]?.entry.path ?? statement.statement.path,
          fix: { summary: `Keep one condition on ${url}:${claim}, with every value that is meant to get in.`, edits },
        };
      });
      return [...twoIssuers(statement, role), ...claims];
    }),
});
