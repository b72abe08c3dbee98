import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { memoByText } from '../../lib/memo.js';
import { DEFAULT_CLAIMS } from './condition-key.js';
import { providerArn } from './federated.js';

/**
 * The condition keys that STS makes of a token, by its issuer. Every list is closed: a key that is not on it is in no request.
 * Sources: IAM User Guide, "Keys available for web identity federation"; Service Authorization Reference of AWS STS, condition
 * keys of AssumeRoleWithWebIdentity (as of 2026-09-27; a test compares them with `iam-floyd`, which is made from that reference).
 */
export interface IssuerKeys {
  /** Issuers without `https://`, as the reference writes them: `${…}` stands for what differs. */
  readonly issuers: readonly string[];
  /** The claims of this kind of issuer, in lower case. */
  readonly claims: readonly string[];
  /** Whether the default claims have keys beside these. */
  readonly andDefault: boolean;
  /** The claims that stand for audience and subject, where they have other names. */
  readonly audience?: string;
  readonly subject?: string;
}

export const ISSUER_KEYS: readonly IssuerKeys[] = [
  {
    issuers: [
      'token.actions.githubusercontent.com',
      'token.actions.githubusercontent.com/${SubPath}',
      'token.actions.${Domain}.ghe.com',
      'github.com/enterprises/${EnterpriseName}',
    ],
    claims: [
      'actor',
      'actor_id',
      'enterprise_id',
      'environment',
      'job_workflow_ref',
      'ref',
      'repository',
      'repository_id',
      'repository_owner_id',
      'workflow',
    ],
    andDefault: true,
  },
  {
    issuers: ['gitlab.com'],
    claims: [
      'namespace_id',
      'pipeline_source',
      'project_id',
      'ref_protected',
      'runner_environment',
      'user_access_level',
      'user_email',
      'user_id',
      'user_login',
    ],
    andDefault: true,
  },
  {
    issuers: ['agent.buildkite.com', 'agent.${Domain}.buildkite.dev', 'agent.${Domain}.buildkite.site'],
    claims: ['build_branch', 'cluster_id', 'cluster_name', 'organization_id', 'organization_slug', 'pipeline_id', 'pipeline_slug'],
    andDefault: true,
  },
  { issuers: ['oidc.circleci.com/org/${OrgId}'], claims: ['oidc.circleci.com/project-id'], andDefault: true },
  { issuers: ['idcs-${OciUniqueIdentifier}.identity.oraclecloud.com'], claims: ['rpst_id'], andDefault: true },
  { issuers: ['accounts.google.com'], claims: ['aud', 'oaud', 'sub', 'google/organization_number'], andDefault: false },
  { issuers: ['cognito-identity.amazonaws.com'], claims: ['amr', 'aud', 'sub'], andDefault: false },
  { issuers: ['www.amazon.com'], claims: ['app_id', 'user_id'], andDefault: false, audience: 'app_id', subject: 'user_id' },
  { issuers: ['graph.facebook.com'], claims: ['app_id', 'id'], andDefault: false, audience: 'app_id', subject: 'id' },
];

/** China and GovCloud have a Cognito of their own (Amazon Cognito Developer Guide, "Role trust and permissions"; AWS GovCloud User Guide, "Amazon Cognito"). */
const COGNITO = /^cognito-identity(?:-us-gov|\.us-gov-east-1)?\.amazonaws\.com$|^cognito-identity\.amazonaws\.com\.cn$/;

/** An issuer of the reference as an expression: what differs is one part of host or path, and any path at its end. */
function expressionOf(issuer: string): RegExp {
  const parts = issuer.split(/(\$\{\w+\})/).map((part, index, all) => {
    if (!part.startsWith('${')) return part.replace(/[.]/g, '\\.');
    return all.slice(index + 1).join('') === '' ? '.+' : '[^/]+';
  });
  return new RegExp(`^${parts.join('')}$`);
}

const KINDS = ISSUER_KEYS.flatMap((keys) => keys.issuers.map((issuer) => ({ keys, expression: expressionOf(issuer) })));

interface KeysOfOne {
  /** In lower case. */
  readonly claims: ReadonlySet<string>;
  readonly audience: string;
  readonly subject: string;
  /** Whether the issuer is in the reference with keys of its own: then it signs no tokens of service accounts. */
  readonly isMapped: boolean;
}

const PLAIN: KeysOfOne = { claims: new Set(DEFAULT_CLAIMS), audience: 'aud', subject: 'sub', isMapped: false };

/** An account names few issuers. */
const MOST_ISSUERS = 20_000;

const keysByIssuer = memoByText((url): KeysOfOne => {
  const name = COGNITO.test(url) ? 'cognito-identity.amazonaws.com' : url;
  const keys = KINDS.find(({ expression }) => expression.test(name))?.keys;
  if (keys === undefined) return PLAIN;
  const { claims, andDefault, audience = 'aud', subject = 'sub' } = keys;
  return { claims: new Set([...claims, ...(andDefault ? DEFAULT_CLAIMS : [])]), audience, subject, isMapped: true };
}, MOST_ISSUERS);

/** The keys of an issuer, by its host and path; case does not count. */
export const keysOfIssuer = (url: string): KeysOfOne => keysByIssuer(url.toLowerCase());

/** The claims for which STS has a condition key at this issuer, in lower case. */
export const claimsOf = (url: string): ReadonlySet<string> => keysOfIssuer(url).claims;

/** Identity providers, beside Cognito, that are built into AWS: they need no provider object (IAM User Guide, "Create an OpenID Connect identity provider"). */
const BUILT_IN = /^(?:accounts\.google\.com|www\.amazon\.com|graph\.facebook\.com)$/;

/** Whether an issuer is that of Amazon Cognito, of whichever partition. */
export const isCognito = (url: string): boolean => COGNITO.test(url.toLowerCase());

/** Whether an issuer is there without a provider object, as a principal of a plain domain. */
export const isBuiltIn = (url: string): boolean => BUILT_IN.test(url.toLowerCase()) || isCognito(url);

/** As whom a trust policy names an issuer: the domain of one that is built into AWS, else the ARN of its provider. */
export const principalOf = (partition: string, account: string, url: IssuerId): string =>
  isBuiltIn(url) ? url : providerArn(partition, account, url);
