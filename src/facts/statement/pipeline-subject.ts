import { findWitness } from '../../policy/subjects/clause-witness.js';
import { parseGlob } from '../../policy/pattern/glob.js';
import { subjectPattern } from '../../policy/subjects/subject-pattern.js';
import { memoByText } from '../../lib/memo.js';

/** The published form of the subjects of one kind of issuer. */
interface Grammar {
  readonly issuer: RegExp;
  /** In words, as its documentation writes it. */
  readonly form: string;
  /** Every subject matches one of these. */
  readonly subjects: readonly string[];
  /** Values that the form speaks of; others may be another claim. */
  readonly speaksOf?: RegExp;
  /** What each matching subject consists of, where that is not letters of all kinds. */
  readonly letters?: RegExp;
}

const GITHUB = /^(?:(?:vs)?token\.actions\.githubusercontent\.com|token\.actions\.[^/]+\.ghe\.com|github\.com\/enterprises)(?:\/|$)/i;
const GITLAB = /^gitlab\.com$/i;

/** The claims of which a repository of GitHub may compose its subjects: each part is the name of one and what it says. */
const GITHUB_CLAIMS =
  'actor actor_id base_ref check_run_id context enterprise enterprise_id environment environment_node_id event_name head_ref iss job_workflow_ref job_workflow_sha ref ref_protected ref_type repo_property_?* repository repository_id repository_owner repository_owner_id repository_visibility run_attempt run_id run_number runner_environment sha workflow workflow_ref workflow_sha';

/** Documentation of each of them on OpenID Connect, as of November 2026; `?*` is a part that is not empty. */
const GRAMMARS: readonly Grammar[] = [
  {
    issuer: GITHUB,
    form: 'repo:<owner>/<repository>:<what runs>',
    // What runs for a pull request has no name before it, and may come first.
    subjects: ['repo:?*/?*', 'pull_request*', ...GITHUB_CLAIMS.split(' ').map((claim) => `${claim}:?*`)],
  },
  {
    issuer: GITLAB,
    form: 'project_path:<group>/<project>:ref_type:<type>:ref:<name>',
    subjects: ['project_path:?*/?*', ...['project', 'namespace', 'group', 'user', 'ref', 'environment'].map((claim) => `${claim}_?*:?*`)],
  },
  {
    issuer: /^agent\.(?:buildkite\.com|[^/]+\.buildkite\.(?:dev|site))$/i,
    form: 'organization:<organization>:pipeline:<pipeline>:ref:<ref>:commit:<commit>:step:<step>',
    subjects: ['organization:?*:pipeline:?*:ref:?*:commit:*:step:*'],
    // An agent may ask for one claim as the subject: an id or a name, with or without the claim before it.
    speaksOf: /^(?!(?:organization|cluster|queue|pipeline|build|job|agent|step)_[a-z]+:)[^*?:]*:/,
  },
  {
    issuer: /^app\.terraform\.io$/i,
    form: 'organization:<organization>:project:<project>:workspace:<workspace>:run_phase:<phase>',
    subjects: ['organization:?*:project:?*:workspace:?*:run_phase:?*', 'organization:?*:project:?*:stack:?*:deployment:?*:operation:?*'],
  },
  {
    issuer: /^oidc\.circleci\.com\/org\/[^/]+$/i,
    form: 'org/<organization id>/project/<project id>/user/<user id>',
    subjects: ['org/?*/project/?*/user/*'],
  },
  {
    issuer: /^api\.bitbucket\.org\/2\.0\/workspaces\/[^/]+\/pipelines-config\/identity\/oidc$/i,
    form: '{<repository UUID>}:{<environment UUID>}:{<step UUID>}',
    subjects: ['{?*}:{?*}'],
  },
  { issuer: /^oidc\.fly\.io\/[^/]+$/i, form: '<organization>:<app>:<machine>', subjects: ['?*:?*:?*'] },
  {
    issuer: /^oidc\.vercel\.com(?:\/[^/]+)?$/i,
    form: 'owner:<team>:project:<project>:environment:<environment>',
    subjects: ['owner:?*:project:?*:environment:?*'],
  },
  { issuer: /^accounts\.google\.com$/i, form: 'a number', subjects: ['?*'], letters: /^\d*$/ },
];

/** An account names few issuers. */
const MOST_ISSUERS = 20_000;

const indexOfGrammar = memoByText((url) => GRAMMARS.findIndex(({ issuer }) => issuer.test(url)), MOST_ISSUERS);

const grammarOf = (url: string): Grammar | undefined => GRAMMARS[indexOfGrammar(url)];

const pattern = (text: string) => subjectPattern(parseGlob(text), false, '$');

/** Whether some subject of the form matches a pattern. Only what is shown to be none is taken for one. */
function fitsForm(value: string, { subjects, speaksOf, letters }: Grammar): boolean {
  if (speaksOf?.test(value) === false) return true;
  if (letters?.test(value.replace(/[*?]/g, '')) === false) return false;
  return subjects.some((form) => findWitness({ all: [pattern(value), pattern(form)], none: [] }).kind !== 'empty');
}

const ADDRESS = /https?:\/*(?:[^/:]+\/)?/i;

/** Whether a value holds a blank where no subject does: the name of an environment or a workflow may have some between its words. */
const hasBlank = (value: string): boolean =>
  /[\s\u00a0]/.test(value.replace(/(?:environment:|workflow:|\*).*/s, '')) || /^[\s\u00a0]|:[\s\u00a0]|[\s\u00a0](?:$|:)/.test(value);

/** Why a value can be no subject. `isCertain`: on its face, not by the form that the issuer publishes, which may be of older days. */
export interface PipelineProblem {
  readonly words: string;
  readonly isCertain: boolean;
}

/** What keeps a value, in which wildcards count, from being a pipeline's subject; null where it can be one, or no grammar is published. */
export function pipelineProblem(value: string, url: string): PipelineProblem | null {
  const grammar = grammarOf(url);
  if (grammar === undefined) return null;
  const isGitHub = GITHUB.test(url);
  const bare = value.replace(/[\s\u00a0]/g, '');
  const found: readonly (readonly [boolean, string])[] = [
    [/https?:\//i.test(value), 'it holds an address where the name of the repository belongs'],
    [hasBlank(value), 'it holds a blank'],
    [isGitHub && /^[^:*?]+\//.test(bare), 'it does not begin with repo:'],
    [isGitHub && /^repo:[^/:*?]*:(?!\/\/)/.test(bare), 'it names no repository behind the owner'],
  ];
  const certain = isGitHub || GITLAB.test(url) ? found.flatMap(([isSo, words]) => (isSo ? [words] : [])) : [];
  if (certain.length > 0) return { words: certain.join(', '), isCertain: true };
  return fitsForm(value, grammar) ? null : { words: `it is not of the form ${grammar.form}`, isCertain: false };
}

/** The form of an issuer's subjects, in words; null where none is published. */
export const pipelineForm = (url: string): string | null => grammarOf(url)?.form ?? null;

/** The subject that a malformed one was plainly meant to be; null where that cannot be told. */
export function pipelineRepaired(value: string, url: string): string | null {
  const bare = value.replace(/[\s\u00a0]/g, '');
  const repaired = bare.replace(new RegExp(`^([a-z_]+:).*?${ADDRESS.source}`, 'i'), '$1');
  // A slash may stand for the colon. What ends with the repository is the whole of no subject but a composed one.
  const prefixed = GITHUB.test(url) ? repaired.replace(/^(?:repo\/(?=[^:*?]+\/))?(?=[^:*?]+\/[^:]*[:*])/, 'repo:') : repaired;
  return prefixed === value || pipelineProblem(prefixed, url) !== null ? null : prefixed;
}
