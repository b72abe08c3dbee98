import type { Case } from '../cases/inventory-of-case.js';

/** What a case says is wrong. */
export interface ExpectedCause {
  readonly cause: string;
  readonly resource?: string;
  readonly why?: string;
  readonly alternates?: readonly string[];
  readonly altResources?: readonly (readonly [string, string])[];
}

export interface ToldCase extends Case {
  readonly expected?: readonly ExpectedCause[];
}

/** An error as STS or another service answers it. */
interface Answer {
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

const answer = (code: string, message: string, status = 403): Answer => ({ code, message, status });

/** How the SDKs print what STS answered, in turn: each has words of its own around it. */
const PRINTED: readonly ((answer: Answer) => string)[] = [
  ({ code, message, status }) =>
    `{"level":"error","msg":"WebIdentityErr: failed to retrieve credentials\\ncaused by: ${code}: ${message}\\n\\tstatus code: ${status}, request id: 97ec51e8-f5f8-4aee-bb04-e08f323ebc8a"}`,
  ({ code, message, status }) =>
    `operation error S3: ListBuckets, get identity: get credentials: failed to refresh cached credentials, failed to retrieve credentials, operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode: ${status}, RequestID: b668e52a, api error ${code}: ${message}`,
  ({ code, message }) =>
    `botocore.exceptions.ClientError: An error occurred (${code}) when calling the AssumeRoleWithWebIdentity operation: ${message}`,
  ({ message, status }) =>
    `software.amazon.awssdk.core.exception.SdkClientException: Unable to load credentials from any of the providers in the chain AwsCredentialsProviderChain(credentialsProviders=[SystemPropertyCredentialsProvider(), EnvironmentVariableCredentialsProvider(), WebIdentityTokenCredentialsProvider(), ContainerCredentialsProvider()]) : [SystemPropertyCredentialsProvider(): Unable to load credentials from system settings., WebIdentityTokenCredentialsProvider(): ${message} (Service: Sts, Status Code: ${status}, Request ID: 1), ContainerCredentialsProvider(): Cannot fetch credentials from container - neither AWS_CONTAINER_CREDENTIALS_FULL_URI or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI environment variables are set., InstanceProfileCredentialsProvider(): Failed to load credentials from IMDS.]`,
  ({ code, message }) => `${code}: ${message}\n    at throwDefaultError (/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:838:20)`,
  ({ code, message }) =>
    `provider failed to provide credentials provider=WebIdentityToken error=service error: ${code}Exception: ${message}`,
];

const NOTHING_FOUND = [
  'NoCredentialProviders: no valid providers in chain. Deprecated.\n\tFor verbose messaging see aws.Config.CredentialsChainVerboseErrors',
  'failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, canceled, context deadline exceeded',
  'botocore.exceptions.NoCredentialsError: Unable to locate credentials',
  'CredentialsProviderError: Could not load credentials from any providers',
  'no providers in chain provided credentials',
  'Unable to get IAM security credentials from EC2 Instance Metadata Service.',
];

const NOT_AUTHORIZED = answer('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
const WRONG_AUDIENCE = answer('InvalidIdentityToken', 'Incorrect token audience', 400);
const INVALID_ARN = answer('ValidationError', 'Request ARN is invalid', 400);

const FROM_AGENT =
  'Error when retrieving credentials from container-role: Error retrieving metadata: Received non 200 response 400 from container metadata: [042d8e16-eb43-43e3-a069-08c51a744ef6]: (AccessDeniedException): Unauthorized Exception! EKS does not have permissions to assume the associated role., fault: client';
const NO_AGENT =
  'Error when retrieving credentials from container-role: Error retrieving metadata: Received error when attempting to retrieve container metadata: Connect timeout on endpoint URL: "http://169.254.170.23/v1/credentials"';

const asNode = (account: string): string =>
  `AccessDenied: User: arn:aws:sts::${account}:assumed-role/nodes/i-0a1b2c3d4e5f60718 is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::data" because no identity-based policy allows the s3:ListBucket action`;
const asRole = (arn: string, account: string): string =>
  `AccessDenied: User: arn:aws:sts::${account}:assumed-role/${arn.split('/').at(-1) ?? ''}/botocore-session-1700000000 is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::data"`;

/** Whether a role is one that EKS assumes, and not one that the pod assumes with that. */
const isOfAssociation = ({ podIdentityAssociations }: Case, arn: string | undefined): boolean =>
  (podIdentityAssociations ?? []).some(({ roleArn, targetRoleArn }) => roleArn === arn || targetRoleArn === arn);

const toNextRole = (account: string, arn: string): string =>
  `AccessDenied: User: arn:aws:sts::${account}:assumed-role/app/eks-prod-app-1-0a1b2c3d-1234-1234-1234-0a1b2c3d4e5f is not authorized to perform: sts:TagSession on resource: ${arn}`;

/** Causes that let too many in, or that nobody notices: whoever reported them saw no error. */
const WITHOUT_TEXT = new Set([
  'trust-sub-missing',
  'trust-sub-too-broad',
  'trust-aud-missing',
  'trust-principal-any',
  'provider-orphaned',
  'role-permissions-administrative',
  'podid-and-irsa-conflict',
]);

/** The role that pods were made with and that still allows their service account; undefined where there is none. */
function oldRoleThatWorks({ roles = [], pods = [], serviceAccounts }: Case): string | undefined {
  const old = pods.flatMap(({ env = {}, namespace, serviceAccountName = 'default' }) => ({
    arn: env['AWS_ROLE_ARN'],
    subject: `system:serviceaccount:${namespace}:${serviceAccountName}`,
  }));
  const current = (serviceAccounts ?? []).map(({ annotations }) => annotations?.['eks.amazonaws.com/role-arn']);
  return old.find(
    ({ arn, subject }) =>
      !current.includes(arn) && roles.some((role) => role.arn === arn && JSON.stringify(role.trustPolicy).includes(subject)),
  )?.arn;
}

/** What pods have of the two variables of web identity, where it is not both. */
function halfOf({ pods = [] }: Case): 'role' | 'token' | undefined {
  const has = (name: string): boolean => pods.some(({ env = {} }) => name in env);
  const [role, token] = [has('AWS_ROLE_ARN'), has('AWS_WEB_IDENTITY_TOKEN_FILE')];
  return role === token ? undefined : role ? 'role' : 'token';
}

/** The annotation of the service account that an expectation is about. */
function annotationOf({ serviceAccounts }: Case, resource = ''): string | undefined {
  const own = (serviceAccounts ?? []).find(({ cluster, namespace, name }) => `${cluster}/${namespace}/${name}` === resource);
  return own?.annotations?.['eks.amazonaws.com/role-arn'];
}

/**
 * The text that the pod of a case logs, or whoever applies it is told; null where nothing fails.
 * @param turn which SDK prints it
 */
export function textOfCause(given: ToldCase, { cause, resource, why }: ExpectedCause, turn: number): string | null {
  const account = given.account ?? '210987654321';
  const printed = (one: Answer): string => PRINTED[turn % PRINTED.length]!(one);
  const nothing = turn % 2 === 0 ? NOTHING_FOUND[turn % NOTHING_FOUND.length]! : asNode(account);
  if (WITHOUT_TEXT.has(cause)) return null;
  switch (cause) {
    case 'provider-missing':
    case 'provider-issuer-mismatch': {
      const [first] = given.clusters ?? [];
      const hasProvider = (url = ''): boolean => (given.providers ?? []).some(({ arn }) => arn.endsWith(`/${url.replace('https://', '')}`));
      const issuer = given.clusters?.find((one) => one.name === resource && !hasProvider(one.issuer ?? ''))?.issuer ?? first?.issuer ?? '';
      return printed(answer('InvalidIdentityToken', `No OpenIDConnect provider found in your account for ${issuer}`, 400));
    }
    case 'provider-audience-missing':
    case 'sa-audience-mismatch':
      return printed(WRONG_AUDIENCE);
    case 'sa-annotation-malformed':
      return (annotationOf(given, resource) ?? 'x') === '' ? nothing : printed(INVALID_ARN);
    case 'sa-annotation-missing':
    case 'pod-not-injected':
    case 'pod-wrong-service-account':
      return nothing;
    case 'sa-missing':
    case 'podid-service-account-missing': {
      const [, namespace = '', name = ''] = (resource ?? '').split('/');
      return `Error creating: pods "${name}-7d9f6c-" is forbidden: error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
    }
    case 'pod-env-stale':
      return oldRoleThatWorks(given) === undefined ? printed(NOT_AUTHORIZED) : asRole(oldRoleThatWorks(given) ?? '', account);
    case 'pod-credentials-overridden':
      if (halfOf(given) === 'token') return 'NoCredentialProviders: WebIdentityErr: role ARN is not set';
      if (halfOf(given) === 'role' || (why ?? '').includes('half')) return nothing;
      return `AccessDenied: User: arn:aws:iam::${account}:user/legacy is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::data/*"`;
    case 'role-permissions-missing':
      return (given.podIdentityAssociations ?? []).some(({ targetRoleArn }) => targetRoleArn !== undefined)
        ? FROM_AGENT
        : asRole(resource ?? '', account);
    case 'podid-agent-blocked':
    case 'podid-agent-proxied':
    case 'podid-agent-missing':
    case 'podid-agent-unhealthy':
    case 'podid-compute-unsupported':
      return NO_AGENT;
    case 'podid-association-missing':
      return '[042d8e16-eb43-43e3-a069-08c51a744ef6]: (ResourceNotFoundException): The specified resource could not be found., fault: client';
    case 'podid-token-refused':
      return '[042d8e16-eb43-43e3-a069-08c51a744ef6]: (InvalidTokenException): The specified Kubernetes service account token is invalid., fault: client';
    case 'podid-node-permission-missing':
      return `Error fetching credentials: unable to fetch credentials from EKS Auth: operation error EKS Auth: AssumeRoleForPodIdentity, https response error StatusCode: 400, RequestID: 1, AccessDeniedException: User: arn:aws:sts::${account}:assumed-role/${(resource ?? '').split('/').at(-1) ?? ''}/i-0a1b2c3d4e5f60718 is not authorized to perform: eks-auth:AssumeRoleForPodIdentity on resource: arn:aws:eks:eu-west-1:${account}:cluster/prod`;
    case 'trust-principal-gone':
      return 'An error occurred (MalformedPolicyDocument) when calling the UpdateAssumeRolePolicy operation: Invalid principal in policy: "AWS":"AROAEXAMPLEID"';
    case 'podid-trust-missing-tagsession':
      return isOfAssociation(given, resource) ? FROM_AGENT : toNextRole(account, resource ?? '');
    case 'trust-size-near-quota':
      return 'An error occurred (LimitExceeded) when calling the UpdateAssumeRolePolicy operation: Cannot exceed quota for ACLSizePerRole: 2048';
    case 'provider-quota-near':
      return 'creating IAM OIDC Provider: LimitExceeded: Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100';
    default:
      if (cause.startsWith('podid-')) return FROM_AGENT;
      return cause.startsWith('trust-') || cause.startsWith('sa-annotation-') || cause === 'pod-role-refused'
        ? printed(NOT_AUTHORIZED)
        : null;
  }
}
