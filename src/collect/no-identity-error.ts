import { clipped, type Again, type ReadErrorOptions } from './read-error.js';

export type NoIdentityProblem = 'no-credentials' | 'role-refused' | 'expired' | 'refused' | 'region-disabled' | 'unreachable' | 'failed';

const NEXT: Readonly<Record<NoIdentityProblem, string>> = {
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
  'role-refused': 'The role could not be assumed',
  'expired': 'The AWS credentials have expired',
  'refused': 'AWS does not accept the credentials',
  'region-disabled': 'AWS STS is not active in the region',
  'unreachable': 'AWS STS could not be reached',
  'failed': 'AWS did not say which account this is',
};

/** Without an identity there is no report. The message says what happened and what to do next. */
export class NoIdentityError extends Error {
  override readonly name = 'NoIdentityError';
  readonly again: Again;

  constructor(
    readonly problem: NoIdentityProblem,
    detail: string,
    options: ReadErrorOptions = {},
  ) {
    super(`${WHAT[problem]}: ${clipped(detail.trim()).replace(/\.$/, '')}. ${NEXT[problem]}`, options);
    this.again = options.again ?? 'never';
  }
}
