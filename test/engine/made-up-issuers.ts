import type { OtherClaims } from '../../src/policy/language/claims.js';

/** An issuer, what policies may ask of its tokens, and what strangers bring: what they cannot choose, and what they can. */
export interface MadeUpIssuer {
  readonly url: string;
  /** Needs no provider object. */
  readonly builtIn?: boolean;
  /** False = all of its tokens are of one owner. */
  readonly isShared?: false;
  /** For each claim values that policies compare it with. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly subjects: readonly string[];
  readonly audiences?: readonly string[];
  readonly fixed: OtherClaims;
  /** null = left out of the token. */
  readonly chosen: Readonly<Record<string, readonly (string | null)[]>>;
}

const GITHUB_VALUES = {
  sub: [
    'repo:acme/app:ref:refs/heads/main',
    'repo:acme/*',
    'repo:acme*',
    '*',
    'repo:*',
    'repo:*:ref:refs/heads/main',
    'repo:acme@12/app@34:*',
    'repo:acme@*/app@*:*',
  ],
  aud: ['sts.amazonaws.com', 'other.example'],
  repository: ['acme/app', 'acme/*', '*/app', '*'],
  repository_id: ['7891', '*', '78*'],
  repository_owner_id: ['12'],
  repository_owner: ['acme'],
  enterprise_id: ['345'],
  enterprise: ['acme'],
  actor_id: ['99'],
  environment: ['prod', '*'],
  ref: ['refs/heads/main', 'refs/heads/*'],
  workflow: ['Deploy'],
  iss: ['https://token.actions.githubusercontent.com'],
};

const evil = (name: string): string[] => [`repo:${name}:ref:refs/heads/main`, `repo:${name}:environment:prod`, `repo:${name}:pull_request`];

export const MADE_UP_ISSUERS: readonly MadeUpIssuer[] = [
  {
    url: 'token.actions.githubusercontent.com',
    values: GITHUB_VALUES,
    subjects: [...evil('evil/app'), ...evil('acme-evil/app'), ...evil('evil@66/app@67'), 'repository_owner_id:66'],
    fixed: { actor: 'mallory', actor_id: '67' },
    chosen: {
      repository: ['evil/app', 'evil/other'],
      repository_id: ['7866', '555'],
      repository_owner_id: ['66'],
      enterprise_id: ['666', null],
      environment: ['prod', 'other', null],
      ref: ['refs/heads/main', 'refs/heads/other', 'refs/tags/1'],
      workflow: ['Deploy', 'Other'],
    },
  },
  {
    url: 'token.actions.githubusercontent.com/acme',
    isShared: false,
    values: GITHUB_VALUES,
    subjects: [],
    fixed: {},
    chosen: {},
  },
  {
    url: 'gitlab.com',
    values: {
      sub: ['project_path:acme/app:ref_type:branch:ref:main', 'project_path:acme/*', 'project_path:*', 'project_path:acme*', '*'],
      aud: ['sts.amazonaws.com'],
      namespace_id: ['72', '7*'],
      namespace_path: ['acme'],
      project_id: ['20'],
      user_login: ['alice'],
      user_email: ['alice@acme.example', '*@acme.example', 'alice@*'],
      ref_protected: ['true'],
      pipeline_source: ['push'],
    },
    subjects: [
      'project_path:evil/app:ref_type:branch:ref:main',
      'project_path:acme-evil/app:ref_type:branch:ref:main',
      'project_id:777:ref_type:branch:ref:main',
    ],
    fixed: { project_id: '777', user_id: '66', user_login: 'mallory' },
    chosen: {
      namespace_id: ['766', '555'],
      user_email: ['alice@evil.example', 'bob@evil.example'],
      ref_protected: ['true', 'false'],
      pipeline_source: ['push', 'web'],
    },
  },
  {
    url: 'agent.buildkite.com',
    values: {
      sub: ['organization:acme:pipeline:app:*', 'organization:*', 'organization:acme*', '*:pipeline:app:*'],
      aud: ['sts.amazonaws.com'],
      organization_id: ['0186-1', '0186*'],
      organization_slug: ['acme'],
      pipeline_slug: ['app'],
      pipeline_id: ['0187-1'],
      build_branch: ['main'],
      cluster_name: ['default'],
    },
    subjects: [
      ...['evil', 'acme-evil'].flatMap((name) =>
        ['app', 'other'].map((pipeline) => `organization:${name}:pipeline:${pipeline}:ref:refs/heads/main:commit:1:step:s`),
      ),
      // By `--subject-claim` of its agent.
      'pipeline_id:0187-66',
    ],
    fixed: { organization_slug: 'evil', pipeline_id: '0187-66' },
    chosen: {
      organization_id: ['0186-66', '555'],
      pipeline_slug: ['app', 'other'],
      build_branch: ['main', 'other', null],
      cluster_name: ['default', 'other', null],
    },
  },
  {
    url: 'app.terraform.io',
    values: {
      sub: ['organization:acme:project:p:workspace:w:run_phase:*', 'organization:*:workspace:w:*', 'organization:acme*', '*'],
      aud: ['sts.amazonaws.com'],
      terraform_organization_name: ['acme'],
      email: ['ops@acme.example'],
    },
    subjects: ['evil', 'acme-evil'].flatMap((name) =>
      ['w', 'other'].map((workspace) => `organization:${name}:project:p:workspace:${workspace}:run_phase:apply`),
    ),
    fixed: {},
    chosen: {},
  },
  {
    url: 'sandboxes.cloud',
    values: { aud: ['sts.amazonaws.com'], sub: ['tenant-acme', '*'], email: ['a@b'] },
    subjects: ['tenant-evil'],
    fixed: {},
    chosen: {},
  },
  {
    url: 'accounts.google.com',
    builtIn: true,
    values: {
      'aud': ['1048', '*'],
      'oaud': ['aws-trust'],
      'sub': ['1049', '*'],
      'email': ['deploy@acme.example'],
      'google/organization_number': ['777'],
    },
    subjects: ['6666'],
    audiences: ['6667'],
    fixed: {},
    chosen: { 'oaud': ['aws-trust', 'other'], 'google/organization_number': ['666', null] },
  },
  {
    url: 'cognito-identity.amazonaws.com',
    builtIn: true,
    values: { aud: ['eu-west-1:pool', 'eu-west-1:*', '*'], sub: ['eu-west-1:me', '*'], amr: ['authenticated'], email: ['x'] },
    subjects: ['eu-west-1:evil'],
    audiences: ['eu-west-1:evil-pool', 'us-east-1:evil-pool'],
    fixed: {},
    chosen: { amr: ['authenticated', 'unauthenticated'] },
  },
  {
    url: 'www.amazon.com',
    builtIn: true,
    values: { app_id: ['amzn1.app', '*'], user_id: ['amzn1.me'], aud: ['amzn1.app'], sub: ['amzn1.me'] },
    subjects: ['amzn1.evil'],
    audiences: ['amzn1.evilapp'],
    fixed: {},
    chosen: {},
  },
  {
    url: 'graph.facebook.com',
    builtIn: true,
    values: { app_id: ['111', '*'], id: ['222'], aud: ['111'] },
    subjects: ['666'],
    audiences: ['667'],
    fixed: {},
    chosen: {},
  },
];
