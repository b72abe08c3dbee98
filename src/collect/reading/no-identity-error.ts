import { clipped, type Again, type ReadErrorOptions } from './read-error.js';

export type NoIdentityProblem =
  'no-credentials' | 'not-signed-in' | 'mfa' | 'role-refused' | 'expired' | 'refused' | 'region-disabled' | 'unreachable' | 'failed';

/** What to do next. `{profile}` is an option that names the profile, or nothing where none is known. */
const NEXT: Readonly<Record<NoIdentityProblem, string>> = {
  'not-signed-in': 'Sign in with `aws sso login{profile}`, then run this again.',
  'mfa':
    'This program asks for no code: let the AWS CLI ask, with `eval "$(aws configure export-credentials{profile} --format env)"` ' +
    '(in PowerShell with --format powershell and Invoke-Expression), then run this again without naming the profile.',
  'no-credentials':
    'Sign in (for example `aws sso login`), or name a profile (--profile, or AWS_PROFILE; `aws configure list-profiles` shows which there are), ' +
    'or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of someone who may read this account.',
  'role-refused':
    'Its trust policy has to allow who you are (with --external-id, where it requires one), and your own policies sts:AssumeRole on it: ' +
    '`aws sts get-caller-identity` says who you are.',
  'expired': 'Get new ones (for example `aws sso login`) and run again.',
  'refused':
    'Check the access key and its secret. Credentials of another partition (China, GovCloud) work only with AWS_REGION set to a region of it.',
  'region-disabled': 'Set AWS_REGION to an enabled region whose STS endpoint is active.',
  'unreachable': 'Check the network, the proxy, AWS_REGION and AWS_ENDPOINT_URL.',
  'failed': 'Run `aws sts get-caller-identity` with the same credentials: it should print your account.',
};

const WHAT: Readonly<Record<NoIdentityProblem, string>> = {
  'no-credentials': 'No AWS credentials were found',
  'not-signed-in': 'The profile is one of AWS IAM Identity Center (SSO), and nobody is signed in',
  'mfa': 'The profile requires multi-factor authentication',
  'role-refused': 'The role could not be assumed',
  'expired': 'The AWS credentials have expired',
  'refused': 'AWS does not accept the credentials',
  'region-disabled': 'AWS STS is not active in the region',
  'unreachable': 'AWS STS could not be reached',
  'failed': 'AWS did not say which account this is',
};

export interface NoIdentityOptions extends ReadErrorOptions {
  /** Of the configuration of the AWS CLI, whose credentials were asked for; null = none that can be written as it is. */
  readonly profile?: string | null;
}

/** Without an identity there is no report. The message says what happened and what to do next. */
export class NoIdentityError extends Error {
  override readonly name = 'NoIdentityError';
  readonly again: Again;

  constructor(
    readonly problem: NoIdentityProblem,
    detail: string,
    options: NoIdentityOptions = {},
  ) {
    const { profile = null } = options;
    const next = NEXT[problem].replace('{profile}', () => (profile === null ? '' : ` --profile ${profile}`));
    super(`${WHAT[problem]}: ${clipped(detail.trim()).replace(/\.$/, '')}. ${next}`, options);
    this.again = options.again ?? 'never';
  }
}
