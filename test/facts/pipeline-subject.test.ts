import { expect, it } from '@jest/globals';
import { pipelineProblem, pipelineRepaired } from '../../src/facts/pipeline-subject.js';

const GITHUB = 'token.actions.githubusercontent.com';

it.each([
  ['repo:acme/https://github.com/acme/web:*', GITHUB, 'repo:acme/web:*'],
  ['repo:https://github.com/acme/web:*', GITHUB, 'repo:acme/web:*'],
  ['repo:acme/web: ref:refs/heads/main', GITHUB, 'repo:acme/web:ref:refs/heads/main'],
  ['acme/web:ref:refs/heads/main', GITHUB, 'repo:acme/web:ref:refs/heads/main'],
  ['project_path:https://gitlab.com/acme/web:ref_type:branch:ref:main', 'gitlab.com', 'project_path:acme/web:ref_type:branch:ref:main'],
])('%s cannot be a subject, %s', (value, url, meant) => {
  expect(pipelineProblem(value, url)).not.toBeNull();
  expect(pipelineRepaired(value, url)).toBe(meant);
});

it.each([
  ['repo:acme@25397028/web@1403679100:environment:Production', GITHUB],
  ['repo:acme/web:ref:refs/heads/feature/a', GITHUB],
  ['repository_owner:acme:environment:prod', GITHUB],
  ['*', GITHUB],
  ['project_path:acme/team/web:ref_type:branch:ref:release/1', 'gitlab.com'],
  ['anything https://goes here', 'ci.acme.example.net'],
])('%s can be one of %s', (value, url) => {
  expect(pipelineProblem(value, url)).toBeNull();
});

it('guesses nothing where the repair would be no subject either', () => {
  expect(pipelineRepaired('repo:acme/web:https://docs.acme.example.net/x', GITHUB)).not.toContain('https:');
  expect(pipelineRepaired('repo:acme/web:ref:refs/heads/main', GITHUB)).toBeNull();
});
