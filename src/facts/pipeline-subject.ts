/** Subjects of pipelines whose grammar is published: GitHub Actions and GitLab.com. */
const GITHUB = /^token\.actions\.githubusercontent\.com(\/|$)/i;
const GITLAB = /^gitlab\.com$/i;

const ADDRESS = /https?:\/*(?:[^/:]+\/)?/i;

/** What keeps a value from being a pipeline's subject; null where it can be one, or the issuer's grammar is not known. */
export function pipelineProblem(value: string, url: string): string | null {
  if (!GITHUB.test(url) && !GITLAB.test(url)) return null;
  if (/https?:\//i.test(value)) return 'it holds an address where the name of the repository belongs';
  if (/[\s\u00a0]/.test(value)) return 'it holds a blank';
  if (GITHUB.test(url) && /^[^:*?]+\/[^:*?]+:/.test(value)) return 'it does not begin with repo:';
  return null;
}

/** The subject that a malformed one was plainly meant to be; null where that cannot be told. */
export function pipelineRepaired(value: string, url: string): string | null {
  const bare = value.replace(/[\s\u00a0]/g, '');
  const repaired = bare.replace(new RegExp(`^([a-z_]+:).*?${ADDRESS.source}`, 'i'), '$1');
  const prefixed = GITHUB.test(url) && /^[^:*?]+\/[^:*?]+:/.test(repaired) ? `repo:${repaired}` : repaired;
  return prefixed === value || pipelineProblem(prefixed, url) !== null ? null : prefixed;
}
