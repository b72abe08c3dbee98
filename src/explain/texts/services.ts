import { saidBy } from './known-text.js';

const DENIED = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html';

/** What AWS services answer to a call that was signed, whoever signed it. */
const SERVICES = saidBy('the AWS service that was called', [
  [
    'role-to-role-denied',
    /assumed-role\/[\w+=,.@-]{1,128}\/(?!i-[0-9a-f]{8,17} )[^\s]{1,200} is not authorized to perform: sts:(?:AssumeRole|TagSession)(?![A-Za-z])/i,
    'User: arn:aws:sts::111122223333:assumed-role/app/eks-prod-app-1-0a1b2c3d-1234-1234-1234-0a1b2c3d4e5f is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/data',
    DENIED,
  ],
  [
    'denied-as-node',
    /assumed-role\/[\w+=,.@-]{1,128}\/i-[0-9a-f]{8,17} is not authorized to perform/i,
    'User: arn:aws:sts::111122223333:assumed-role/nodes/i-0a1b2c3d4e5f60718 is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::data" because no identity-based policy allows the s3:ListBucket action',
    DENIED,
  ],
  [
    'denied-as-user',
    /arn:[\w-]{3,20}:iam::\d{12}:user\/[^\s]{1,200} is not authorized to perform/i,
    'User: arn:aws:iam::111122223333:user/legacy is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::data/*"',
    DENIED,
  ],
  [
    'denied-as-role',
    /assumed-role\/[\w+=,.@-]{1,128}\/(?!i-[0-9a-f]{8,17} )[^\s]{1,200} is not authorized to perform: (?!sts:(?:AssumeRole|TagSession)(?![A-Za-z]))/i,
    'User: arn:aws:sts::111122223333:assumed-role/app/botocore-session-1700000000 is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::data"',
    DENIED,
  ],
  [
    'session-expired',
    /security token included in the request is expired|ExpiredToken(?:Exception)?: The (?:provided|security) token/i,
    'ExpiredToken: The security token included in the request is expired',
    'https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html',
  ],
  [
    'keys-refused',
    /security token included in the request is invalid|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidAccessKeyId|AuthFailure: AWS was not able to validate/i,
    'InvalidClientTokenId: The security token included in the request is invalid',
    'https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html',
  ],
  ['denied', /(?:AccessDenied(?:Exception)?|UnauthorizedOperation|AuthorizationError)(?![A-Za-z])/i, 'AccessDenied: Access Denied', DENIED],
]);

const IAM = saidBy('IAM', [
  [
    'policy-too-long',
    /quota for ACLSizePerRole/i,
    'LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
  ],
  [
    'too-many-providers',
    /quota for OpenIdConnectProvidersPerAccount/i,
    'LimitExceeded: Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
  ],
  [
    'policy-refused',
    /Condition can contain only one colon/i,
    'MalformedPolicyDocument: Condition can contain only one colon.',
    'https://github.com/terraform-aws-modules/terraform-aws-eks/issues/1084',
  ],
  [
    'policy-refused',
    /AssumeRole policy may only specify STS AssumeRole actions/i,
    'MalformedPolicyDocument: AssumeRole policy may only specify STS AssumeRole actions.',
    'https://github.com/hashicorp/terraform-provider-aws/issues/32872',
  ],
  [
    'policy-refused',
    /Federated principals must be valid domain names or SAML metadata ARNs/i,
    'MalformedPolicyDocument: Federated principals must be valid domain names or SAML metadata ARNs',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html',
  ],
  [
    'policy-refused',
    /AssumeRolepolicy contained an invalid principal|Invalid principal in policy|Duplicate condition element|Invalid condition prefix|Has prohibited field Resource/i,
    'MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/gone"',
    'https://github.com/aws-actions/configure-aws-credentials/issues/332',
  ],
  [
    'policy-refused',
    /MalformedPolicyDocument/i,
    'MalformedPolicyDocument: Syntax errors in policy.',
    'https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html',
  ],
]);

const EKS = saidBy('EKS', [
  [
    'association-refused',
    /Trust policy of the role provided is invalid/i,
    'InvalidParameterException: Trust policy of the role provided is invalid.',
    'https://github.com/aws/aws-cdk/issues/31522',
  ],
]);

const KUBERNETES = saidBy('Kubernetes', [
  [
    'service-account-absent',
    /error looking up service account/i,
    'pods "app-7d9f" is forbidden: error looking up service account shop/app: serviceaccount "app" not found',
    'https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/serviceaccount/admission.go',
  ],
]);

export const TEXTS_OF_SERVICES = [...IAM, ...EKS, ...KUBERNETES, ...SERVICES];
