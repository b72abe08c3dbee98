/** What produces such texts and no audit of configuration sees. */
export interface OutsideCause {
  readonly title: string;
  /** Why it makes the text, and why no audit sees it. */
  readonly reason: string;
  /** What tells, or mends it. */
  readonly next: string;
  readonly source: string;
}

const EKS = 'https://docs.aws.amazon.com/eks/latest/userguide';
const IAM = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';
const STS = 'https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html';

export const OUTSIDE = {
  'organization-policy': {
    title: 'A policy of the organization, a boundary or an endpoint denies it',
    reason: 'Service and resource control policies, and policies of VPC endpoints, are not read; STS does not say which policy denied.',
    next: 'Look for the kind of policy in the text ("explicit deny in a service control policy"), and at the policies of the account in AWS Organizations and of the VPC endpoint.',
    source: `${IAM}/troubleshoot_access-denied.html`,
  },
  'other-account': {
    title: 'The role is in another account',
    reason: 'STS looks for the provider and evaluates the trust policy in the account of the role, which is not the one that was read.',
    next: 'Read the account of the role: run this there, or give its inventory with --inventory.',
    source: `${EKS}/cross-account-access.html`,
  },
  'changed-just-now': {
    title: 'The change was made a moment ago',
    reason: 'IAM and EKS Pod Identity are eventually consistent: a new role, trust policy or association takes effect after some seconds.',
    next: 'Try again in a minute.',
    source: `${IAM}/troubleshoot.html`,
  },
  'sdk-partition': {
    title: 'The SDK calls STS of another partition or region',
    reason:
      'An SDK that resolves the wrong endpoint asks where the provider does not exist. Which endpoint it uses cannot be seen in configuration.',
    next: 'Look at the endpoint in the debug log of the SDK, and at AWS_REGION and AWS_STS_REGIONAL_ENDPOINTS of the container; update the SDK.',
    source: 'https://github.com/aws/aws-sdk-js-v3/issues/5749',
  },
  'another-token': {
    title: 'The program sends another token than that of the webhook',
    reason:
      'The token of the API server, or of another issuer, has another audience or is none that STS can read. Which file a program reads cannot be seen in configuration.',
    next: 'Look at AWS_WEB_IDENTITY_TOKEN_FILE in the container, and decode the payload of that file: iss, aud and sub.',
    source: 'https://repost.aws/knowledge-center/iam-sts-invalididentitytoken',
  },
  'arn-of-the-program': {
    title: 'The program has a role ARN of its own configuration',
    reason: 'A role in the configuration of the program, and not in the annotation, is not read.',
    next: 'Look for role_arn in the configuration of the program, in AWS_CONFIG_FILE and in AWS_ROLE_ARN of the container.',
    source: 'https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors',
  },
  'thumbprint': {
    title: 'The thumbprint of the provider does not match',
    reason:
      'STS compares thumbprints only where the host of the keys has no certificate of a trusted root: never for issuers of EKS. The certificate of the host is not read.',
    next: 'Look at the certificate chain of the host of jwks_uri, and update the thumbprint of the provider.',
    source: 'https://www.repost.aws/knowledge-center/eks-error-invalid-identity-token',
  },
  'keys-of-the-issuer': {
    title: 'STS cannot read the keys of the issuer',
    reason:
      'The discovery document or the keys do not answer, are malformed, do not hold the key that signed, or hold more than 100 keys. They are not read.',
    next: 'Read https://ISSUER/.well-known/openid-configuration and the address in jwks_uri from the Internet; for a cluster of EKS try again, and see whether it still exists.',
    source: 'https://repost.aws/knowledge-center/iam-sts-invalididentitytoken',
  },
  'token-expired': {
    title: 'The token is expired',
    reason:
      'kubelet renews the file before it expires; a program that read it once sends the old one. Revoked claims and a wrong clock do the same.',
    next: 'Update the SDK (current ones read the file again before each call), restart the pod, and compare the clock of the node.',
    source: STS,
  },
  'region-disabled': {
    title: 'STS is not activated in this region',
    reason: 'The account has to activate STS, or the region, first.',
    next: 'IAM console, Account settings, Security Token Service; or send the call to another regional endpoint.',
    source: `${IAM}/id_credentials_temp_enable-regions.html`,
  },
  'session-policy': {
    title: 'The session policy or the session tags are refused',
    reason: 'A session policy is malformed, or policies and tags together are too large. What a program sends with the call is not read.',
    next: 'Make the session policy smaller, or for EKS Pod Identity turn session tags off (disableSessionTags).',
    source: `${EKS}/pod-id-abac.html`,
  },
  'session-duration': {
    title: 'The program asks for a longer session than the role allows',
    reason: 'What a program asks for is not read.',
    next: 'Ask for at most MaxSessionDuration of the role (aws iam get-role), or raise it.',
    source: `${IAM}/id_roles_manage-assume.html`,
  },
  'session-name': {
    title: 'The session name contains characters that STS rejects',
    reason: 'AWS_ROLE_SESSION_NAME and what a program sends are not read.',
    next: 'Use letters, digits and =,.@- in 2 to 64 characters.',
    source: STS,
  },
  'association-gone': {
    title: 'The association of the pod is gone, or is of another cluster',
    reason: 'The pod was created with an association that EKS does not find any more. Which one a pod had cannot be seen in configuration.',
    next: 'aws eks list-pod-identity-associations --cluster-name CLUSTER; restart the pods after creating one.',
    source: 'https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html',
  },
  'pod-token': {
    title: 'The agent is sent a token that is expired or not its own',
    reason:
      'The Authorization header must be the content of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE and nothing else: no "Bearer", and read again for each call.',
    next: 'Update the SDK, or the client that asks the agent without one.',
    source: 'https://github.com/n8n-io/n8n/issues/23584',
  },
  'throttled': {
    title: 'Too many calls at a time',
    reason: 'EKS Auth or the agent refuses calls above its rate.',
    next: 'Use an SDK that caches credentials and tries again; start fewer pods of a node at a time; update the agent.',
    source: 'https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html',
  },
  'eks-auth-unreachable': {
    title: 'The agent does not reach EKS Auth',
    reason:
      'Nodes of private subnets need a VPC endpoint for eks-auth; the network is not read. A client that gives up too early cancels the call of the agent.',
    next: 'Create the interface endpoint com.amazonaws.REGION.eks-auth, look at the log of the agent on the node, and give the client more than a second.',
    source: `${EKS}/pod-id-agent-setup.html`,
  },
  'service-trouble': {
    title: 'AWS answers with an error of its own',
    reason: 'The service is unavailable, or the message says which request it refuses.',
    next: 'Try again with pauses that grow; read the message; see https://health.aws.amazon.com.',
    source: 'https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html',
  },
  'proxy': {
    title: 'A proxy intercepts the call to the agent',
    reason:
      'Pods with HTTP_PROXY need 169.254.170.23 and [fd00:ec2::23] in NO_PROXY. A proxy that comes from a ConfigMap, or that the program sets itself, is not read.',
    next: 'Add both addresses to NO_PROXY of the container.',
    source: 'https://github.com/awsdocs/amazon-eks-user-guide/pull/878',
  },
  'agent-blocked': {
    title: 'The network keeps the pod from the agent',
    reason:
      'Policies of Cilium or Calico, rules of iptables, or security groups for pods in strict mode block the link-local address. They are not read; of NetworkPolicies only whether they deny it to every pod of a namespace.',
    next: 'From the pod: curl http://169.254.170.23/v1/credentials; allow ports 80 and 2703 of the node.',
    source: 'https://github.com/aws-samples/containers-blog-maelstrom/issues/123',
  },
  'sdk-too-old': {
    title: 'The SDK or the program does not know this way to credentials',
    reason:
      'Old SDKs, clients without an SDK, and programs that choose the instance metadata themselves ignore what the webhook sets. Which SDK a program has cannot be seen in configuration.',
    next: `Compare the version with ${EKS}/iam-roles-for-service-accounts-minimum-sdk.html or ${EKS}/pod-id-minimum-sdk.html, and use the default credential chain.`,
    source: `${EKS}/pod-id-minimum-sdk.html`,
  },
  'token-file-permissions': {
    title: 'The process may not read the token file',
    reason: 'The process does not run as root, and the projected token belongs to another group. The security context of pods is not kept.',
    next: 'Set securityContext.fsGroup of the pod.',
    source: 'https://github.com/aws/amazon-eks-pod-identity-webhook/issues/8',
  },
  'token-not-mounted': {
    title: 'The token file is not mounted there',
    reason: 'The variable names a file that no volume brings: set by hand, or a container that the webhook skipped.',
    next: 'Take the variables out of the manifest and let the webhook set both, or mount the token as well.',
    source: 'https://github.com/aws/amazon-eks-pod-identity-webhook/blob/master/README.md',
  },
  'metadata-hop-limit': {
    title: 'The instance metadata does not answer pods',
    reason: 'With the hop limit of 1 only the node itself and pods of the host network get credentials of the node. Nodes are not read.',
    next: 'Give the pod a role of its own; or raise the hop limit (aws ec2 modify-instance-metadata-options, or metadataOptions of Karpenter).',
    source: 'https://github.com/aws/karpenter-provider-aws/issues/5310',
  },
  'sts-unreachable': {
    title: 'The pod does not reach STS',
    reason: 'Private clusters need a VPC endpoint for STS; DNS, network policies and proxies do the same. The network is not read.',
    next: 'Create the interface endpoint com.amazonaws.REGION.sts and set AWS_STS_REGIONAL_ENDPOINTS=regional; try DNS from the pod.',
    source: `${EKS}/private-clusters.html`,
  },
  'region-unknown': {
    title: 'No region is configured',
    reason: 'The SDK needs a region to find the endpoint. Only AWS_REGION of containers is kept.',
    next: 'Set AWS_REGION in the container.',
    source: 'https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html',
  },
  'sts-module-missing': {
    title: 'The program lacks the STS module of the SDK for Java',
    reason: 'The SDK for Java 2 assumes a role by web identity only with the module sts on the class path.',
    next: 'Add software.amazon.awssdk:sts to the dependencies.',
    source: 'https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/credentials-chain.html',
  },
  'permission-missing': {
    title: 'The permissions of the role do not allow the action',
    reason: 'The credentials work. Whether its policies allow the action on this resource is not evaluated.',
    next: 'Read the end of the message ("because no … policy allows"); add the action to a policy of the role, and look at the policy of the resource.',
    source: `${IAM}/troubleshoot_access-denied.html`,
  },
  'node-role-meant': {
    title: 'The pod is intended to use the node role, which does not allow the action',
    reason: 'A pod without a role of its own uses that of the node. What is intended cannot be seen in configuration.',
    next: 'Give the pod a role of its own rather than a permission to the node.',
    source: `${EKS}/service-accounts.html`,
  },
  'keys-wrong': {
    title: 'The keys that sign the call are wrong, deactivated or of another partition',
    reason: 'Keys are never read. The same text comes from a region that the account has not enabled.',
    next: 'aws sts get-caller-identity in the container; look for AWS_ACCESS_KEY_ID, profiles and mounted credentials files; enable the region.',
    source: 'https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html',
  },
  'session-not-renewed': {
    title: 'The program does not renew a session that has expired',
    reason: 'Temporary credentials that were copied, or that the program does not renew, expire.',
    next: 'Use the default credential chain, which renews them; remove copied keys.',
    source: 'https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html',
  },
  'document-refused': {
    title: 'IAM refuses the document as it is written',
    reason: 'What IAM refuses is in no account: the document has to be checked where it comes from.',
    next: 'Compare the rendered document with the message.',
    source: `${IAM}/reference_policies_grammar.html`,
  },
} as const satisfies Readonly<Record<string, OutsideCause>>;

export type OutsideId = keyof typeof OUTSIDE;
