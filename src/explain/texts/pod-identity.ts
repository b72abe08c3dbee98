import { saidBy } from './known-text.js';

const API = 'https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html';
const AGENT = 'https://github.com/aws/eks-pod-identity-agent/blob/d4dc0f3fedd795b26ac88755238867a2110c7460';
const CHAIN = 'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html';

/**
 * What EKS Auth answers to AssumeRoleForPodIdentity. The agent passes it on as `[request id]: (Code): message, fault: client`
 * (pkg/errors/errors.go, line 99), and the Go SDK in its log as `operation error EKS Auth: …, Code: message`.
 */
const EKS_AUTH = saidBy('EKS Auth', [
  [
    'association-denied',
    /EKS does not have permissions to assume the associated role/i,
    '[042d8e16-eb43-43e3-a069-08c51a744ef6]: (AccessDeniedException): Unauthorized Exception! EKS does not have permissions to assume the associated role., fault: client',
    CHAIN,
  ],
  [
    'agent-denied',
    /not authorized to perform: eks-auth:AssumeRoleForPodIdentity/i,
    'AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/nodes/i-0a1b2c3d4e5f60718 is not authorized to perform: eks-auth:AssumeRoleForPodIdentity on resource: arn:aws:eks:eu-west-1:111122223333:cluster/prod',
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html',
  ],
  [
    'association-denied',
    /\(AccessDeniedException\): (?!User: )[^\n]{0,200}fault: |AssumeRoleForPodIdentity[^\n]{0,200}AccessDeniedException(?!: User: )/,
    '(AccessDeniedException): You are not permitted, fault: client',
    API,
  ],
  [
    'association-not-found',
    /\(ResourceNotFoundException\):[^\n]{0,200}fault: |AssumeRoleForPodIdentity[^\n]{0,200}(?:ResourceNotFoundException|ClusterNotFoundException)/,
    '(ResourceNotFoundException): The specified resource could not be found., fault: client',
    API,
  ],
  [
    'pod-token-refused',
    /\((?:InvalidTokenException|ExpiredTokenException)\):|AssumeRoleForPodIdentity[^\n]{0,200}(?:InvalidTokenException|ExpiredTokenException)/,
    '(ExpiredTokenException): The specified Kubernetes service account token is expired., fault: client',
    API,
  ],
  [
    'pod-identity-throttled',
    /\(ThrottlingException\):[^\n]{0,200}fault: |AssumeRoleForPodIdentity[^\n]{0,200}ThrottlingException/,
    '(ThrottlingException): The request was denied because your request rate is too high., fault: client',
    API,
  ],
  [
    'session-policy',
    /\((?:InvalidRequestException|InvalidParameterException)\):[^\n]{0,200}(?:packed|policy|tag)/i,
    '(InvalidRequestException): PackedPolicyTooLarge: the session tags are too large, fault: client',
    API,
  ],
  [
    'pod-identity-trouble',
    /\((?:InternalServerException|ServiceUnavailableException|InvalidRequestException|InvalidParameterException)\):[^\n]{0,200}fault: |AssumeRoleForPodIdentity[^\n]{0,200}(?:InternalServerException|ServiceUnavailableException|InvalidRequestException|InvalidParameterException)/,
    '(ServiceUnavailableException): The service is unavailable. Back off and retry the operation., fault: server',
    API,
  ],
]);

/** What the agent says of itself. */
const OF_AGENT = saidBy('the EKS Pod Identity agent', [
  [
    'pod-token-refused',
    /Service account token (?:cannot be empty|cannot be parsed|failed (?:basic )?claim validations)|JWT signature validation failed/i,
    'Service account token cannot be parsed: token is malformed: could not base64 decode header',
    `${AGENT}/internal/validation/request.go#L63`,
  ],
  [
    'agent-address',
    /Called agent through invalid address/i,
    'Access Denied. Called agent through invalid address, please use either [169.254.170.23 fd00:ec2::23] address not proxy.internal',
    `${AGENT}/internal/validation/request.go#L109`,
  ],
  [
    'pod-identity-throttled',
    /container metadata: Too Many Requests|429 Too Many Requests/i,
    'Received non 200 response 429 from container metadata: Too Many Requests',
    `${AGENT}/internal/middleware/rate_limiter/rate_limiter.go#L24`,
  ],
  [
    'pod-identity-trouble',
    /unable to fetch credentials from EKS Auth/i,
    'Error fetching credentials: error getting credentials to cache: unable to fetch credentials from EKS Auth: operation error EKS Auth: AssumeRoleForPodIdentity, https response error StatusCode: 0, RequestID: , canceled, context canceled',
    `${AGENT}/internal/cloud/eksauth/service.go#L64`,
  ],
]);

/** The address of the agent, as an error names what it could not reach. */
const ADDRESS = String.raw`(?:169\.254\.170\.23|\[?fd00:ec2::23\]?)`;
const NO_ANSWER =
  '(?:refused|timed? ?out|timeout|deadline exceeded|no route to host|unreachable|EHOSTUNREACH|ECONNREFUSED|ETIMEDOUT|could not connect)';

const OF_SDKS = saidBy('the SDK in the pod', [
  [
    'agent-unknown-to-sdk',
    /only loopback(?:\/ecs\/eks)? hosts are allowed/i,
    'Ignoring, HTTP credential provider invalid endpoint host, "169.254.170.23", only loopback hosts are allowed. <nil>',
    'https://github.com/kubernetes-sigs/external-dns/issues/4353',
  ],
  [
    'agent-unknown-to-sdk',
    /Unsupported host '(?:169\.254\.170\.23|\[?fd00:ec2::23\]?)'/i,
    "Unsupported host '169.254.170.23'.  Can only retrieve metadata from these hosts: 169.254.170.2, localhost, 127.0.0.1",
    'https://github.com/punk-security/dnsReaper/issues/189',
  ],
  [
    'agent-unknown-to-sdk',
    /is not a valid container metadata service hostname/i,
    '169.254.170.23 is not a valid container metadata service hostname',
    'https://github.com/smithy-lang/smithy-typescript/blob/6815d3e96f3abc32e238bf6d806523aab81c6a8e/packages/credential-provider-imds/src/fromContainerMetadata.ts#L82',
  ],
  [
    'agent-unknown-to-sdk',
    /AWS\.RemoteCredentials only supports/i,
    'Unsupported hostname: AWS.RemoteCredentials only supports localhost,127.0.0.1 for http:; http://169.254.170.23 requested.',
    'https://github.com/aws/aws-sdk-js/blob/657d6feb00447c8be1d65158a0ecc0585b70ed60/lib/credentials/remote_credentials.js#L92',
  ],
  [
    'agent-unknown-to-sdk',
    /AWS_CONTAINER_CREDENTIALS_FULL_URI has an invalid host/i,
    'The full URI (http://169.254.170.23/v1/credentials) contained within environment variable AWS_CONTAINER_CREDENTIALS_FULL_URI has an invalid host. Host should resolve to a loopback address or have the full URI be HTTPS.',
    'https://github.com/aws/aws-sdk-java-v2/blob/0173e12495e0bb6b06029b57fb057e745fa2a8cb/core/auth/src/main/java/software/amazon/awssdk/auth/credentials/ContainerCredentialsProvider.java',
  ],
  [
    'agent-unknown-to-sdk',
    /URI did not refer to an allowed IP address/i,
    'invalid full URI for ECS provider (http://169.254.170.23/v1/credentials): URI did not refer to an allowed IP address',
    'https://github.com/awslabs/aws-sdk-rust/blob/00657f2ec85f0add14fcec40513a166e55cb1047/sdk/aws-config/src/ecs.rs',
  ],
  [
    'agent-unreachable',
    new RegExp(`${ADDRESS}[^\\n]{0,200}${NO_ANSWER}|${NO_ANSWER}[^\\n]{0,120}${ADDRESS}`, 'i'),
    'Error when retrieving credentials from container-role: Error retrieving metadata: Received error when attempting to retrieve container metadata: Connect timeout on endpoint URL: "http://169.254.170.23/v1/credentials"',
    'https://github.com/boto/botocore/blob/0e6e2404b85dc336dd2889814e089bde7d1a4c55/botocore/utils.py#L3150',
  ],
  [
    'agent-unreachable',
    // What the agent answers stands behind it, and is a text of its own.
    /credentials from container-role: Error retrieving metadata(?!: Received non 200)/i,
    'Error when retrieving credentials from container-role: Error retrieving metadata',
    'https://github.com/boto/botocore/blob/0e6e2404b85dc336dd2889814e089bde7d1a4c55/botocore/exceptions.py#L215',
  ],
]);

export const TEXTS_OF_POD_IDENTITY = [...EKS_AUTH, ...OF_AGENT, ...OF_SDKS];
