import type { IssuerId } from '../../../model/inventory/issuer-id.js';
import { isPositive } from '../../../facts/statement/condition-semantics.js';
import type { Carriers, Has, RoleHas } from '../../../facts/account/facts.js';
import { isKubernetesIssuer } from '../../../facts/provider/kubernetes-issuer.js';
import { callerSubjects, subjectsOfCluster } from '../../../facts/trust/service-accounts-of-role.js';
import { cleanedSubject, subjectProblem, SubjectsMeant } from '../../../facts/statement/service-account-subject.js';
import { pipelineForm, pipelineProblem, pipelineRepaired, type PipelineProblem } from '../../../facts/statement/pipeline-subject.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { carriersUnread } from '../../../facts/pod-identity/unread-carriers.js';
import { takesValue } from '../../../facts/statement/matches-value.js';
import { concerns, conditionsOn, type Condition } from '../../../facts/statement/web-identity.js';
import type { Sentence } from '../../../model/report/finding.js';
import { listed } from '../../../lib/list-in-words.js';
import { valueAt, valuesIn } from '../../../model/contract/about.js';
import { hasWildcard } from '../../../policy/pattern/glob.js';
import { hasVariable } from '../../../policy/language/variables.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../../contract/define-rule.js';

function problemOf(value: string, { operator }: Condition, url: IssuerId, facts: Has<'clusters'>): PipelineProblem | null {
  const wildcards = operator?.wildcards === true;
  // A wildcard under an equals operator, and text of a template, are mistakes of their own.
  if (hasVariable(value) || (!wildcards && hasWildcard(value))) return null;
  // Where case is ignored an upper-case letter denies nobody.
  const asCompared = operator?.ignoreCase === true ? value.toLowerCase() : value;
  if (!isKubernetesIssuer(url, facts)) return pipelineProblem(asCompared, url);
  const words = subjectProblem(asCompared, wildcards);
  return words === null ? null : { words, isCertain: true };
}

/** What is asked of the values of one role. */
interface Asked {
  readonly role: RoleHas<Carriers>;
  readonly facts: Has<'clusters'>;
  readonly subjects: SubjectsMeant;
}

function meantBy(value: string, url: IssuerId, good: ReadonlySet<string>, { role, facts, subjects }: Asked): string | null {
  if (!isKubernetesIssuer(url, facts)) return pipelineRepaired(value, url);
  const cleaned = cleanedSubject(value);
  if (cleaned !== null && good.has(cleaned)) return cleaned;
  const existing = subjects.nearest(value, url);
  if (existing !== null) return existing;
  const shutOut = callerSubjects(role, url).filter((subject) => !good.has(subject));
  return shutOut.length === 1 ? (shutOut[0] ?? null) : cleaned;
}

const messages = {
  form: ({ value, issuer, problem }: { value: string; issuer: string; problem: string }) =>
    `The subject ${value} can be that of no token of ${issuer}: ${problem}.`,
  forms: ({ values, issuer }: { values: string; issuer: string }) => `No token of ${issuer} can have one of these subjects: ${values}.`,
} satisfies Messages;

interface Malformed {
  readonly value: string;
  readonly problem: PipelineProblem;
}

/** Each of them, with all that is wrong of it. */
function wordsOf(malformed: readonly Malformed[], issuer: IssuerId): Sentence {
  const [first, ...others] = malformed.map(({ value, problem }) => ({ value, issuer, problem: problem.words }));
  return first !== undefined && others.length === 0
    ? messages.form(first)
    : messages.forms({ values: listed(malformed.map(({ value, problem }) => `${value} (${problem.words})`)), issuer });
}

/** A subject that no token of the issuer can have. */
export const subjectMalformed = defineRule({
  id: 'subject-malformed',
  cause: 'trust-sub-malformed',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'form of the subject',
  deadPiece: true,
  needs: ['roles'],
  looksAt: ['service-accounts', 'clusters', 'pod-identity-associations', 'addons', 'workloads'],
  title: 'Subject malformed',
  why: 'The subject of a service account is system:serviceaccount:<namespace>:<name>, compared character by character; pipelines have forms of their own. A value of another form never matches.',
  error: STS_NOT_AUTHORIZED,
  references: [
    'EKS/associate-service-account-role.html',
    'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#service-account-tokens',
  ],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) => {
    const asked: Asked = { role, facts, subjects: new SubjectsMeant((url) => subjectsOfCluster(url, facts)) };
    return role.statements.flatMap((statement) =>
      statement.issuers.flatMap((url) =>
        conditionsOn(statement, 'sub')
          .filter((condition) => concerns(condition, url) && isPositive(condition) && condition.operator?.family === 'string')
          .flatMap((condition) => {
            const { entry } = condition;
            if (entry.values.every(({ value }) => problemOf(value, condition, url, facts) === null)) return [];
            const judged = entry.values.map(({ value, path }) => ({ value, path, problem: problemOf(value, condition, url, facts) }));
            const good = judged.flatMap(({ value, problem }) => (problem === null ? [value] : []));
            const named = new Set(good);
            const malformed = judged.flatMap(({ value, path, problem }) => {
              const one = problem === null ? null : meantBy(value, url, named, asked);
              // Whom another value allows needs no value of its own.
              return problem === null ? [] : [{ value, path, problem, meant: one !== null && takesValue(condition, one) ? null : one }];
            });
            const [first] = malformed;
            if (first === undefined) return [];
            const meant = malformed.flatMap((one) => one.meant ?? []);
            const values = [...new Set([...good, ...meant])];
            // Beside a value that can match, a dead one harms only the one it was meant for.
            const shutOut = callerSubjects(role, url).some((subject) => meant.includes(subject));
            return [
              {
                message: wordsOf(malformed, url),
                confidence: malformed.some(({ problem }) => problem.isCertain) ? ('certain' as const) : ('likely' as const),
                severity:
                  good.length === 0 || shutOut
                    ? ('high' as const)
                    : carriersUnread(url, facts) === null
                      ? ('low' as const)
                      : ('medium' as const),
                evidence: malformed.map(({ value, path, meant: expected }) => ({ what: 'subject', path, found: value, expected })),
                statement: statement.statement.index,
                issuer: url,
                concerns: [url],
                about: [valuesIn(statement.statement.index, 'sub'), valueAt(first.path)],
                fix:
                  values.length === 0
                    ? {
                        summary: isKubernetesIssuer(url, facts)
                          ? 'Write the subject as system:serviceaccount:<namespace>:<name>.'
                          : `Write the subject as ${pipelineForm(url) ?? `the tokens of ${url} have it`}.`,
                      }
                    : {
                        summary:
                          meant.length === 0
                            ? `Take ${first.value} out: it allows nobody.`
                            : `Name ${meant.join(', ')}, if that is what was meant.`,
                        edits: [{ kind: 'condition' as const, path: entry.path, values }],
                      },
              },
            ];
          }),
      ),
    );
  },
});
