/** What an SDK says that has credentials from nobody, in the words of boto3: others say the same otherwise. */

/** Nothing told the pod where to get credentials. */
export const NO_CREDENTIALS = 'Unable to locate credentials';

/** The pod was told of the EKS Pod Identity agent, and it does not answer (botocore, `CredentialRetrievalError` of `container-role`). */
export const AGENT_UNREACHABLE = 'Error when retrieving credentials from container-role: Error retrieving metadata';

/** Nothing told the pod, and the node was asked for its own and gave no answer (AWS SDK for Go v2, `ec2rolecreds`). */
export const NO_NODE_ROLE = 'no EC2 IMDS role found';
