import { expect, it } from '@jest/globals';
import { pipelineProblem, pipelineRepaired } from '../../src/facts/statement/pipeline-subject.js';

const GITHUB = 'token.actions.githubusercontent.com';

it.each([
  ['repo:acme/https://github.com/acme/web:*', GITHUB, 'repo:acme/web:*'],
  ['repo:https://github.com/acme/web:*', GITHUB, 'repo:acme/web:*'],
  ['repo:acme/web: ref:refs/heads/main', GITHUB, 'repo:acme/web:ref:refs/heads/main'],
  ['acme/web:ref:refs/heads/main', GITHUB, 'repo:acme/web:ref:refs/heads/main'],
  ['repo/acme/web:*', GITHUB, 'repo:acme/web:*'],
  ['repo/web:*', GITHUB, 'repo:repo/web:*'],
  ['acme/*', GITHUB, 'repo:acme/*'],
  ['acme/web', GITHUB, null],
  ['Repo:acme/web:*', GITHUB, null],
  ['acme:*', 'agent.buildkite.com', null],
  ['project_path:https://gitlab.com/acme/web:ref_type:branch:ref:main', 'gitlab.com', 'project_path:acme/web:ref_type:branch:ref:main'],
])('%s cannot be a subject, %s', (value, url, meant) => {
  expect(pipelineProblem(value, url)).not.toBeNull();
  expect(pipelineRepaired(value, url)).toBe(meant);
});

it.each([
  ['repo:acme@25397028/web@1403679100:environment:Production', GITHUB],
  ['repo:acme/web:ref:refs/heads/feature/a', GITHUB],
  ['repository_owner:acme:environment:prod', GITHUB],
  ['pull_request:repository_owner:acme', GITHUB],
  ['repo_property_team:shop', GITHUB],
  ['repo:acme/web:environment:Prod EU', GITHUB],
  ['* EU', GITHUB],
  ['pipeline_id:0184990a-477b-4fa8-9968-496074483cee', 'agent.buildkite.com'],
  ['0184990a-477b-4fa8-9968-496074483cee', 'agent.buildkite.com'],
  ['*', GITHUB],
  ['project_path:acme/team/web:ref_type:branch:ref:release/1', 'gitlab.com'],
  ['anything https://goes here', 'ci.acme.example.net'],
  ['organization:acme:*', 'app.terraform.io'],
  ['organization:acme:project:p:stack:s:deployment:d:operation:plan', 'app.terraform.io'],
  ['pipeline_id:0187', 'agent.buildkite.com'],
  ['{1de489be}:*', 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc'],
  ['org/1/project/2/user/3/vcs-origin/github.com/a/b/vcs-ref/refs/heads/main', 'oidc.circleci.com/org/1'],
  ['acme:shop:*', 'oidc.fly.io/acme'],
  ['1048*', 'accounts.google.com'],
  ['owner:acme:project:shop:environment:production', 'oidc.vercel.com/acme'],
])('%s can be one of %s', (value, url) => {
  expect(pipelineProblem(value, url)).toBeNull();
});

it.each([
  ['repo:acme', GITHUB],
  ['acme/web:ref_type:branch:ref:main', 'gitlab.com'],
  ['organization:acme:pipeline:web', 'agent.buildkite.com'],
  ['organization:acme:workspace:web:run_phase:apply', 'app.terraform.io'],
  ['project/1/*', 'oidc.circleci.com/org/1'],
  ['acme/web:*', 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc'],
  ['app:disc-changer', 'oidc.fly.io/acme'],
  ['deploy@acme.example', 'accounts.google.com'],
])('%s is not of the form of %s', (value, url) => {
  expect(pipelineProblem(value, url)).toMatchObject({ isCertain: false });
  expect(pipelineRepaired(value, url)).toBeNull();
});

it('guesses nothing where the repair would be no subject either', () => {
  expect(pipelineRepaired('repo:acme/web:https://docs.acme.example.net/x', GITHUB)).toBeNull();
  expect(pipelineRepaired('repo:acme:ref:refs/heads/main', GITHUB)).toBeNull();
  expect(pipelineProblem('repo:acme:ref:refs/heads/main', GITHUB)).toMatchObject({ isCertain: true });
  expect(pipelineRepaired('repo:acme/web:ref:refs/heads/main', GITHUB)).toBeNull();
});

it.each([
  ['https://github.com/acme/web: ref:refs/heads/main', 'it holds an address where the name of the repository belongs, it holds a blank'],
  ['acme/ web:ref:refs/heads/main', 'it holds a blank, it does not begin with repo:'],
  ['repo:acme: *', 'it holds a blank, it names no repository behind the owner'],
  ['repo:https://github.com/acme/web:*', 'it holds an address where the name of the repository belongs'],
])('%s: each mistake is named', (value, words) => {
  expect(pipelineProblem(value, GITHUB)).toEqual({ words, isCertain: true });
});

it('mends all of them', () => {
  expect(pipelineRepaired('acme/ web:ref:refs/heads/main', GITHUB)).toBe('repo:acme/web:ref:refs/heads/main');
});
