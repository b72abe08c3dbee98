import { saidBy } from './known-text.js';

const GO_1 = 'https://github.com/aws/aws-sdk-go/blob/8d203ccff393340d080be0417d091cc60354449b/aws';
const GO_2 = 'https://github.com/aws/aws-sdk-go-v2/blob';
const PYTHON = 'https://github.com/boto/botocore/blob/0e6e2404b85dc336dd2889814e089bde7d1a4c55/botocore';
const JS_2 = 'https://github.com/aws/aws-sdk-js/blob/657d6feb00447c8be1d65158a0ecc0585b70ed60/lib';
const JS_3 = 'https://github.com/aws/aws-sdk-js-v3/blob';
const JAVA_1 =
  'https://github.com/aws/aws-sdk-java/blob/05d9bcf2d36de3c91929761db57350d3ce91945a/aws-java-sdk-core/src/main/java/com/amazonaws/auth';
const JAVA_2 = 'https://github.com/aws/aws-sdk-java-v2/blob';
const AUTH = 'core/auth/src/main/java/software/amazon/awssdk/auth/credentials';
const RUST = 'https://github.com/awslabs/aws-sdk-rust/blob';
const NET = 'https://github.com/aws/aws-sdk-net/blob';
const PHP = 'https://github.com/aws/aws-sdk-php/blob';

const GO_OLD = saidBy('the AWS SDK for Go v1', [
  [
    'token-unreadable',
    /unabled? to read file at [^\n]{1,300}\ncaused by: open [^\n]{1,300}: permission denied/i,
    'WebIdentityErr: unable to read file at /var/run/secrets/eks.amazonaws.com/serviceaccount/token\ncaused by: open /var/run/secrets/eks.amazonaws.com/serviceaccount/token: permission denied',
    `${GO_1}/credentials/stscreds/web_identity_provider.go#L43`,
  ],
  [
    'half-configured',
    /WebIdentityErr: (?:role ARN is not set|token file path is not set)/i,
    'WebIdentityErr: role ARN is not set',
    `${GO_1}/session/credentials.go#L68`,
  ],
  [
    'no-credentials',
    /NoCredentialProviders/i,
    'NoCredentialProviders: no valid providers in chain. Deprecated.\n\tFor verbose messaging see aws.Config.CredentialsChainVerboseErrors',
    `${GO_1}/credentials/chain_provider.go#L13`,
  ],
  [
    'no-credentials',
    /EC2RoleRequestError|no EC2 instance role found/i,
    'EC2RoleRequestError: no EC2 instance role found',
    `${GO_1}/credentials/ec2rolecreds/ec2_role_provider.go#L144`,
  ],
  [
    'region-unknown',
    /MissingRegion|could not find region configuration/i,
    'MissingRegion: could not find region configuration',
    `${GO_1}/errors.go#L8`,
  ],
  [
    'not-told',
    /WebIdentityErr: failed to retrieve credentials|failed fetching WebIdentity token/i,
    'WebIdentityErr: failed to retrieve credentials',
    `${GO_1}/credentials/stscreds/web_identity_provider.go#L170`,
  ],
]);

const GO_NEW = saidBy('the AWS SDK for Go v2', [
  [
    'no-credentials',
    /no EC2 IMDS role found/i,
    'failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, request canceled, context deadline exceeded',
    `${GO_2}/72a935ba94bc9820e5d632887347e5b622eba213/credentials/ec2rolecreds/provider.go`,
  ],
  [
    'half-configured',
    /(?:^|[\s,:])(?:role ARN is not set|token file path is not set)/i,
    'token file path is not set',
    `${GO_2}/02d654c48dab8e895cf89d05a4c4c6162e845b91/config/resolve_credentials.go`,
  ],
  [
    'not-told',
    /failed to refresh cached credentials|failed to retrieve credentials, /i,
    'get identity: get credentials: failed to refresh cached credentials, failed to retrieve credentials, operation error STS',
    `${GO_2}/26f08768348e19da0a1f330692ba1c5f985ff5ff/aws/credential_cache.go`,
  ],
  [
    'not-told',
    /failed to load credentials, /i,
    'failed to load credentials, exceeded maximum number of attempts',
    `${GO_2}/0a8b18e3d9876e2c5d9d0222e3eda5e57e1ade1b/credentials/endpointcreds/provider.go`,
  ],
  [
    'not-told',
    /failed to retrieve jwt from provide source/i,
    'failed to retrieve jwt from provide source, unable to read file at /token',
    `${GO_2}/0f1f7ec0540846e59c3f6b09d7f28145e4e757e3/credentials/stscreds/web_identity_provider.go`,
  ],
]);

const OF_PYTHON = saidBy('botocore (boto3, AWS CLI)', [
  [
    'no-credentials',
    /Unable to locate credentials/i,
    'Unable to locate credentials. You can configure credentials by running "aws configure".',
    `${PYTHON}/exceptions.py#L165`,
  ],
  [
    'half-configured',
    /Partial credentials found in /i,
    'Partial credentials found in assume-role-with-web-identity, missing: role_arn',
    `${PYTHON}/exceptions.py#L202`,
  ],
  [
    'region-unknown',
    /You must specify a region/i,
    'You must specify a region. You can also configure your region by running "aws configure".',
    `${PYTHON}/exceptions.py#L252`,
  ],
  [
    'sts-unreachable',
    /(?:Could not connect to the endpoint URL|Connect timeout on endpoint URL|Read timeout on endpoint URL): "https:\/\/sts\./i,
    'Could not connect to the endpoint URL: "https://sts.eu-west-1.amazonaws.com/"',
    `${PYTHON}/exceptions.py#L126`,
  ],
  [
    'not-told',
    /Error when retrieving credentials from /i,
    "Error when retrieving credentials from custom-process: Unsupported version '2' for credential process provider, supported versions: 1",
    `${PYTHON}/exceptions.py#L215`,
  ],
]);

const OF_JAVASCRIPT = saidBy('the AWS SDK for JavaScript', [
  [
    'no-credentials',
    /Could not load credentials from any providers/i,
    'CredentialsProviderError: Could not load credentials from any providers',
    `${JS_3}/12aa66ba9781dd5d3dbd451734fdefd379bc3a72/packages/credential-provider-node/src/defaultProvider.ts`,
  ],
  [
    'no-credentials',
    /Missing credentials in config/i,
    'CredentialsError: Missing credentials in config, if using AWS_CONFIG_FILE, set AWS_SDK_LOAD_CONFIG=1',
    `${JS_2}/event_listeners.js#L116`,
  ],
  [
    'no-credentials',
    /container metadata credential provider cannot be used unless/i,
    'The container metadata credential provider cannot be used unless the AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI environment variable is set',
    'https://github.com/smithy-lang/smithy-typescript/blob/6815d3e96f3abc32e238bf6d806523aab81c6a8e/packages/credential-provider-imds/src/fromContainerMetadata.ts#L104',
  ],
]);

const OF_JAVA = saidBy('the AWS SDK for Java', [
  [
    'no-credentials',
    /Unable to load credentials from any of the providers in the chain/i,
    'software.amazon.awssdk.core.exception.SdkClientException: Unable to load credentials from any of the providers in the chain AwsCredentialsProviderChain(credentialsProviders=[…])',
    `${JAVA_2}/07ca27cb12ea96e7a1b2a98fc6ba59326898101d/${AUTH}/AwsCredentialsProviderChain.java`,
  ],
  [
    'no-credentials',
    /Unable to load AWS credentials from any provider in the chain/i,
    'com.amazonaws.SdkClientException: Unable to load AWS credentials from any provider in the chain: […]',
    `${JAVA_1}/AWSCredentialsProviderChain.java`,
  ],
  [
    'module-missing',
    /To use web identity tokens, the 'sts' service module must be on the class path/i,
    "To use web identity tokens, the 'sts' service module must be on the class path.",
    `${JAVA_2}/094c95c9058727b1c5a34133f1e18c6259c0be16/${AUTH}/internal/WebIdentityCredentialsUtils.java`,
  ],
  [
    'no-credentials',
    /Cannot fetch credentials from container - neither/i,
    'Cannot fetch credentials from container - neither AWS_CONTAINER_CREDENTIALS_FULL_URI or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI environment variables are set.',
    `${JAVA_2}/0173e12495e0bb6b06029b57fb057e745fa2a8cb/${AUTH}/ContainerCredentialsProvider.java`,
  ],
]);

const OF_OTHERS = [
  ...saidBy('the AWS SDK for Rust', [
    [
      'no-credentials',
      /no providers in chain provided credentials|the credential provider was not enabled/i,
      'the credential provider was not enabled: no providers in chain provided credentials',
      `${RUST}/2b49763874a0e2e04ef2f101b047d39ea49140a2/sdk/aws-config/src/meta/credentials/chain.rs`,
    ],
    [
      'half-configured',
      /AWS_ROLE_ARN environment variable must be set/i,
      'AWS_ROLE_ARN environment variable must be set',
      `${RUST}/10fe75faa5af6b46fe6e065e027dae9b0024c645/sdk/aws-config/src/web_identity_token.rs`,
    ],
    [
      'region-unknown',
      /region is required for WebIdentityTokenProvider/i,
      'region is required for WebIdentityTokenProvider',
      `${RUST}/10fe75faa5af6b46fe6e065e027dae9b0024c645/sdk/aws-config/src/web_identity_token.rs`,
    ],
  ]),
  ...saidBy('the AWS SDK for .NET', [
    [
      'no-credentials',
      /Unable to get IAM security credentials from EC2 Instance Metadata Service|Failed to retrieve credentials from EC2 Instance Metadata Service/i,
      'Failed to retrieve credentials from EC2 Instance Metadata Service.',
      `${NET}/054a1492cefa37cac89b316cfe6a043b7e68b65d/sdk/src/Core/Amazon.Runtime/Credentials/DefaultInstanceProfileAWSCredentials.cs`,
    ],
    [
      'no-credentials',
      /Unable to find credentials\s/i,
      'Unable to find credentials\n\nException 1 of 5:',
      `${NET}/13bd83ed856609040c6482d25394a0d39339c6b0/sdk/src/Core/Amazon.Runtime/Credentials/FallbackCredentialsFactory.cs`,
    ],
    [
      'token-absent',
      /A token could not be loaded from the WebIdentityTokenFile/i,
      'A token could not be loaded from the WebIdentityTokenFile.',
      `${NET}/0af96448c3fcd7d80eedb189f0946c1b104cacae/sdk/src/Core/Amazon.Runtime/Credentials/AssumeRoleWithWebIdentityCredentials.cs`,
    ],
  ]),
  ...saidBy('the AWS SDK for PHP', [
    [
      'no-credentials',
      /Error retrieving credentials from the instance profile metadata server/i,
      'Error retrieving credentials from the instance profile metadata server. (cURL error 28: Connection timed out)',
      `${PHP}/0339a50ce9ee87d37c9e1d255791948eb2f36bcd/src/Credentials/InstanceProfileProvider.php`,
    ],
    [
      'token-unreadable',
      /Unreadable tokenfile at location|Error reading WebIdentityTokenFile from/i,
      'Unreadable tokenfile at location /var/run/secrets/eks.amazonaws.com/serviceaccount/token',
      `${PHP}/01e4f7968433a8eadedff42391902ad8bd3790a8/src/Credentials/AssumeRoleWithWebIdentityCredentialProvider.php`,
    ],
    [
      'not-told',
      /Error assuming role from web identity credentials|Error retrieving web identity credentials/i,
      'Error assuming role from web identity credentials',
      `${PHP}/01e4f7968433a8eadedff42391902ad8bd3790a8/src/Credentials/AssumeRoleWithWebIdentityCredentialProvider.php`,
    ],
  ]),
];

const TOKEN_PATH = String.raw`serviceaccount\/(?:eks-pod-identity-)?token`;

/** What the operating system and the network say to every SDK alike. */
const OF_SYSTEM = saidBy('the operating system', [
  [
    'token-unreadable',
    new RegExp(
      `(?:permission denied|EACCES)[^\\n]{0,120}${TOKEN_PATH}|${TOKEN_PATH}[^\\n]{0,60}(?:permission denied|EACCES|AccessDeniedException)`,
      'i',
    ),
    "EACCES: permission denied, open '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'",
    'https://github.com/aws/amazon-eks-pod-identity-webhook/issues/8',
  ],
  [
    'token-absent',
    new RegExp(
      `(?:no such file or directory|ENOENT|NoSuchFileException)[^\\n]{0,120}${TOKEN_PATH}|${TOKEN_PATH}[^\\n]{0,60}(?:no such file|ENOENT)`,
      'i',
    ),
    "ENOENT: no such file or directory, open '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'",
    'https://github.com/aws/amazon-eks-pod-identity-webhook/blob/master/README.md',
  ],
  [
    'sts-unreachable',
    /sts[\w.-]{0,60}\.amazonaws\.com[^\n]{0,120}(?:i\/o timeout|connection refused|no such host|network is unreachable|deadline exceeded|timed? ?out|ECONNREFUSED|ETIMEDOUT|ENOTFOUND)/i,
    'RequestError: send request failed caused by: Post "https://sts.eu-west-1.amazonaws.com/": dial tcp: i/o timeout',
    'https://github.com/aws/karpenter-provider-aws/issues/1313',
  ],
  [
    'metadata-unreachable',
    /169\.254\.169\.254[^\n]{0,200}(?:timed? ?out|timeout|refused|deadline exceeded|EHOSTUNREACH|ETIMEDOUT|ECONNREFUSED|context canceled)|ec2imds: GetMetadata[^\n]{0,120}(?:canceled|deadline exceeded|timeout)/i,
    'Get "http://169.254.169.254/latest/meta-data/iam/security-credentials/": context deadline exceeded',
    'https://github.com/aws/karpenter-provider-aws/issues/5310',
  ],
]);

export const TEXTS_OF_SDKS = [...OF_SYSTEM, ...GO_OLD, ...GO_NEW, ...OF_PYTHON, ...OF_JAVASCRIPT, ...OF_JAVA, ...OF_OTHERS];
