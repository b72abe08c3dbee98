/** The text that the reporter of a case saw, and what is right to say of it: causes, or what no audit sees. null = there was none. */
export interface ReportedText {
  readonly text: string;
  readonly right: readonly string[];
}

const NOT_AUTHORIZED = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity\n\tstatus code: 403, request id: 1';
const noProvider = (issuer: string): string => `InvalidIdentityToken: No OpenIDConnect provider found in your account for ${issuer}`;
const asNode = (account: string, action: string): string =>
  `User: arn:aws:sts::${account}:assumed-role/eksctl-main-nodegroup-NodeInstanceRole-1ABC/i-0a1b2c3d4e5f60718 is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
const TOKEN = '/var/run/secrets/eks.amazonaws.com/serviceaccount/token';

/** Of cases whose text does not follow from their cause; each as its report has it. */
export const REPORTED: Readonly<Record<string, ReportedText | null>> = {
  'issue-009': { text: NOT_AUTHORIZED, right: ['trust-aud-mismatch', 'provider-audience-missing'] },
  'issue-016': {
    text: 'MalformedPolicyDocument: Condition can contain only one colon.',
    right: ['trust-key-malformed', 'trust-federated-malformed'],
  },
  'issue-023': { text: asNode('565458301422', 's3:ListBucket'), right: ['trust-sub-wildcard-in-equals'] },
  'issue-054': {
    text: `WebIdentityErr: unable to read file at ${TOKEN}\ncaused by: open ${TOKEN}: permission denied`,
    right: ['token-file-permissions'],
  },
  'issue-055': {
    text: 'WebIdentityErr: failed to retrieve credentials\ncaused by: RequestError: send request failed\ncaused by: Post "https://sts.amazonaws.com/": dial tcp 54.239.29.25:443: connect: connection refused',
    right: ['sts-unreachable'],
  },
  'issue-067': { text: 'AccessDenied: Access Denied\n\tstatus code: 403, request id: 1, host id: x', right: ['sa-annotation-malformed'] },
  'issue-075': {
    text: 'InvalidParameterException: Trust policy of the role provided is invalid.',
    right: ['podid-trust-missing-tagsession'],
  },
  'issue-079': {
    text: 'Ignoring, HTTP credential provider invalid endpoint host, "169.254.170.23", only loopback hosts are allowed. <nil>',
    right: ['sdk-too-old'],
  },
  'pages-004': {
    text: "WebIdentityErr: failed to retrieve credentials caused by: InvalidIdentityToken: OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
    right: ['thumbprint'],
  },
  'pages-006': { text: asNode('123456789012', 'cloudformation:CreateStack'), right: ['sdk-too-old'] },
  'pages-007': { text: asNode('123456789012', 's3:GetObject'), right: ['sdk-too-old'] },
  'pages-033': {
    text: 'fetching instance types using ec2.DescribeInstanceTypes, WebIdentityErr: failed to retrieve credentials\\ncaused by: RequestError: send request failed\\ncaused by: Post \\"https://sts.eu-west-1.amazonaws.com/\\": dial tcp 10.0.1.2:443: i/o timeout',
    right: ['sts-unreachable'],
  },
  't3-032': {
    text: 'failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, http response error StatusCode: 0, request canceled, context deadline exceeded',
    right: ['metadata-hop-limit'],
  },
  't3-033': { text: `CredentialsError: EACCES: permission denied, open '${TOKEN}'`, right: ['token-file-permissions'] },
  't3-039': {
    text: 'Error when retrieving credentials from container-role: Error retrieving metadata: Received error when attempting to retrieve container metadata: Connect timeout on endpoint URL: "http://169.254.170.23/v1/credentials"',
    right: ['proxy', 'podid-agent-proxied'],
  },
  'pod-role-refused/bad-a-name-for-an-arn.json': { text: 'ValidationError: Request ARN is invalid', right: ['pod-role-refused'] },
  'pod-role-refused/bad-audience-of-the-api-server.json': {
    text: 'InvalidIdentityToken: Incorrect token audience',
    right: ['pod-role-refused'],
  },
  'pod-role-refused/bad-token-of-the-api-server.json': {
    text: 'InvalidIdentityToken: Incorrect token audience',
    right: ['pod-role-refused'],
  },
  'pod-role-refused/bad-nothing-is-mounted-there.json': {
    text: `ENOENT: no such file or directory, open '${TOKEN}'`,
    right: ['pod-role-refused'],
  },
};

/** The same, where the text names the issuer of the cluster. */
export const REPORTED_WITH_ISSUER: Readonly<Record<string, readonly string[]>> = {
  'issue-077': ['podid-and-irsa-conflict'],
  't3-030': ['sdk-partition'],
};

export { noProvider };
