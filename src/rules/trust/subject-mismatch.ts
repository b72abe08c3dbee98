import { isPositive } from '../../facts/absent-key.js';
import { nearest } from '../../facts/nearest.js';
import { rolesCarriedIn, type CarriedRole } from '../../facts/role-callers.js';
import { issuingClustersIn, roleSubject } from '../../facts/subject-of.js';
import { takesValue } from '../../facts/takes-value.js';
import { concerns, conditionsOn, type Condition, type WebIdentityStatement } from '../../facts/web-identity.js';
import { hasVariable } from '../../policy/variables.js';
import { defineRule, STS_NOT_AUTHORIZED, type Raised } from '../define-rule.js';

const limits = (statement: WebIdentityStatement, url: string): Condition[] =>
  conditionsOn(statement, 'sub').filter((one) => concerns(one, url) && isPositive(one));

/** Whether the statement's subject can be judged: string operators, and no variable whose value is known at run time only. */
const isJudged = (conditions: readonly Condition[]): boolean =>
  conditions.every(
    ({ operator, entry }) =>
      operator?.family === 'string' && entry.values.length > 0 && !entry.values.some(({ value }) => hasVariable(value)),
  );

function difference(subject: string, value: string | null): string {
  const [, , namespace, name] = subject.split(':');
  const [, , otherNamespace, otherName] = (value ?? '').split(':');
  if (otherName === undefined) return 'another form';
  if (name === otherName) return `another namespace, ${otherNamespace ?? ''}`;
  return namespace === otherNamespace ? `another name, ${otherName}` : `another service account, ${otherNamespace ?? ''}:${otherName}`;
}

/** The role is carried by a service account that its trust policy does not name. */
export const subjectMismatch = defineRule<CarriedRole>({
  id: 'subject-mismatch',
  cause: 'trust-sub-mismatch',
  since: '0.1.0',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  needs: ['roles', 'service-accounts', 'clusters'],
  uses: [],
  title: 'The trust policy names another service account',
  why: 'The subject of a token is the namespace and the name of its service account. Where the trust policy lists others, the service account that carries the role is refused.',
  error: STS_NOT_AUTHORIZED,
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html',
    'https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors',
  ],
  messages: { other: 'The trust policy does not admit {subject}, which carries this role: it names {difference}.' },
  subjects: (facts, scope) =>
    issuingClustersIn(facts, scope)
      .flatMap((cluster) => rolesCarriedIn(cluster, facts))
      .map((of) => ({ subject: roleSubject(of.role.role), of })),
  evaluate: ({ role, users, cluster: { url } }) => {
    const statements = role.statements.filter((statement) => statement.issuers.includes(url));
    const judged = statements.map((statement) => ({ statement, conditions: limits(statement, url) }));
    if (judged.some(({ conditions }) => !isJudged(conditions))) return [];
    const shutOut = [...new Set(users.map(({ subject }) => subject))].filter(
      (subject) => !judged.some(({ conditions }) => conditions.every((one) => takesValue(one, subject))),
    );
    const [subject] = shutOut;
    const named = judged.flatMap(({ statement, conditions }) =>
      conditions.flatMap(({ entry }) => entry.values.map((one) => ({ ...one, statement }))),
    );
    if (subject === undefined || named.length === 0) return [];
    const near = nearest(
      subject,
      named.map(({ value }) => value),
      256,
    );
    const chosen = judged.find(({ statement }) => named.some((one) => one.value === near && one.statement === statement));
    if (chosen === undefined) return [];
    const failing = chosen.conditions.filter((one) => shutOut.some((other) => !takesValue(one, other)));
    return [
      {
        message: 'other',
        data: { subject, difference: difference(subject, near) },
        evidence: failing.flatMap(({ entry }) =>
          entry.values.map(({ value, path }) => ({
            what: 'subject',
            path,
            found: value,
            expected: shutOut.length === 1 ? subject : shutOut,
          })),
        ),
        related: users
          .filter((user) => shutOut.includes(user.subject))
          .map(({ id }) => ({ type: 'service-account', id, why: 'carries the role and is refused' })),
        statement: chosen.statement.statement.index,
        issuer: url,
        ...(failing[0]?.entry.values[0] === undefined ? {} : { fragment: failing[0].entry.values[0].path }),
        fix: {
          summary: `Add ${shutOut.join(', ')} to the subjects, only if meant to have this role; otherwise give the service account the annotation of its own role.`,
          edits: failing.map(({ entry }) => ({
            kind: 'condition',
            path: entry.path,
            values: [...new Set([...entry.values.map(({ value }) => value), ...shutOut])],
          })),
        },
      } satisfies Raised,
    ];
  },
});
