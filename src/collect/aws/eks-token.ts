import { SignatureV4 } from '@smithy/signature-v4';
import { answered } from './classify-error.js';
import type { Clients } from './clients.js';

const PREFIX = 'k8s-aws-v1.';
const EXPIRES_S = 60;

/**
 * A bearer token for the API server of an EKS cluster, as `aws eks get-token` makes it: a presigned STS GetCallerIdentity
 * that names the cluster. The cluster takes it for about 15 minutes. https://github.com/kubernetes-sigs/aws-iam-authenticator
 */
export async function eksToken(clients: Clients, region: string, cluster: string): Promise<string> {
  const { config } = clients.sts(region);
  // The address that every partition's STS really has: the cluster asks it, and takes no other.
  const { url } = config.endpointProvider({ Region: region });
  const signer = new SignatureV4({ credentials: config.credentials, region, service: 'sts', sha256: config.sha256 });
  const request = {
    method: 'GET',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    headers: { 'host': url.hostname, 'x-k8s-aws-id': cluster },
  };
  const { query = {} } = await answered(signer.presign(request, { expiresIn: EXPIRES_S }));
  const signed = Object.entries(query).map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`);
  return PREFIX + Buffer.from(`${url.protocol}//${url.hostname}/?${signed.join('&')}`).toString('base64url');
}
