import { isPositive } from '../../../facts/statement/condition-semantics.js';
import { ageOf, LATELY } from '../../../facts/account/age.js';
import type { Has, RoleHas } from '../../../facts/account/facts.js';
import { pipelineProblem } from '../../../facts/statement/pipeline-subject.js';
import { webIdentityRoles } from '../../../facts/trust/role-entries.js';
import { concerns, conditionsOn, type Condition, type WebIdentityStatement } from '../../../facts/statement/web-identity.js';
import type { IssuerId } from '../../../model/inventory/issuer-id.js';
import { hasWildcard } from '../../../policy/pattern/glob.js';
import { hasVariable } from '../../../policy/language/variables.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

/** Where GitHub signs immutable subjects: GitHub Enterprise Server has none (GitHub Docs, "OpenID Connect reference"). */
const GITHUB = /^(?:token\.actions\.githubusercontent\.com(?:\/|$)|token\.actions\.[^/]+\.ghe\.com$|github\.com\/enterprises\/)/i;

/** From then on repositories that are created, renamed or transferred have them. */
const SINCE = Date.parse('2026-07-15T00:00:00Z');

/** What a subject without ids names: of an immutable one the owner holds an `@`. */
interface Classic {
  readonly value: string;
  readonly path: string;
  readonly owner: string;
  /** It may hold wildcards. */
  readonly repository: string;
}

const CLASSIC = /^repo:([^/:@*?]+)\/([^:]+)/;

/** The values of a condition, where a subject with ids meets none of them; null where one may be met. */
function classicIn({ entry, operator }: Condition, url: IssuerId): readonly Classic[] | null {
  const found = entry.values.flatMap(({ value, path }): Classic[] => {
    const [, owner, repository] = CLASSIC.exec(value) ?? [];
    const isOtherwiseWrong =
      hasVariable(value) || (operator?.wildcards !== true && hasWildcard(value)) || pipelineProblem(value, url) !== null;
    return owner === undefined || repository === undefined || isOtherwiseWrong ? [] : [{ value, path, owner, repository }];
  });
  return found.length > 0 && found.length === entry.values.length ? found : null;
}

const messages = {
  several: ({ value, owner }: { value: string; owner: string }) =>
    `${value} matches no repository of ${owner} that was created, renamed or transferred since July 15, 2026: GitHub signs repo:${owner}@<owner id>/… for those.`,
  one: ({ value, owner, repository }: { value: string; owner: string; repository: string }) =>
    `${value} does not match if the repository was created, renamed or transferred since July 15, 2026: GitHub then signs repo:${owner}@<owner id>/${repository}@<repository id>:….`,
} satisfies Messages;

/** Whether a role that names single repositories gives a sign that these are older, or that their subjects have no ids. */
function isKnownToServe({ role: { lastUsed, createdAt } }: RoleHas, facts: Has): boolean {
  return (lastUsed !== null && ageOf(lastUsed.date, facts) <= LATELY) || (createdAt !== null && Date.parse(createdAt) < SINCE);
}

function raise(classic: readonly Classic[], statement: WebIdentityStatement, url: IssuerId): readonly Raised[] {
  const [first] = classic;
  if (first === undefined) return [];
  const { value, owner, repository } = first;
  const isOfSeveral = hasWildcard(repository);
  return [
    {
      message: isOfSeveral ? messages.several({ value, owner }) : messages.one({ value, owner, repository }),
      evidence: classic.map((one) => ({ what: 'subject', path: one.path, found: one.value, expected: null })),
      statement: statement.statement.index,
      issuer: url,
      concerns: [url],
      fix: {
        summary: `If such a repository is meant, add its subject with the ids of owner and repository, such as repo:${owner}@<owner id>/${isOfSeveral ? '*' : `${repository}@<repository id>:*`}; GitHub's API of repositories shows both.`,
      },
    },
  ];
}

/** A subject without the ids that GitHub writes for new repositories. */
export const subjectClassicOnGithub = defineRule({
  id: 'subject-classic-on-github',
  cause: 'trust-sub-classic',
  since: '0.2.0',
  kind: 'hygiene',
  severity: 'info',
  confidence: 'possible',
  scope: 'account',
  link: 'new repositories',
  needs: ['roles'],
  title: 'Subject misses new repositories',
  why: 'Repositories that were created, renamed or transferred on or after July 15, 2026 have immutable subjects, which hold the ids of owner and repository; older ones have them on request. A subject without ids matches none of these, and whether one is meant no configuration of AWS says.',
  references: ['https://docs.github.com/en/actions/reference/security/oidc'],
  subjects: (facts) => webIdentityRoles(facts),
  evaluate: (role, facts) =>
    role.statements.flatMap((statement) =>
      !statement.allowsWebIdentity
        ? []
        : statement.issuers
            .filter((url) => GITHUB.test(url))
            .flatMap((url) => {
              const [classic] = conditionsOn(statement, 'sub')
                .filter((one) => concerns(one, url) && isPositive(one) && one.operator?.family === 'string')
                .flatMap((one) => [classicIn(one, url) ?? []])
                .filter((found) => found.length > 0);
              if (classic === undefined) return [];
              const isOfSeveral = classic.some(({ repository }) => hasWildcard(repository));
              return !isOfSeveral && isKnownToServe(role, facts) ? [] : raise(classic, statement, url);
            }),
    ),
});
