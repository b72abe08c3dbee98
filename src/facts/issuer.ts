import { memoByText } from '../lib/memo.js';

/**
 * Recognising issuers by their shape. A shape is never proof: only DescribeCluster says what a cluster's issuer is.
 * DNS suffixes of each partition, standard and dual stack, from the AWS SDK's partition data.
 */
const STANDARD = ['amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu', 'c2s.ic.gov', 'sc2s.sgov.gov', 'cloud.adc-e.uk', 'csp.hci.ic.gov'];
const DUAL_STACK = [
  'api.aws',
  'api.amazonwebservices.com.cn',
  'api.amazonwebservices.eu',
  'api.aws.ic.gov',
  'api.aws.scloud',
  'api.cloud-aws.adc-e.uk',
  'api.aws.hci.ic.gov',
];
const either = (suffixes: readonly string[]): string => suffixes.map((suffix) => suffix.replace(/\./g, '\\.')).join('|');
const EKS = new RegExp(
  `^(?:oidc\\.eks\\.([a-z0-9-]+)\\.(?:${either(STANDARD)})|oidc-eks\\.([a-z0-9-]+)\\.(?:${either(DUAL_STACK)}))(?::\\d+)?/id/([^/]+)/?$`,
  'i',
);

export interface EksIssuer {
  readonly region: string;
  /** As written; all known ids are 32 upper-case hex digits. */
  readonly id: string;
}

/** An account names few issuers, in thousands of roles. */
const READ_LIMIT = 20_000;

/** Region and id of an issuer that is shaped like one of EKS; null for every other. By the issuer without `https://`. */
export const eksIssuer = memoByText((url): EksIssuer | null => {
  const found = EKS.exec(url);
  const region = found?.[1] ?? found?.[2];
  return region === undefined || found?.[3] === undefined ? null : { region: region.toLowerCase(), id: found[3] };
}, READ_LIMIT);

/** What tenants of a shared issuer share: which claim tells them apart, and which subject patterns leave the tenant open. */
export interface SharedIssuer {
  readonly name: string;
  readonly host: RegExp;
  /** Claims of which any one, positively limited, names a tenant. */
  readonly tenantClaims: readonly string[];
  /**
   * The claims beside the default ones that STS knows of this issuer, where its list is closed (IAM User Guide, keys for web
   * identity federation; Service Authorization Reference of STS, November 2026). Left out = not known.
   */
  readonly claims?: readonly string[];
  /** The part of a subject, as a pattern, that names the tenant: a wildcard inside its first group leaves it open. Null = `sub` not used so. */
  readonly tenantOfSubject: RegExp | null;
}

/**
 * Issuers that sign tokens for everybody (IAM User Guide, "Identity-provider controls for shared OIDC providers").
 * EKS issuers and self-managed ones belong to one owner and do not stand here.
 */
export const SHARED_ISSUERS: readonly SharedIssuer[] = [
  {
    name: 'GitHub Actions',
    host: /^token\.actions\.githubusercontent\.com(\/|$)/i,
    tenantClaims: ['sub', 'repository', 'repository_id', 'repository_owner_id', 'job_workflow_ref', 'enterprise_id'],
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
    tenantOfSubject: /^repo:([^/]*)/,
  },
  {
    name: 'GitLab.com',
    host: /^gitlab\.com$/i,
    tenantClaims: ['sub', 'namespace_id', 'project_id'],
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
    tenantOfSubject: /^project_path:([^/]*)/,
  },
  { name: 'HCP Terraform', host: /^app\.terraform\.io$/i, tenantClaims: ['sub'], tenantOfSubject: /^organization:([^:]*)/ },
  {
    name: 'Buildkite',
    host: /^agent\.buildkite\.com$/i,
    tenantClaims: ['sub', 'organization_id', 'organization_slug', 'pipeline_id', 'cluster_id'],
    claims: ['build_branch', 'cluster_id', 'cluster_name', 'organization_id', 'organization_slug', 'pipeline_id', 'pipeline_slug'],
    tenantOfSubject: /^organization:([^:]*)/,
  },
  {
    name: 'Google',
    host: /^accounts\.google\.com$/i,
    tenantClaims: ['sub', 'aud', 'oaud', 'email', 'google/organization_number'],
    claims: ['google/organization_number'],
    tenantOfSubject: null,
  },
  { name: 'Amazon Cognito', host: /^cognito-identity\.amazonaws\.com(\.cn)?$/i, tenantClaims: ['aud', 'sub'], tenantOfSubject: null },
  { name: 'Pulumi Cloud', host: /^api\.pulumi\.com\/oidc$/i, tenantClaims: ['aud', 'sub'], tenantOfSubject: null },
  { name: 'Vercel', host: /^oidc\.vercel\.com$/i, tenantClaims: ['sub', 'aud'], tenantOfSubject: null },
  { name: 'Codefresh', host: /^oidc\.codefresh\.io$/i, tenantClaims: ['sub'], tenantOfSubject: null },
  { name: 'Scalr', host: /^scalr\.io$/i, tenantClaims: ['sub'], tenantOfSubject: null },
  { name: 'Upbound', host: /^proidc\.upbound\.io$/i, tenantClaims: ['sub'], tenantOfSubject: null },
];

export function sharedIssuer(url: string): SharedIssuer | null {
  // By far the most issuers are those of clusters.
  if (eksIssuer(url) !== null) return null;
  return SHARED_ISSUERS.find(({ host }) => host.test(url)) ?? null;
}
