import { memoByText } from '../../lib/memo.js';
import { eksIssuer } from './issuer.js';

/** The part of a value that names a tenant, as the first group of an expression: what does not match it names none. */
type TenantPart = RegExp;

/** An issuer that signs tokens for everybody, and what tells whose token it is. */
export interface SharedIssuer {
  readonly name: string;
  readonly host: RegExp;
  /** The claims that name a tenant, and by which part of their value. The first is the one that a repair asks for. */
  readonly tenants: Readonly<Record<string, TenantPart>>;
  /** The claim that IAM requires a statement to ask for, whenever the trust policy is written: none of those built into AWS alone. */
  readonly control: string | null;
  /** Claims that name a thing of somebody's that others may use too: whether that denies strangers, configuration cannot tell. */
  readonly unsure?: readonly string[];
  /** Claims that not every token has, beside `amr` and `email`: without them `…IfExists` and `ForAllValues:` are met. */
  readonly optional?: readonly string[];
  /** Of `amr` and `email` those that every token has anyway. */
  readonly always?: readonly string[];
  /** Values by claim of `unsure`, `amr` and `email` that tokens of anybody's tenant have: to ask for one of them denies no stranger. */
  readonly anybodys?: Readonly<Record<string, RegExp>>;
  /** Subjects without wildcards that anybody can have anyway, where they are composed of other claims. */
  readonly anybodysSubject?: RegExp;
}

/** A number, an id or a name by itself. */
const WHOLE: TenantPart = /^(.*)$/s;
/** `owner/name`. */
const OWNER: TenantPart = /^([^/]*)/;
/** The domain of an address. */
const DOMAIN: TenantPart = /@(.*)$/;
/** An audience that a customer has made for themselves: the usual one of STS is everybody's. */
const AUDIENCE: TenantPart = /^(?!sts\.amazonaws\.com$)(.*)$/s;
/** A subject of which nothing is published but that it names its tenant: more is fixed of it than the name of the first part. */
const SUBJECT: TenantPart = /^(?![a-z_]*:?(?:[*?]|$))(.)/i;

/**
 * Subjects of GitHub Actions. A repository may compose them of other claims (GitHub Docs, "OpenID Connect reference"): each of
 * these names an owner, a repository or a person, wherever it stands; all the others anybody can have.
 */
const GITHUB_SUBJECT: TenantPart =
  /^(?:[^*?]*:)?(?:repo|repository|repository_owner|repository_id|repository_owner_id|enterprise|enterprise_id|actor|actor_id):([^/:]*)/;

const GITHUB_CLAIMS = { sub: GITHUB_SUBJECT, repository: OWNER, repository_id: WHOLE, repository_owner_id: WHOLE, enterprise_id: WHOLE };
/** Who has set a workflow off: one person, wherever they do it. */
const GITHUB_PEOPLE = { actor: WHOLE, actor_id: WHOLE };

const only = (claim: string, part: TenantPart): SharedIssuer['tenants'] => ({ [claim]: part });

/**
 * Issuers that sign tokens for everybody: those of AWS's list (IAM User Guide, "Identity-provider controls for shared OIDC
 * providers", as of November 2026) and those that are built into AWS. Clusters, and issuers of one customer each, such as
 * token.actions.githubusercontent.com/<enterprise>, are not here.
 */
const ISSUERS: readonly (Omit<SharedIssuer, 'control'> & { readonly control?: null })[] = [
  {
    name: 'GitHub Actions',
    host: /^(?:vs)?token\.actions\.githubusercontent\.com$/i,
    tenants: { ...GITHUB_CLAIMS, ...GITHUB_PEOPLE },
    // The workflow that is called, not whoever calls it: a public one anybody may call.
    unsure: ['job_workflow_ref'],
    optional: ['environment', 'enterprise_id', 'job_workflow_ref'],
    anybodysSubject: /^(?:environment|ref|ref_type|workflow|event_name|base_ref|head_ref|runner_environment|context):/,
  },
  {
    name: 'GitHub audit log streaming',
    host: /^oidc-configuration\.audit-log\.githubusercontent\.com$/i,
    tenants: only('sub', /^https:\/\/github\.com\/(.*)$/),
  },
  {
    name: 'GitLab.com',
    host: /^gitlab\.com$/i,
    tenants: {
      sub: /^(?:project_path|namespace_path|group_path|project_id|namespace_id|user_login|user_id):([^/:]*)/,
      namespace_id: WHOLE,
      project_id: WHOLE,
      user_id: WHOLE,
      user_login: WHOLE,
      user_email: DOMAIN,
    },
  },
  { name: 'HCP Terraform', host: /^app\.terraform\.io$/i, tenants: only('sub', /^organization:([^:]*)/) },
  {
    name: 'Buildkite',
    host: /^agent\.buildkite\.com$/i,
    tenants: {
      sub: /^(?:organization|organization_slug|organization_id|pipeline_id|cluster_id):([^:]*)/,
      organization_id: WHOLE,
      organization_slug: WHOLE,
      pipeline_id: WHOLE,
      cluster_id: WHOLE,
    },
    optional: ['cluster_id', 'cluster_name', 'build_branch'],
  },
  {
    name: 'Google',
    control: null,
    host: /^accounts\.google\.com$/i,
    // `aud` is the client that asked (azp); whoever asks chooses `oaud`.
    tenants: { 'sub': WHOLE, 'aud': WHOLE, 'google/organization_number': WHOLE },
    optional: ['google/organization_number'],
  },
  {
    name: 'Amazon Cognito',
    host: /^cognito-identity(?:-us-gov|\.us-gov-east-1)?\.amazonaws\.com(?:\.cn)?$/i,
    tenants: { aud: WHOLE, sub: WHOLE },
    // `unauthenticated` where nobody has signed in (IAM User Guide, "Available keys for AWS web identity federation").
    always: ['amr'],
    // Whether somebody has signed in, and where: every identity pool has tokens that say so (Amazon Cognito Developer Guide, "Role trust
    // and permissions"). Whose it is, a user pool says that is named.
    anybodys: {
      amr: /^(?:un)?authenticated$|^(?:graph\.facebook|accounts\.google|www\.amazon|appleid\.apple)\.com$|^cognito-idp\.[^*?/]+\/(?:[a-z0-9-]+_)?[*?]/,
    },
  },
  { name: 'Login with Amazon', control: null, host: /^www\.amazon\.com$/i, tenants: { app_id: WHOLE, user_id: WHOLE } },
  { name: 'Facebook', control: null, host: /^graph\.facebook\.com$/i, tenants: { app_id: WHOLE, id: WHOLE } },
  {
    name: 'Pulumi Cloud',
    host: /^api\.pulumi\.com\/oidc$/i,
    tenants: { aud: AUDIENCE, sub: /^pulumi:[^*?]*?(?:org|organization):([^:]*)/ },
  },
  { name: 'Vercel', host: /^oidc\.vercel\.com$/i, tenants: { sub: /^owner:([^:]*)/, aud: AUDIENCE } },
  { name: 'sandboxes.cloud', host: /^sandboxes\.cloud$/i, tenants: { aud: AUDIENCE, sub: SUBJECT } },
  { name: 'Codefresh', host: /^oidc\.codefresh\.io$/i, tenants: only('sub', SUBJECT) },
  { name: 'DVC Studio', host: /^studio\.datachain\.ai\/api$/i, tenants: only('sub', SUBJECT) },
  { name: 'Scalr', host: /^scalr\.io$/i, tenants: only('sub', SUBJECT) },
  { name: 'Shisho Cloud', host: /^tokens\.cloud\.shisho\.dev$/i, tenants: only('sub', SUBJECT) },
  { name: 'Upbound', host: /^proidc\.upbound\.io$/i, tenants: only('sub', SUBJECT) },
  {
    name: 'IBM Turbonomic',
    host: /^(?:rh-oidc\.s3\.us-east-1\.amazonaws\.com\/(?:22ejnvnnturfmt6km08idd0nt4hekbn7|23e3sd27sju1hoou6ohfs68vbno607tr|23ne21h005qjl3n33d8dui5dlrmv2tmg|24jrf12m5dj7ljlfb4ta2frhrcoadm26)|oidc\.op1\.openshiftapps\.com\/(?:2f785sojlpb85i7402pk3qogugim5nfb|2c51blsaqa9gkjt0o9rt11mle8mmropu))$/,
    tenants: only('sub', /^system:serviceaccount:([^:]*)/),
  },
  {
    name: 'Microsoft Sentinel',
    host: /^sts\.windows\.net\/33e01921-4d64-4f8c-a055-5bdaffd5e33d\/?$/i,
    // Sentinel names each session after the workspace that it collects for.
    tenants: only('sts:rolesessionname', WHOLE),
  },
];

/** Of several claims that name a tenant the first is AWS's. */
export const SHARED_ISSUERS: readonly SharedIssuer[] = ISSUERS.map((one) => ({ control: Object.keys(one.tenants)[0] ?? null, ...one }));

/** An account names few issuers. */
const MOST_ISSUERS = 20_000;

const indexOfShared = memoByText((url) => SHARED_ISSUERS.findIndex(({ host }) => host.test(url)), MOST_ISSUERS);

/** What is known of an issuer that many share; null for every other. By its address without `https://`. */
export function sharedIssuer(url: string): SharedIssuer | null {
  // By far the most issuers are those of clusters.
  return eksIssuer(url) === null ? (SHARED_ISSUERS[indexOfShared(url)] ?? null) : null;
}
